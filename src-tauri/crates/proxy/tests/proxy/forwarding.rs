//! Requests out and responses back.

use crate::support::{Fake, Tripledash, get, reply, soon};

#[tokio::test]
async fn request_reaches_the_upstream_with_its_host_and_trail() {
    let mut upstream = Fake::replying(reply(
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain",
        "hello",
    ))
    .await;
    let mut proxy =
        Tripledash::start(&upstream.origin(), r#""host": "{tenant}.localhost:3000""#).await;
    let host = proxy.host("acme---main");
    let answer = proxy
        .ask(&get(
            &host,
            "/a%20b?c=1&c=2",
            &[
                "x-one: 1",
                "connection: keep-alive, x-secret",
                "x-secret: 2",
            ],
        ))
        .await;
    assert_eq!((answer.status(), answer.text().as_str()), (200, "hello"));
    let got = upstream.received().await;
    assert_eq!(got.line, "GET /a%20b?c=1&c=2 HTTP/1.1");
    assert_eq!(got.all("host"), ["acme.localhost:3000"]);
    assert_eq!(got.field("x-one"), Some("1"));
    assert_eq!(got.field("x-secret"), None);
    assert_eq!(got.field("connection"), None);
    assert_eq!(got.field("x-forwarded-host"), Some(host.as_str()));
    assert_eq!(got.field("via"), Some("1.1 tripledash"));
    let told = proxy.told().await;
    assert_eq!(&*told.started.path, "/a%20b?c=1&c=2");
    assert_eq!(told.answered().status, 200);
    assert_eq!(told.answered().address, Some(upstream.address));
    assert!(told.answered().timings.connect_us.is_some());
    assert!(!told.answered().timings.reused);
    assert_eq!(told.finished.response_bytes, 5);
    assert_eq!(told.failure(), None);
    proxy.stop().await;
}

#[tokio::test]
async fn both_sides_keep_their_connections() {
    let upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    for turn in 0..3 {
        assert_eq!(browser.ask(&get(&host, "/", &[])).await.text(), "x");
        let told = proxy.told().await;
        assert_eq!(told.answered().timings.reused, turn > 0);
        assert_eq!(told.answered().timings.connect_us.is_some(), turn == 0);
    }
    assert_eq!(upstream.connections(), 1);
    proxy.stop().await;
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let upstream = Fake::start(|mut peer| async move {
        while let Some(request) = peer.request().await {
            let path = request.line.split(' ').nth(1).unwrap().to_owned();
            peer.send(&reply("HTTP/1.1 200 OK", &path)).await;
        }
    })
    .await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let mut browser = proxy.browser().await;
    browser
        .send(
            &["/1", "/2", "/3"]
                .map(|path| get(&host, path, &[]))
                .concat(),
        )
        .await;
    for path in ["/1", "/2", "/3"] {
        assert_eq!(browser.response(false).await.text(), path);
    }
    proxy.stop().await;
}

#[tokio::test]
async fn stale_pooled_connection_is_replaced_without_a_word() {
    // Answers once per connection, then closes without saying so.
    let upstream = Fake::start(|mut peer| async move {
        peer.request().await;
        peer.send(&reply("HTTP/1.1 200 OK", "x")).await;
        // Takes the second request, and hangs up on it.
        peer.request().await;
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    for _ in 0..2 {
        assert_eq!(proxy.ask(&get(&host, "/", &[])).await.text(), "x");
        assert_eq!(proxy.told().await.failure(), None);
    }
    assert_eq!(upstream.connections(), 2);
    // What may have been carried out is not asked twice.
    let post = format!("POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 1\r\n\r\nx");
    assert_eq!(proxy.ask(&post).await.status(), 502);
    assert_eq!(upstream.connections(), 2);
    proxy.stop().await;
}

#[tokio::test]
async fn localhost_upstream_is_found_on_either_family() {
    let Ok(probe) = std::net::TcpListener::bind("[::1]:0") else {
        // A machine without IPv6 has one family only.
        return;
    };
    drop(probe);
    for upstream in [
        Fake::replying(reply("HTTP/1.1 200 OK", "x")).await,
        Fake::start_v6(|mut peer| async move {
            while peer.request().await.is_some() {
                peer.send(&reply("HTTP/1.1 200 OK", "x")).await;
            }
        })
        .await,
    ] {
        for name in ["localhost", "deep.name.localhost"] {
            let origin = format!("http://{name}:{}", upstream.address.port());
            let mut proxy = Tripledash::start(&origin, "").await;
            assert_eq!(
                proxy
                    .ask(&get(&proxy.host("main"), "/", &[]))
                    .await
                    .status(),
                200
            );
            let address = proxy.told().await.answered().address;
            assert_eq!(address, Some(upstream.address));
            proxy.stop().await;
        }
    }
}

#[tokio::test]
async fn absolute_form_target_decides_over_host() {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let request = format!("GET http://{host}/path HTTP/1.1\r\nhost: other.example\r\n\r\n");
    assert_eq!(proxy.ask(&request).await.status(), 200);
    assert_eq!(upstream.received().await.line, "GET /path HTTP/1.1");
    proxy.stop().await;
}

#[tokio::test]
async fn base_domain_goes_to_the_workbench_untold() {
    let upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let answer = proxy
        .ask(&get(&proxy.base(), "/api/v1/workspace", &[]))
        .await;
    assert_eq!(answer.text(), "workbench /api/v1/workspace");
    assert!(proxy.events.try_recv().is_err());
    proxy.stop().await;
}

#[tokio::test]
async fn answers_of_the_upstream_come_back_for_the_pane() {
    let upstream = Fake::start(|mut peer| async move {
        let port = peer
            .request()
            .await
            .unwrap()
            .field("host")
            .unwrap()
            .rsplit(':')
            .next()
            .unwrap()
            .to_owned();
        peer.send(&format!(
            "HTTP/1.1 302 Found\r\nlocation: http://localhost:{port}/in\r\n\
             set-cookie: sid=1; Domain=localhost; Secure; SameSite=None\r\n\
             set-cookie: b=2\r\nx-frame-options: DENY\r\n\
             content-security-policy: default-src 'self'; frame-ancestors 'none'\r\n\
             content-length: 0\r\n\r\n"
        ))
        .await;
    })
    .await;
    let origin = format!("http://localhost:{}", upstream.address.port());
    let mut proxy = Tripledash::start(&origin, r#""host": "localhost:{port}""#).await;
    let host = proxy.host("acme---main");
    let answer = proxy.ask(&get(&host, "/", &[])).await;
    assert_eq!(
        answer.field("location"),
        Some(format!("http://{host}/in").as_str())
    );
    let cookies = answer.all("set-cookie");
    assert_eq!(cookies.len(), 2);
    assert!(cookies[0].starts_with("sid=1"), "{cookies:?}");
    assert!(
        !cookies[0].to_ascii_lowercase().contains("domain"),
        "{cookies:?}"
    );
    assert!(
        !cookies[0].to_ascii_lowercase().contains("secure"),
        "{cookies:?}"
    );
    assert_eq!(answer.field("x-frame-options"), None);
    assert!(
        !answer
            .field("content-security-policy")
            .unwrap()
            .contains("frame-ancestors")
    );
    let told = proxy.told().await;
    let fields: Vec<_> = told
        .answered()
        .edits
        .iter()
        .map(|edit| edit.field.as_ref())
        .collect();
    for field in [
        "location",
        "set-cookie",
        "x-frame-options",
        "content-security-policy",
    ] {
        assert!(fields.contains(&field), "{field}: {fields:?}");
    }
    let kept = &told.answered().response_headers;
    assert!(
        kept.iter()
            .all(|(name, value)| name != "set-cookie" || !value.contains("sid=1")),
        "{kept:?}"
    );
    proxy.stop().await;
}

#[tokio::test]
async fn browser_that_leaves_ends_the_exchange_and_the_upstreams_work() {
    let (gone, mut left) = tokio::sync::mpsc::unbounded_channel();
    let upstream = Fake::start(move |mut peer| {
        let gone = gone.clone();
        async move {
            peer.request().await;
            peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n")
                .await;
            peer.closed().await;
            gone.send(()).unwrap();
        }
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let mut browser = proxy.browser().await;
    browser
        .send(&get(
            &proxy.host("acme---main"),
            "/",
            &["accept: text/event-stream"],
        ))
        .await;
    browser.head().await;
    assert_eq!(
        soon("the first chunk", browser.reader.chunk())
            .await
            .unwrap(),
        b"hello"
    );
    drop(browser);
    soon("the upstream to notice", left.recv()).await;
    let told = proxy.told().await;
    assert_eq!(told.failure(), Some("downstream-closed"));
    assert_eq!(told.finished.response_bytes, 5);
    proxy.stop().await;
}

#[tokio::test]
async fn event_stream_that_the_browser_leaves_is_no_failure() {
    let upstream = Fake::start(|mut peer| async move {
        peer.request().await;
        peer.send(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\r\ndata: 1\n\n",
        )
        .await;
        peer.closed().await;
    })
    .await;
    let mut proxy = Tripledash::start(&upstream.origin(), "").await;
    let mut browser = proxy.browser().await;
    browser
        .send(&get(&proxy.host("acme---main"), "/events", &[]))
        .await;
    browser.head().await;
    assert_eq!(
        soon("the event", browser.reader.chunk()).await.unwrap(),
        b"data: 1\n\n"
    );
    drop(browser);
    let told = proxy.told().await;
    assert_eq!((told.failure(), told.finished.response_bytes), (None, 9));
    proxy.stop().await;
}

#[tokio::test]
async fn host_is_no_connections_own_field() {
    let mut upstream = Fake::replying(reply("HTTP/1.1 200 OK", "x")).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let host = proxy.host("acme---main");
    let ask = get(&host, "/", &["connection: x-own, Host", "x-own: 1"]);
    assert_eq!(proxy.ask(&ask).await.status(), 200);
    let got = upstream.received().await;
    assert_eq!((got.field("x-own"), got.all("host").len()), (None, 1));
    proxy.stop().await;
}
