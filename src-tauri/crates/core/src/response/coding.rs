//! Content codings (RFC 9110 section 8.4.1) that the proxy can undo and do again.

use http::HeaderMap;
use http::header::CONTENT_ENCODING;

/// More codings than this on one body are nobody's intent, and each costs memory.
const MOST: usize = 4;

/// A content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentCoding {
    /// `gzip`, and its older name `x-gzip`.
    Gzip,
    /// `deflate`: with the zlib wrapper, or without as some send it.
    Deflate,
    /// `br`.
    Brotli,
    /// `zstd`.
    Zstd,
}

/// The codings of a message in the order they were applied; `None` where one is unknown, or
/// there are too many.
pub(super) fn codings(headers: &HeaderMap) -> Option<Vec<ContentCoding>> {
    let mut codings = Vec::new();
    for line in headers.get_all(CONTENT_ENCODING) {
        for name in line.to_str().ok()?.split(',') {
            let name = name.trim();
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            if is("gzip") || is("x-gzip") {
                codings.push(ContentCoding::Gzip);
            } else if is("deflate") {
                codings.push(ContentCoding::Deflate);
            } else if is("br") {
                codings.push(ContentCoding::Brotli);
            } else if is("zstd") {
                codings.push(ContentCoding::Zstd);
            } else if !is("identity") && !name.is_empty() {
                return None;
            }
        }
    }
    (codings.len() <= MOST).then_some(codings)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn codings_are_read_in_order() {
        use ContentCoding::{Brotli, Deflate, Gzip, Zstd};
        for (lines, wanted) in [
            (&[][..], Some(vec![])),
            (&["gzip"], Some(vec![Gzip])),
            (&["X-GZip , br"], Some(vec![Gzip, Brotli])),
            (&["identity", "deflate,", "zstd"], Some(vec![Deflate, Zstd])),
            (&["compress"], None),
            (&["gzip, dcb"], None),
            (&["gzip, gzip, gzip, gzip, gzip"], None),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(CONTENT_ENCODING, HeaderValue::from_static(line));
            }
            assert_eq!(codings(&headers), wanted, "{lines:?}");
        }
    }
}
