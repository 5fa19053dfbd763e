//! The same verdict for any split of the bytes, and never one that hyper would not share.

use ::bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

use super::head::Head;
use super::known::KnownLines;
use super::screen::{Screen, Then};
use super::{MAX_FIELDS, Violation};

/// What became of a stream of bytes.
#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    passed: Vec<u8>,
    heads: u64,
    end: Option<Then>,
}

/// Feeds bytes as a wire does, held ones first.
fn judge(pieces: &[&[u8]]) -> Verdict {
    let mut screen = Screen::new();
    let mut held = Vec::new();
    let mut passed = Vec::new();
    let mut end = None;
    for piece in pieces {
        held.extend_from_slice(piece);
        while end.is_none() {
            let followed = screen.follow(&held);
            let then = followed.then;
            if let Then::Mend(part) = &then {
                held[part.clone()].fill(b' ');
            }
            passed.extend(held.drain(..followed.passed));
            match then {
                Then::Mend(_) | Then::Star => {}
                Then::Wait => break,
                Then::Switch | Then::Refuse(_) | Then::Break(_) => end = Some(then),
            }
        }
    }
    Verdict {
        passed,
        heads: screen.heads(),
        end,
    }
}

/// Pieces of requests, in order and not, that make odd messages when they meet.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "GET / HTTP/1.1\r\n",
        "POST /x?y HTTP/1.1\r\n",
        "HEAD / HTTP/1.0\r\n",
        "OPTIONS * HTTP/1.1\r\n",
        "OPTIONS http://a HTTP/1.1\r\n",
        "CONNECT a:1 HTTP/1.1\r\n",
        "GET http://a/ HTTP/1.1\r\n",
        "GET / HTTP/1.1\n",
        "Host: a\r\n",
        "Host: a\r\n",
        "Host: a\r\n\r\n",
        "Host: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        "Host: a\r\nContent-Length: 5\r\n\r\n",
        "Content-Length: 3\r\n",
        "Content-Length: 3, 3\r\n",
        "Content-Length: 4\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Upgrade: x\r\n",
        "Expect: 100-continue\r\n",
        "X : y\r\n",
        " folded\r\n",
        "abc",
        "3\r\nabc\r\n",
        "3;x=y\r\nabc\r\n",
        "0\r\n",
        "0\r\n\r\n",
        "X: y\r\n",
        "\r\n",
        "\n",
        "\r",
        "\0",
        " ",
    ]);
    prop_oneof![
        9 => known.prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ]
}

fn stream() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(piece(), 0..12).prop_map(|pieces| pieces.concat())
}

/// Of which somebody reads the fields.
fn attended() -> KnownLines {
    let mut known = KnownLines::default();
    known.attend(true);
    known
}

/// Reads heads of these lines in a row, each with what is known of those before and without.
fn are_read_as_if_new(heads: &[Vec<Vec<u8>>]) -> Result<(), TestCaseError> {
    let mut known = attended();
    for lines in heads {
        let head = [&b"GET / HTTP/1.1\r\n"[..], &lines.concat(), b"\r\n"].concat();
        let mut nothing = attended();
        let anew = Head::default().read(&head, &mut nothing);
        prop_assert_eq!(&Head::default().read(&head, &mut known), &anew);
        if let Ok(Some(read)) = anew {
            let head = Bytes::from(head).slice(..read.length);
            let [mut fields, mut anew] = [HeaderMap::new(), HeaderMap::new()];
            known.append(&head, &mut fields).unwrap();
            nothing.append(&head, &mut anew).unwrap();
            prop_assert_eq!(fields, anew);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_split_gives_the_same_verdict(
        bytes in stream(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.sort_unstable();
        let mut pieces = Vec::new();
        let mut from = 0;
        for cut in cuts {
            pieces.push(&bytes[from..cut]);
            from = cut;
        }
        pieces.push(&bytes[from..]);
        let whole = judge(&[&bytes]);
        prop_assert_eq!(&judge(&pieces), &whole);
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        prop_assert_eq!(&judge(&single), &whole);
    }

    /// Lines that came before are judged as they were then.
    #[test]
    fn known_lines_change_no_verdict(
        heads in prop::collection::vec(prop::collection::vec(piece(), 0..8), 1..5),
    ) {
        are_read_as_if_new(&heads)?;
    }

    /// And read as they are now: few lines, which come, go, change places and come again.
    #[test]
    fn known_lines_change_nothing_that_is_read(
        heads in prop::collection::vec(
            prop::collection::vec(
                prop::sample::select(vec!["Host: a\r\n", "Host: b\r\n", "a: 1\r\n", "a: 2\r\n"]),
                0..4,
            ),
            1..12,
        ),
    ) {
        let heads: Vec<Vec<Vec<u8>>> = heads
            .iter()
            .map(|lines| lines.iter().map(|line| line.as_bytes().to_vec()).collect())
            .collect();
        are_read_as_if_new(&heads)?;
    }

    /// hyper reads heads with httparse: what passes must be one head for it too, as long, and with
    /// as many fields.
    #[test]
    fn what_passes_is_read_alike(fields in prop::collection::vec(piece(), 0..8)) {
        let head = [&b"GET / HTTP/1.1\r\n"[..], &fields.concat(), b"\r\n"].concat();
        let mut known = attended();
        if let Ok(Some(read)) = Head::default().read(&head, &mut known) {
            let mut headers = [httparse::EMPTY_HEADER; MAX_FIELDS];
            let mut request = httparse::Request::new(&mut headers);
            let parsed = request.parse(&head).expect("what passes is a head");
            prop_assert_eq!(parsed, httparse::Status::Complete(read.length));
            let lines = head[..read.length].windows(2).filter(|pair| pair == b"\r\n").count();
            prop_assert_eq!(request.headers.len(), lines - 2);
            let mut theirs = HeaderMap::new();
            for field in request.headers.iter() {
                let name = HeaderName::from_bytes(field.name.as_bytes()).unwrap();
                theirs.append(name, HeaderValue::from_bytes(field.value).unwrap());
            }
            let mut ours = HeaderMap::new();
            known.append(&Bytes::from(head).slice(..read.length), &mut ours).unwrap();
            prop_assert_eq!(ours, theirs);
        }
    }
}

#[test]
fn requests_in_a_row_are_told_apart() {
    let row = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabcPOST / HTTP/1.1\r\nhost: a\r\n\
               transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n";
    let verdict = judge(&[row.as_bytes()]);
    assert_eq!(
        (verdict.heads, verdict.passed.len(), verdict.end),
        (3, row.len(), None)
    );
}

#[test]
fn nothing_passes_behind_what_is_refused() {
    let row = "GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n\
               GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    let verdict = judge(&[row.as_bytes()]);
    assert_eq!(verdict.passed, b"GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    assert_eq!(verdict.end, Some(Then::Refuse(Violation::ManyHosts(2))));
}

mod through_hyper {
    use std::convert::Infallible;
    use std::sync::Arc;

    use http::{Request, Response};
    use http_body_util::{BodyExt as _, Full};
    use hyper::body::{Bytes, Incoming};
    use hyper::server::conn::http1;
    use hyper::service::service_fn;
    use hyper_util::rt::TokioIo;
    use parking_lot::Mutex;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

    use super::super::{Connection, Socket, Wire};
    use super::*;
    use crate::Timeouts;

    impl Socket for DuplexStream {}

    /// What the service saw of each request, and all that was answered.
    #[derive(Debug, Default)]
    struct Seen {
        heads: usize,
        refused: usize,
        answers: String,
    }

    async fn serve(bytes: &[u8]) -> Seen {
        let (mut browser, ours) = tokio::io::duplex(64 * 1024);
        let connection = Arc::new(Connection::default());
        let seen = Arc::new(Mutex::new(Seen::default()));
        let wire = Wire::new(ours, Arc::clone(&connection), &Timeouts::default());
        let service = service_fn({
            let seen = Arc::clone(&seen);
            move |request: Request<Incoming>| {
                let (seen, connection) = (Arc::clone(&seen), Arc::clone(&connection));
                async move {
                    let number = connection.begin();
                    if connection.refused(number).is_some() {
                        seen.lock().refused += 1;
                    } else {
                        seen.lock().heads += 1;
                    }
                    // A body that breaks off is answered too, as an exchange does.
                    let _ = request.into_body().collect().await;
                    connection.answered(number, false);
                    let mut response = Response::new(Full::new(Bytes::from_static(b"ok")));
                    let ours = http::HeaderValue::from_static("1");
                    response.headers_mut().insert("x-ours", ours);
                    Ok::<_, Infallible>(response)
                }
            }
        });
        let served = tokio::spawn(
            http1::Builder::new()
                .half_close(true)
                .serve_connection(TokioIo::new(wire), service),
        );
        browser.write_all(bytes).await.unwrap();
        browser.shutdown().await.unwrap();
        let mut answers = Vec::new();
        browser.read_to_end(&mut answers).await.unwrap();
        drop(browser);
        // An error is how a body that breaks off ends.
        let _ = served.await.unwrap();
        let answers = String::from_utf8(answers).unwrap();
        let mut seen = seen.lock();
        Seen {
            answers,
            ..std::mem::take(&mut *seen)
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(700))]

        /// hyper agrees on every head that passes, and says nothing of its own.
        #[test]
        fn every_answer_is_ours(bytes in stream()) {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build()
                .unwrap();
            let seen = runtime.block_on(serve(&bytes));
            let verdict = judge(&[&bytes]);
            let statuses = seen.answers.matches("HTTP/1.").count();
            let hundreds = seen.answers.matches("HTTP/1.1 100 Continue\r\n\r\n").count();
            let ours = seen.answers.matches("x-ours: 1\r\n").count();
            prop_assert_eq!(statuses - hundreds, ours, "{}", seen.answers);
            let refused = matches!(verdict.end, Some(Then::Refuse(_)));
            if !matches!(verdict.end, Some(Then::Switch)) && !closes(&bytes) {
                prop_assert_eq!(seen.heads as u64, verdict.heads);
                prop_assert_eq!(seen.refused, usize::from(refused));
            }
        }
    }

    /// Whether some message may end its connection before the bytes end.
    fn closes(bytes: &[u8]) -> bool {
        let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
        text.contains("http/1.0")
            || text.contains("transfer-encoding") && text.contains("content-length")
    }
}

mod half {
    use std::future::poll_fn;
    use std::pin::Pin;
    use std::sync::Arc;
    use std::task::Poll;
    use std::time::Duration;

    use tokio::io::{AsyncRead as _, AsyncWriteExt as _, DuplexStream, ReadBuf};
    use tokio::time::advance;

    use super::super::{Connection, Wire};
    use crate::Timeouts;

    /// Whether the wire's end has come.
    async fn is_over(wire: &mut Wire<DuplexStream>) -> bool {
        poll_fn(|cx| {
            let mut buf = [0; 8];
            let mut buf = ReadBuf::new(&mut buf);
            let read = Pin::new(&mut *wire).poll_read(cx, &mut buf);
            assert!(buf.filled().is_empty());
            Poll::Ready(read.is_ready())
        })
        .await
    }

    #[tokio::test(start_paused = true)]
    async fn browser_that_ended_its_half_is_gone_once_nothing_is_written_to_it() {
        let most = Duration::from_millis(1900);
        let (mut browser, ours) = tokio::io::duplex(1024);
        let connection = Arc::new(Connection::default());
        let mut wire = Wire::new(ours, Arc::clone(&connection), &Timeouts::default());
        connection.begin();
        browser.shutdown().await.unwrap();
        assert!(!is_over(&mut wire).await);
        for _ in 0..3 {
            advance(most).await;
            assert!(!is_over(&mut wire).await);
            wire.write_all(b"some").await.unwrap();
            assert!(!is_over(&mut wire).await);
        }
        assert!(!connection.is_given_up());
        advance(most + Duration::from_millis(200)).await;
        assert!(is_over(&mut wire).await);
        assert!(connection.is_given_up());
    }

    #[tokio::test(start_paused = true)]
    async fn browser_that_waits_for_nothing_ends_at_once() {
        let (mut browser, ours) = tokio::io::duplex(1024);
        let connection = Arc::new(Connection::default());
        let mut wire = Wire::new(ours, Arc::clone(&connection), &Timeouts::default());
        connection.begin();
        connection.end();
        browser.shutdown().await.unwrap();
        assert!(is_over(&mut wire).await);
        assert!(!connection.is_given_up());
    }
}
