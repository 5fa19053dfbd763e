//! What an answer of the upstream's was changed in, and the browser sends back.

use super::*;

#[test]
fn renamed_cookies_get_their_names_back() {
    let forward = ask("acme---main", "/")
        .with("cookie", "a=1; tripledash-__Host-sid=2")
        .forward();
    assert_eq!(sent(&forward, "cookie"), Some("a=1; __Host-sid=2"));
    let beside = ask("acme---main", "/")
        .with("cookie", "city=Zürich; tripledash-__Host-sid=2")
        .forward();
    assert_eq!(
        beside.headers["cookie"].as_bytes(),
        "city=Zürich; __Host-sid=2".as_bytes()
    );
}

#[test]
fn cookies_keep_their_bytes_and_their_lines() {
    let asked = ask("acme---main", "/")
        .with("cookie", "a=1;tripledash-__Secure-b=\"x y\" ;  c")
        .with("cookie", "tripledash-d=4");
    let lines: Vec<_> = asked
        .forward()
        .headers
        .get_all("cookie")
        .iter()
        .cloned()
        .collect();
    assert_eq!(lines, ["a=1;__Secure-b=\"x y\" ;  c", "tripledash-d=4"]);
}

#[test]
fn tags_of_edited_pages_get_their_strength_back() {
    let forward = ask("acme---main", "/")
        .with("if-none-match", "W/\"1~tripledash\", W/\"2\"")
        .with("if-match", "W/\"1~tripledash\"")
        .with("if-range", "W/\"1~tripledash\"")
        .forward();
    assert_eq!(sent(&forward, "if-none-match"), Some("\"1\", W/\"2\""));
    assert_eq!(sent(&forward, "if-match"), Some("\"1\""));
    // Its parts would not fit the edited page: the whole is wanted.
    assert_eq!(sent(&forward, "if-range"), Some("W/\"1~tripledash\""));
    let fields: Vec<_> = forward
        .edits
        .iter()
        .map(|edit| edit.field.as_ref())
        .collect();
    assert!(
        fields.contains(&"if-none-match") && fields.contains(&"if-match"),
        "{fields:?}"
    );
    let plain = ask("acme---main", "/")
        .with("if-none-match", "\"1\", W/\"2\"")
        .forward();
    assert_eq!(sent(&plain, "if-none-match"), Some("\"1\", W/\"2\""));
}

#[test]
fn fields_that_a_preview_configures_are_restored_like_the_browsers() {
    let snapshot = Arc::new(crate::testing::snapshot(
        r#"{
          "name": "w",
          "tenants": [{ "id": "acme" }],
          "previews": [{ "name": "main", "upstream": "http://localhost:3000", "headers": {
            "cookie": "tripledash-__Host-sid=2", "if-none-match": "W/\"1~tripledash\"" } }]
        }"#,
    ));
    let mut headers = HeaderMap::new();
    let host = HeaderValue::from_static("acme---main.tripledash.localhost:7333");
    headers.insert("host", host);
    let head = RequestHead {
        method: &Method::GET,
        uri: &Uri::from_static("/"),
        headers: Cow::Borrowed(&headers),
        peer: None,
        upgrade: false,
    };
    let Route::Forward(forward) = route(&head, &snapshot) else {
        panic!("it is not forwarded");
    };
    assert_eq!(sent(&forward, "cookie"), Some("__Host-sid=2"));
    assert_eq!(sent(&forward, "if-none-match"), Some("\"1\""));
}
