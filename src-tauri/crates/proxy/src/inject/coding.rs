//! Content codings (RFC 9110 section 8.4.1), undone chunk by chunk.
//!
//! Whatever a chunk decodes to comes out at once, so that a page which streams behind a coding
//! still streams. A body that ends in the middle of its coding is an error.

use std::io::{self, Write};
use std::mem;

use brotli::DecompressorWriter;
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

/// Working memory of one brotli decoder's output.
const BROTLI_BUFFER: usize = 8 * 1024;

/// A content coding that we can undo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

/// A body that is not in the coding it claims.
#[derive(Debug, thiserror::Error)]
#[error("the body is not the {coding:?} coding that its Content-Encoding names")]
pub(crate) struct InvalidCoding {
    coding: Coding,
    #[source]
    source: io::Error,
}

/// The codings of a message in the order they were applied, or `None` where one is unknown.
pub(crate) fn codings(headers: &HeaderMap) -> Option<Vec<Coding>> {
    let mut codings = Vec::new();
    for value in headers.get_all(CONTENT_ENCODING) {
        for name in value.to_str().ok()?.split(',') {
            match name.trim().to_ascii_lowercase().as_str() {
                "" | "identity" => {}
                "gzip" | "x-gzip" => codings.push(Coding::Gzip),
                "deflate" => codings.push(Coding::Deflate),
                "br" => codings.push(Coding::Brotli),
                "zstd" => codings.push(Coding::Zstd),
                _ => return None,
            }
        }
    }
    Some(codings)
}

/// Undoes one coding.
pub(crate) struct Decoder {
    coding: Coding,
    // `None` until the first byte tells which of deflate's two forms it is.
    undo: Option<Box<dyn Undo>>,
}

/// A decoder that writes into memory.
trait Undo: Write + Send {
    fn end(&mut self) -> io::Result<()>;
    fn out(&mut self) -> &mut Vec<u8>;
}

impl Decoder {
    pub(crate) fn new(coding: Coding) -> Result<Self, InvalidCoding> {
        let out = Vec::new();
        let undo: Option<Box<dyn Undo>> = match coding {
            Coding::Gzip => Some(Box::new(MultiGzDecoder::new(out))),
            Coding::Deflate => None,
            Coding::Brotli => Some(Box::new(DecompressorWriter::new(out, BROTLI_BUFFER))),
            Coding::Zstd => match zstd::stream::write::Decoder::new(out) {
                Ok(decoder) => Some(Box::new(decoder)),
                Err(source) => return Err(InvalidCoding { coding, source }),
            },
        };
        Ok(Self { coding, undo })
    }

    /// What these bytes decode to.
    pub(crate) fn decode(&mut self, bytes: &[u8]) -> Result<Vec<u8>, InvalidCoding> {
        let Some(first) = bytes.first() else {
            return Ok(Vec::new());
        };
        let undo = self.undo.get_or_insert_with(|| deflate_form(*first));
        let coding = self.coding;
        undo.write_all(bytes)
            .and_then(|()| undo.flush())
            .map_err(|source| InvalidCoding { coding, source })?;
        Ok(mem::take(undo.out()))
    }

    /// What is left at the end of the body.
    pub(crate) fn finish(&mut self) -> Result<Vec<u8>, InvalidCoding> {
        let coding = self.coding;
        let Some(undo) = &mut self.undo else {
            return Ok(Vec::new());
        };
        undo.end()
            .map_err(|source| InvalidCoding { coding, source })?;
        Ok(mem::take(undo.out()))
    }
}

/// RFC 9110 section 8.4.1.2: deflate has a zlib wrapper, yet "some non-conformant implementations
/// send the deflate compressed data without" it. The wrapper's first byte names its method, 8.
fn deflate_form(first: u8) -> Box<dyn Undo> {
    if first & 0x0f == 8 {
        Box::new(ZlibDecoder::new(Vec::new()))
    } else {
        Box::new(DeflateDecoder::new(Vec::new()))
    }
}

// === impl Undo ===

impl Undo for MultiGzDecoder<Vec<u8>> {
    fn end(&mut self) -> io::Result<()> {
        self.try_finish()
    }

    fn out(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }
}

impl Undo for ZlibDecoder<Vec<u8>> {
    fn end(&mut self) -> io::Result<()> {
        self.try_finish()
    }

    fn out(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }
}

impl Undo for DeflateDecoder<Vec<u8>> {
    fn end(&mut self) -> io::Result<()> {
        self.try_finish()
    }

    fn out(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }
}

impl Undo for DecompressorWriter<Vec<u8>> {
    fn end(&mut self) -> io::Result<()> {
        self.close()
    }

    fn out(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }
}

impl Undo for zstd::stream::write::Decoder<'static, Vec<u8>> {
    fn end(&mut self) -> io::Result<()> {
        self.do_finish()
    }

    fn out(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }
}
