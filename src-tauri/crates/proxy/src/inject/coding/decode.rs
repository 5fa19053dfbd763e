//! One coding undone, a bounded step at a time.

use std::io::{self, Write};
use std::mem;

use bytes::{Buf as _, Bytes};
use flate2::write::{DeflateDecoder, ZlibDecoder};
use tripledash_core::response::ContentCoding;

use super::brotli::BrotliDecoder;
use super::gzip::GzipDecoder;
use super::{Form, InvalidCoding};

/// The largest window of a body in zstd, as a power of two: "decoders MUST support a Window_Size
/// of up to and including 8 MB" (RFC 9659 section 3), and browsers refuse more.
const ZSTD_WINDOW: u32 = 23;

/// Undoes one coding.
pub(in crate::inject) struct Decoder {
    coding: ContentCoding,
    // `None` until the first byte, which tells deflate's two forms apart. A body without any
    // byte is in no coding at all.
    undo: Option<Box<dyn Undo>>,
    form: Form,
    input: Bytes,
    // Whether there may be output that no input is needed for.
    holds: bool,
}

/// A decoder that writes into memory.
pub(super) trait Undo: Send {
    /// Takes some of `input` and writes what that decodes to, some ten KiB at most, to `out`.
    /// Without input, writes what it holds. Returns how much it took; nothing taken and nothing
    /// written is the end of the coding.
    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> io::Result<usize>;

    /// Writes what is left; an error where the coding is not at its end.
    fn end(&mut self, out: &mut Vec<u8>) -> io::Result<()>;
}

impl Decoder {
    pub(in crate::inject) fn new(coding: ContentCoding) -> Self {
        let form = match coding {
            ContentCoding::Gzip => Form::Gzip,
            ContentCoding::Deflate => Form::Zlib,
            ContentCoding::Brotli => Form::Brotli,
            ContentCoding::Zstd => Form::Zstd,
        };
        Self {
            coding,
            undo: None,
            form,
            input: Bytes::new(),
            holds: false,
        }
    }

    /// The form that the body is in, as far as is known.
    pub(in crate::inject) fn form(&self) -> Form {
        self.form
    }

    /// Whether another step may give something.
    pub(in crate::inject) fn is_busy(&self) -> bool {
        self.holds || !self.input.is_empty()
    }

    /// Takes the next bytes. Only for one that is not busy.
    pub(in crate::inject) fn feed(&mut self, bytes: Bytes) {
        debug_assert!(self.input.is_empty(), "fed before it was done");
        self.input = bytes;
    }

    /// Decodes a little.
    pub(in crate::inject) fn step(&mut self) -> Result<Bytes, InvalidCoding> {
        let coding = self.coding;
        let broken = |source| InvalidCoding { coding, source };
        if self.undo.is_none() {
            let Some(first) = self.input.first() else {
                self.holds = false;
                return Ok(Bytes::new());
            };
            if self.coding == ContentCoding::Deflate {
                self.form = deflate_form(*first);
            }
            self.undo = Some(undo(self.form).map_err(broken)?);
        }
        let undo = self.undo.as_mut().expect("it was made just above");
        let mut out = Vec::new();
        let taken = undo.step(&self.input, &mut out).map_err(broken)?;
        if taken == 0 && out.is_empty() {
            // What follows the end of a coding is ignored, as browsers do.
            self.input.clear();
            self.holds = false;
        } else {
            self.input.advance(taken);
            self.holds = true;
        }
        Ok(out.into())
    }

    /// What is left at the end of the body.
    pub(in crate::inject) fn end(&mut self) -> Result<Bytes, InvalidCoding> {
        let coding = self.coding;
        let mut out = Vec::new();
        if let Some(undo) = &mut self.undo {
            undo.end(&mut out)
                .map_err(|source| InvalidCoding { coding, source })?;
        }
        Ok(out.into())
    }
}

fn undo(form: Form) -> io::Result<Box<dyn Undo>> {
    Ok(match form {
        Form::Gzip => Box::<GzipDecoder>::default(),
        Form::Zlib => Box::new(ZlibDecoder::new(Vec::new())),
        Form::RawDeflate => Box::new(DeflateDecoder::new(Vec::new())),
        Form::Brotli => Box::<BrotliDecoder>::default(),
        Form::Zstd => {
            let mut decoder = zstd::stream::write::Decoder::new(Vec::new())?;
            decoder.window_log_max(ZSTD_WINDOW)?;
            Box::new(decoder)
        }
    })
}

/// RFC 9110 section 8.4.1.2: deflate has a zlib wrapper, yet "some non-conformant implementations
/// send the deflate compressed data without" it. The wrapper's first byte names its method, 8,
/// and a window of at most 32 KiB.
fn deflate_form(first: u8) -> Form {
    if first & 0x0f == 8 && first >> 4 <= 7 {
        Form::Zlib
    } else {
        Form::RawDeflate
    }
}

// === impl Undo ===

/// A step of a decoder that writes: what it holds back comes out of the next one.
fn write<W: Write>(
    undo: &mut W,
    input: &[u8],
    out: &mut Vec<u8>,
    inner: impl Fn(&mut W) -> &mut Vec<u8>,
) -> io::Result<usize> {
    let taken = undo.write(input)?;
    *out = mem::take(inner(undo));
    Ok(taken)
}

impl Undo for ZlibDecoder<Vec<u8>> {
    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> io::Result<usize> {
        write(self, input, out, Self::get_mut)
    }

    fn end(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        self.try_finish()?;
        *out = mem::take(self.get_mut());
        Ok(())
    }
}

impl Undo for DeflateDecoder<Vec<u8>> {
    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> io::Result<usize> {
        write(self, input, out, Self::get_mut)
    }

    fn end(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        self.try_finish()?;
        *out = mem::take(self.get_mut());
        Ok(())
    }
}

impl Undo for zstd::stream::write::Decoder<'static, Vec<u8>> {
    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> io::Result<usize> {
        write(self, input, out, Self::get_mut)
    }

    fn end(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        self.do_finish()?;
        *out = mem::take(self.get_mut());
        Ok(())
    }
}
