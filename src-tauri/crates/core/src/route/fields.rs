//! The fields that every request gets on its way upstream.

use std::net::IpAddr;
use std::sync::Arc;

use http::header::{CONNECTION, COOKIE, FORWARDED, HOST, IF_MATCH, IF_NONE_MATCH, UPGRADE, VIA};
use http::{HeaderName, HeaderValue};

use super::RequestHead;
use super::outgoing::Outgoing;
use super::present::Present;
use super::site::Site;
use crate::edit::{Edit, Edits, Stage};
use crate::hop;
use crate::response::{cookie, unmarked_tags};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");

/// The fields to send, made of those that came. `Origin`, `Referer` and cookies are left for whoever
/// knows the path.
pub(super) fn outgoing(
    head: &mut RequestHead<'_>,
    present: Present,
    site: &Site,
    hops: Vec<String>,
) -> Outgoing {
    let mut outgoing = Outgoing {
        headers: std::mem::take(&mut head.headers).into_owned(),
        edits: Edits::default(),
        secrets: site.secrets.clone(),
    };
    let common = site.common.as_ref().filter(|common| {
        let came = |name: &HeaderName| outgoing.headers.contains_key(name);
        // Looked for one by one only where there may be one at all.
        let may_clash = present.has(Present::OURS) || !site.own.is_empty();
        !may_clash || !came(&FORWARDED) && !common.fields.iter().any(|(name, _)| came(name))
    });
    if let Some(common) = common {
        outgoing.headers.insert(HOST, site.host_value.clone());
        if !head.upgrade && hop::strip_keep_alive(&mut outgoing.headers, present.hop_by_hop) {
            outgoing.edits = Edits::shared(Arc::clone(&common.edits_kept_alive));
        } else {
            outgoing.edits = Edits::shared(Arc::clone(&common.edits));
            strip(&mut outgoing, head.upgrade);
        }
        outgoing.headers.extend(common.fields.iter().cloned());
        return outgoing;
    }
    host(&mut outgoing, site);
    strip(&mut outgoing, head.upgrade);
    forwarded(&mut outgoing, site, head.peer);
    own(&mut outgoing, site);
    trail(&mut outgoing, hops, &site.arrived);
    outgoing
}

/// `Host`, in the place where the browser has it.
pub(super) fn host(outgoing: &mut Outgoing, site: &Site) {
    outgoing.headers.insert(HOST, site.host_value.clone());
    if *site.host != *site.arrived {
        outgoing.edits.push(Edit {
            stage: Stage::Request,
            field: "host".into(),
            before: Some(site.arrived.clone()),
            after: Some(site.host.to_string()),
            why: "the upstream knows this tenant by this host".into(),
        });
    }
}

/// Removes the hop-by-hop fields. Those of an upgrade stay, since the next connection is asked for
/// the same.
fn strip(outgoing: &mut Outgoing, upgrade: bool) {
    let protocol = outgoing.headers.get(UPGRADE).filter(|_| upgrade).cloned();
    let mut stripped =
        hop::strip_hop_by_hop(&mut outgoing.headers, Stage::Request, &outgoing.secrets);
    if let Some(protocol) = protocol {
        outgoing
            .headers
            .insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        outgoing.headers.insert(UPGRADE, protocol);
        stripped.retain(|edit| edit.field != "upgrade" && edit.field != "connection");
    }
    outgoing.edits.extend(stripped);
}

/// The preview's own fields.
pub(super) fn own(outgoing: &mut Outgoing, site: &Site) {
    for (name, value) in &site.own {
        let why = format!("the preview {} is configured so", site.preview.preview);
        outgoing.set(name, value.clone(), why);
    }
}

/// `X-Forwarded-*`: for a loopback upstream the browser's own address, since its `Origin` is kept
/// too; for any other what agrees with the Host sent. What a caller claims is replaced.
pub(super) fn forwarded(outgoing: &mut Outgoing, site: &Site, peer: Option<IpAddr>) {
    outgoing.remove(&FORWARDED, "the X-Forwarded fields say it");
    let origin = &site.upstream;
    let local = origin.host().is_loopback();
    let (authority, scheme, port) = if local {
        (site.arrived.clone(), "http", site.pane.port_or(80))
    } else {
        let sent = site.host_sent.as_ref();
        let port = sent.and_then(|host| host.port).unwrap_or(origin.port());
        (site.host.to_string(), origin.scheme.as_str(), port)
    };
    let why = if local {
        "as the browser has it"
    } else {
        "agrees with the Host sent"
    };
    set(outgoing, &FORWARDED_HOST, &authority, why);
    set(outgoing, &FORWARDED_PROTO, scheme, why);
    set(outgoing, &FORWARDED_PORT, &port.to_string(), why);
    if let Some(peer) = peer {
        let mut asking = lines(outgoing, &FORWARDED_FOR);
        asking.push(peer.to_string());
        set(outgoing, &FORWARDED_FOR, &asking.join(", "), "who asked us");
    }
}

/// Gives cookies the names back that the upstream gave them.
pub(super) fn cookies(outgoing: &mut Outgoing) {
    let why = "the upstream's own name of a cookie that had to be renamed for http";
    outgoing.change_lines(&COOKIE, why, |line| cookie::restore_names(line.as_bytes()));
}

/// Gives entity tags back as the upstream made them, so that its conditions hold as they would
/// without us.
pub(super) fn conditions(outgoing: &mut Outgoing) {
    let why = "the upstream's own tag of a page that was edited on its way down";
    for name in [IF_NONE_MATCH, IF_MATCH] {
        outgoing.change_lines(&name, why, |list| unmarked_tags(list.as_bytes()));
    }
}

/// `Via` and the hop counter.
pub(super) fn trail(outgoing: &mut Outgoing, mut hops: Vec<String>, arrived: &str) {
    let mut via = lines(outgoing, &VIA);
    via.push("1.1 tripledash".to_owned());
    let why = "names every intermediary (RFC 9110, section 7.6.3)";
    set(outgoing, &VIA, &via.join(", "), why);
    hops.push(arrived.to_owned());
    set(
        outgoing,
        &hop::HOPS,
        &hops.join(", "),
        "lets a loop be seen",
    );
}

fn lines(outgoing: &Outgoing, name: &HeaderName) -> Vec<String> {
    let lines = outgoing.headers.get_all(name).iter();
    lines
        .filter_map(|line| line.to_str().ok().map(str::to_owned))
        .collect()
}

fn set(outgoing: &mut Outgoing, name: &HeaderName, value: &str, why: &'static str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        outgoing.set(name, value, why);
    }
}
