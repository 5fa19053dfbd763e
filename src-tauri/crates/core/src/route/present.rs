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
