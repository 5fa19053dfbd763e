//! Streams that end early, and answers before the answer; the connection lives on.

use std::sync::Arc;

use bytes::Bytes;
use h2::Reason;
use h2::server::Builder;
use tokio::sync::{Notify, mpsc};

use super::answering;
use crate::support::{get, soon};

#[tokio::test]
async fn stream_that_is_reset_half_way_is_a_broken_transfer() {
    for reason in [Reason::CANCEL, Reason::NO_ERROR, Reason::INTERNAL_ERROR] {
        let go_on = Arc::new(Notify::new());
        let signal = Arc::clone(&go_on);
        let (_upstream, mut proxy) = answering(Builder::new(), move |mut asked| {
            let go_on = Arc::clone(&signal);
            async move {
                let mut stream = asked.head(200, &[]);
                stream.send_data(Bytes::from("half"), false).unwrap();
                go_on.notified().await;
                stream.send_reset(reason);
            }
        })
        .await;
        let mut browser = proxy.browser().await;
        browser
            .send(&get(&proxy.host("acme---main"), "/", &[]))
            .await;
        assert_eq!(browser.head().await.status(), 200);
        let half = soon("half of it", browser.reader.chunk()).await;
        assert_eq!(half.unwrap(), b"half");
        go_on.notify_one();
        assert_eq!(soon("the break", browser.reader.chunk()).await, None);
        let told = proxy.told().await;
        assert_eq!(told.failure(), Some("upstream-hung-up"));
        let message = told.finished.failure.unwrap().message;
        assert!(message.contains("after 4 bytes"), "{message}");
        assert!(message.contains(&format!("{reason:?}")), "{message}");
        proxy.stop().await;
    }
}

#[tokio::test]
async fn early_answer_to_an_upload_arrives_whole() {
    let (upstream, mut proxy) = answering(Builder::new(), |mut asked| async move {
        let mut stream = asked.head(413, &[]);
        stream.send_data(Bytes::from("too much"), true).unwrap();
        // What is left of the request is not read: the stream is reset with NO_ERROR.
    })
    .await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser
        .send(&format!(
            "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 100000\r\n\r\nsome"
        ))
        .await;
    let answer = browser.response(false).await;
    assert_eq!((answer.status(), answer.text().as_str()), (413, "too much"));
    assert_eq!(proxy.told().await.failure(), None);
    // The connection lives on: only the stream ended.
    let answer = proxy.ask(&get(&host, "/", &[])).await;
    assert_eq!((answer.status(), upstream.connections()), (413, 1));
    proxy.stop().await;
}

#[tokio::test]
async fn browser_that_leaves_resets_its_stream_alone() {
    let (resets, mut reset) = mpsc::unbounded_channel();
    let (upstream, proxy) = answering(Builder::new(), move |mut asked| {
        let resets = resets.clone();
        async move {
            if asked.request.uri().path() == "/quick" {
                return asked.text(200, "x");
            }
            let mut stream = asked.head(200, &[("content-type", "text/event-stream")]);
            stream.send_data(Bytes::from("data: 1\n\n"), false).unwrap();
            let reason = std::future::poll_fn(|cx| stream.poll_reset(cx)).await;
            resets.send(reason.unwrap()).unwrap();
        }
    })
    .await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser.send(&get(&host, "/events", &[])).await;
    assert_eq!(browser.head().await.status(), 200);
    drop(browser);
    let reason = soon("the reset", reset.recv()).await;
    assert_eq!(reason, Some(Reason::CANCEL));
    let answer = proxy.ask(&get(&host, "/quick", &[])).await;
    assert_eq!((answer.text().as_str(), upstream.connections()), ("x", 1));
    proxy.stop().await;
}

#[tokio::test]
async fn interim_answers_are_told() {
    let (_upstream, mut proxy) = answering(Builder::new(), |mut asked| async move {
        let hints = http::Response::builder().status(103).body(()).unwrap();
        asked.respond.send_informational(hints).unwrap();
        asked.text(200, "x");
    })
    .await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert_eq!((answer.status(), answer.text().as_str()), (200, "x"));
    let told = proxy.told().await;
    let mut edits = told.answered().edits.iter();
    let edit = edits.find(|edit| edit.field == "status").unwrap();
    assert_eq!(edit.before.as_deref(), Some("103 Early Hints"));
    proxy.stop().await;
}
