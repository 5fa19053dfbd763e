use std::io::Write as _;

use bytes::Bytes;
use proptest::prelude::*;

use super::{Coding, Injector};

const TAG: &str = "<script src=\"/agent.js\"></script>";

/// Pushes a page in the given pieces.
fn inject(codings: &[Coding], pieces: &[&[u8]]) -> Result<Vec<u8>, crate::body::BodyError> {
    let mut injector = Injector::new(TAG, codings)?;
    let mut out = Vec::new();
    for piece in pieces {
        out.extend(injector.push(Bytes::copy_from_slice(piece))?);
    }
    out.extend(injector.finish()?);
    Ok(out)
}

fn injected(page: &str) -> String {
    String::from_utf8(inject(&[], &[page.as_bytes()]).unwrap()).unwrap()
}

fn encode(page: &[u8], coding: Coding) -> Vec<u8> {
    match coding {
        Coding::Gzip => {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(page).unwrap();
            gzip.finish().unwrap()
        }
        Coding::Deflate => {
            let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
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
}

mod streaming {
    use super::*;

    #[test]
    fn every_chunk_goes_on_at_once() {
        let mut injector = Injector::new(TAG, &[]).unwrap();
        let first = injector
            .push(Bytes::from("<head></head><body><p>one"))
            .unwrap();
        assert_eq!(first, format!("<head>{TAG}</head><body><p>one"));
        assert_eq!(injector.push(Bytes::from("<p>two")).unwrap(), "<p>two");
    }

    #[test]
    fn a_flushed_gzip_chunk_goes_on_at_once() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(b"<head></head><body><p>one").unwrap();
        gzip.flush().unwrap();
        let chunk = std::mem::take(gzip.get_mut());
        let mut injector = Injector::new(TAG, &[Coding::Gzip]).unwrap();
        assert_eq!(
            injector.push(chunk.into()).unwrap(),
            format!("<head>{TAG}</head><body><p>one")
        );
    }

    #[test]
    fn a_body_that_ends_inside_its_coding_is_an_error() {
        let page = b"<head></head>a page that is long enough to be cut in its middle".repeat(9);
        for coding in [Coding::Gzip, Coding::Deflate, Coding::Brotli, Coding::Zstd] {
            let coded = encode(&page, coding);
            let cut = &coded[..coded.len() / 2];
            assert!(inject(&[coding], &[cut]).is_err(), "{coding:?}");
        }
    }

    #[test]
    fn bare_deflate_is_understood() {
        let mut bare = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        bare.write_all(b"<head></head>").unwrap();
        let coded = bare.finish().unwrap();
        let out = inject(&[Coding::Deflate], &[&coded]).unwrap();
        assert_eq!(out, format!("<head>{TAG}</head>").as_bytes());
    }
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
    proptest::collection::vec(one, 0..3)
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
        let coded = codings.iter().fold(page.clone().into_bytes(), |bytes, coding| encode(&bytes, *coding));
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(coded.len() + 1)).collect();
        at.extend([0, coded.len()]);
        at.sort_unstable();
        let pieces: Vec<&[u8]> = at.windows(2).map(|pair| &coded[pair[0]..pair[1]]).collect();
        let cut = inject(&codings, &pieces).unwrap();
        prop_assert_eq!(String::from_utf8_lossy(&cut), String::from_utf8_lossy(&whole));
        prop_assert_eq!(String::from_utf8(cut).unwrap().replacen(TAG, "", 1), page);
    }
}
