//! Which fields a response has that may need an edit, or tell of a rewrite: found in one pass, since
//! most have none.

use http::HeaderMap;

use crate::compare::{FLIGHT_REWRITE_HEADER, REWRITE_HEADER};
use crate::hop;

/// A set of groups of fields.
#[derive(Clone, Copy)]
pub(super) struct Present {
    groups: u8,
    /// As [`hop::bit`] names them.
    pub(super) hop_by_hop: u8,
}

impl Present {
    pub(super) const ADDRESSES: u8 = 1;
    pub(super) const COOKIES: u8 = 1 << 1;
    pub(super) const FRAMING: u8 = 1 << 2;
    pub(super) const CROSS_ORIGIN: u8 = 1 << 3;
    pub(super) const POLICY: u8 = 1 << 4;
    pub(super) const REWRITE: u8 = 1 << 5;

    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut present = Self {
            groups: 0,
            hop_by_hop: 0,
        };
        for name in headers.keys() {
            present.groups |= match name.as_str() {
                "location" | "content-location" | "refresh" | "link" | "x-action-redirect"
                | "x-nextjs-redirect" => Self::ADDRESSES,
                "set-cookie" => Self::COOKIES,
                "x-frame-options" | "strict-transport-security" => Self::FRAMING,
                "access-control-allow-origin" | "timing-allow-origin" => Self::CROSS_ORIGIN,
                "content-security-policy" => Self::POLICY,
                REWRITE_HEADER | FLIGHT_REWRITE_HEADER => Self::REWRITE,
                name => {
                    present.hop_by_hop |= hop::bit(name);
                    0
                }
            };
        }
        present
    }

    pub(super) fn has(self, group: u8) -> bool {
        self.groups & group != 0
    }
}
