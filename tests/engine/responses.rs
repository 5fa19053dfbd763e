//! A response's way back: what the pane gets, and what the trace says of each change.

use serde_json::{Value, json};

use crate::support::{Message, Tripledash, Upstream, edits, get, reply, shop};

/// An engine whose one preview, `main`, answers with a head.
async fn answering(
    head: impl Fn(&Message) -> String + Clone + Send + 'static,
) -> (Upstream, Tripledash) {
    let upstream =
        Upstream::start(move |request| reply(&head(request), "<html><head></head></html>")).await;
    let tripledash = Tripledash::start(&shop(&json!([
        { "name": "main", "upstream": upstream.origin(), "host": "{tenant}.localhost:{port}" },
    ])))
    .await;
    (upstream, tripledash)
}

#[tokio::test]
async fn redirects_come_back_to_the_preview_host() {
    let (upstream, mut tripledash) = answering(|request| {
        let to = request.field("x-to").unwrap_or("/");
        format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {to}")
    })
    .await;
    let port = upstream.port;
    let pane = format!("http://{}", tripledash.host("acme---main.admin"));
    let other = format!("http://{}", tripledash.host("globex---main.admin"));
    for (number, (to, wanted, why)) in [
        (
            format!("http://acme.localhost:{port}/a?b#c"),
            format!("{pane}/a?b#c"),
            "Host sent",
        ),
        (
            format!("http://globex.localhost:{port}/a"),
            format!("{other}/a"),
            "another tenant",
        ),
        (
            format!("http://localhost:{port}/a"),
            format!("{pane}/a"),
            "own address",
        ),
        (
            format!("http://127.0.0.1:{port}"),
            pane.clone(),
            "own address",
        ),
        (
            format!("//[::1]:{port}/a"),
            format!("{pane}/a"),
            "own address",
        ),
        ("/relative".to_owned(), "/relative".to_owned(), ""),
        (
            "https://id.example/login".to_owned(),
            "https://id.example/login".to_owned(),
            "",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let path = format!("/{number}");
        let field = format!("x-to: {to}");
        let answer = tripledash.get("acme---main.admin", &path, &[&field]).await;
        assert_eq!(answer.status(), 307);
        assert_eq!(answer.all("location"), [wanted.as_str()], "{to}");
        let exchange = tripledash.exchange(&path).await;
        let told = edits(&exchange, "response", "location");
        if why.is_empty() {
            assert_eq!(told, [], "{to}");
        } else {
            assert_eq!((&told[0].0, &told[0].1), (&json!(to), &json!(wanted)));
            assert!(told[0].2.contains(why), "{}", told[0].2);
        }
        let diagnosed = exchange["diagnostics"].to_string();
        assert_eq!(
            diagnosed.contains("redirect-leaves-tenant"),
            matches!(why, "another tenant" | "own address"),
            "{to}: {diagnosed}"
        );
    }
    tripledash.stop().await;
}

#[tokio::test]
async fn foreign_redirect_in_a_pane_is_a_page_to_go_on_from() {
    const TO: &str = "https://id.example/login?next=%22%3E";
    let (_upstream, mut tripledash) = answering(|_| {
        format!("HTTP/1.1 302 Found\r\nlocation: {TO}\r\nset-cookie: state=1; Path=/")
    })
    .await;
    let fields = ["sec-fetch-dest: iframe", "accept: text/html"];
    let answer = tripledash.get("acme---main", "/login", &fields).await;
    let page = answer.text();
    assert_eq!((answer.status(), answer.field("location")), (200, None));
    assert!(page.contains(&format!("href=\"{TO}\"")), "{page}");
    assert!(page.contains("target=\"_blank\""), "{page}");
    // The login that goes on in the window needs what this response set.
    assert_eq!(answer.all("set-cookie"), ["state=1; Path=/"]);
    let exchange = tripledash.exchange("/login").await;
    let told = edits(&exchange, "response", "location");
    assert_eq!((&told[0].0, &told[0].1), (&json!(TO), &Value::Null));
    let told = edits(&exchange, "response", "status");
    assert_eq!((&told[0].0, &told[0].1), (&json!("302"), &json!("200")));

    // A whole window follows it by itself.
    let fields = ["sec-fetch-dest: document", "accept: text/html"];
    let answer = tripledash.get("acme---main", "/window", &fields).await;
    assert_eq!((answer.status(), answer.field("location")), (302, Some(TO)));
    tripledash.stop().await;
}

#[tokio::test]
async fn cookies_are_made_fit_for_the_pane_and_named_back() {
    const SET: &str = "HTTP/1.1 200 OK\r\nset-cookie: sid=s3cret; Domain=.acme.example; Path=/; Secure; HttpOnly; SameSite=None\r\n\
                       set-cookie: __Host-csrf=s3cret; Path=/; Secure\r\nset-cookie: theme=dark";
    let (mut upstream, mut tripledash) = answering(|_| SET.to_owned()).await;
    let answer = tripledash.get("acme---main", "/set", &[]).await;
    assert_eq!(
        answer.all("set-cookie"),
        [
            "sid=s3cret; Path=/; HttpOnly; SameSite=Lax",
            "tripledash-__Host-csrf=s3cret; Path=/",
            "theme=dark",
        ]
    );
    upstream.received().await;
    let exchange = tripledash.exchange("/set").await;
    let told = edits(&exchange, "response", "set-cookie");
    let reasons: Vec<&str> = told.iter().map(|(_, _, why)| why.as_str()).collect();
    assert_eq!(told.len(), 5, "{reasons:?}");
    for word in [
        "Domain dropped",
        "Secure dropped",
        "SameSite=None becomes Lax",
        "__Host- names",
    ] {
        assert!(
            reasons.iter().any(|why| why.contains(word)),
            "{word}: {reasons:?}"
        );
    }
    assert!(!exchange.to_string().contains("s3cret"), "{exchange}");
    assert!(!exchange.to_string().contains("dark"), "{exchange}");

    let back = "cookie: sid=s3cret; tripledash-__Host-csrf=s3cret";
    tripledash.get("acme---main", "/back", &[back]).await;
    let received = upstream.received().await;
    assert_eq!(received.all("cookie"), ["sid=s3cret; __Host-csrf=s3cret"]);
    tripledash.stop().await;
}

#[tokio::test]
async fn framing_and_transport_policies_are_loosened_and_nothing_else() {
    const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nx-frame-options: DENY\r\n\
        strict-transport-security: max-age=63072000\r\n\
        content-security-policy: default-src 'self'; script-src 'nonce-Zm9v'; frame-ancestors 'none'; upgrade-insecure-requests";
    let (_upstream, mut tripledash) = answering(|_| HEAD.to_owned()).await;
    let answer = tripledash.get("acme---main", "/policies", &[]).await;
    assert_eq!(answer.field("x-frame-options"), None);
    assert_eq!(answer.field("strict-transport-security"), None);
    assert_eq!(
        answer.all("content-security-policy"),
        ["default-src 'self'; script-src 'nonce-Zm9v'"]
    );
    let page = answer.text();
    let workbench = format!("data-workbench=\"http://{}\"", tripledash.base());
    assert!(page.starts_with("<html><head><script "), "{page}");
    for part in [
        "src=\"/__tripledash/agent.js\"",
        "nonce=\"Zm9v\"",
        &workbench,
    ] {
        assert!(page.contains(part), "no {part} in {page}");
    }
    let exchange = tripledash.exchange("/policies").await;
    for field in [
        "x-frame-options",
        "strict-transport-security",
        "content-security-policy",
        "body",
    ] {
        assert_eq!(edits(&exchange, "response", field).len(), 1, "{field}");
    }
    let told = edits(&exchange, "response", "content-security-policy");
    assert!(told[0].2.contains("frame-ancestors") && told[0].2.contains("upgrade-insecure"));
    // The trace keeps what the upstream said, beside what was made of it.
    let said = exchange["responseHeaders"].to_string();
    assert!(said.contains("DENY"), "{said}");
    tripledash.stop().await;
}

#[tokio::test]
async fn only_documents_get_the_agent() {
    let (_upstream, tripledash) = answering(|request| {
        let kind = request.field("x-kind").unwrap_or("text/html");
        format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}")
    })
    .await;
    for (fields, wanted) in [
        (&["sec-fetch-dest: iframe"][..], true),
        (&["sec-fetch-dest: document"], true),
        (&[], true),
        (&["sec-fetch-dest: empty"], false),
        (&["x-kind: text/plain"], false),
        (&["x-kind: application/xhtml+xml"], false),
    ] {
        let answer = tripledash.get("acme---main", "/", fields).await;
        assert_eq!(answer.text().contains("agent.js"), wanted, "{fields:?}");
    }
    let head = get(&tripledash.host("acme---main"), "/", &[]).replace("GET", "HEAD");
    assert_eq!(tripledash.ask(&head).await.status(), 200);
    let script = tripledash
        .get("acme---main", "/__tripledash/agent.js", &[])
        .await;
    assert_eq!(script.status(), 200);
    assert!(script.field("content-type").unwrap().contains("javascript"));
    tripledash.stop().await;
}
