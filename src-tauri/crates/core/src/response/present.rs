//! Which fields a response has that may need an edit, or tell of a rewrite: found in one pass, since
//! most have none.

use http::HeaderMap;

use crate::compare::{FLIGHT_REWRITE_HEADER, REWRITE_HEADER};

/// A set of groups of fields.
#[derive(Clone, Copy)]
pub(super) struct Present(u8);

impl Present {
    pub(super) const ADDRESSES: u8 = 1;
    pub(super) const COOKIES: u8 = 1 << 1;
    pub(super) const FRAMING: u8 = 1 << 2;
    pub(super) const CROSS_ORIGIN: u8 = 1 << 3;
    pub(super) const POLICY: u8 = 1 << 4;
    pub(super) const REWRITE: u8 = 1 << 5;

    pub(super) fn of(headers: &HeaderMap) -> Self {
        let groups = headers.keys().map(|name| match name.as_str() {
            "location" | "content-location" | "refresh" | "link" | "x-action-redirect"
            | "x-nextjs-redirect" => Self::ADDRESSES,
            "set-cookie" => Self::COOKIES,
            "x-frame-options" | "strict-transport-security" => Self::FRAMING,
            "access-control-allow-origin" | "timing-allow-origin" => Self::CROSS_ORIGIN,
            "content-security-policy" => Self::POLICY,
            REWRITE_HEADER | FLIGHT_REWRITE_HEADER => Self::REWRITE,
            _ => 0,
        });
        Self(groups.fold(0, |all, group| all | group))
    }

    pub(super) fn has(self, group: u8) -> bool {
        self.0 & group != 0
    }
}
