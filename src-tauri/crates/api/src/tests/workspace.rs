use axum::body::Body;
use http::{Method, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::{Api, FILE, TOKEN};

fn file(state: &Value) -> String {
    std::fs::read_to_string(state["origin"]["file"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn nothing_is_open_at_first() {
    let api = Api::new();
    let (status, state) = api.get("/api/v1/workspace").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        state,
        json!({
            "generation": 0, "name": "",
            "origin": { "kind": "draft", "folder": "", "file": "" },
            "prefix": ["tenant"], "tenants": [], "previews": [], "pages": [], "rules": [], "variables": [],
            "tenancy": "host", "sources": [], "trust": null,
            "tenantList": { "kind": "workspace", "text": "", "status": "good", "message": null,
                "fix": null, "readAt": null, "leftOut": 0 },
            "problems": [], "canUndo": false, "base": "tripledash.localhost:7333", "recent": []
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
            "insecure": false, "missingVariables": [], "excludedTenants": [], "source": null,
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
async fn the_file_is_edited_at_any_place_all_or_nothing() {
    let api = Api::opened();
    let (_, before) = api.get("/api/v1/workspace/file").await;
    let text = before["text"].as_str().unwrap().to_owned();
    assert_eq!(before["document"]["name"], "shop");
    let page = json!({ "name": "Home", "path": "/" });
    let edit = |edits: Value| {
        api.call(
            Method::PATCH,
            "/api/v1/workspace/file",
            json!({ "edits": edits }),
        )
    };
    let (status, state) = edit(json!([
        { "path": ["pages"], "after": [] },
        { "path": ["pages", 0], "after": page },
        { "path": ["previews", 0, "tenants"], "after": { "globex": null } },
    ]))
    .await;
    assert_eq!(status, StatusCode::OK, "{state}");
    assert_eq!(state["pages"][0]["name"], "Home");
    assert_eq!(state["previews"][0]["excludedTenants"], json!(["globex"]));
    let after = file(&state);

    // What stands there is another by now.
    let (status, error) =
        edit(json!([{ "path": ["name"], "before": "market", "after": "x" }])).await;
    assert_eq!(
        (status.as_u16(), &error["code"]),
        (409, &json!("changed-meanwhile"))
    );
    // The second would make the whole invalid, so the first is not made either.
    let (status, error) = edit(json!([
        { "path": ["name"], "before": "shop", "after": "market" },
        { "path": ["tenancy"], "after": { "kind": "paths" } },
    ]))
    .await;
    assert_eq!(
        (status.as_u16(), &error["code"]),
        (400, &json!("invalid-workspace")),
        "{error}"
    );
    assert_eq!(file(&state), after);

    let (status, state) = api.post("/api/v1/workspace/undo", json!({})).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(file(&state), text);
}

#[tokio::test]
async fn a_folder_is_looked_at_before_a_first_file_is_written() {
    let api = Api::new();
    let folder = api.home.path().join("app");
    std::fs::create_dir(&folder).unwrap();
    let package = r#"{ "name": "shop", "scripts": { "dev": "next dev -p 3100" } }"#;
    std::fs::write(folder.join("package.json"), package).unwrap();
    let (status, proposal) = api
        .post("/api/v1/workspace/propose", json!({ "folder": folder }))
        .await;
    assert_eq!(status, StatusCode::OK, "{proposal}");
    let text = proposal["text"].as_str().unwrap();
    assert!(text.contains("http://localhost:3100"), "{text}");
    assert!(!proposal["notes"].as_array().unwrap().is_empty());
    assert!(
        !folder.join("tripledash.json").exists(),
        "nothing is written"
    );
    let (status, state) = api
        .post(
            "/api/v1/workspace/create",
            json!({ "folder": folder, "text": text }),
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{state}");
    assert_eq!(file(&state), text);
    assert!(folder.join("tripledash.schema.json").exists());
    let gone = api.home.path().join("gone");
    let (status, error) = api
        .post("/api/v1/workspace/propose", json!({ "folder": gone }))
        .await;
    assert_eq!(
        (status.as_u16(), &error["code"]),
        (404, &json!("no-folder"))
    );
}

#[tokio::test]
async fn an_app_is_probed_and_the_line_is_written() {
    let api = Api::opened();
    let (status, error) = api
        .post("/api/v1/workspace/previews/nobody/probe", json!({}))
        .await;
    assert_eq!(
        (status.as_u16(), &error["code"]),
        (404, &json!("not-in-workspace"))
    );
    // Nobody listens on a port that was just given back.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let upstream = json!({ "upstream": format!("http://127.0.0.1:{port}") });
    let (status, _) = api
        .call(Method::PATCH, "/api/v1/workspace/previews/main", upstream)
        .await;
    assert_eq!(status, StatusCode::OK);
    let (status, report) = api
        .post("/api/v1/workspace/previews/main/probe", json!({}))
        .await;
    assert_eq!(status, StatusCode::OK, "{report}");
    assert_eq!(report["verdict"]["kind"], "no-answer", "{report}");
    let line = json!({ "host": "{tenant}.localhost:{port}" });
    let (status, state) = api
        .call(Method::PUT, "/api/v1/workspace/previews/main/host", line)
        .await;
    assert_eq!(status, StatusCode::OK, "{state}");
    assert_eq!(state["previews"][0]["host"], "{tenant}.localhost:{port}");
    let (_, state) = api
        .call(
            Method::PUT,
            "/api/v1/workspace/previews/main/host",
            json!({ "host": null }),
        )
        .await;
    assert_eq!(state["previews"][0]["host"], Value::Null);
}

#[tokio::test]
async fn tenants_and_previews_are_edited_in_the_file() {
    let api = Api::opened();
    let (status, state) = api
        .post(
            "/api/v1/workspace/tenants",
            json!({ "id": "initech", "name": "Initech", "color": "#0090ff" }),
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{state}");
    assert!(
        file(&state).contains(r##"{ "id": "initech", "name": "Initech", "color": "#0090ff" }"##)
    );
    assert_eq!(state["canUndo"], true);

    let (status, state) = api
        .call(
            Method::PATCH,
            "/api/v1/workspace/tenants/initech",
            json!({ "name": null, "locale": "de", "tags": ["eu"] }),
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{state}");
    assert_eq!(state["tenants"][2]["name"], "initech");
    assert_eq!(state["tenants"][2]["tags"], json!(["eu"]));

    let (status, state) = api
        .post(
            "/api/v1/workspace/previews",
            json!({ "name": "feature", "upstream": "http://localhost:3001", "access": "read-only" }),
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{state}");
    let (status, state) = api
        .call(
            Method::PATCH,
            "/api/v1/workspace/previews/feature",
            json!({ "name": "redesign", "access": "full", "branch": "redesign" }),
        )
        .await;
    assert_eq!(status, StatusCode::OK, "{state}");
    assert_eq!(state["previews"][2]["name"], "redesign");
    assert_eq!(state["previews"][2]["access"], "full");

    let (_, state) = api
        .call(
            Method::DELETE,
            "/api/v1/workspace/tenants/initech",
            Value::Null,
        )
        .await;
    assert_eq!(state["tenants"].as_array().unwrap().len(), 2);
    for _ in 0..5 {
        let (status, _) = api.post("/api/v1/workspace/undo", Value::Null).await;
        assert_eq!(status, StatusCode::OK);
    }
    let (_, state) = api.get("/api/v1/workspace").await;
    assert_eq!(file(&state), FILE);
    let (status, error) = api.post("/api/v1/workspace/undo", Value::Null).await;
    assert_eq!(
        (status.as_u16(), &error["code"]),
        (409, &json!("nothing-to-undo"))
    );
}

#[tokio::test]
async fn bad_edits_say_what_is_wrong() {
    let api = Api::opened();
    let (status, error) = api
        .post("/api/v1/workspace/tenants", json!({ "id": "acme" }))
        .await;
    assert_eq!(
        (status.as_u16(), &error["code"]),
        (400, &json!("invalid-workspace"))
    );
    assert!(error["problems"][0]["message"].is_string());
    let (status, error) = api
        .call(
            Method::DELETE,
            "/api/v1/workspace/tenants/gone",
            Value::Null,
        )
        .await;
    assert_eq!(
        (status.as_u16(), &error["code"]),
        (404, &json!("not-in-workspace"))
    );
    let (status, error) = api
        .post(
            "/api/v1/workspace/tenants",
            json!({ "id": "x", "colour": "red" }),
        )
        .await;
    assert_eq!(
        (status.as_u16(), &error["code"]),
        (400, &json!("bad-field"))
    );
    assert!(error["message"].as_str().unwrap().contains("colour"));
    let (_, state) = api.get("/api/v1/workspace").await;
    assert_eq!(file(&state), FILE);
}

#[tokio::test]
async fn unlocking_is_shown() {
    let api = Api::opened();
    let path = "/api/v1/workspace/previews/production/unlock";
    let (status, state) = api.post(path, json!({ "unlocked": true })).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(state["previews"][1]["unlocked"], true);
    let (_, state) = api.post(path, json!({ "unlocked": false })).await;
    assert_eq!(state["previews"][1]["unlocked"], false);
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
