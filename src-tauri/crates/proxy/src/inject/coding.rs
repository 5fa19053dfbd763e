//! Content codings (RFC 9110 section 8.4.1), undone and done again piece by piece.
//!
//! Whatever a piece decodes to comes out at once, so that a page which streams behind a coding
//! still streams. What comes out of one step is bounded, however well the body was compressed.
//! A body that ends in the middle of its coding is an error.

mod brotli;
mod decode;
mod encode;
mod gzip;

use std::io;

use tripledash_core::response::ContentCoding;

pub(super) use decode::Decoder;
pub(super) use encode::Encoder;

/// A body that is not in the coding it claims.
#[derive(Debug, thiserror::Error)]
#[error("the body is not the {coding:?} coding that its Content-Encoding names")]
pub(crate) struct InvalidCoding {
    coding: ContentCoding,
    #[source]
    source: io::Error,
}

/// What is written in a coding, `deflate` told apart by its two forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Gzip,
    Zlib,
    RawDeflate,
    Brotli,
    Zstd,
}
