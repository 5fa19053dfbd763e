//! An upstream's bytes, in any pieces: where the first is cut, how long the others are (and by its
//! highest bit, whether HEAD was asked), the bytes.

use http::Method;
use httparse::{Header, Response, Status};
use tripledash_proxy::fuzzing::{Responded, respond};

/// As many fields as are read.
const FIELDS: usize = 100;

pub(crate) fn run(input: &[u8]) {
    let [first, size, bytes @ ..] = input else {
        return;
    };
    let method = if size & 0x80 == 0 {
        Method::GET
    } else {
        Method::HEAD
    };
    let whole = respond(&method, &[bytes]);
    let (before, after) = bytes.split_at(usize::from(*first).min(bytes.len()));
    let mut pieces = vec![before];
    pieces.extend(after.chunks(usize::from(*size & 0x7f).max(1)));
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    for pieces in [&pieces, &single] {
        let cut = respond(&method, pieces);
        assert_eq!(verdict(&cut), verdict(&whole), "one verdict for any pieces");
        if whole.broken.is_none() {
            assert_eq!(cut, whole, "one response for any pieces");
        }
    }
    if let Some(other) = read(&method, bytes) {
        assert_eq!(whole.broken, None, "another reader reads it");
        assert_eq!(whole.statuses.last(), Some(&other.status));
        assert_eq!(whole.whole, other.body.is_some());
        if let Some((body, behind)) = other.body {
            assert_eq!((&whole.body[..], &whole.behind[..]), (body, behind));
        }
    }
}

/// What does not hang on when the bytes came: how much of a body passed before it broke does.
fn verdict(responded: &Responded) -> (&[u16], bool, bool) {
    let broken = responded.broken.is_some();
    (&responded.statuses, responded.whole, broken)
}

/// What another reader makes of a response with a length, or without a body.
struct Other<'a> {
    status: u16,
    /// The body and what is behind it, where all of it came.
    body: Option<(&'a [u8], &'a [u8])>,
}

/// Reads one final response whose framing leaves no doubt.
fn read<'a>(method: &Method, bytes: &'a [u8]) -> Option<Other<'a>> {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut response = Response::new(&mut fields);
    let Ok(Status::Complete(length)) = response.parse(bytes) else {
        return None;
    };
    let status = response.code.filter(|status| *status >= 200)?;
    let named = |name: &str| {
        let named = |field: &&Header<'_>| field.name.eq_ignore_ascii_case(name);
        response.headers.iter().filter(named).count()
    };
    if named("transfer-encoding") > 0 {
        return None;
    }
    // An answer to HEAD tells the length of a body that it does not have.
    let to_head = *method == Method::HEAD;
    let lengths = named("content-length");
    let size = if !to_head && matches!(status, 204 | 304) || to_head && lengths == 0 {
        0
    } else if lengths == 1 {
        let mut fields = response.headers.iter();
        let field = fields.find(|field| field.name.eq_ignore_ascii_case("content-length"))?;
        let text = std::str::from_utf8(field.value).ok()?;
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let size = usize::try_from(text.parse::<u32>().ok()?).ok()?;
        if to_head { 0 } else { size }
    } else {
        return None;
    };
    Some(Other {
        status,
        body: bytes[length..].split_at_checked(size),
    })
}
