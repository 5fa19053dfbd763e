//! A request out of a head that was judged.

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, Request, Uri};

use crate::body::Received;
use crate::wire::{KnownLines, Plain};

/// The request in `read`, which then has nothing left; its fields come into `spare`, which is taken.
/// `None`, and nothing is taken, where it cannot be told in the words of [`http`]: hyper may say
/// why.
pub(crate) fn build(
    read: &mut BytesMut,
    plain: &Plain,
    known: &mut KnownLines,
    spare: &mut HeaderMap,
) -> Option<Request<Received>> {
    let head = read.split().freeze();
    let Some(uri) = parts(&head, plain, known, spare) else {
        spare.clear();
        // Nobody else has a part of it, so nothing moves.
        *read = head.into();
        return None;
    };
    let mut request = Request::new(Received::Empty);
    *request.method_mut() = if plain.is_head {
        Method::HEAD
    } else {
        Method::GET
    };
    *request.uri_mut() = uri;
    *request.headers_mut() = std::mem::take(spare);
    Some(request)
}

/// A head's target; its fields come into `headers`.
fn parts(
    head: &Bytes,
    plain: &Plain,
    known: &mut KnownLines,
    headers: &mut HeaderMap,
) -> Option<Uri> {
    let uri = Uri::from_maybe_shared(head.slice(plain.target.clone())).ok()?;
    known.append(head, headers)?;
    Some(uri)
}
