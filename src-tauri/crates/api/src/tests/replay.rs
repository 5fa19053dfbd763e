//! A replay goes through our own port. Here, a listener that tells events as the proxy does stands
//! on that port.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::Request;
use http::StatusCode;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::{Api, FILE, exchange};

#[tokio::test]
async fn a_get_is_sent_again_for_every_tenant() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = Api::on_port(listener.local_addr().unwrap().port());
    let folder = api.folder("shop", FILE);
    api.state.workbench.open(&folder).unwrap();

    let events = api.events.clone();
    let next = Arc::new(AtomicU64::new(100));
    let (told, mut received) = mpsc::unbounded_channel();
    let port = Router::new().fallback(move |request: Request| {
        let (events, next, told) = (events.clone(), Arc::clone(&next), told.clone());
        let field = |name: &str| {
            let value = request.headers().get(name);
            value.map(|value| value.to_str().unwrap().to_owned())
        };
        let trace = field("traceparent").unwrap();
        let sent = (
            request.method().to_string(),
            field("host").unwrap(),
            request.uri().to_string(),
            field("rsc"),
            field("cookie"),
            field("referer"),
        );
        async move {
            told.send(sent).unwrap();
            let id = next.fetch_add(1, Ordering::Relaxed);
            let fields = vec![("traceparent".to_owned(), trace)];
            for event in exchange(id, "GET", "/x?y=1", fields) {
                events.send(event).await.unwrap();
            }
            StatusCode::OK
        }
    });
    let server = tokio::spawn(async move { axum::serve(listener, port).await.unwrap() });

    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let fields = vec![
        field("host", "acme.localhost:3000"),
        field("rsc", "1"),
        field("cookie", "sid=[redacted]"),
        field("referer", "http://acme---main.tripledash.localhost/"),
    ];
    api.record(1, "GET", "/x?y=1", fields).await;
    let (status, replayed) = api
        .post(
            "/api/v1/exchanges/1/replay",
            json!({ "tenants": ["acme", "globex"] }),
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{replayed}");
    let mut ids: Vec<_> = replayed["ids"].as_array().unwrap().clone();
    ids.sort_by_key(ToString::to_string);
    assert_eq!(ids, [json!("100"), json!("101")]);
    let base = api.state.base.authority();
    let mut sent = [
        received.recv().await.unwrap(),
        received.recv().await.unwrap(),
    ];
    sent.sort();
    for (sent, tenant) in sent.iter().zip(["acme", "globex"]) {
        let (method, host, target, rsc, cookie, referer) = sent;
        assert_eq!((method.as_str(), target.as_str()), ("GET", "/x?y=1"));
        assert_eq!(*host, format!("{tenant}---main.{base}"));
        assert_eq!(rsc.as_deref(), Some("1"));
        assert_eq!((cookie, referer), (&None, &None));
    }
    server.abort();
}

#[tokio::test]
async fn what_cannot_be_sent_again_says_why() {
    let api = Api::opened();
    api.record(1, "POST", "/form", Vec::new()).await;
    api.record(2, "GET", "/", Vec::new()).await;
    api.record(4, "GET", "/a?key=[redacted]", Vec::new()).await;
    let tenants = json!({ "tenants": ["acme"] });
    let (status, error) = api
        .post("/api/v1/exchanges/1/replay", tenants.clone())
        .await;
    assert_eq!(
        (status.as_u16(), &error["code"]),
        (409, &json!("replay-body"))
    );
    let (status, error) = api
        .post("/api/v1/exchanges/4/replay", tenants.clone())
        .await;
    assert_eq!(
        (status.as_u16(), &error["code"]),
        (409, &json!("replay-secret"))
    );
    let (_, curl) = api.get("/api/v1/exchanges/4/curl").await;
    assert_eq!(curl["leftOut"], json!(["url"]));
    let (status, error) = api.post("/api/v1/exchanges/3/replay", tenants).await;
    assert_eq!(
        (status.as_u16(), &error["code"]),
        (404, &json!("no-exchange"))
    );
    let none = json!({ "tenants": [] });
    let (status, replayed) = api.post("/api/v1/exchanges/2/replay", none).await;
    assert_eq!((status.as_u16(), replayed), (200, json!({ "ids": [] })));
}
