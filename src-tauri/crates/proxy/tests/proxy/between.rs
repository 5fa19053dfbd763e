//! What upstreams do to a connection between two requests, and while one is still being sent.

use std::time::Duration;

use tokio::sync::mpsc;

use crate::support::{Fake, Tripledash, certified, get, impatient, reply, soon};

fn post(host: &str) -> String {
    format!("POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 4\r\n\r\nform")
}

#[tokio::test]
async fn connection_that_was_closed_meanwhile_is_not_used() {
    let (tell, mut closed) = mpsc::unbounded_channel();
    let upstream = Fake::start(move |mut peer| {
        let tell = tell.clone();
        async move {
            peer.request().await;
            peer.send(&reply("HTTP/1.1 200 OK", "good")).await;
            drop(peer);
            tell.send(()).unwrap();
        }
    })
    .await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    for connections in 1..4 {
        // Not even a request that may never be sent twice finds out.
        assert_eq!(proxy.ask(&post(&host)).await.text(), "good");
        assert_eq!(upstream.connections(), connections);
        soon("the close", closed.recv()).await.unwrap();
    }
    proxy.stop().await;
}

#[tokio::test]
async fn response_that_nobody_asked_for_answers_nobody() {
    let hidden = reply("HTTP/1.1 200 OK", "hidden");
    // With the answer, and by itself.
    for at_once in [true, false] {
        let (tell, mut sent) = mpsc::unbounded_channel();
        let hidden = hidden.clone();
        let upstream = Fake::start(move |mut peer| {
            let (tell, hidden) = (tell.clone(), hidden.clone());
            async move {
                peer.request().await;
                let good = reply("HTTP/1.1 200 OK", "good");
                if at_once {
                    peer.send(&format!("{good}{hidden}")).await;
                } else {
                    peer.send(&good).await;
                    // The browser has its answer, and the connection waits for the next request.
                    peer.send(&hidden).await;
                }
                tell.send(()).unwrap();
                peer.closed().await;
            }
        })
        .await;
        let proxy = Tripledash::start(&upstream.origin(), "").await;
        let host = proxy.host("acme---main");
        for connections in 1..3 {
            assert_eq!(proxy.ask(&post(&host)).await.text(), "good", "{at_once}");
            soon("what nobody asked for", sent.recv()).await.unwrap();
            assert_eq!(upstream.connections(), connections, "{at_once}");
        }
        proxy.stop().await;
    }
}

#[tokio::test]
async fn response_that_nobody_asked_for_waits_in_no_buffer_of_tls() {
    let (server, client) = certified(&["acme.app.example"]);
    // As much as is read at once, and the other response in the same record.
    let good = {
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 8100\r\nx-fill: ";
        let fill = 8192 - 8100 - head.len() - 4;
        format!("{head}{}\r\n\r\n{}", "x".repeat(fill), "g".repeat(8100))
    };
    assert_eq!(good.len(), 8192);
    let both = format!("{good}{}", reply("HTTP/1.1 200 OK", "hidden"));
    let upstream = Fake::secured(server, move |mut peer, _| {
        let both = both.clone();
        async move {
            peer.request().await;
            peer.send(&both).await;
            peer.closed().await;
        }
    })
    .await;
    let origin = format!("https://localhost:{}", upstream.address.port());
    let proxy = Tripledash::with(&origin, r#""host": "{tenant}.app.example""#, |options| {
        options.tls = Some(client);
    })
    .await;
    let host = proxy.host("acme---main");
    for connections in 1..3 {
        assert_eq!(proxy.ask(&post(&host)).await.body.len(), 8100);
        assert_eq!(upstream.connections(), connections);
    }
    proxy.stop().await;
}

#[tokio::test]
async fn upstream_that_only_pours_out_interim_answers_is_given_up() {
    let upstream = Fake::start(|mut peer| async move {
        peer.request().await;
        let hints = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".repeat(2000);
        while peer.try_send(hints.as_bytes()).await.is_ok() {}
    })
    .await;
    let mut proxy = Tripledash::with(&upstream.origin(), "", |options| {
        impatient(&mut options.timeouts);
    })
    .await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert_eq!(answer.status(), 504);
    assert_eq!(proxy.told().await.failure(), Some("upstream-silent"));
    proxy.stop().await;
}

#[tokio::test]
async fn upload_that_stalls_beside_the_answer_breaks_it_off() {
    let upstream = Fake::start(|mut peer| async move {
        peer.reader.head().await.unwrap();
        peer.send("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart")
            .await;
        peer.closed().await;
    })
    .await;
    let mut proxy = Tripledash::with(&upstream.origin(), "", |options| {
        impatient(&mut options.timeouts);
    })
    .await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser
        .send(&format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 100\r\n\r\nhello"
        ))
        .await;
    let answer = browser.response(false).await;
    assert_eq!((answer.status(), answer.whole), (200, false));
    let told = proxy.told().await;
    assert_eq!(told.failure(), Some("upload-stalled"));
    let message = told.finished.failure.unwrap().message;
    assert!(message.contains("after 5 bytes"), "{message}");
    proxy.stop().await;
}

/// More than all buffers on the way.
const MUCH: usize = 16 * 1024 * 1024;

#[tokio::test]
async fn upload_goes_on_while_nobody_reads_the_answer() {
    let (tell, mut got) = mpsc::unbounded_channel();
    let upstream = Fake::start(move |mut peer| {
        let tell = tell.clone();
        async move {
            peer.reader.head().await.unwrap();
            peer.send(&format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {MUCH}\r\n\r\n"
            ))
            .await;
            // As much as the way to the browser holds, and then the upload before the rest.
            let part = vec![b'x'; 64 * 1024];
            let mut sent = 0;
            while sent < MUCH {
                let send = peer.try_send(&part);
                match tokio::time::timeout(Duration::from_millis(300), send).await {
                    Ok(done) => {
                        done.unwrap();
                        sent += part.len();
                    }
                    Err(_) => break,
                }
            }
            let upload = peer.reader.exact(MUCH).await;
            tell.send((sent, upload.map(|bytes| bytes.len()))).unwrap();
        }
    })
    .await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser
        .send(&format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: {MUCH}\r\n\r\n"
        ))
        .await;
    let body = vec![b'y'; MUCH];
    soon("all of the upload", browser.send_bytes(&body)).await;
    assert_eq!(browser.head().await.status(), 200);
    let (sent, upload) = soon("all of it upstream", got.recv()).await.unwrap();
    assert!(sent < MUCH, "nobody read it");
    assert_eq!(upload, Some(MUCH));
    proxy.stop().await;
}

#[tokio::test]
async fn connection_serves_on_whatever_the_body_before_was() {
    let chunked =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n0\r\nx: y\r\n\r\n";
    let large = "x".repeat(300_000);
    let answers = [
        chunked.to_owned(),
        reply("HTTP/1.1 200 OK", &large),
        "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
        reply("HTTP/1.1 500 Internal Server Error", ""),
        format!(
            "HTTP/1.1 103 Early Hints\r\n\r\n{}",
            reply("HTTP/1.1 200 OK", "hinted")
        ),
        reply("HTTP/1.1 200 OK", "last"),
    ];
    let lengths = [3, 300_000, 0, 0, 6, 4];
    let upstream = Fake::start(move |mut peer| {
        let answers = answers.clone();
        async move {
            for answer in answers {
                peer.request().await;
                peer.send(&answer).await;
            }
            peer.closed().await;
        }
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    for length in lengths {
        let answer = proxy.ask(&get(&host, "/", &[])).await;
        assert!(answer.whole);
        assert_eq!(answer.body.len(), length);
        let told = proxy.told().await;
        assert_eq!(told.failure(), None);
        assert_eq!(told.finished.response_bytes as usize, length);
    }
    assert_eq!(upstream.connections(), 1);
    proxy.stop().await;
}
