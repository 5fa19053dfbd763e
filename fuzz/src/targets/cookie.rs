//! `Set-Cookie` lines, and the `Cookie` that comes back.

use http::HeaderValue;
use http::header::SET_COOKIE;
use tripledash_core::response::cookie::restore_names;

use super::{edited, values};

pub(crate) fn run(input: &[u8]) {
    let lines = values(input);
    let (after, edits) = edited("main", 200, &SET_COOKIE, &lines);
    assert_eq!(after.len(), lines.len(), "a cookie stays a cookie");
    for (before, after) in lines.iter().zip(&after) {
        one(before.as_bytes(), after.as_bytes());
    }
    if edits.edits.iter().all(|edit| edit.field != "set-cookie") {
        assert_eq!(after, lines, "no change without an edit");
    }
    for line in input.split(|byte| *byte == b'\n') {
        let pairs = |line: &[u8]| line.iter().filter(|byte| **byte == b';').count();
        if let Some(restored) = restore_names(line) {
            assert_eq!(pairs(&restored), pairs(line), "as many cookies as came");
            assert!(
                HeaderValue::from_bytes(line).is_err()
                    || HeaderValue::from_bytes(&restored).is_ok()
            );
        }
    }
}

fn one(before: &[u8], after: &[u8]) {
    let pieces = |line: &[u8]| -> Vec<Vec<u8>> {
        line.split(|byte| *byte == b';')
            .map(|piece| piece.trim_ascii().to_vec())
            .collect()
    };
    let (before, after) = (pieces(before), pieces(after));
    let value = |pair: &[u8]| {
        pair.iter()
            .position(|byte| *byte == b'=')
            .map(|at| pair[at..].to_vec())
    };
    assert_eq!(
        value(&before[0]),
        value(&after[0]),
        "the value is the app's"
    );
    let back = restore_names(&after[0]).unwrap_or_else(|| after[0].clone());
    assert_eq!(back, before[0], "the app sees the name that it gave");
    let is = |piece: &[u8], name: &str| {
        let end = piece
            .iter()
            .position(|byte| *byte == b'=')
            .unwrap_or(piece.len());
        piece[..end]
            .trim_ascii()
            .eq_ignore_ascii_case(name.as_bytes())
    };
    let ours = ["domain", "secure", "partitioned", "samesite"];
    let others = |pieces: &[Vec<u8>]| -> Vec<Vec<u8>> {
        let others = pieces[1..].iter().filter(|piece| !piece.is_empty());
        others
            .filter(|piece| !ours.iter().any(|name| is(piece, name)))
            .cloned()
            .collect()
    };
    assert_eq!(
        others(&before),
        others(&after),
        "no other attribute is touched"
    );
    for piece in &after[1..] {
        assert!(
            !["domain", "secure", "partitioned"]
                .iter()
                .any(|name| is(piece, name)),
            "{:?}",
            String::from_utf8_lossy(piece)
        );
    }
}
