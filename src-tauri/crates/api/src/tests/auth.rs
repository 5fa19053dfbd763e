use axum::body::Body;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;

use super::{Api, TOKEN};

const HOST: &str = "tripledash.localhost:7333";
const ORIGIN: &str = "http://tripledash.localhost:7333";

/// Asks for the workspace with exactly these fields.
async fn ask(api: &Api, uri: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
    let mut request = Request::builder().method(Method::GET).uri(uri);
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    let response = api.send(request.body(Body::empty()).unwrap()).await;
    let status = response.status();
    assert!(
        !response
            .headers()
            .contains_key("access-control-allow-origin")
    );
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap())
}

fn bearer() -> String {
    format!("Bearer {TOKEN}")
}

#[tokio::test]
async fn our_own_page_and_programs_with_the_token_get_in() {
    let api = Api::new();
    let bearer = bearer();
    let program = [("host", HOST), ("authorization", bearer.as_str())];
    let mut page = program.to_vec();
    page.extend([("origin", ORIGIN), ("sec-fetch-site", "same-origin")]);
    let upper = [
        ("host", "Tripledash.LOCALHOST:7333"),
        ("authorization", bearer.as_str()),
    ];
    for fields in [&program[..], &page, &upper] {
        let (status, workspace) = ask(&api, "/api/v1/workspace", fields).await;
        assert_eq!(status, StatusCode::OK, "{fields:?}");
        assert_eq!(workspace["base"], HOST);
    }
    // An absolute-form target decides over Host.
    let absolute = "http://tripledash.localhost:7333/api/v1/workspace";
    let (status, _) = ask(
        &api,
        absolute,
        &[("host", "elsewhere"), ("authorization", &bearer)],
    )
    .await;
    assert_eq!(status, StatusCode::OK);
}

/// What is tried, the status and code it must get, and the fields sent.
type Case<'a> = (&'a str, u16, &'a str, &'a [(&'a str, &'a str)]);

#[tokio::test]
async fn nobody_else_gets_anything() {
    let api = Api::new();
    let bearer = bearer();
    let good = bearer.as_str();
    let long = format!("{good}x");
    let short = &good[..good.len() - 1];
    let sibling = "http://acme---main.tripledash.localhost:7333";
    let cookie = format!("token={TOKEN}");
    let cases: &[Case<'_>] = &[
        ("no token", 401, "unauthorized", &[("host", HOST)]),
        (
            "a wrong token",
            401,
            "unauthorized",
            &[("host", HOST), ("authorization", "Bearer no")],
        ),
        (
            "a longer token",
            401,
            "unauthorized",
            &[("host", HOST), ("authorization", &long)],
        ),
        (
            "a shorter token",
            401,
            "unauthorized",
            &[("host", HOST), ("authorization", short)],
        ),
        (
            "no scheme",
            401,
            "unauthorized",
            &[("host", HOST), ("authorization", TOKEN)],
        ),
        (
            "a short field",
            401,
            "unauthorized",
            &[("host", HOST), ("authorization", "Bea")],
        ),
        (
            "another scheme",
            401,
            "unauthorized",
            &[("host", HOST), ("authorization", "Basic no")],
        ),
        (
            "two tokens",
            401,
            "unauthorized",
            &[
                ("host", HOST),
                ("authorization", good),
                ("authorization", good),
            ],
        ),
        (
            "a cookie",
            401,
            "unauthorized",
            &[("host", HOST), ("cookie", &cookie)],
        ),
        (
            "a foreign origin",
            403,
            "foreign-origin",
            &[
                ("host", HOST),
                ("authorization", good),
                ("origin", "https://evil.example"),
            ],
        ),
        (
            "a tenant's origin",
            403,
            "foreign-origin",
            &[("host", HOST), ("authorization", good), ("origin", sibling)],
        ),
        (
            "a sandboxed origin",
            403,
            "foreign-origin",
            &[("host", HOST), ("authorization", good), ("origin", "null")],
        ),
        (
            "two origins",
            403,
            "foreign-origin",
            &[
                ("host", HOST),
                ("authorization", good),
                ("origin", ORIGIN),
                ("origin", sibling),
            ],
        ),
        (
            "a same-site page",
            403,
            "foreign-origin",
            &[
                ("host", HOST),
                ("authorization", good),
                ("sec-fetch-site", "same-site"),
            ],
        ),
        (
            "a cross-site page",
            403,
            "foreign-origin",
            &[
                ("host", HOST),
                ("authorization", good),
                ("origin", ORIGIN),
                ("sec-fetch-site", "cross-site"),
            ],
        ),
        (
            "another host",
            421,
            "wrong-host",
            &[("host", "localhost:7333"), ("authorization", good)],
        ),
        (
            "no port",
            421,
            "wrong-host",
            &[("host", "tripledash.localhost"), ("authorization", good)],
        ),
        (
            "a preview host",
            421,
            "wrong-host",
            &[
                ("host", "acme---main.tripledash.localhost:7333"),
                ("authorization", good),
            ],
        ),
        ("no host", 421, "wrong-host", &[("authorization", good)]),
        (
            "two hosts",
            421,
            "wrong-host",
            &[("host", HOST), ("host", HOST), ("authorization", good)],
        ),
    ];
    for (what, status, code, fields) in cases {
        for path in ["/api/v1/workspace", "/api/v1/stream", "/api/v1/no-such"] {
            let (got, body) = ask(&api, path, fields).await;
            assert_eq!(got.as_u16(), *status, "{what} at {path}");
            assert_eq!(body["code"], *code, "{what} at {path}");
            let mut keys: Vec<_> = body.as_object().unwrap().keys().collect();
            keys.sort();
            assert_eq!(keys, ["code", "message"], "{what} at {path}");
        }
    }
}

#[tokio::test]
async fn an_empty_token_opens_nothing() {
    let api = Api::new();
    let mut state = api.state.clone();
    state.token = "".into();
    let router = crate::router(state);
    let request = Request::get("/api/v1/workspace")
        .header("host", HOST)
        .header("authorization", "Bearer ")
        .body(Body::empty())
        .unwrap();
    let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(response.headers()["www-authenticate"], "Bearer");
}

#[tokio::test]
async fn the_description_is_open_and_only_on_our_host() {
    let api = Api::new();
    let (status, document) = ask(&api, "/api/openapi.json", &[("host", HOST)]).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(document["info"]["title"], "Tripledash");
    let (status, _) = ask(&api, "/api/openapi.json", &[("host", "evil.example:7333")]).await;
    assert_eq!(status, StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn what_is_not_there_says_so_to_whom_may_know() {
    let api = Api::new();
    let (status, body) = api.get("/api/v1/no-such").await;
    assert_eq!(
        (status.as_u16(), body["code"].as_str()),
        (404, Some("no-resource"))
    );
    let (status, body) = api
        .call(Method::PUT, "/api/v1/workspace", Value::Null)
        .await;
    assert_eq!(
        (status.as_u16(), body["code"].as_str()),
        (405, Some("no-method"))
    );
    let (status, body) = api.get("/api/elsewhere").await;
    assert_eq!(
        (status.as_u16(), body["code"].as_str()),
        (404, Some("no-resource"))
    );
}

#[tokio::test]
async fn the_page_is_hardened_and_only_on_our_host() {
    let api = Api::new();
    let page = api.request(Method::GET, "/").body(Body::empty()).unwrap();
    let response = api.send(page).await;
    let headers = response.headers();
    let csp = headers["content-security-policy"].to_str().unwrap();
    assert!(
        csp.contains("frame-src http://*.tripledash.localhost:7333;"),
        "{csp}"
    );
    assert!(csp.contains("frame-ancestors 'none'"), "{csp}");
    assert_eq!(headers["origin-agent-cluster"], "?1");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert!(!headers.contains_key("cross-origin-embedder-policy"));

    let foreign = Request::get("/")
        .header("host", "evil.example")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        api.send(foreign).await.status(),
        StatusCode::MISDIRECTED_REQUEST
    );
    let post = api.request(Method::POST, "/").body(Body::empty()).unwrap();
    assert_eq!(
        api.send(post).await.status(),
        StatusCode::METHOD_NOT_ALLOWED
    );
}
