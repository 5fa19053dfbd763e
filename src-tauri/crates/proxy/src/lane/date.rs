//! The time of day as responses tell it (RFC 9110 section 6.6.1).

use std::time::{Duration, UNIX_EPOCH};

use tripledash_core::Timestamp;

const PER_SECOND: i64 = 1_000_000;
/// The last second of the year 9999, which is the last that the format has.
const LAST: i64 = 253_402_300_799;

/// The last date that was told, put into words once for all responses of its second.
#[derive(Debug, Default)]
pub(super) struct Date {
    /// Since 1970.
    second: Option<i64>,
    text: String,
}

impl Date {
    /// A moment in the words of a `Date` field.
    pub(super) fn at(&mut self, now: Timestamp) -> &str {
        let second = now.0.div_euclid(PER_SECOND);
        if self.second != Some(second) {
            self.second = Some(second);
            let since = Duration::from_secs(second.clamp(0, LAST).unsigned_abs());
            self.text = httpdate::fmt_http_date(UNIX_EPOCH + since);
        }
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_second_has_its_own_words() {
        let mut date = Date::default();
        for (now, wanted) in [
            (784_111_777_000_000, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (784_111_777_999_999, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (784_111_778_000_000, "Sun, 06 Nov 1994 08:49:38 GMT"),
            // Clocks are set back, and may be wrong.
            (784_111_777_000_000, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (-1, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (i64::MAX, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] {
            assert_eq!(date.at(Timestamp(now)), wanted);
        }
    }
}
