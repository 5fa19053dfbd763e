//! Bodies in content codings, as an upstream writes them and as a browser reads them.

use std::io::{Read, Write as _};
use std::mem;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

/// The codings that are tried, and how each is written. `bare` is deflate without its wrapper.
pub const CODINGS: [(&str, &str); 6] = [
    ("gzip", "gzip"),
    ("x-gzip", "gzip"),
    ("deflate", "zlib"),
    ("deflate", "bare"),
    ("br", "br"),
    ("zstd", "zstd"),
];

/// An upstream's encoder, which can be flushed after every piece.
pub enum Encoder {
    Gzip(GzEncoder<Vec<u8>>),
    Zlib(ZlibEncoder<Vec<u8>>),
    Bare(DeflateEncoder<Vec<u8>>),
    Brotli(Box<brotli::CompressorWriter<Vec<u8>>>),
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
}

impl Encoder {
    pub fn new(form: &str) -> Self {
        let (out, level) = (Vec::new(), Compression::default());
        match form {
            "gzip" => Self::Gzip(GzEncoder::new(out, level)),
            "zlib" => Self::Zlib(ZlibEncoder::new(out, level)),
            "bare" => Self::Bare(DeflateEncoder::new(out, level)),
            "br" => Self::Brotli(Box::new(brotli::CompressorWriter::new(out, 4096, 4, 20))),
            "zstd" => Self::Zstd(zstd::stream::write::Encoder::new(out, 3).unwrap()),
            other => panic!("no coding {other}"),
        }
    }

    /// One flushed piece.
    pub fn piece(&mut self, text: &str) -> Vec<u8> {
        macro_rules! flushed {
            ($encoder:expr) => {{
                $encoder.write_all(text.as_bytes()).unwrap();
                $encoder.flush().unwrap();
                mem::take($encoder.get_mut())
            }};
        }
        match self {
            Self::Gzip(encoder) => flushed!(encoder),
            Self::Zlib(encoder) => flushed!(encoder),
            Self::Bare(encoder) => flushed!(encoder),
            Self::Brotli(encoder) => flushed!(encoder),
            Self::Zstd(encoder) => flushed!(encoder),
        }
    }

    /// The coding's end.
    pub fn end(self) -> Vec<u8> {
        match self {
            Self::Gzip(encoder) => encoder.finish().unwrap(),
            Self::Zlib(encoder) => encoder.finish().unwrap(),
            Self::Bare(encoder) => encoder.finish().unwrap(),
            Self::Brotli(encoder) => encoder.into_inner(),
            Self::Zstd(encoder) => encoder.finish().unwrap(),
        }
    }
}

/// A whole body.
pub fn encoded(form: &str, text: &str) -> Vec<u8> {
    let mut encoder = Encoder::new(form);
    let mut coded = encoder.piece(text);
    coded.extend(encoder.end());
    coded
}

/// What can be read of a body so far, and whether it is whole.
pub fn decoded(form: &str, coded: &[u8]) -> (String, bool) {
    let mut reader: Box<dyn Read> = match form {
        "gzip" => Box::new(flate2::read::GzDecoder::new(coded)),
        "zlib" => Box::new(flate2::read::ZlibDecoder::new(coded)),
        "bare" => Box::new(flate2::read::DeflateDecoder::new(coded)),
        "br" => Box::new(brotli::Decompressor::new(coded, 4096)),
        "zstd" => Box::new(zstd::stream::read::Decoder::new(coded).unwrap()),
        other => panic!("no coding {other}"),
    };
    let (mut out, mut buffer) = (Vec::new(), [0; 4096]);
    let whole = loop {
        match reader.read(&mut buffer) {
            Ok(0) => break true,
            Ok(size) => out.extend_from_slice(&buffer[..size]),
            Err(_) => break false,
        }
    };
    (String::from_utf8(out).unwrap(), whole)
}
