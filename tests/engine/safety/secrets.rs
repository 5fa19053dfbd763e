//! What nobody may read: in the trace, in pages that say why, in addresses that are sent back.

use serde_json::{Value, json};

use crate::support::{Tripledash, Upstream, get, reply, shop};

const SECRET: &str = "s3cret/va lue";
/// Ways to write it into an address.
const ENCODED: [&str; 4] = [
    "s3cret%2Fva%20lue",
    "s3cret%2fva+lue",
    "%73%33%63%72%65%74%2F%76%61%20%6C%75%65",
    "s%33cret/va%20lue",
];

#[tokio::test]
async fn a_secret_is_in_no_trace_however_it_is_written() {
    let upstream = Upstream::start(|request| {
        let head = format!(
            "HTTP/1.1 302 Found\r\nlocation: {}\r\nset-cookie: sid={SECRET}\r\nlink: <{}>; rel=next\r\nx-echo: {SECRET}",
            request.target(),
            request.target(),
        );
        reply(&head, "")
    })
    .await;
    let workspace = shop(&json!([
        { "name": "main", "upstream": upstream.origin(), "headers": { "x-bypass": "${env:BYPASS}" } },
        { "name": "gone", "upstream": "http://127.0.0.1:1", "headers": { "x-bypass": "${env:BYPASS}" } },
    ]));
    let mut tripledash = Tripledash::with(&workspace.to_string(), &[("BYPASS", SECRET)]).await;
    let cookie = format!("cookie: sid={SECRET}");
    let bearer = format!("authorization: Bearer {SECRET}");
    let referer = format!("referer: http://x.example/?t={}", ENCODED[0]);
    let fields = [cookie.as_str(), &bearer, &referer, "accept: text/html"];
    for (number, encoded) in ENCODED.iter().enumerate() {
        for preview in ["main", "gone"] {
            let path = format!("/{number}?t={encoded}&x-vercel-protection-bypass=other-s3cret");
            tripledash
                .get(&format!("acme---{preview}"), &path, &fields)
                .await;
        }
        let unknown = format!("/{number}/unknown?t={encoded}");
        tripledash.get("acme---nowhere", &unknown, &fields).await;
    }
    let last = format!("/last?t={}", ENCODED[2]);
    tripledash.get("acme---main", &last, &fields).await;
    tripledash.exchange("/last?t=[redacted]").await;

    let kept = tripledash.done("GET", "exchanges", &Value::Null).await;
    let mut told = kept.to_string();
    let items = kept["items"].as_array().unwrap();
    assert_eq!(items.len(), 3 * ENCODED.len() + 1);
    for item in items {
        let id = item["id"].as_str().unwrap();
        for part in ["", "/curl"] {
            let (_, value) = tripledash
                .api("GET", &format!("exchanges/{id}{part}"), &Value::Null)
                .await;
            told += &value.to_string();
        }
    }
    told += &tripledash
        .done("GET", "workspace", &Value::Null)
        .await
        .to_string();
    for secret in ENCODED.iter().chain(&[SECRET, "other-s3cret", "s3cret"]) {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
    assert!(told.contains("[redacted]"));
    tripledash.stop().await;
}

#[tokio::test]
async fn what_a_page_of_ours_shows_is_text() {
    let upstream = Upstream::start(|_| {
        reply(
            "HTTP/1.1 302 Found\r\nlocation: https://idp.example/\"><script>alert(1)</script>?a=<b>",
            "",
        )
    })
    .await;
    let tripledash = Tripledash::start(&shop(&json!([
        { "name": "main", "upstream": upstream.origin() },
        { "name": "gone", "upstream": "http://127.0.0.1:1" },
        { "name": "production", "upstream": upstream.origin(), "access": "read-only" },
    ])))
    .await;
    let hostile = "/\"><script>alert(1)</script>'onload=x&lt;";
    let hosts = [
        tripledash.host("acme---main"),
        tripledash.host("acme---gone"),
        tripledash.host("acme---nowhere"),
        tripledash.host("a---b---main"),
        "evil.example".to_owned(),
        "<script>alert(1)</script>".to_owned(),
        "\"><img src=x>.tripledash.localhost".to_owned(),
    ];
    for host in &hosts {
        for field in ["accept: text/html", "sec-fetch-dest: iframe"] {
            for path in [hostile, "/?q=\"><script>alert(1)</script>", "/"] {
                let answer = tripledash.ask(&get(host, path, &[field])).await;
                let page = String::from_utf8_lossy(&answer.body).into_owned();
                assert!(!page.contains("<script>alert"), "{host}{path}: {page}");
                assert!(!page.contains("<img src=x"), "{host}{path}: {page}");
            }
        }
    }
    tripledash.stop().await;
}

#[tokio::test]
async fn no_field_is_made_of_an_address() {
    let mut upstream = Upstream::start(|request| {
        // An app that sends back what it was asked for.
        let head = format!(
            "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1{}",
            request.target()
        );
        reply(&head, "")
    })
    .await;
    let mut workspace = shop(&json!([{ "name": "main", "upstream": upstream.origin() }]));
    workspace["rules"] = json!([
        { "by": "proxy", "source": "/r/:a", "destination": "/to/:a?b=:a" },
    ]);
    let tripledash = Tripledash::start(&workspace).await;
    for path in [
        "/%0d%0aset-cookie:%20a=b",
        "/r/%0d%0ax-injected:%201",
        "/r/%0ax-injected:%201?%0d%0ax-injected:%201",
        "/r/x%E5%98%8A%E5%98%8Dset-cookie:%20a=b",
    ] {
        let answer = tripledash.get("acme---main", path, &[]).await;
        assert_eq!(answer.field("set-cookie"), None, "{path}: {answer:?}");
        assert_eq!(answer.field("x-injected"), None, "{path}: {answer:?}");
        let received = upstream.received().await;
        assert_eq!(received.field("x-injected"), None, "{path}: {received:?}");
        assert_eq!(received.line.matches(' ').count(), 2, "{received:?}");
    }
    // Nor does a line's end that is no CR LF make one.
    for raw in ["/a\rx-injected: 1", "/a\nx-injected: 1", "/a\0b"] {
        let request = get(&tripledash.host("acme---main"), raw, &[]);
        let answer = tripledash.ask(&request).await;
        assert_eq!(answer.status(), 400, "{raw:?}: {answer:?}");
    }
    assert!(upstream.is_idle());
    tripledash.stop().await;
}
