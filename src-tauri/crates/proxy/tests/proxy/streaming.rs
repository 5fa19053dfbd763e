//! Bodies that are made while they are read. Nobody sends a piece before the other side has the
//! last one, so a proxy that holds anything back stops these tests.

use std::io::ErrorKind;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::support::{Browser, CODINGS, Encoder, Fake, Tripledash, chunk, decoded, get, soon};

const SHELL: &str = "<!doctype html><html><head></head><body><div id=\"a\">Loading</div>";
const LATE: [&str; 3] = [
    "<template id=\"b\">Acme</template>",
    "<script>show('a','b')</script>",
    "</body></html>",
];

/// An upstream that sends `pieces`, each when `had` says that the browser has those before it.
async fn upstream(
    head: String,
    pieces: impl Fn() -> Vec<Vec<u8>> + Clone + Send + Sync + 'static,
    had: watch::Receiver<usize>,
) -> Fake {
    Fake::start(move |mut peer| {
        let (head, pieces, mut had) = (head.clone(), pieces.clone(), had.clone());
        async move {
            peer.request().await;
            peer.send(&format!(
                "HTTP/1.1 200 OK\r\n{head}\r\ntransfer-encoding: chunked\r\n\r\n"
            ))
            .await;
            for (at, piece) in pieces().into_iter().enumerate() {
                had.wait_for(|had| *had >= at).await.unwrap();
                let size = format!("{:x}\r\n", piece.len());
                let whole = [size.as_bytes(), &piece, b"\r\n"].concat();
                peer.send_bytes(&whole).await;
            }
            peer.send("0\r\n\r\n").await;
        }
    })
    .await
}

/// Reads chunks until what they decode to is `wanted`.
async fn until(browser: &mut Browser, coded: &mut Vec<u8>, form: &str, wanted: &str) {
    while decode(form, coded) != wanted {
        let chunk = soon(wanted, browser.reader.chunk()).await.unwrap();
        assert!(!chunk.is_empty(), "the end came before {wanted}");
        coded.extend(chunk);
    }
}

fn decode(form: &str, coded: &[u8]) -> String {
    match form {
        "" => String::from_utf8(coded.to_vec()).unwrap(),
        form => decoded(form, coded).0,
    }
}

#[tokio::test]
async fn events_pass_one_by_one() {
    let (had, seen) = watch::channel(0);
    let events = || {
        (0..5)
            .map(|n| format!("data: {n}\n\n").into_bytes())
            .collect()
    };
    let upstream = upstream("content-type: text/event-stream".to_owned(), events, seen).await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let mut browser = proxy.browser().await;
    let accept = "accept: text/event-stream";
    browser
        .send(&get(&proxy.host("acme---main"), "/events", &[accept]))
        .await;
    browser.head().await;
    let (mut got, mut wanted) = (Vec::new(), String::new());
    for n in 0..5 {
        wanted.push_str(&format!("data: {n}\n\n"));
        until(&mut browser, &mut got, "", &wanted).await;
        had.send_replace(n + 1);
    }
    assert_eq!(soon("the end", browser.reader.chunk()).await.unwrap(), b"");
    assert_eq!(proxy.told().await.failure(), None);
    proxy.stop().await;
}

#[tokio::test]
async fn late_parts_of_a_page_pass_one_by_one_in_every_coding() {
    let plain = [("identity", "")];
    for (name, form) in plain.into_iter().chain(CODINGS) {
        let (had, seen) = watch::channel(0);
        let pieces = move || {
            let mut encoder = (!form.is_empty()).then(|| Encoder::new(form));
            let mut pieces: Vec<Vec<u8>> = [SHELL]
                .iter()
                .chain(&LATE)
                .map(|text| match &mut encoder {
                    Some(encoder) => encoder.piece(text),
                    None => text.as_bytes().to_vec(),
                })
                .collect();
            pieces.extend(encoder.map(Encoder::end).filter(|end| !end.is_empty()));
            pieces
        };
        let head = format!("content-type: text/html\r\ncontent-encoding: {name}");
        let upstream = upstream(head, pieces, seen).await;
        let mut proxy = Tripledash::start(&upstream.origin(), "").await;
        let mut browser = proxy.browser().await;
        browser
            .send(&get(
                &proxy.host("acme---main"),
                "/",
                &["sec-fetch-dest: iframe"],
            ))
            .await;
        assert_eq!(browser.head().await.field("content-encoding"), Some(name));
        let tag = format!(
            "<head><script src=\"/__tripledash/agent.js\" data-workbench=\"http://{}\"></script>",
            proxy.base()
        );
        let mut wanted = SHELL.replace("<head>", &tag);
        let mut got = Vec::new();
        until(&mut browser, &mut got, form, &wanted).await;
        had.send_replace(1);
        for (at, late) in LATE.iter().enumerate() {
            wanted.push_str(late);
            until(&mut browser, &mut got, form, &wanted).await;
            had.send_replace(at + 2);
        }
        loop {
            let chunk = soon("the end", browser.reader.chunk()).await.unwrap();
            if chunk.is_empty() {
                break;
            }
            got.extend(chunk);
        }
        assert_eq!(decode(form, &got), wanted, "{name}");
        assert_eq!(proxy.told().await.failure(), None);
        proxy.stop().await;
    }
}

#[tokio::test]
async fn coded_bodies_that_are_no_pages_pass_one_by_one_as_they_are() {
    let (had, seen) = watch::channel(0);
    let pieces = || {
        let mut encoder = Encoder::new("gzip");
        let mut pieces: Vec<Vec<u8>> = (0..4)
            .map(|n| encoder.piece(&format!("{n}:I[]\n")))
            .collect();
        pieces.push(encoder.end());
        pieces
    };
    let head = "content-type: text/x-component\r\ncontent-encoding: gzip";
    let upstream = upstream(head.to_owned(), pieces, seen).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let mut browser = proxy.browser().await;
    browser
        .send(&get(&proxy.host("acme---main"), "/?_rsc=1", &["rsc: 1"]))
        .await;
    browser.head().await;
    for (at, piece) in pieces().into_iter().enumerate() {
        let mut got = Vec::new();
        while got.len() < piece.len() {
            got.extend(soon("a piece", browser.reader.chunk()).await.unwrap());
        }
        assert_eq!(got, piece);
        had.send_replace(at + 1);
    }
    proxy.stop().await;
}

#[tokio::test]
async fn an_upload_passes_piece_by_piece() {
    let (had, mut seen) = watch::channel(0);
    let upstream = Fake::start(move |mut peer| {
        let had = had.clone();
        async move {
            peer.reader.head().await;
            let mut got = Vec::new();
            loop {
                let chunk = peer.reader.chunk().await.unwrap();
                if chunk.is_empty() {
                    break;
                }
                got.extend(chunk);
                had.send_replace(got.len());
            }
            let got = String::from_utf8(got).unwrap();
            peer.send(&crate::support::reply("HTTP/1.1 200 OK", &got))
                .await;
        }
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser
        .send(&format!(
            "POST /files HTTP/1.1\r\nhost: {host}\r\ntransfer-encoding: chunked\r\n\r\n"
        ))
        .await;
    let mut sent = 0;
    for piece in ["one ", "two ", "three"] {
        browser.send(&chunk(piece)).await;
        sent += piece.len();
        soon(piece, seen.wait_for(|had| *had == sent))
            .await
            .unwrap();
    }
    browser.send("0\r\n\r\n").await;
    assert_eq!(browser.response(false).await.text(), "one two three");
    assert_eq!(proxy.told().await.finished.request_bytes, sent as u64);
    proxy.stop().await;
}

#[tokio::test]
async fn a_body_of_zeros_behind_a_coding_streams() {
    const SIZE: usize = 4 * 1024 * 1024;
    for (name, form) in CODINGS {
        let zeros = "\0".repeat(SIZE);
        let body = crate::support::encoded(form, &format!("<head></head>{zeros}"));
        let upstream = Fake::start(move |mut peer| {
            let body = body.clone();
            async move {
                peer.request().await;
                let size = body.len();
                peer.send(&format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-encoding: {name}\r\n\
                     content-length: {size}\r\n\r\n"
                ))
                .await;
                peer.send_bytes(&body).await;
            }
        })
        .await;
        let proxy = Tripledash::start(&upstream.origin(), "").await;
        let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
        assert!(
            answer.body.len() < SIZE / 4,
            "{name}: {} bytes",
            answer.body.len()
        );
        let (text, whole) = decoded(form, &answer.body);
        assert!(whole && text.ends_with(&zeros), "{name}");
        proxy.stop().await;
    }
}

#[tokio::test]
async fn an_upstream_that_breaks_off_a_streamed_page_breaks_the_browsers_transfer() {
    for (name, form) in CODINGS {
        let upstream = Fake::start(move |mut peer| async move {
            peer.request().await;
            let piece = Encoder::new(form).piece(SHELL);
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-encoding: {name}\r\n\
                 transfer-encoding: chunked\r\n\r\n{:x}\r\n",
                piece.len()
            );
            peer.send_bytes(&[head.as_bytes(), &piece, b"\r\n"].concat())
                .await;
        })
        .await;
        let mut proxy = Tripledash::start(&upstream.origin(), "").await;
        let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
        assert_eq!((answer.status(), answer.whole), (200, false), "{name}");
        assert!(
            decoded(form, &answer.body).0.ends_with("Loading</div>"),
            "{name}"
        );
        let told = proxy.told().await;
        assert_eq!(told.failure(), Some("upstream-hung-up"));
        let passed = format!("after {} bytes", answer.body.len());
        let message = told.finished.failure.unwrap().message;
        assert!(message.contains(&passed), "{message}");
        proxy.stop().await;
    }
}

#[tokio::test]
async fn a_broken_answer_to_an_old_client_ends_in_a_reset() {
    let upstream = Fake::start(|mut peer| async move {
        peer.request().await;
        peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n")
            .await;
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = TcpStream::connect(proxy.address).await.unwrap();
    let request = format!("GET / HTTP/1.0\r\nhost: {host}\r\n\r\n");
    browser.write_all(request.as_bytes()).await.unwrap();
    // HTTP/1.0 has no chunks: the connection's end is the body's, so a clean one would say that
    // this was all of it.
    let mut answer = Vec::new();
    let end = soon("the end", browser.read_to_end(&mut answer)).await;
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.0 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nhalf"), "{answer}");
    assert!(!answer.contains("transfer-encoding"), "{answer}");
    assert_eq!(proxy.told().await.failure(), Some("upstream-hung-up"));
    proxy.stop().await;
}
