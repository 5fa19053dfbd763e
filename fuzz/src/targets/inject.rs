//! Pages behind codings, cut anywhere.
//!
//! The first byte chooses the codings, the second how the page is cut; the rest is the page.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use tripledash_core::response::ContentCoding::{self, Brotli, Deflate, Gzip, Zstd};
use tripledash_proxy::fuzzing;

const CODINGS: [&[ContentCoding]; 8] = [
    &[],
    &[Gzip],
    &[Brotli],
    &[Zstd],
    &[Deflate],
    &[Gzip, Brotli],
    &[Brotli, Zstd],
    &[Deflate, Gzip],
];
const TAG: &str = "<script src=\"/__tripledash/agent.js\" nonce=\"x\"></script>";

pub(crate) fn run(input: &[u8]) {
    let [choice, cut, page @ ..] = input else {
        return;
    };
    let codings = CODINGS[usize::from(*choice) % CODINGS.len()];
    let coded = codings
        .iter()
        .fold(page.to_vec(), |page, coding| encode(&page, *coding));
    let whole = through(codings, vec![coded.clone()]);
    assert_eq!(
        whole,
        with_tag_taken_out(&whole, page),
        "one tag, and the page"
    );
    let cut = usize::from(*cut);
    let sizes = [1, cut % 7 + 1, cut + 1, coded.len() / 2 + 1];
    for size in &sizes[usize::from(coded.len() > 4096)..] {
        let pieces = coded.chunks(*size).map(<[u8]>::to_vec).collect();
        let cut = through(codings, pieces);
        assert_eq!(cut, with_tag_taken_out(&cut, page), "cut every {size}");
        assert_eq!(cut, whole, "a cut every {size} changes nothing");
    }
    // What is no such coding is an error or passes, and never a panic.
    if !codings.is_empty() {
        let _ = fuzzing::inject(TAG, codings, vec![page.to_vec()]);
    }
}

fn through(codings: &[ContentCoding], pieces: Vec<Vec<u8>>) -> Vec<u8> {
    let out = fuzzing::inject(TAG, codings, pieces).expect("a page in the coding that it names");
    codings
        .iter()
        .rev()
        .fold(out, |out, coding| decode(&out, *coding))
}

/// The page with a tag where `out` has one: `out` itself, if all is well.
fn with_tag_taken_out(out: &[u8], page: &[u8]) -> Vec<u8> {
    let extra = out
        .len()
        .checked_sub(page.len())
        .expect("nothing is taken away");
    if extra == 0 {
        return page.to_vec();
    }
    assert_eq!(extra, TAG.len());
    // The tag's text may be in the page too: any place for one will do.
    let places = out.windows(TAG.len()).enumerate();
    for (at, _) in places.filter(|(_, window)| *window == TAG.as_bytes()) {
        if out[..at] == page[..at] && out[at + TAG.len()..] == page[at..] {
            return out.to_vec();
        }
    }
    page.to_vec()
}

fn encode(page: &[u8], coding: ContentCoding) -> Vec<u8> {
    match coding {
        Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(page).unwrap();
            encoder.finish().unwrap()
        }
        Deflate => {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(page).unwrap();
            encoder.finish().unwrap()
        }
        Brotli => {
            let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 1, 16);
            encoder.write_all(page).unwrap();
            encoder.into_inner()
        }
        Zstd => zstd::encode_all(page, 1).unwrap(),
    }
}

/// Fails where the coding is cut short.
fn decode(coded: &[u8], coding: ContentCoding) -> Vec<u8> {
    let mut page = Vec::new();
    let read = match coding {
        Gzip => flate2::read::MultiGzDecoder::new(coded).read_to_end(&mut page),
        Deflate => flate2::read::ZlibDecoder::new(coded).read_to_end(&mut page),
        Brotli => brotli::Decompressor::new(coded, 4096).read_to_end(&mut page),
        Zstd => zstd::Decoder::new(coded).and_then(|mut decoder| decoder.read_to_end(&mut page)),
    };
    read.unwrap_or_else(|error| panic!("{coding:?}: {error}"));
    page
}
