//! Workspace files that are broken, and folders that cannot be read.

use serde_json::{Value, json};

use crate::support::{Tripledash, Upstream, shop};

#[tokio::test]
async fn broken_json_keeps_the_last_good_workspace_and_says_where() {
    let mut upstream = Upstream::page().await;
    let good = shop(&json!([{ "name": "main", "upstream": upstream.origin() }])).to_string();
    let mut tripledash = Tripledash::with(&good, &[]).await;
    for (text, line, column) in [
        ("{\n  \"name\": \"shop\",\n  \"tenants\": [ { ]\n}", 3, 18),
        ("{\n  // a comment\n  \"name\": \"shop\"\n}", 2, 3),
        ("", 1, 1),
        ("[]", 1, 1),
    ] {
        std::fs::write(tripledash.file(), text).unwrap();
        let state = tripledash
            .workspace(|state| {
                state["problems"][0]["line"] == line && state["problems"][0]["column"] == column
            })
            .await;
        let problem = &state["problems"][0];
        assert_eq!(problem["severity"], "error", "{text:?}");
        assert_eq!(problem["file"], "tripledash.json", "{text:?}");
        for word in ["found", "wanted", "message"] {
            assert!(!problem[word].as_str().unwrap().is_empty(), "{problem}");
        }
        assert_eq!(state["previews"][0]["name"], "main", "{text:?}");
        let answer = tripledash.get("acme---main", "/", &[]).await;
        assert_eq!(answer.status(), 200, "{text:?}");
        upstream.received().await;
    }
    std::fs::write(tripledash.file(), &good).unwrap();
    tripledash
        .workspace(|state| state["problems"] == json!([]))
        .await;
    tripledash.stop().await;
}

#[tokio::test]
async fn unknown_key_is_an_error_that_names_the_nearest() {
    let text = "{\n  \"name\": \"shop\",\n  \"tenents\": [],\n  \"previews\": [\n    { \"name\": \"main\", \"upstraem\": \"http://localhost:1\" }\n  ]\n}";
    let mut tripledash = Tripledash::with(text, &[]).await;
    let state = tripledash.workspace(|_| true).await;
    let problems = state["problems"].as_array().unwrap();
    let hint = |line: u64, column: u64| {
        let problem = problems
            .iter()
            .find(|problem| problem["line"] == line && problem["column"] == column);
        problem.map(|problem| problem["hint"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(hint(3, 3).as_deref(), Some("did you mean \"tenants\"?"));
    assert_eq!(hint(5, 23).as_deref(), Some("did you mean \"upstream\"?"));
    // Never opened well: nothing to serve, and a page that says so.
    assert_eq!(state["previews"], json!([]));
    let answer = tripledash
        .get("acme---main", "/", &["accept: text/html"])
        .await;
    assert_eq!(answer.status(), 404);
    assert!(
        answer.text().contains("no previews yet"),
        "{}",
        answer.text()
    );
    tripledash.stop().await;
}

#[tokio::test]
async fn folder_that_cannot_be_opened_says_why_and_keeps_the_open_one() {
    let upstream = Upstream::page().await;
    let mut tripledash = Tripledash::start(&shop(&json!([
        { "name": "main", "upstream": upstream.origin() },
    ])))
    .await;
    let root = tripledash.folder.path().to_owned();
    let empty = root.join("empty");
    std::fs::create_dir(&empty).unwrap();
    // A file in the place of a folder, and one in the place of a folder's file.
    let file = root.join("file");
    std::fs::write(&file, "").unwrap();
    for (folder, status, code) in [
        (root.join("nowhere"), 404, "no-folder"),
        (empty, 404, "no-workspace"),
        (file, 403, "unreadable-folder"),
    ] {
        let asked = json!({ "folder": folder });
        let (got, answer) = tripledash.api("POST", "workspace/open", &asked).await;
        assert_eq!((got, &answer["code"]), (status, &json!(code)), "{answer}");
        assert!(
            answer["message"]
                .as_str()
                .unwrap()
                .contains(folder.to_str().unwrap())
        );
    }
    let (got, answer) = tripledash
        .api("POST", "workspace/open", &json!({ "folder": "relative" }))
        .await;
    assert_eq!((got, &answer["code"]), (400, &json!("not-absolute")));
    let state = tripledash.workspace(|_| true).await;
    assert_eq!(state["name"], "shop");
    tripledash.stop().await;
}

#[tokio::test]
async fn a_file_that_is_no_text_is_a_problem_and_no_panic() {
    let mut tripledash = Tripledash::with("{}", &[]).await;
    std::fs::write(tripledash.file(), [0xff, 0xfe, 0x00]).unwrap();
    let state = tripledash
        .workspace(|state| state["problems"].to_string().contains("UTF-8"))
        .await;
    assert_eq!(state["problems"][0]["severity"], "error");
    std::fs::remove_file(tripledash.file()).unwrap();
    let state = tripledash
        .workspace(|state| !state["problems"].to_string().contains("UTF-8"))
        .await;
    assert_ne!(state["problems"], json!([]), "a file that is gone is told");
    assert_ne!(state["problems"][0]["message"], Value::Null);
    tripledash.stop().await;
}
