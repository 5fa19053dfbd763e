//! A workspace made in the window: started from a pasted address, edited, undone, saved.

use serde_json::{Value, json};

use crate::support::{Tripledash, Upstream};

#[tokio::test]
async fn a_pasted_address_becomes_a_draft_that_is_edited_undone_and_saved() {
    let mut upstream = Upstream::page().await;
    let mut tripledash = Tripledash::empty().await;
    let state = tripledash.workspace(|_| true).await;
    assert_eq!(
        (&state["origin"]["kind"], &state["previews"]),
        (&json!("draft"), &json!([]))
    );

    let pasted = json!({ "text": format!("127.0.0.1:{}/cart", upstream.port) });
    let started = tripledash.done("POST", "workspace/start", &pasted).await;
    let preview = started["preview"].as_str().unwrap().to_owned();
    assert_eq!(started["tenant"], Value::Null);
    assert_eq!(started["workspace"]["origin"]["kind"], "draft");
    assert_eq!(
        started["workspace"]["previews"][0]["upstream"],
        upstream.origin()
    );

    for id in ["acme", "globex"] {
        tripledash
            .done(
                "POST",
                "workspace/tenants",
                &json!({ "id": id, "name": id }),
            )
            .await;
    }
    let answer = tripledash
        .get(&format!("globex---{preview}"), "/cart", &[])
        .await;
    assert_eq!(answer.status(), 200);
    assert_eq!(upstream.received().await.target(), "/cart");
    let exchange = tripledash.exchange("/cart").await;
    assert_eq!(exchange["tenant"], "globex");
    assert!(
        !exchange["diagnostics"]
            .to_string()
            .contains("tenant-unlisted")
    );

    let state = tripledash.done("POST", "workspace/undo", &json!({})).await;
    let ids = |state: &Value| -> Vec<String> {
        let tenants = state["tenants"].as_array().unwrap().iter();
        tenants
            .map(|tenant| tenant["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(ids(&state), ["acme"]);
    let (status, refused) = tripledash
        .api("POST", "workspace/tenants", &json!({ "id": "Not An Id" }))
        .await;
    assert_eq!(
        (status, &refused["code"]),
        (400, &json!("invalid-workspace")),
        "{refused}"
    );
    assert!(refused["problems"][0]["message"].is_string());

    let home = tripledash.folder.path().join("home");
    std::fs::create_dir(&home).unwrap();
    let saved = tripledash
        .done("POST", "workspace/save", &json!({ "folder": home }))
        .await;
    assert_eq!(saved["origin"]["kind"], "folder");
    let file = home.join("tripledash.json");
    assert_eq!(saved["origin"]["file"].as_str(), file.to_str());
    let written: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(written["tenants"][0]["id"], "acme");
    assert_eq!(written["previews"][0]["upstream"], upstream.origin());

    // It goes on from that file, both ways.
    tripledash
        .done("POST", "workspace/tenants", &json!({ "id": "umbrella" }))
        .await;
    assert!(std::fs::read_to_string(&file).unwrap().contains("umbrella"));
    let text = std::fs::read_to_string(&file)
        .unwrap()
        .replace("umbrella", "initech");
    std::fs::write(&file, text).unwrap();
    tripledash
        .workspace(|state| ids(state) == ["acme", "initech"])
        .await;

    // A folder that has one is not written over.
    let (status, refused) = tripledash
        .api("POST", "workspace/create", &json!({ "folder": home }))
        .await;
    assert_eq!(
        (status, &refused["code"]),
        (409, &json!("workspace-exists"))
    );
    tripledash.stop().await;
}

#[tokio::test]
async fn a_pasted_preview_url_is_split_into_tenant_preview_and_suffix() {
    let tripledash = Tripledash::empty().await;
    let pasted = json!({ "text": "https://acme---my-app-git-feature.acme.dev/about" });
    let started = tripledash.done("POST", "workspace/start", &pasted).await;
    assert_eq!(started["tenant"], "acme");
    assert_eq!(
        started["workspace"]["previews"][0]["upstream"],
        "https://my-app-git-feature.acme.dev"
    );
    assert_eq!(started["workspace"]["tenants"][0]["id"], "acme");
    for text in ["", "not an address at all", "ftp://x", "http://"] {
        let (status, refused) = tripledash
            .api("POST", "workspace/start", &json!({ "text": text }))
            .await;
        assert_eq!(
            (status, &refused["code"]),
            (400, &json!("unreadable-address")),
            "{text:?}: {refused}"
        );
    }
    tripledash.stop().await;
}

#[tokio::test]
async fn the_demo_opens_again_after_its_folder_was_deleted() {
    let tripledash = Tripledash::empty().await;
    let opened = tripledash.done("POST", "workspace/demo", &json!({})).await;
    let folder = opened["origin"]["folder"].as_str().unwrap().to_owned();
    std::fs::remove_dir_all(&folder).unwrap();
    let again = tripledash.done("POST", "workspace/demo", &json!({})).await;
    assert_eq!(again["origin"]["kind"], "demo");
    assert_eq!(again["problems"], json!([]));
    assert!(
        std::path::Path::new(&folder)
            .join("tripledash.json")
            .is_file()
    );
}

#[tokio::test]
async fn another_workspace_begins_with_an_empty_trace() {
    let upstream = Upstream::page().await;
    let mut tripledash = Tripledash::empty().await;
    tripledash.done("POST", "workspace/demo", &json!({})).await;
    let page = tripledash.get("acme---main", "/journal", &[]).await;
    assert_eq!(page.status(), 200);
    assert_eq!(tripledash.exchange("/journal").await["tenant"], "acme");
    let pasted = json!({ "text": format!("127.0.0.1:{}/", upstream.port) });
    tripledash.done("POST", "workspace/start", &pasted).await;
    let (_, kept) = tripledash
        .api("GET", "exchanges?limit=10", &Value::Null)
        .await;
    assert_eq!(kept["items"], json!([]));
}
