//! Hosts that name no preview, and hosts written in other ways than ours.

use serde_json::{Value, json};

use crate::support::{Tripledash, Upstream, get, shop};

async fn engine(upstream: &Upstream) -> Tripledash {
    Tripledash::start(&shop(&json!([
        { "name": "main", "upstream": upstream.origin() },
        { "name": "header-redesign", "upstream": upstream.origin() },
    ])))
    .await
}

/// A page for a person: the status, all the words, and never an empty body.
async fn refused(tripledash: &Tripledash, host: &str, status: u16, words: &[&str]) {
    let answer = tripledash
        .ask(&get(host, "/cart?x=1", &["accept: text/html"]))
        .await;
    let page = answer.text();
    assert_eq!(answer.status(), status, "{host}: {page}");
    assert_eq!(
        answer.field("content-type"),
        Some("text/html; charset=utf-8")
    );
    for word in words {
        assert!(page.contains(word), "{host}: no {word:?} in {page}");
    }
}

/// The same for a program.
async fn refused_json(tripledash: &Tripledash, host: &str) -> Value {
    tripledash
        .ask(&get(host, "/cart?x=1", &["accept: application/json"]))
        .await
        .json()
}

#[tokio::test]
async fn unknown_preview_is_404_with_the_near_names() {
    let mut upstream = Upstream::page().await;
    let mut tripledash = engine(&upstream).await;
    let host = tripledash.host("acme---header-redesing");
    let near = tripledash.host("acme---header-redesign");
    refused(
        &tripledash,
        &host,
        404,
        &[
            "header-redesing",
            "did you mean the preview header-redesign?",
            &format!("http://{near}/cart?x=1"),
            "previews: main, header-redesign",
        ],
    )
    .await;
    let answer = refused_json(&tripledash, &host).await;
    assert_eq!(answer["code"], "unknown-preview");
    assert_eq!(answer["fix"], "did you mean the preview header-redesign?");

    let exchange = tripledash.exchange("/cart?x=1").await;
    assert_eq!(exchange["state"], "failed");
    assert_eq!(exchange["status"], 404);
    assert_eq!(exchange["failure"]["side"], "downstream");
    assert_eq!(exchange["failure"]["code"], "unknown-preview");
    assert_eq!(exchange["resolution"]["kind"], "unknown");
    assert_eq!(exchange["resolution"]["near"][0], "header-redesign");
    assert_eq!(exchange["upstream"], Value::Null);
    assert!(upstream.is_idle(), "nothing is sent to a guess");
    tripledash.stop().await;
}

#[tokio::test]
async fn a_name_like_no_other_is_not_taken_for_a_slip() {
    let upstream = Upstream::page().await;
    let tripledash = engine(&upstream).await;
    let answer = refused_json(&tripledash, &tripledash.host("acme---zzzzz")).await;
    assert_eq!(
        answer["fix"],
        "add the preview in the workbench, or to tripledash.json"
    );
    tripledash.stop().await;
}

#[tokio::test]
async fn wrong_number_of_prefix_parts_is_404_that_counts_them() {
    let mut upstream = Upstream::page().await;
    let tripledash = engine(&upstream).await;
    let host = tripledash.host("acme---en---main");
    refused(
        &tripledash,
        &host,
        404,
        &["found 2 prefix parts (acme, en), wanted 1 (tenant)"],
    )
    .await;
    let answer = refused_json(&tripledash, &host).await;
    assert_eq!(answer["fix"], "open it as {tenant}---main, or as main");
    // A link to the very address that was refused would lead in a circle.
    let page = tripledash.ask(&get(&host, "/", &[])).await.text();
    assert!(!page.contains(&format!("href=\"http://{host}")), "{page}");
    let whole = format!("href=\"http://{}/\"", tripledash.host("main"));
    assert!(page.contains(&whole), "{page}");
    for labels in ["acme----main", "---main", "acme---", "a.b.acme---main"] {
        refused(&tripledash, &tripledash.host(labels), 404, &["workbench"]).await;
    }
    assert!(upstream.is_idle());
    tripledash.stop().await;
}

#[tokio::test]
async fn label_over_63_octets_is_forwarded_with_a_diagnostic_and_has_no_address() {
    let mut upstream = Upstream::page().await;
    let mut tripledash = engine(&upstream).await;
    let tenant = "a".repeat(60);
    // 60 + 3 + 4 octets: local names never go to DNS, so it works here, and nowhere else.
    let labels = format!("{tenant}---main");
    let answer = tripledash.get(&labels, "/long", &[]).await;
    assert_eq!(answer.status(), 200);
    upstream.received().await;
    let exchange = tripledash.exchange("/long").await;
    let told = exchange["diagnosis"].as_array().unwrap();
    let told = told
        .iter()
        .find(|diagnostic| diagnostic["code"] == "label-over-budget")
        .unwrap_or_else(|| panic!("{exchange}"));
    assert!(
        told["evidence"].to_string().contains("67 of 63 octets"),
        "{told}"
    );

    let address = tripledash
        .done(
            "POST",
            "addresses",
            &json!({ "items": [{ "tenant": tenant, "preview": "main" }] }),
        )
        .await;
    let address = &address["addresses"][0];
    assert_eq!(address["url"], Value::Null);
    assert_eq!(
        (&address["budget"]["used"], &address["budget"]["over"]),
        (&json!(67), &json!(4))
    );
    assert_eq!(address["problems"][0]["severity"], "error");
    tripledash.stop().await;
}

#[tokio::test]
async fn host_that_is_not_ours_is_421_with_a_way_to_the_workbench() {
    let mut upstream = Upstream::page().await;
    let tripledash = engine(&upstream).await;
    let port = tripledash.port();
    let workbench = format!("http://{}/", tripledash.base());
    for host in [
        "example.com".to_owned(),
        "evil.tripledash.localhost.example.com".to_owned(),
        format!("localhost:{port}"),
        format!("127.0.0.1:{port}"),
        format!("[::1]:{port}"),
        "[::1]".to_owned(),
    ] {
        refused(&tripledash, &host, 421, &["is not a host", &workbench]).await;
        assert_eq!(
            refused_json(&tripledash, &host).await["code"],
            "not-our-host"
        );
    }
    assert!(upstream.is_idle());
    tripledash.stop().await;
}

#[tokio::test]
async fn case_trailing_dot_and_port_do_not_change_who_is_asked() {
    let mut upstream = Upstream::page().await;
    let mut tripledash = engine(&upstream).await;
    let port = tripledash.port();
    for (number, host) in [
        format!("ACME---Main.TripleDash.LOCALHOST:{port}"),
        format!("acme---main.tripledash.localhost.:{port}"),
        "acme---main.tripledash.localhost".to_owned(),
    ]
    .iter()
    .enumerate()
    {
        let path = format!("/{number}");
        let answer = tripledash.ask(&get(host, &path, &[])).await;
        assert_eq!(answer.status(), 200, "{host}");
        let received = upstream.received().await;
        let sent = received.field("host").unwrap();
        assert!(
            sent.starts_with("acme---main.tripledash.localhost"),
            "{sent}"
        );
        let exchange = tripledash.exchange(&path).await;
        assert_eq!(exchange["resolution"]["tenant"], "acme", "{host}");
        assert_eq!(exchange["preview"], "main", "{host}");
    }
    tripledash.stop().await;
}

#[tokio::test]
async fn absolute_form_decides_over_host() {
    let mut upstream = Upstream::page().await;
    let tripledash = engine(&upstream).await;
    let target = format!("http://{}/there", tripledash.host("globex---main"));
    let answer = tripledash
        .ask(&get(&tripledash.host("acme---main"), &target, &[]))
        .await;
    assert_eq!(answer.status(), 200);
    let received = upstream.received().await;
    assert_eq!(received.target(), "/there");
    assert_eq!(
        received.field("host"),
        Some(tripledash.host("globex---main").as_str())
    );
    tripledash.stop().await;
}

#[tokio::test]
async fn exactly_one_host_or_400() {
    let mut upstream = Upstream::page().await;
    let tripledash = engine(&upstream).await;
    let host = tripledash.host("acme---main");
    for fields in [
        format!("host: {host}\r\nhost: {host}\r\n"),
        format!("host: {host}\r\nhost: evil.example\r\n"),
        String::new(),
        "host:\r\n".to_owned(),
        "host: acme---main tripledash\r\n".to_owned(),
        "host: [::1\r\n".to_owned(),
        format!("host: user@{host}\r\n"),
    ] {
        let answer = tripledash
            .ask(&format!(
                "GET / HTTP/1.1\r\n{fields}accept: application/json\r\n\r\n"
            ))
            .await;
        assert_eq!(answer.status(), 400, "{fields:?}: {}", answer.text());
        assert_eq!(answer.json()["code"], "malformed-request", "{fields:?}");
        let answer = tripledash
            .ask(&format!(
                "GET / HTTP/1.1\r\n{fields}accept: text/html\r\n\r\n"
            ))
            .await;
        assert!(!answer.body.is_empty(), "{fields:?}");
    }
    assert!(upstream.is_idle());
    tripledash.stop().await;
}
