//! What hyper writes is what we write.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;

const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

/// A body in parts, which may say how long it is, and when it is at its end.
#[derive(Debug, Clone)]
struct Parts {
    left: std::collections::VecDeque<Bytes>,
    trailers: bool,
    exact: bool,
    foresees: bool,
}

impl HttpBody for Parts {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = match self.left.pop_front() {
            Some(bytes) => Some(Frame::data(bytes)),
            None if std::mem::take(&mut self.trailers) => Some(Frame::trailers(HeaderMap::new())),
            None => None,
        };
        Poll::Ready(frame.map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.foresees && self.left.is_empty() && !self.trailers
    }

    fn size_hint(&self) -> SizeHint {
        if self.exact {
            SizeHint::with_exact(self.left.iter().map(|part| part.len() as u64).sum())
        } else {
            SizeHint::default()
        }
    }
}

/// A response to write.
#[derive(Debug, Clone)]
struct Case {
    status: StatusCode,
    reason: Option<&'static str>,
    fields: Vec<(&'static str, &'static str)>,
    /// What it says of its length, beside what it has, and how far from the truth that is.
    declared: Option<i64>,
    body: Parts,
    to_head: bool,
}

impl Case {
    fn response(&self) -> Response<Parts> {
        let mut response = Response::new(self.body.clone());
        *response.status_mut() = self.status;
        if let Some(reason) = self.reason {
            let reason = ReasonPhrase::from_static(reason.as_bytes());
            response.extensions_mut().insert(reason);
        }
        for (name, value) in &self.fields {
            let name = HeaderName::from_static(name);
            let value = HeaderValue::from_static(value);
            response.headers_mut().append(name, value);
        }
        if let Some(off) = self.declared {
            let length: usize = self.body.left.iter().map(Bytes::len).sum();
            let length = length as i64 + off;
            let length = HeaderValue::from(length.max(0));
            response
                .headers_mut()
                .insert(header::CONTENT_LENGTH, length);
        }
        response
    }

    /// What we write, and whether the connection is kept then; `None`: it breaks off.
    fn ours(&self) -> (Vec<u8>, Option<bool>) {
        let (parts, mut body) = self.response().into_parts();
        let mut encode = Encode::new(&parts, &body, self.to_head, false);
        let mut out = Out::default();
        encode.head(&parts, DATE, out.text());
        let mut whole = Ok(());
        let mut cx = Context::from_waker(std::task::Waker::noop());
        while !encode.is_whole() {
            let Poll::Ready(frame) = Pin::new(&mut body).poll_frame(&mut cx) else {
                panic!("it never waits");
            };
            match frame.map(|frame| frame.unwrap().into_data()) {
                Some(Ok(data)) => encode.data(data, &mut out),
                Some(Err(_)) | None => {
                    whole = encode.end(&mut out);
                    break;
                }
            }
        }
        let mut written = Vec::new();
        let Poll::Ready(Ok(())) = out.poll_write(&mut cx, Pin::new(&mut written)) else {
            panic!("memory takes all");
        };
        (written, whole.is_ok().then_some(!encode.is_last()))
    }

    /// The same of hyper.
    fn hypers(&self) -> (Vec<u8>, Option<bool>) {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_all().build().unwrap();
        runtime.block_on(async {
            let (near, mut far) = tokio::io::duplex(1 << 20);
            let response = self.response();
            let service = service_fn(move |request: Request<Incoming>| {
                let ours = request.uri().path() == "/";
                let mut answer = response.clone();
                if !ours {
                    answer = Response::new(Parts {
                        left: [].into(),
                        ..answer.into_body()
                    });
                }
                async move { Ok::<_, Infallible>(answer) }
            });
            let serving = http1::Builder::new().serve_connection(TokioIo::new(near), service);
            let method = if self.to_head {
                Method::HEAD
            } else {
                Method::GET
            };
            // The second is answered only on a connection that is kept.
            far.write_all(format!("{method} / HTTP/1.1\r\nhost: a\r\n\r\n").as_bytes())
                .await
                .unwrap();
            far.write_all(b"HEAD /second HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
                .await
                .unwrap();
            let served = serving.await;
            let mut written = Vec::new();
            far.read_to_end(&mut written).await.unwrap();
            // It begins with another HTTP/1.1, and no body here has that.
            let second = memchr::memmem::rfind(&written, b"HTTP/1.1 ").filter(|at| *at > 0);
            written.truncate(second.unwrap_or(written.len()));
            (written, served.is_ok().then_some(second.is_some()))
        })
    }
}

/// A message's first line, its fields in order of their names, and its body with its framing
/// undone.
fn read(bytes: &[u8]) -> (String, Vec<(String, String)>, Vec<u8>) {
    let mut fields = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut fields);
    let Ok(httparse::Status::Complete(length)) = response.parse(bytes) else {
        panic!("not a head: {:?}", String::from_utf8_lossy(bytes));
    };
    let line = format!("{:?} {:?}", response.code, response.reason);
    let mut fields: Vec<_> = response
        .headers
        .iter()
        .map(|field| {
            let value = String::from_utf8(field.value.to_vec()).unwrap();
            // hyper has a clock of its own.
            let value = match field.name {
                "date" => format!("{} bytes", value.len()),
                _ => value,
            };
            (field.name.to_owned(), value)
        })
        .collect();
    fields.sort();
    // A list may come in one line or in more (RFC 9110 section 5.3).
    fields.dedup_by(|next, list| {
        let listed = next.0 == "connection" && list.0 == "connection";
        if listed {
            list.1 = format!("{}, {}", list.1, next.1);
        }
        listed
    });
    (line, fields, bytes[length..].to_vec())
}

fn case() -> impl Strategy<Value = Case> {
    let status = prop::sample::select(vec![200_u16, 200, 200, 204, 206, 299, 304, 404, 500, 599]);
    let field = prop::sample::select(vec![
        ("content-type", "text/html"),
        ("set-cookie", "a=b"),
        ("set-cookie", "c=d"),
        ("x-empty", ""),
        ("date", DATE),
        ("connection", "keep-alive"),
        ("connection", "close"),
    ]);
    let part = prop::sample::select(vec![0_usize, 1, 2, 15, 16, 17, 300, 5000]);
    let body = (
        prop::collection::vec(part, 0..4),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    );
    (
        status,
        prop::option::of(prop::sample::select(vec!["Odd Words", "OK"])),
        prop::collection::btree_set(field, 0..5),
        prop::option::weighted(0.3, prop::sample::select(vec![0_i64, 0, 1, -1])),
        body,
        any::<bool>(),
    )
        .prop_map(
            |(status, reason, fields, declared, (left, trailers, exact, foresees), to_head)| Case {
                status: StatusCode::from_u16(status).unwrap(),
                reason,
                fields: fields.into_iter().collect(),
                // hyper insists that who knows both says the same, and tells the length of a body
                // that cannot be there. We do not, and nobody here asks for it.
                declared: declared
                    .filter(|_| to_head || !matches!(status, 204 | 304))
                    .map(|off| if exact { 0 } else { off }),
                body: Parts {
                    left: left
                        .into_iter()
                        .map(|size| vec![b'x'; size].into())
                        .collect(),
                    // Bodies whose length is known have none here.
                    trailers: trailers && !exact,
                    exact,
                    foresees,
                },
                to_head,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn as_hyper_writes_it(case in case()) {
        let (ours, kept) = case.ours();
        let (theirs, theirs_kept) = case.hypers();
        // hyper does not always say that a body was too short, but ends the connection.
        prop_assert_eq!(kept.unwrap_or(false), theirs_kept.unwrap_or(false));
        // What breaks off may do so sooner or later.
        if kept.is_some() {
            prop_assert_eq!(read(&ours), read(&theirs));
        }
    }
}

/// Where hyper insists that both say the same, and panics in a debug build.
#[test]
fn length_of_the_body_is_told_and_not_the_declared_one() {
    for (status, to_head, exact, declared, wanted) in [
        (200, false, Some(5), &["7"][..], "content-length 5"),
        (200, false, Some(5), &["5", "7"], "content-length 5"),
        (200, false, Some(0), &["7"], "content-length 0"),
        (200, false, None, &["7"], "content-length 7"),
        (200, false, None, &["7", "7"], "transfer-encoding chunked"),
        (200, false, None, &["+7"], "transfer-encoding chunked"),
        (204, false, Some(5), &["7"], ""),
        (304, false, None, &["7"], ""),
        (200, true, Some(5), &["7"], "content-length 7"),
        (200, true, Some(5), &[], "content-length 5"),
        (200, true, None, &[], ""),
    ] {
        let (mut parts, ()) = Response::new(()).into_parts();
        parts.status = StatusCode::from_u16(status).unwrap();
        for length in declared {
            let length = HeaderValue::from_static(length);
            parts.headers.append(header::CONTENT_LENGTH, length);
        }
        let body = Parts {
            left: [vec![b'x'; exact.unwrap_or(3)].into()].into(),
            trailers: false,
            exact: exact.is_some(),
            foresees: false,
        };
        let mut out = Vec::new();
        Encode::new(&parts, &body, to_head, false).head(&parts, DATE, &mut out);
        let (_, fields, _) = read(&out);
        let told: Vec<_> = fields
            .iter()
            .filter(|(name, _)| name != "date")
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        assert_eq!(
            told.join(", "),
            wanted,
            "{status} {to_head} {exact:?} {declared:?}"
        );
    }
}

#[test]
fn end_of_the_connection_is_told() {
    let (mut parts, ()) = Response::new(()).into_parts();
    let keep = HeaderValue::from_static("keep-alive");
    parts.headers.insert(header::CONNECTION, keep);
    let body = crate::body::Body::empty();
    for (last, wanted) in [(false, "keep-alive"), (true, "close")] {
        let encode = Encode::new(&parts, &body, false, last);
        let mut out = Vec::new();
        encode.head(&parts, DATE, &mut out);
        let (_, fields, _) = read(&out);
        let told: Vec<_> = fields
            .iter()
            .filter(|(name, _)| name == "connection")
            .map(|(_, value)| value.as_str())
            .collect();
        assert_eq!((told, encode.is_last()), (vec![wanted], last));
    }
}

#[test]
fn numbers() {
    for (value, base, wanted) in [
        (0, 10, "0"),
        (1024, 10, "1024"),
        (u64::MAX, 10, "18446744073709551615"),
        (0, 16, "0"),
        (0xbeef, 16, "BEEF"),
        (u64::MAX, 16, "FFFFFFFFFFFFFFFF"),
    ] {
        let mut out = Vec::new();
        number(value, base, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), wanted);
    }
}
