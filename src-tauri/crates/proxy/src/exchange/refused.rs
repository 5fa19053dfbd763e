//! The answer to a request that was refused before it could be read.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use http::{Request, Response, Uri};
use tripledash_core::host::Authority;
use tripledash_core::resolve::resolve_at;
use tripledash_core::route::{Refusal, RequestHead, kind_of};
use tripledash_core::trace::Resolution;

use super::{Proxy, own};
use crate::agent;
use crate::body::Body;
use crate::open::OpenExchange;
use crate::respond::{self, Form};
use crate::wire::Refused;

impl Proxy {
    /// Says what is wrong with a request, and tells of it where its host could be made out.
    pub(crate) fn refuse(&self, refused: &Refused) -> Response<Body> {
        let begun = Instant::now();
        let snapshot = Arc::clone(&self.shared.snapshot.borrow());
        let mut request = Request::new(());
        *request.method_mut() = refused.method.clone();
        *request.headers_mut() = refused.headers.clone();
        // A target that is none leaves the root in its place.
        *request.uri_mut() = refused
            .target
            .parse()
            .unwrap_or_else(|_| Uri::from_static("/"));
        let kind = kind_of(&RequestHead {
            method: request.method(),
            uri: request.uri(),
            headers: Cow::Borrowed(request.headers()),
            peer: None,
            upgrade: false,
        });
        let authority = refused.authority.as_deref();
        let authority = authority.and_then(|text| text.parse::<Authority>().ok());
        let violation = refused.violation;
        let mut refusal = Refusal {
            fix: violation.fix().map(str::to_owned),
            url: refused.target.clone(),
            kind,
            ..Refusal::new(
                violation.status(),
                violation.code(),
                violation.title(),
                format!("Not all of the request was read: {violation}."),
            )
        };
        if let Some(authority) = authority {
            let resolution =
                Resolution::from(&resolve_at(&authority.host, &refused.target, &snapshot));
            // Requests for the workbench itself are never told of.
            refusal.resolution = (resolution != Resolution::Workbench).then_some(resolution);
            if refused.target.starts_with('/') {
                refusal.url = format!("http://{authority}{}", refused.target);
            }
        }
        let id = self.id();
        let started = own::started(id, (self.shared.clock)(), &refusal, &request, &snapshot);
        if started.is_none() {
            return respond::refuse(&refusal, Form::of(request.headers()), None);
        }
        let open = OpenExchange::begin(id, begun, &self.shared.events, started);
        let tag = own::is_preview(&refusal).then(|| agent::tag(&snapshot.base, None));
        own::refuse(&refusal, open, &request, tag.as_deref())
    }
}
