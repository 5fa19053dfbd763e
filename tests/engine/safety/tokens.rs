//! What opens the API, and what does not.

use serde_json::Value;

use super::{engine, tells_nothing};
use crate::support::{Upstream, get};

#[tokio::test]
async fn nothing_but_the_token_in_its_field_is_the_token() {
    let upstream = Upstream::page().await;
    let tripledash = engine(&upstream).await;
    let (base, token) = (tripledash.base(), tripledash.engine.token().to_owned());
    let (first, last) = (&token[1..], &token[..token.len() - 1]);
    let mut wrong = token.clone().into_bytes();
    let end = wrong.len() - 1;
    wrong[end] ^= 1;
    let wrong = String::from_utf8(wrong).unwrap();
    let plain = "/api/v1/workspace".to_owned();
    let cases: Vec<(String, Vec<String>)> = vec![
        (plain.clone(), vec![]),
        (plain.clone(), vec!["authorization:".to_owned()]),
        (plain.clone(), vec!["authorization: Bearer".to_owned()]),
        (plain.clone(), vec!["authorization: Bearer ".to_owned()]),
        (plain.clone(), vec![format!("authorization: {token}")]),
        (plain.clone(), vec![format!("authorization: Basic {token}")]),
        (plain.clone(), vec![format!("authorization: Token {token}")]),
        (
            plain.clone(),
            vec![format!("authorization: Bearer={token}")],
        ),
        (
            plain.clone(),
            vec![format!("authorization: Bearer  {token}")],
        ),
        (
            plain.clone(),
            vec![format!("authorization: Bearer\t{token}")],
        ),
        (
            plain.clone(),
            vec![format!("authorization: Bearer {wrong}")],
        ),
        (
            plain.clone(),
            vec![format!("authorization: Bearer {first}")],
        ),
        (plain.clone(), vec![format!("authorization: Bearer {last}")]),
        (
            plain.clone(),
            vec![format!("authorization: Bearer {token}{token}")],
        ),
        (
            plain.clone(),
            vec![format!("authorization: Bearer {token},")],
        ),
        (
            plain.clone(),
            vec![format!("authorization: Bearer {token}, Bearer {token}")],
        ),
        (
            plain.clone(),
            vec![format!("authorization: Bearer \"{token}\"")],
        ),
        (
            plain.clone(),
            vec![
                format!("authorization: Bearer {token}"),
                format!("authorization: Bearer {token}"),
            ],
        ),
        (
            plain.clone(),
            vec![
                format!("authorization: Bearer {token}"),
                "authorization: Bearer x".to_owned(),
            ],
        ),
        (
            plain.clone(),
            vec![format!("proxy-authorization: Bearer {token}")],
        ),
        (
            plain.clone(),
            vec![format!("x-authorization: Bearer {token}")],
        ),
        (
            plain.clone(),
            vec![format!("cookie: token={token}; tripledash.token={token}")],
        ),
        (plain, vec![format!("cookie: authorization=Bearer {token}")]),
        (format!("/api/v1/workspace?token={token}"), vec![]),
        (
            format!("/api/v1/workspace?authorization=Bearer%20{token}"),
            vec![],
        ),
        (format!("/api/v1/workspace?access_token={token}"), vec![]),
    ];
    for (path, fields) in &cases {
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        for method in ["GET", "POST", "DELETE"] {
            let request = get(&base, path, &fields).replacen("GET ", &format!("{method} "), 1);
            let answer = tripledash.ask(&request).await;
            assert_eq!(
                answer.status(),
                401,
                "{method} {path} {fields:?}: {answer:?}"
            );
            tells_nothing(&tripledash, &answer, path);
        }
    }
    tripledash.stop().await;
}

#[tokio::test]
async fn no_other_page_uses_the_token() {
    let upstream = Upstream::page().await;
    let tripledash = engine(&upstream).await;
    let base = tripledash.base();
    let bearer = format!("authorization: Bearer {}", tripledash.engine.token());
    let sibling = format!("origin: http://{}", tripledash.host("acme---main"));
    let ours = format!("origin: http://{base}");
    let before = tripledash.done("GET", "workspace", &Value::Null).await;
    let cases: &[&[&str]] = &[
        &[&sibling],
        &["origin: null"],
        &["origin:"],
        &["origin: http://evil.example"],
        &["origin: http://tripledash.localhost"],
        &["origin: http://tripledash.localhost:1"],
        &["origin: http://tripledash.localhost:80"],
        &[&ours.replace("http:", "https:")],
        &[&format!("{ours}/")],
        &[&format!("{ours}.evil.example")],
        &[&ours.to_uppercase()],
        &[&format!("{ours} {}", &sibling[8..])],
        &[&ours, &sibling],
        &[&ours, "sec-fetch-site: same-site"],
        &[&ours, "sec-fetch-site: cross-site"],
        &[&ours, "sec-fetch-site: none"],
        &[&ours, "sec-fetch-site:"],
        &[
            &ours,
            "sec-fetch-site: same-origin",
            "sec-fetch-site: cross-site",
        ],
        &["sec-fetch-site: same-site"],
        &["sec-fetch-site: cross-site"],
    ];
    for fields in cases {
        let mut fields = fields.to_vec();
        fields.push(&bearer);
        for (method, path) in [
            ("GET", "workspace"),
            ("POST", "workspace/demo"),
            ("DELETE", "exchanges"),
            ("GET", "stream"),
        ] {
            let request = get(&base, &format!("/api/v1/{path}"), &fields).replacen(
                "GET ",
                &format!("{method} "),
                1,
            );
            let answer = tripledash.ask(&request).await;
            assert_eq!(
                answer.status(),
                403,
                "{method} {path} {fields:?}: {answer:?}"
            );
            tells_nothing(&tripledash, &answer, path);
        }
    }
    assert_eq!(
        tripledash.done("GET", "workspace", &Value::Null).await,
        before
    );
    // A program has no origin, and says so by sending none.
    let program =
        format!("POST /api/v1/workspace/undo HTTP/1.1\r\nhost: {base}\r\n{bearer}\r\n\r\n");
    let answer = tripledash.ask(&program).await;
    assert_eq!(
        answer.status(),
        409,
        "let in, and nothing to undo: {answer:?}"
    );
    tripledash.stop().await;
}
