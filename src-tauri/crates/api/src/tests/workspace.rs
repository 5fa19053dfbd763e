use axum::body::Body;
use http::{Method, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::{Api, FILE, TOKEN};

#[tokio::test]
async fn nothing_is_open_at_first() {
    let api = Api::new();
    let (status, state) = api.get("/api/v1/workspace").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        state,
        json!({
            "generation": 0, "revision": 0, "name": "",
            "origin": { "kind": "draft", "folder": "", "file": "" },
            "prefix": ["tenant"], "tenants": [], "previews": [], "overBudget": { "count": 0, "previews": [] },
            "pages": [], "rules": [], "variables": [],
            "tenancy": "host", "sources": [], "trust": null,
            "tenantList": { "kind": "workspace", "text": "", "status": "good", "message": null,
                "fix": null, "readAt": null, "leftOut": 0 },
            "problems": [], "lastEdit": null, "base": "tripledash.localhost:7333", "recent": []
        })
    );
}

#[tokio::test]
async fn a_folder_opens_and_its_state_has_every_key() {
    let api = Api::new();
    let folder = api.folder("shop", FILE);
    let (status, state) = api
        .post("/api/v1/workspace/open", json!({ "folder": folder }))
        .await;
    assert_eq!(status, StatusCode::OK, "{state}");
    assert_eq!(state["origin"]["kind"], "folder");
    let color = state["tenants"][0]["color"].clone();
    assert_eq!(
        state["tenants"][0],
        json!({ "id": "acme", "name": "acme", "color": color, "domains": [], "locale": null, "tags": [] })
    );
    assert_eq!(
        state["previews"][1],
        json!({
            "name": "production", "branch": null, "upstream": "https://shop.example", "host": null,
            "access": "read-only", "status": "unknown", "statusReason": null, "unlocked": false,
            "insecure": false, "missingVariables": [], "untrusted": null, "requestsSince": 1, "title": null, "excludedTenants": [], "source": null,
            "commit": null, "distance": null, "checkout": null, "server": null, "deployment": null
        })
    );
    assert_eq!(
        state["recent"],
        json!([{ "name": "shop", "folder": folder }])
    );
}

#[tokio::test]
async fn folders_that_do_not_open_say_why_by_code() {
    let api = Api::new();
    let empty = api.home.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let empty = empty.canonicalize().unwrap();
    let (status, error) = api
        .post("/api/v1/workspace/open", json!({ "folder": empty }))
        .await;
    assert_eq!(
        (status.as_u16(), &error["code"]),
        (404, &json!("no-workspace"))
    );
    assert_eq!(error["folder"], json!(empty));
    for (folder, status, code) in [
        ("/no/such/folder", 404, "no-folder"),
        ("relative", 400, "not-absolute"),
        ("", 400, "not-absolute"),
    ] {
        let (got, error) = api
            .post("/api/v1/workspace/open", json!({ "folder": folder }))
            .await;
        assert_eq!(
            (got.as_u16(), &error["code"]),
            (status, &json!(code)),
            "{folder}"
        );
    }

    let text = "{ \"name\": \"first\",\n  \"tenant\": [] }";
    let (status, error) = api
        .post(
            "/api/v1/workspace/create",
            json!({ "folder": empty, "text": text }),
        )
        .await;
    assert_eq!(
        (status.as_u16(), &error["code"]),
        (400, &json!("invalid-workspace")),
        "{error}"
    );
    let message = error["message"].as_str().unwrap();
    assert!(message.starts_with("line 2, column 3: "), "{message}");
    assert_eq!(error["problems"][0]["line"], 2);
    assert!(!empty.join("tripledash.json").exists());

    let (status, state) = api
        .post("/api/v1/workspace/create", json!({ "folder": empty }))
        .await;
    assert_eq!(status, StatusCode::OK, "{state}");
    assert_eq!(
        (&state["name"], &state["problems"]),
        (&json!("empty"), &json!([]))
    );
    let (status, error) = api
        .post("/api/v1/workspace/create", json!({ "folder": empty }))
        .await;
    assert_eq!(
        (status.as_u16(), &error["code"]),
        (409, &json!("workspace-exists"))
    );

    let broken = api.folder("broken", "{ \"name\": \"x\",\n  \"tenants\": [}");
    let (status, state) = api
        .post("/api/v1/workspace/open", json!({ "folder": broken }))
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(state["problems"][0]["severity"], "error");
    assert_eq!(state["problems"][0]["line"], 2);
}

#[tokio::test]
async fn a_pasted_address_starts_a_draft_that_can_be_saved() {
    let api = Api::new();
    let (status, started) = api
        .post(
            "/api/v1/workspace/start",
            json!({ "text": "http://localhost:3000/" }),
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{started}");
    assert_eq!(started["workspace"]["origin"]["kind"], "draft");
    assert_eq!(
        started["workspace"]["previews"][0]["name"],
        started["preview"]
    );
    let home = api.home.path().join("mine");
    std::fs::create_dir(&home).unwrap();
    let (status, state) = api
        .post("/api/v1/workspace/save", json!({ "folder": home }))
        .await;
    assert_eq!(status, StatusCode::OK, "{state}");
    assert_eq!(state["origin"]["kind"], "folder");
    assert!(home.join("tripledash.json").is_file());
}

#[tokio::test]
async fn bodies_that_are_no_json_look_like_every_other_error() {
    let api = Api::new();
    let request = |content_type: &str, body: String| {
        api.request(Method::POST, "/api/v1/workspace/open")
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("content-type", content_type)
            .body(Body::from(body))
            .unwrap()
    };
    for (content_type, body, status, code) in [
        ("text/plain", "{}".to_owned(), 415, "not-json"),
        ("application/json", "{".to_owned(), 400, "bad-json"),
        ("application/json", "{}".to_owned(), 400, "bad-field"),
        (
            "application/json; charset=utf-8",
            "[]".to_owned(),
            400,
            "bad-field",
        ),
        (
            "application/json",
            " ".repeat(3 << 20),
            413,
            "body-too-large",
        ),
    ] {
        let response = api.send(request(content_type, body)).await;
        assert_eq!(response.status().as_u16(), status, "{code}");
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let error: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(error["code"], code);
        assert!(error["message"].is_string());
    }
}

#[tokio::test]
async fn a_headless_engine_has_no_shell_and_no_demo() {
    let api = Api::new();
    let (_, abilities) = api.get("/api/v1/shell").await;
    assert_eq!(abilities, json!({ "pickFolder": false, "windows": false }));
    for (path, body, status, code) in [
        ("/api/v1/shell/pick-folder", json!({}), 409, "no-shell"),
        (
            "/api/v1/shell/open-browser",
            json!({ "url": "http://x.example/" }),
            409,
            "no-shell",
        ),
        (
            "/api/v1/shell/open-browser",
            json!({ "url": "file:///etc/passwd" }),
            400,
            "bad-url",
        ),
        ("/api/v1/workspace/demo", json!({}), 409, "no-demo"),
    ] {
        let (got, error) = api.post(path, body).await;
        assert_eq!(
            (got.as_u16(), &error["code"]),
            (status, &json!(code)),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_name_that_is_no_text_looks_like_every_other_error() {
    let api = Api::opened();
    for path in ["start", "stop", "probe", "log"] {
        let method = match path {
            "log" => Method::GET,
            _ => Method::POST,
        };
        let path = format!("/api/v1/workspace/previews/%FF/{path}");
        let (status, error) = api.call(method, &path, json!({})).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(error["code"], "bad-path", "{path}");
    }
}
