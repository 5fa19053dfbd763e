use std::io::{Read as _, Write as _};

use bytes::Bytes;
use proptest::prelude::*;
use tripledash_core::response::ContentCoding as Coding;

use super::Injector;
use super::injector::Turn;
use crate::body::BodyError;

mod coded;

const TAG: &str = "<script src=\"/agent.js\"></script>";
const ALL: [Coding; 4] = [Coding::Gzip, Coding::Deflate, Coding::Brotli, Coding::Zstd];

/// Everything that can go on after a piece, without the next one.
fn push(injector: &mut Injector, piece: &[u8]) -> Result<Vec<u8>, BodyError> {
    let mut out = Vec::new();
    if !piece.is_empty() {
        out.extend(
            injector
                .feed(Bytes::copy_from_slice(piece))?
                .unwrap_or_default(),
        );
    }
    loop {
        match injector.turn()? {
            Turn::Out(bytes) => out.extend(bytes),
            Turn::Busy => {}
            Turn::Hungry | Turn::Over => break,
        }
    }
    out.extend(injector.flush()?.unwrap_or_default());
    Ok(out)
}

/// Pushes a page in the given pieces.
fn inject(codings: &[Coding], pieces: &[&[u8]]) -> Result<Vec<u8>, BodyError> {
    let mut injector = Injector::new(TAG, codings);
    let mut out = Vec::new();
    for piece in pieces {
        out.extend(push(&mut injector, piece)?);
    }
    injector.close();
    out.extend(push(&mut injector, b"")?);
    Ok(out)
}

fn injected(page: &str) -> String {
    String::from_utf8(inject(&[], &[page.as_bytes()]).unwrap()).unwrap()
}

fn encode(page: &[u8], coding: Coding) -> Vec<u8> {
    let fast = flate2::Compression::fast();
    match coding {
        Coding::Gzip => {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), fast);
            gzip.write_all(page).unwrap();
            gzip.finish().unwrap()
        }
        Coding::Deflate => {
            let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), fast);
            zlib.write_all(page).unwrap();
            zlib.finish().unwrap()
        }
        Coding::Brotli => {
            let mut out = Vec::new();
            let mut brotli = brotli::CompressorWriter::new(&mut out, 4096, 4, 20);
            brotli.write_all(page).unwrap();
            drop(brotli);
            out
        }
        Coding::Zstd => zstd::encode_all(page, 1).unwrap(),
    }
}

/// What a browser makes of a whole body.
fn decode(coded: &[u8], coding: Coding) -> Vec<u8> {
    let mut out = Vec::new();
    match coding {
        Coding::Gzip => flate2::read::GzDecoder::new(coded).read_to_end(&mut out),
        Coding::Deflate => flate2::read::ZlibDecoder::new(coded).read_to_end(&mut out),
        Coding::Brotli => brotli::Decompressor::new(coded, 4096).read_to_end(&mut out),
        Coding::Zstd => {
            zstd::stream::read::Decoder::new(coded).and_then(|mut d| d.read_to_end(&mut out))
        }
    }
    .unwrap();
    out
}

/// Puts codings on in order, or takes them off in the other.
fn encode_all(page: &[u8], codings: &[Coding]) -> Vec<u8> {
    codings
        .iter()
        .fold(page.to_vec(), |bytes, coding| encode(&bytes, *coding))
}

fn decode_all(coded: &[u8], codings: &[Coding]) -> Vec<u8> {
    codings
        .iter()
        .rev()
        .fold(coded.to_vec(), |bytes, coding| decode(&bytes, *coding))
}

mod placing {
    use super::*;

    #[test]
    fn tag_is_first_in_head() {
        assert_eq!(
            injected("<!doctype html><html><HEAD lang=x><title>t</title></HEAD><body>"),
            format!("<!doctype html><html><HEAD lang=x>{TAG}<title>t</title></HEAD><body>")
        );
    }

    #[test]
    fn tag_is_before_the_first_element_of_a_page_without_head() {
        assert_eq!(
            injected("<!doctype html><title>t</title><p>x"),
            format!("<!doctype html>{TAG}<title>t</title><p>x")
        );
    }

    #[test]
    fn a_head_in_a_comment_or_a_script_is_no_head() {
        assert_eq!(
            injected("<!-- <head> --><html><head><script>'<head>'</script>"),
            format!("<!-- <head> --><html><head>{TAG}<script>'<head>'</script>")
        );
    }

    #[test]
    fn text_without_any_element_gets_the_tag_at_its_end() {
        assert_eq!(injected("hello"), format!("hello{TAG}"));
        assert_eq!(injected(""), TAG);
    }

    #[test]
    fn only_the_first_head_counts_and_the_rest_is_untouched() {
        let rest = "<head></head><p a='1'  b=\"2\" >&amp; <b>unclosed <di";
        assert_eq!(
            injected(&format!("<head>{rest}")),
            format!("<head>{TAG}{rest}")
        );
    }

    #[test]
    fn bytes_that_are_not_utf8_pass_through() {
        let page = b"<html><head><title>\xe9t\xe9\xff</title>\x80</html>";
        let out = inject(&[], &[page]).unwrap();
        assert_eq!(out, [&page[..12], TAG.as_bytes(), &page[12..]].concat());
    }

    #[test]
    fn tag_is_before_any_policy_of_the_page_itself() {
        let meta = "<meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'none'\">";
        assert_eq!(
            injected(&format!(
                "<!doctype html><html><head>{meta}<title>t</title>"
            )),
            format!("<!doctype html><html><head>{TAG}{meta}<title>t</title>")
        );
        assert_eq!(injected(&format!("{meta}<p>x")), format!("{TAG}{meta}<p>x"));
    }
}

#[test]
fn every_chunk_goes_on_at_once() {
    let mut injector = Injector::new(TAG, &[]);
    let first = push(&mut injector, b"<head></head><body><p>one").unwrap();
    assert_eq!(first, format!("<head>{TAG}</head><body><p>one").as_bytes());
    assert_eq!(push(&mut injector, b"<p>two").unwrap(), b"<p>two");
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("<html>".to_owned()),
        Just("<head>".to_owned()),
        Just("<!-- <head> -->".to_owned()),
        Just("<script>if (a<b) '<head>'</script>".to_owned()),
        Just("<p class='x'>".to_owned()),
        Just("</p>".to_owned()),
        Just("<!doctype html>".to_owned()),
        "[ -~é€]{0,40}",
    ]
}

fn codings() -> impl Strategy<Value = Vec<Coding>> {
    let one = prop_oneof![
        Just(Coding::Gzip),
        Just(Coding::Deflate),
        Just(Coding::Brotli),
        Just(Coding::Zstd)
    ];
    proptest::collection::vec(one, 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// However a page is cut and coded, the browser gets the same bytes, and without the tag they
    /// are the page.
    #[test]
    fn any_split_and_coding_gives_the_same_page(
        page in proptest::collection::vec(piece(), 0..12).prop_map(|pieces| pieces.concat()),
        codings in codings(),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let whole = inject(&[], &[page.as_bytes()]).unwrap();
        let coded = encode_all(page.as_bytes(), &codings);
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(coded.len() + 1)).collect();
        at.extend([0, coded.len()]);
        at.sort_unstable();
        let pieces: Vec<&[u8]> = at.windows(2).map(|pair| &coded[pair[0]..pair[1]]).collect();
        let cut = decode_all(&inject(&codings, &pieces).unwrap(), &codings);
        prop_assert_eq!(String::from_utf8_lossy(&cut), String::from_utf8_lossy(&whole));
        prop_assert_eq!(String::from_utf8(cut).unwrap().replacen(TAG, "", 1), page);
    }
}
