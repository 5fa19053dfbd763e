use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::Api;

#[tokio::test]
async fn rows_are_listed_filtered_and_bounded_oldest_first() {
    let api = Api::new();
    for (id, path) in [(1, "/a"), (2, "/shop/b"), (3, "/shop/c"), (4, "/shop/d")] {
        api.record(id, "GET", path, Vec::new()).await;
    }
    let ids = |list: &Value| -> Vec<String> {
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    };
    let (_, list) = api.get("/api/v1/exchanges").await;
    assert_eq!(ids(&list), ["1", "2", "3", "4"]);
    assert_eq!(list["dropped"], 0);
    let (_, list) = api.get("/api/v1/exchanges?filter=/shop&limit=2").await;
    assert_eq!(ids(&list), ["3", "4"]);
    assert_eq!(
        list["items"][0],
        json!({
            "id": "3", "startedAt": "1970-01-01T00:00:01.500000Z", "tenant": "acme",
            "preview": "main", "session": null, "kind": "document", "method": "GET",
            "path": "/shop/c", "rewrittenTo": null, "status": 200, "durationUs": 1234,
            "responseBytes": 42, "state": "done", "diagnostics": list["items"][0]["diagnostics"]
        })
    );
    let (status, error) = api.get("/api/v1/exchanges?filter=status:x").await;
    assert_eq!(
        (status.as_u16(), &error["code"]),
        (400, &json!("bad-filter"))
    );
    assert!(error["column"].is_number());
    let (status, error) = api.get("/api/v1/exchanges?limit=many").await;
    assert_eq!(
        (status.as_u16(), &error["code"]),
        (400, &json!("bad-query"))
    );
}

#[tokio::test]
async fn one_exchange_is_shown_as_a_whole_and_forgotten_when_cleared() {
    let api = Api::new();
    let fields = vec![("cookie".to_owned(), "sid=[redacted]".to_owned())];
    api.record(7, "GET", "/a", fields).await;
    let (status, exchange) = api.get("/api/v1/exchanges/7").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(exchange["id"], "7");
    assert_eq!(
        exchange["url"],
        "http://acme---main.tripledash.localhost:7333/a"
    );
    assert_eq!(
        exchange["requestHeaders"],
        json!([["cookie", "sid=[redacted]"]])
    );
    assert_eq!(exchange["resolution"]["kind"], "preview");
    for key in [
        "comparison",
        "timings",
        "upstream",
        "edits",
        "failure",
        "diagnosis",
        "cache",
    ] {
        assert!(exchange.get(key).is_some(), "{key}");
    }
    let (_, curl) = api.get("/api/v1/exchanges/7/curl").await;
    assert_eq!(
        curl,
        json!({
            "command": "curl http://acme---main.tripledash.localhost:7333/a",
            "leftOut": ["cookie"]
        })
    );
    let (status, _) = api
        .call(Method::DELETE, "/api/v1/exchanges", Value::Null)
        .await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    for id in ["7", "99", "x", "-1"] {
        let (status, error) = api.get(&format!("/api/v1/exchanges/{id}")).await;
        assert_eq!(
            (status.as_u16(), &error["code"]),
            (404, &json!("no-exchange")),
            "{id}"
        );
    }
}
