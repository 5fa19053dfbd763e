//! One coding done again, cheaply: the browser is on the same machine.

use std::io::{self, Write as _};
use std::mem;

use brotli::CompressorWriter;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

use super::Form;

/// Brotli's quality, window (a power of two) and buffer: little work, little memory.
const BROTLI: (u32, u32, usize) = (1, 18, 4 * 1024);
/// zstd's level.
const ZSTD: i32 = 1;

/// Does one coding.
pub(in crate::inject) enum Encoder {
    Gzip(GzEncoder<Vec<u8>>),
    Zlib(ZlibEncoder<Vec<u8>>),
    RawDeflate(DeflateEncoder<Vec<u8>>),
    Brotli(Box<CompressorWriter<Vec<u8>>>),
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
}

impl Encoder {
    pub(in crate::inject) fn new(form: Form) -> io::Result<Self> {
        let out = Vec::new();
        Ok(match form {
            Form::Gzip => Self::Gzip(GzEncoder::new(out, Compression::fast())),
            Form::Zlib => Self::Zlib(ZlibEncoder::new(out, Compression::fast())),
            Form::RawDeflate => Self::RawDeflate(DeflateEncoder::new(out, Compression::fast())),
            Form::Brotli => {
                let (quality, window, buffer) = BROTLI;
                let encoder = CompressorWriter::new(out, buffer, quality, window);
                Self::Brotli(Box::new(encoder))
            }
            Form::Zstd => Self::Zstd(zstd::stream::write::Encoder::new(out, ZSTD)?),
        })
    }

    /// Encodes, and returns what is ready.
    pub(in crate::inject) fn push(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Gzip(encoder) => encoder.write_all(bytes)?,
            Self::Zlib(encoder) => encoder.write_all(bytes)?,
            Self::RawDeflate(encoder) => encoder.write_all(bytes)?,
            Self::Brotli(encoder) => encoder.write_all(bytes)?,
            Self::Zstd(encoder) => encoder.write_all(bytes)?,
        }
        Ok(self.take())
    }

    /// Returns what it holds back, so that whoever decodes gets all that was pushed.
    pub(in crate::inject) fn flush(&mut self) -> io::Result<Vec<u8>> {
        match self {
            Self::Gzip(encoder) => encoder.flush()?,
            Self::Zlib(encoder) => encoder.flush()?,
            Self::RawDeflate(encoder) => encoder.flush()?,
            Self::Brotli(encoder) => encoder.flush()?,
            Self::Zstd(encoder) => encoder.flush()?,
        }
        Ok(self.take())
    }

    /// Ends the coding, and returns the last of it.
    pub(in crate::inject) fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Gzip(encoder) => encoder.finish(),
            Self::Zlib(encoder) => encoder.finish(),
            Self::RawDeflate(encoder) => encoder.finish(),
            Self::Brotli(encoder) => Ok(encoder.into_inner()),
            Self::Zstd(encoder) => encoder.finish(),
        }
    }

    fn take(&mut self) -> Vec<u8> {
        mem::take(match self {
            Self::Gzip(encoder) => encoder.get_mut(),
            Self::Zlib(encoder) => encoder.get_mut(),
            Self::RawDeflate(encoder) => encoder.get_mut(),
            Self::Brotli(encoder) => encoder.get_mut(),
            Self::Zstd(encoder) => encoder.get_mut(),
        })
    }
}
