//! Browsers that end their half of the connection behind what they ask, as `nc -N` does.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::support::{Fake, Tripledash, get, reply, soon};

/// What comes back for requests with nothing behind them. The upstream answers when it is told to.
async fn answered(requests: &str, body: &'static str, lane: bool) -> String {
    let (answers, answer) = watch::channel(false);
    let mut upstream = Fake::start(move |mut peer| {
        let mut answer = answer.clone();
        async move {
            while peer.request().await.is_some() {
                answer.wait_for(|answer| *answer).await.unwrap();
                peer.send(&reply("HTTP/1.1 200 OK", body)).await;
            }
        }
    })
    .await;
    let mut proxy = Tripledash::with(&upstream.origin(), "", |options| options.lane = lane).await;
    let mut browser = TcpStream::connect(proxy.address).await.unwrap();
    let requests = requests.replace("HOST", &proxy.host("acme---main"));
    browser.write_all(requests.as_bytes()).await.unwrap();
    browser.shutdown().await.unwrap();
    upstream.received().await;
    answers.send(true).unwrap();
    let mut all = String::new();
    soon("the end", browser.read_to_string(&mut all))
        .await
        .unwrap();
    drop(browser);
    for _ in 0..requests.matches("HTTP/1.").count() {
        assert_eq!(proxy.told().await.failure(), None, "{all}");
    }
    proxy.stop().await;
    all
}

#[tokio::test]
async fn browser_that_ends_its_half_is_answered() {
    let one = get("HOST", "/", &[]);
    for (requests, answers) in [
        (one.clone(), 1),
        (one.replace("HTTP/1.1", "HTTP/1.0"), 1),
        (get("HOST", "/", &["connection: close"]), 1),
        (format!("{one}{one}"), 2),
        (
            "POST / HTTP/1.1\r\nhost: HOST\r\ncontent-length: 2\r\n\r\nhi".to_owned(),
            1,
        ),
    ] {
        for lane in [true, false] {
            let all = answered(&requests, "late", lane).await;
            let came = all.matches("late").count();
            assert_eq!(came, answers, "{requests} {lane}\n{all}");
        }
    }
}
