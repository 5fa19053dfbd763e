//! What can be found out by looking.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::Api;

fn file(state: &Value) -> String {
    std::fs::read_to_string(state["origin"]["file"].as_str().unwrap()).unwrap()
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
