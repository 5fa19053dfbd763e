//! Edits of the workspace file.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Api, FILE};

fn file(state: &Value) -> String {
    std::fs::read_to_string(state["origin"]["file"].as_str().unwrap()).unwrap()
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
    assert_eq!(state["lastEdit"], 1);

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
