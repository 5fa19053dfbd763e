use serde_json::{Value, json};

use super::{List, Uneditable, append, patch, remove};

const FILE: &str = r#"{
  "name": "shop",   "futureKey": {"kept":   true},
  "tenants": [
    { "id": "acme", "name": "Acme" },
    { "id": "globex" }
  ],
  "previews": [
    {
      "name": "main",
      "upstream": "http://localhost:3000",
      "tenants": { "acme": { "id": "acme-prod" }, "globex": null }
    }
  ],
  "pages": [{ "name": "Home", "path": "/", "tenants": { "acme": "/home" } }]
}
"#;

fn fields<const N: usize>(fields: [(&str, Value); N]) -> Vec<(String, Value)> {
    fields.map(|(name, value)| (name.to_owned(), value)).into()
}

#[test]
fn a_tenant_goes_in_on_one_line_where_its_neighbours_do() {
    let text = append(
        FILE,
        List::Tenants,
        &fields([("id", json!("initech")), ("tags", json!(["eu"]))]),
    )
    .unwrap();
    assert_eq!(
        text,
        FILE.replace(
            r#"{ "id": "globex" }"#,
            "{ \"id\": \"globex\" },\n    { \"id\": \"initech\", \"tags\": [\"eu\"] }"
        )
    );
}

#[test]
fn a_preview_is_spread_where_its_neighbours_are() {
    let text = append(
        FILE,
        List::Previews,
        &fields([
            ("name", json!("feature")),
            ("upstream", json!("http://localhost:3001")),
        ]),
    )
    .unwrap();
    assert_eq!(
        text,
        FILE.replace(
            "\"globex\": null }\n    }\n",
            "\"globex\": null }\n    },\n    {\n      \"name\": \"feature\",\n      \"upstream\": \"http://localhost:3001\"\n    }\n"
        )
    );
}

#[test]
fn a_missing_or_empty_list_is_made() {
    for file in [
        "{\n  \"name\": \"shop\"\n}\n",
        "{\n  \"name\": \"shop\",\n  \"tenants\": []\n}\n",
    ] {
        let text = append(file, List::Tenants, &fields([("id", json!("acme"))])).unwrap();
        assert_eq!(
            text,
            "{\n  \"name\": \"shop\",\n  \"tenants\": [\n    { \"id\": \"acme\" }\n  ]\n}\n"
        );
    }
}

#[test]
fn a_patch_touches_only_its_fields() {
    let changes = [
        ("name".to_owned(), Some(json!("ACME Corp"))),
        ("color".to_owned(), Some(json!("#e5484d"))),
    ];
    let text = patch(FILE, List::Tenants, "acme", &changes).unwrap();
    assert_eq!(
        text,
        FILE.replace(
            r#"{ "id": "acme", "name": "Acme" }"#,
            r##"{ "id": "acme", "name": "ACME Corp", "color": "#e5484d" }"##
        )
    );
}

#[test]
fn nested_objects_on_one_line_stay_whole() {
    let file = r#"{ "previews": [{ "name": "main", "headers": {"x-b": "1", "x-a": "2"}}] }"#;
    let changes = [("branch".to_owned(), Some(json!("main")))];
    assert_eq!(
        patch(file, List::Previews, "main", &changes).unwrap(),
        file.replace("\"2\"}}", "\"2\"}, \"branch\": \"main\"}")
    );
}

#[test]
fn a_patch_takes_a_field_out() {
    let text = patch(FILE, List::Tenants, "acme", &[("name".to_owned(), None)]).unwrap();
    assert_eq!(
        text,
        FILE.replace(r#"{ "id": "acme", "name": "Acme" }"#, r#"{ "id": "acme" }"#)
    );
}

#[test]
fn a_renamed_tenant_keeps_its_pages_and_overrides() {
    let changes = [("id".to_owned(), Some(json!("acme-eu")))];
    let text = patch(FILE, List::Tenants, "acme", &changes).unwrap();
    assert_eq!(
        text,
        FILE.replace("\"acme\":", "\"acme-eu\":")
            .replace("\"id\": \"acme\"", "\"id\": \"acme-eu\"")
    );
}

#[test]
fn a_removed_tenant_takes_its_references_along() {
    let text = remove(FILE, List::Tenants, "globex").unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["tenants"], json!([{ "id": "acme", "name": "Acme" }]));
    assert_eq!(
        value["previews"][0]["tenants"],
        json!({ "acme": { "id": "acme-prod" } })
    );
    assert!(text.contains("\"futureKey\": {\"kept\":   true}"), "{text}");
}

#[test]
fn crlf_and_tabs_stay() {
    let file = "{\r\n\t\"tenants\": [\r\n\t\t{ \"id\": \"acme\" }\r\n\t]\r\n}\r\n";
    let text = append(file, List::Tenants, &fields([("id", json!("b"))])).unwrap();
    assert_eq!(
        text,
        "{\r\n\t\"tenants\": [\r\n\t\t{ \"id\": \"acme\" },\r\n\t\t{ \"id\": \"b\" }\r\n\t]\r\n}\r\n"
    );
}

#[test]
fn what_cannot_be_edited_says_why() {
    assert_eq!(
        remove(FILE, List::Previews, "gone"),
        Err(Uneditable::Unknown {
            element: "preview",
            id: "gone".to_owned()
        })
    );
    assert_eq!(
        append(r#"{ "tenants": { "file": "t.csv" } }"#, List::Tenants, &[]),
        Err(Uneditable::NotAList { list: "tenants" })
    );
    for broken in ["", "{", "[]", "{'a': 1}"] {
        assert!(
            matches!(
                append(broken, List::Tenants, &[]),
                Err(Uneditable::Broken { .. })
            ),
            "{broken}"
        );
    }
}

#[test]
fn keys_that_the_window_does_not_edit_are_kept() {
    let secured = FILE.replace(
        r#""upstream": "http://localhost:3000","#,
        "\"upstream\": \"https://localhost:3000\",\n      \"tls\": { \"ca\": \"certs/dev-ca.pem\" }, \"timeout\": 300,",
    );
    let text = patch(
        &secured,
        List::Previews,
        "main",
        &[
            ("name".to_owned(), Some(json!("trunk"))),
            ("upstream".to_owned(), Some(json!("https://localhost:3001"))),
            ("access".to_owned(), Some(json!("read-only"))),
        ],
    )
    .unwrap();
    assert!(
        text.contains("\"tls\": { \"ca\": \"certs/dev-ca.pem\" }, \"timeout\": 300,"),
        "{text}"
    );
    assert!(text.contains("https://localhost:3001"), "{text}");
}
