//! Which fields a request has that its plan turns on: found in one pass, since most have few.

use http::HeaderMap;

use crate::hop;

/// What one pass over a request's fields tells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Present {
    /// How many bytes all of them have, as HTTP/1.1 writes them.
    pub(super) size: usize,
    groups: u8,
    /// As [`hop::bit`] names them.
    pub(super) hop_by_hop: u8,
}

impl Present {
    /// What we set ourselves.
    pub(super) const OURS: u8 = 1;
    pub(super) const COOKIES: u8 = 1 << 1;
    /// Conditions in which a tag of ours may be.
    pub(super) const CONDITIONS: u8 = 1 << 2;
    pub(super) const ORIGIN: u8 = 1 << 3;
    /// What only the router of Next.js sends.
    pub(super) const ROUTER: u8 = 1 << 4;

    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut present = Self {
            size: 0,
            groups: 0,
            hop_by_hop: 0,
        };
        for (name, value) in headers {
            let name = name.as_str();
            present.size += name.len() + value.len() + ": ".len() + "\r\n".len();
            match name {
                "forwarded" | "via" | "x-forwarded-for" | "x-forwarded-host"
                | "x-forwarded-port" | "x-forwarded-proto" | "x-tripledash-hops" => {
                    present.groups |= Self::OURS;
                }
                "cookie" => present.groups |= Self::COOKIES,
                "if-match" | "if-none-match" => present.groups |= Self::CONDITIONS,
                "origin" => present.groups |= Self::ORIGIN,
                "rsc" | "next-action" => present.groups |= Self::ROUTER,
                _ => present.hop_by_hop |= hop::bit(name),
            }
        }
        present
    }

    pub(super) fn has(self, group: u8) -> bool {
        self.groups & group != 0
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue, Method, Uri};

    use super::*;
    use crate::route::{RequestHead, Route, route};

    #[test]
    fn whatever_we_set_is_known_as_ours() {
        for upstream in ["http://localhost:3000", "https://app.acme.dev"] {
            let snapshot = crate::testing::snapshot(&format!(
                r#"{{ "name": "w", "previews": [{{ "name": "main", "upstream": "{upstream}" }}] }}"#
            ));
            let host = HeaderValue::from_static("main.tripledash.localhost:7333");
            let asked = HeaderMap::from_iter([(http::header::HOST, host)]);
            let head = RequestHead {
                method: &Method::GET,
                uri: &Uri::from_static("/"),
                headers: std::borrow::Cow::Borrowed(&asked),
                peer: Some([127, 0, 0, 1].into()),
                upgrade: false,
            };
            let Route::Forward(forward) = route(&head, &std::sync::Arc::new(snapshot)) else {
                panic!("not forwarded");
            };
            let added = forward
                .headers
                .keys()
                .filter(|name| !asked.contains_key(*name));
            let added: Vec<&HeaderName> = added.collect();
            assert!(added.len() > 4, "{added:?}");
            for name in added {
                let alone = HeaderMap::from_iter([(name.clone(), HeaderValue::from_static(""))]);
                assert!(Present::of(&alone).has(Present::OURS), "{name}");
            }
        }
    }
}
