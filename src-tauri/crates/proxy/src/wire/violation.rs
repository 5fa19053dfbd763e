//! What may be wrong with a request's bytes.

use tripledash_core::route::{MAX_HEADERS, MAX_TARGET};

use super::chunked::{MAX_EXTENSIONS, MAX_TRAILERS};
use super::head::{MAX_FIELDS, MAX_METHOD};

/// The first thing in a request that may not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Violation {
    #[error("a line ends in LF alone, wanted CR LF (RFC 9112, section 2.2)")]
    BareLf,
    #[error("a CR stands without its LF (RFC 9112, section 2.2)")]
    BareCr,
    #[error("a head has the control byte {0:#04x} (RFC 9110, section 5.5)")]
    Control(u8),
    #[error("the first line is not \"METHOD target HTTP/1.1\" (RFC 9112, section 3)")]
    RequestLine,
    #[error("the method is no token (RFC 9110, section 9.1)")]
    Method,
    #[error("the method has more than {MAX_METHOD} bytes")]
    MethodTooLong,
    #[error("the request target is not one that this method has (RFC 9112, section 3.2)")]
    Target,
    #[error("the request target has the byte {0:#04x}, which stands there percent-encoded")]
    TargetByte(u8),
    #[error("the request is in a version other than HTTP/1.0 and HTTP/1.1")]
    Version,
    #[error("a header line begins with a space (RFC 9112, sections 2.2 and 5.2)")]
    Fold,
    #[error("a header line has no colon (RFC 9112, section 5)")]
    NoColon,
    #[error("a header field's name is no token (RFC 9110, section 5.1)")]
    Name,
    #[error("a header field's name is followed by a space (RFC 9112, section 5.1)")]
    SpaceBeforeColon,
    #[error("the request has no Host field, wanted exactly one (RFC 9112, section 3.2)")]
    NoHost,
    #[error("the request has {0} Host fields, wanted exactly one (RFC 9112, section 3.2)")]
    ManyHosts(u16),
    #[error("a Content-Length is no number of bytes (RFC 9112, section 6.3)")]
    Length,
    #[error("the request has two lengths that differ (RFC 9112, section 6.3)")]
    Lengths,
    #[error("an HTTP/1.0 request has a Transfer-Encoding (RFC 9112, section 6.1)")]
    CodingBefore11,
    #[error("\"chunked\" is not the last transfer coding, and said once (RFC 9112, section 6.3)")]
    NotChunkedLast,
    #[error("the body has a transfer coding other than \"chunked\" (RFC 9112, section 6.1)")]
    Coding,
    #[error("a tunnel is asked for with a body (RFC 9110, section 9.3.6)")]
    TunnelBody,
    #[error("more is expected than \"100-continue\" (RFC 9110, section 10.1.1)")]
    Expectation,
    #[error("the rest of its head did not come in time (RFC 9110, section 15.5.9)")]
    Slow,
    #[error("the request target has more than {MAX_TARGET} bytes")]
    TargetTooLong,
    #[error("the header fields have more than {MAX_HEADERS} bytes")]
    FieldsTooLarge,
    #[error("there are more than {MAX_FIELDS} header fields")]
    TooManyFields,
    #[error("a chunk's size is no hexadecimal number of bytes (RFC 9112, section 7.1)")]
    ChunkSize,
    #[error("a line of a chunk ends in other than CR LF (RFC 9112, section 7.1)")]
    ChunkLine,
    #[error("a chunk goes on past its size (RFC 9112, section 7.1)")]
    ChunkEnd,
    #[error("chunk extensions have more than {MAX_EXTENSIONS} bytes (RFC 9112, section 7.1.1)")]
    Extensions,
    #[error("a trailer field is not \"name: value\" (RFC 9112, section 7.1.2)")]
    Trailer,
    #[error("trailer fields have more than {MAX_TRAILERS} bytes")]
    Trailers,
}

impl Violation {
    pub(crate) fn status(self) -> u16 {
        match self {
            Self::Slow => 408,
            Self::TargetTooLong => 414,
            Self::Expectation => 417,
            Self::FieldsTooLarge | Self::TooManyFields => 431,
            Self::Coding | Self::MethodTooLong => 501,
            Self::Version => 505,
            _ => 400,
        }
    }

    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Slow => "request-timeout",
            Self::TargetTooLong => "target-too-long",
            Self::Expectation => "expectation-failed",
            Self::FieldsTooLarge | Self::TooManyFields => "fields-too-large",
            Self::Coding => "coding-unknown",
            Self::MethodTooLong => "method-unknown",
            Self::Version => "version-unknown",
            _ => "malformed-request",
        }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Slow => "This request did not come to its end",
            Self::TargetTooLong => "The address is too long",
            Self::Expectation => "This request expects too much",
            Self::FieldsTooLarge | Self::TooManyFields => "The header fields are too large",
            Self::Coding => "This transfer coding is not known here",
            Self::MethodTooLong => "This method is not known here",
            Self::Version => "This version of HTTP is not spoken here",
            _ => "This request cannot be read",
        }
    }

    pub(crate) fn fix(self) -> Option<&'static str> {
        match self {
            Self::FieldsTooLarge => {
                Some("clear this preview's cookies: they are most of it, as a rule")
            }
            Self::Slow => Some("send all of the head at once, with an empty line at its end"),
            Self::Version => Some("speak HTTP/1.1 here, in the clear"),
            Self::Coding => Some("send the body chunked, with no other transfer coding"),
            Self::Expectation => Some("expect \"100-continue\", or nothing"),
            _ => None,
        }
    }
}
