//! Pages in content codings: decoded, edited, encoded again.

use super::*;

const PAGE: &str = "<!doctype html><head></head><body><p>one</p>";

fn page() -> String {
    PAGE.replace("<head>", &format!("<head>{TAG}"))
}

#[test]
fn a_page_stays_in_its_codings() {
    for first in ALL {
        for second in ALL {
            let codings = [first, second];
            let coded = encode_all(PAGE.as_bytes(), &codings);
            let out = inject(&codings, &[&coded]).unwrap();
            assert_eq!(decode_all(&out, &codings), page().as_bytes(), "{codings:?}");
        }
    }
}

#[test]
fn what_was_flushed_goes_on_at_once_in_every_coding() {
    for coding in ALL {
        let mut upstream = Stream::new(coding);
        let mut injector = Injector::new(TAG, &[coding]);
        let mut browser = Vec::new();
        let mut wanted = page();
        browser.extend(push(&mut injector, &upstream.chunk(PAGE)).unwrap());
        assert_eq!(partly(&browser, coding), wanted.as_bytes(), "{coding:?}");
        for late in ["<template>two</template>", "<script>three()</script>"] {
            browser.extend(push(&mut injector, &upstream.chunk(late)).unwrap());
            wanted.push_str(late);
            assert_eq!(
                partly(&browser, coding),
                wanted.as_bytes(),
                "{coding:?} {late}"
            );
        }
        browser.extend(push(&mut injector, &upstream.end()).unwrap());
        injector.close();
        browser.extend(push(&mut injector, b"").unwrap());
        assert_eq!(decode(&browser, coding), wanted.as_bytes(), "{coding:?}");
    }
}

#[test]
fn a_body_that_ends_inside_its_coding_is_an_error() {
    let page = b"<head></head>a page that is long enough to be cut in its middle".repeat(9);
    for coding in ALL {
        let coded = encode(&page, coding);
        for end in [1, coded.len() / 2, coded.len() - 1] {
            let broken = inject(&[coding], &[&coded[..end]]);
            assert!(broken.is_err(), "{coding:?} {end} of {}", coded.len());
        }
        assert!(
            inject(&[coding], &[b"<html>, not coded"]).is_err(),
            "{coding:?}"
        );
    }
}

#[test]
fn an_empty_body_is_an_empty_page() {
    for coding in ALL {
        let out = inject(&[coding], &[]).unwrap();
        assert_eq!(decode(&out, coding), TAG.as_bytes(), "{coding:?}");
    }
}

#[test]
fn bare_deflate_stays_bare() {
    let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    bare.write_all(PAGE.as_bytes()).unwrap();
    let coded = bare.finish().unwrap();
    let out = inject(&[Coding::Deflate], &[&coded]).unwrap();
    let mut decoded = String::new();
    flate2::read::DeflateDecoder::new(&out[..])
        .read_to_string(&mut decoded)
        .unwrap();
    assert_eq!(decoded, page());
}

#[test]
fn members_of_gzip_and_frames_of_zstd_follow_each_other() {
    for coding in [Coding::Gzip, Coding::Zstd] {
        let (first, second) = PAGE.split_at(20);
        let coded = [
            encode(first.as_bytes(), coding),
            encode(second.as_bytes(), coding),
        ]
        .concat();
        for cut in 0..=coded.len() {
            let (left, right) = coded.split_at(cut);
            let out = inject(&[coding], &[left, right]).unwrap();
            assert_eq!(
                decode(&out, coding),
                page().as_bytes(),
                "{coding:?} cut at {cut}"
            );
        }
    }
}

#[test]
fn what_follows_the_end_of_a_coding_is_ignored() {
    for coding in [Coding::Gzip, Coding::Deflate, Coding::Brotli] {
        let coded = [encode(PAGE.as_bytes(), coding), b"\0\0garbage".to_vec()].concat();
        let out = inject(&[coding], &[&coded]).unwrap();
        assert_eq!(decode(&out, coding), page().as_bytes(), "{coding:?}");
    }
}

#[test]
fn a_wrong_checksum_is_an_error() {
    for coding in [Coding::Gzip, Coding::Deflate] {
        let mut coded = encode(PAGE.as_bytes(), coding);
        let at = coded.len() - if coding == Coding::Gzip { 8 } else { 4 };
        coded[at] ^= 0xff;
        assert!(inject(&[coding], &[&coded]).is_err(), "{coding:?}");
    }
}

#[test]
fn a_body_of_zeros_is_never_held_whole() {
    const SIZE: usize = 16 * 1024 * 1024;
    for coding in ALL {
        let coded = encode(&vec![0; SIZE], coding);
        let mut injector = Injector::new(TAG, &[coding]);
        injector.feed(coded.into()).unwrap();
        let (mut out, mut longest, mut turns) = (0, 0, 0);
        loop {
            match injector.turn().unwrap() {
                Turn::Out(bytes) => {
                    longest = longest.max(bytes.len());
                    out += bytes.len();
                }
                Turn::Busy => {}
                Turn::Hungry => injector.close(),
                Turn::Over => break,
            }
            turns += 1;
        }
        assert!(longest < 512 * 1024, "{coding:?}: {longest} bytes at once");
        assert!(turns > 16, "{coding:?}: {turns} turns");
        assert!(out > 0, "{coding:?}");
    }
}

/// An upstream that flushes its coding after every chunk.
enum Stream {
    Gzip(flate2::write::GzEncoder<Vec<u8>>),
    Deflate(flate2::write::ZlibEncoder<Vec<u8>>),
    Brotli(Box<brotli::CompressorWriter<Vec<u8>>>),
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
}

impl Stream {
    fn new(coding: Coding) -> Self {
        let fast = flate2::Compression::fast();
        match coding {
            Coding::Gzip => Self::Gzip(flate2::write::GzEncoder::new(Vec::new(), fast)),
            Coding::Deflate => Self::Deflate(flate2::write::ZlibEncoder::new(Vec::new(), fast)),
            Coding::Brotli => Self::Brotli(Box::new(brotli::CompressorWriter::new(
                Vec::new(),
                4096,
                4,
                20,
            ))),
            Coding::Zstd => Self::Zstd(zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap()),
        }
    }

    fn chunk(&mut self, text: &str) -> Vec<u8> {
        fn flushed<W: std::io::Write>(
            writer: &mut W,
            text: &str,
            inner: impl Fn(&mut W) -> &mut Vec<u8>,
        ) -> Vec<u8> {
            writer.write_all(text.as_bytes()).unwrap();
            writer.flush().unwrap();
            std::mem::take(inner(writer))
        }
        match self {
            Self::Gzip(gzip) => flushed(gzip, text, flate2::write::GzEncoder::get_mut),
            Self::Deflate(zlib) => flushed(zlib, text, flate2::write::ZlibEncoder::get_mut),
            Self::Brotli(brotli) => {
                flushed(brotli.as_mut(), text, brotli::CompressorWriter::get_mut)
            }
            Self::Zstd(zstd) => flushed(zstd, text, zstd::stream::write::Encoder::get_mut),
        }
    }

    fn end(self) -> Vec<u8> {
        match self {
            Self::Gzip(gzip) => gzip.finish().unwrap(),
            Self::Deflate(zlib) => zlib.finish().unwrap(),
            Self::Brotli(brotli) => brotli.into_inner(),
            Self::Zstd(zstd) => zstd.finish().unwrap(),
        }
    }
}

/// What a browser makes of a body that is not over.
fn partly(coded: &[u8], coding: Coding) -> Vec<u8> {
    fn read(mut reader: impl std::io::Read) -> Vec<u8> {
        let (mut out, mut buffer) = (Vec::new(), [0; 4096]);
        // The end of what there is comes as an error.
        while let Ok(size) = reader.read(&mut buffer) {
            if size == 0 {
                break;
            }
            out.extend_from_slice(&buffer[..size]);
        }
        out
    }
    match coding {
        Coding::Gzip => read(flate2::read::GzDecoder::new(coded)),
        Coding::Deflate => read(flate2::read::ZlibDecoder::new(coded)),
        Coding::Brotli => read(brotli::Decompressor::new(coded, 4096)),
        Coding::Zstd => read(zstd::stream::read::Decoder::new(coded).unwrap()),
    }
}
