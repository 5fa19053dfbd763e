//! Addresses: built, taken apart, and followed without a request.

use http::StatusCode;
use serde_json::json;

use super::Api;

#[tokio::test]
async fn addresses_are_built_in_the_order_asked() {
    let api = Api::opened();
    let (status, built) = api
        .post(
            "/api/v1/addresses",
            json!({ "items": [
                { "tenant": "acme", "preview": "main", "path": "/x" },
                { "tenant": "globex", "preview": "main", "session": null }
            ] }),
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{built}");
    let urls: Vec<_> = built["addresses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|address| address["url"].as_str().unwrap())
        .collect();
    assert_eq!(
        urls,
        [
            "http://acme---main.tripledash.localhost:7333/x",
            "http://globex---main.tripledash.localhost:7333/"
        ]
    );
}

#[tokio::test]
async fn a_prefix_of_several_parts_takes_them_by_name() {
    let api = Api::new();
    let text = r#"{ "name": "w", "prefix": ["locale", "tenant"], "tenants": [{ "id": "acme" }],
        "previews": [{ "name": "main", "upstream": "http://localhost:3000" }] }"#;
    let folder = api.folder("shop", text);
    api.state.workbench.open(&folder).unwrap();
    let (status, built) = api
        .post(
            "/api/v1/addresses",
            json!({ "items": [
                { "tenant": "acme", "parts": { "locale": "de" }, "preview": "main" },
                { "tenant": "acme", "preview": "main" },
                { "tenant": null, "preview": "main" }
            ] }),
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{built}");
    let addresses = &built["addresses"];
    assert_eq!(
        addresses[0]["url"],
        "http://de---acme---main.tripledash.localhost:7333/"
    );
    assert_eq!(addresses[1]["url"], json!(null));
    assert_eq!(addresses[1]["problems"][0]["code"], "missing-part");
    assert_eq!(
        addresses[2]["url"],
        "http://main.tripledash.localhost:7333/"
    );
}

#[tokio::test]
async fn a_pasted_address_is_taken_apart() {
    let api = Api::opened();
    let text = "https://acme---my-app-git-feature.acme.dev/about?x=1";
    let (status, split) = api.post("/api/v1/split", json!({ "text": text })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        split,
        json!({
            "tenant": "acme", "preview": "my-app-git-feature", "suffix": "acme.dev",
            "upstream": "https://my-app-git-feature.acme.dev", "path": "/about?x=1",
            "kind": "tenant-preview"
        })
    );
    for text in ["", "no address at all", "ftp://x.example"] {
        let (status, error) = api.post("/api/v1/split", json!({ "text": text })).await;
        let code = (status.as_u16(), &error["code"]);
        assert_eq!(code, (400, &json!("unreadable-address")), "{text}");
    }
}

#[tokio::test]
async fn what_if_has_every_key() {
    let api = Api::opened();
    let url = "http://acme---main.tripledash.localhost:7333/x";
    let (status, explanation) = api.post("/api/v1/explain", json!({ "url": url })).await;
    assert_eq!(status, StatusCode::OK, "{explanation}");
    let mut keys: Vec<_> = explanation.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(
        keys,
        [
            "diagnostics",
            "edits",
            "extractors",
            "host",
            "predicted",
            "resolution",
            "rules",
            "upstream",
            "url"
        ]
    );
    assert_eq!(explanation["resolution"]["tenant"], "acme");
    for (question, code) in [
        (json!({ "url": "http://[" }), "unreadable-address"),
        (json!({ "url": url, "method": "G E T" }), "bad-method"),
        (
            json!({ "url": url, "headers": [{ "name": "a b", "value": "" }] }),
            "bad-header",
        ),
    ] {
        let (status, error) = api.post("/api/v1/explain", question).await;
        assert_eq!((status.as_u16(), &error["code"]), (400, &json!(code)));
    }
}
