//! What was worked out before, under one snapshot: the sites asked for, and what the rules made of
//! their paths.
//!
//! A page asks for the same files again and again, for each tenant. What it gets from here is what
//! it would get anew: a site depends on the host and on who asks, and where tenants are in the path,
//! on the segments that name one; a ruling depends on the path besides, and where a rule looks at
//! anything else of a request, no ruling is remembered.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use http::HeaderValue;
use http::header::HOST;

use super::RequestHead;
use super::ruling::Ruling;
use super::site::Site;
use crate::tenancy::{self, Reading};
use crate::trace::Repeated;
use crate::workspace::{Snapshot, Tenancy};

/// How many hosts are remembered before all are forgotten. A person has a few dozen open.
const SITES: usize = 1024;
/// How many paths, of all hosts together.
const PATHS: usize = 4096;
/// The longest path that is remembered: those that are longer hardly ever come twice.
const LONGEST: usize = 256;

/// What hosts and paths decide, as far as it was asked for under one snapshot.
///
/// It changes nothing about an answer, only how soon it comes.
#[derive(Debug, Default)]
pub struct Sites {
    snapshot: Option<Arc<Snapshot>>,
    /// Whether rules look at the path alone.
    by_path: bool,
    /// Whether one host has the sites of several tenants.
    in_path: bool,
    known: Vec<Known>,
    /// Their places in `known`. `X-Forwarded-For` tells who asked, so sites differ by it: a list,
    /// since hardly anybody asks from elsewhere than this machine's two own addresses.
    places: Vec<(Option<IpAddr>, HashMap<HeaderValue, Place>)>,
    path_count: usize,
    pub(super) repeated: Arc<Mutex<Repeated>>,
}

/// A site, and what the rules made of its paths.
#[derive(Debug)]
struct Known {
    site: Arc<Site>,
    /// All sites of this one's host, itself among them, by the segments that name the tenant; kept
    /// with the first that was asked for, and only where tenants are in the path.
    tenants: HashMap<Box<str>, Place>,
    rulings: HashMap<Box<str>, Arc<Ruling>>,
}

/// Where a site is remembered, until the next one is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place(usize);

impl Sites {
    /// Forgets what another snapshot said.
    pub(super) fn follow(&mut self, snapshot: &Arc<Snapshot>) {
        let known = self.snapshot.as_ref();
        if known.is_some_and(|known| Arc::ptr_eq(known, snapshot)) {
            return;
        }
        let rules = snapshot.workspace.rules.iter();
        *self = Self {
            snapshot: Some(Arc::clone(snapshot)),
            by_path: rules
                .into_iter()
                .all(|rule| rule.has.is_empty() && rule.missing.is_empty()),
            in_path: snapshot.workspace.tenancy == Tenancy::Path,
            ..Self::default()
        };
    }

    /// The site of a request that names it by `Host` alone, if it was asked for before.
    pub(super) fn site(
        &self,
        head: &RequestHead<'_>,
        path: &str,
        snapshot: &Snapshot,
    ) -> Option<(Arc<Site>, Place)> {
        let host = sole_host(head)?;
        let (_, places) = self.places.iter().find(|(peer, _)| *peer == head.peer)?;
        let mut place = *places.get(host)?;
        if self.in_path {
            let first = &self.known[place.0];
            place = *first.tenants.get(named(path, &first.site, snapshot))?;
        }
        Some((Arc::clone(&self.known[place.0].site), place))
    }

    /// Remembers the site of a request, unless something else than `Host` names it.
    pub(super) fn remember_site(
        &mut self,
        head: &RequestHead<'_>,
        site: &Arc<Site>,
        path: &str,
        snapshot: &Snapshot,
    ) -> Option<Place> {
        let host = sole_host(head)?;
        // A copy of its own: the value may be a slice of a whole connection's buffer.
        let host = HeaderValue::from_bytes(host.as_bytes()).ok()?;
        if self.known.len() >= SITES {
            self.places.clear();
            self.known.clear();
            self.path_count = 0;
        }
        let place = Place(self.known.len());
        self.known.push(Known {
            site: Arc::clone(site),
            tenants: HashMap::new(),
            rulings: HashMap::new(),
        });
        let places = self.places.iter().find(|(peer, _)| *peer == head.peer);
        let known = places.and_then(|(_, places)| places.get(&host)).copied();
        if self.in_path {
            let first = &mut self.known[known.unwrap_or(place).0];
            let text = named(path, site, snapshot).into();
            first.tenants.insert(text, place);
            if known.is_some() {
                return Some(place);
            }
        }
        match self.places.iter_mut().find(|(peer, _)| *peer == head.peer) {
            Some((_, places)) => {
                places.insert(host, place);
            }
            None => self
                .places
                .push((head.peer, HashMap::from([(host, place)]))),
        }
        Some(place)
    }

    /// What the rules make of a path, if it was asked for before.
    pub(super) fn ruling(&self, place: Place, path: &str) -> Option<Arc<Ruling>> {
        self.known[place.0].rulings.get(path).cloned()
    }

    /// Remembers what the rules make of a path.
    pub(super) fn remember_ruling(&mut self, place: Place, path: &str, ruling: &Arc<Ruling>) {
        if !self.by_path || path.len() > LONGEST {
            return;
        }
        if self.path_count >= PATHS {
            for known in &mut self.known {
                known.rulings.clear();
            }
            self.path_count = 0;
        }
        self.path_count += 1;
        let rulings = &mut self.known[place.0].rulings;
        rulings.insert(path.into(), Arc::clone(ruling));
    }
}

/// The segments of a path that name a tenant; empty where none do. Whatever stands there otherwise is
/// not remembered: there is no end to it.
fn named<'p>(path: &'p str, site: &'p Site, snapshot: &'p Snapshot) -> &'p str {
    let workspace = &snapshot.workspace;
    let preview = workspace.previews.get(&site.preview.preview);
    match preview.map(|preview| tenancy::read(path, preview, workspace)) {
        Some(Reading::Tenant { text, .. }) => text,
        Some(Reading::Nobody) | None => "",
    }
}

/// `Host`, where it is the only word about the authority.
fn sole_host<'a>(head: &'a RequestHead<'_>) -> Option<&'a HeaderValue> {
    if head.uri.authority().is_some() {
        return None;
    }
    let mut hosts = head.headers.get_all(HOST).iter();
    let first = hosts.next()?;
    hosts.next().is_none().then_some(first)
}
