//! What is sent and never kept.

use std::sync::Arc;

use super::*;

#[test]
fn secrets_are_sent_and_never_kept() {
    let forward = ask("acme---remote", "/")
        .with("cookie", "sid=hidden")
        .with("authorization", "Bearer hidden")
        .forward();
    assert_eq!(sent(&forward, "x-key"), Some("s3cret"));
    assert_eq!(sent(&forward, "cookie"), Some("sid=hidden"));
    assert_eq!(sent(&forward, "x-tenant"), Some("acme"));
    let kept = format!("{:?} {:?}", forward.request_lines(), forward.edits);
    assert!(
        !kept.contains("s3cret") && !kept.contains("hidden"),
        "{kept}"
    );
    assert_eq!(sent(&ask("remote", "/").forward(), "x-tenant"), None);
}

#[test]
fn a_secret_leaves_every_text_of_the_trace() {
    const WORKSPACE: &str = r#"{
      "name": "w",
      "previews": [{ "name": "main", "upstream": "http://localhost:3000",
        "headers": { "x-mine": "Key ${env:KEY}" } }],
      "rules": [
        { "by": "proxy", "source": "/key/:rest", "destination": "/x/:rest" },
        { "by": "proxy", "source": "/sid", "destination": "/y",
          "has": [{ "type": "cookie", "key": "sid" }] },
        { "by": "proxy", "source": "/held", "destination": "/z",
          "has": [{ "type": "header", "key": "authorization", "value": "Basic .*" }] },
        { "by": "app", "source": "/(.*)", "destination": "/x/$1" }
      ]
    }"#;
    let mut snapshot = crate::testing::snapshot(WORKSPACE);
    snapshot.environment = Arc::new([("KEY".to_owned(), "hidden-key".to_owned())].into());
    let snapshot = Arc::new(snapshot);
    for (path, sent_path) in [
        ("/key/hidden-key", "/x/hidden-key"),
        ("/sid", "/y?sid=hidden-cookie"),
        ("/held", "/held"),
        ("/a?x-mine=hidden-other", "/a?x-mine=hidden-other"),
        ("/a?copy=hidden-key", "/a?copy=hidden-key"),
        ("/a?authorization=hidden", "/a?authorization=hidden"),
    ] {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("host", "main.tripledash.localhost:7333"),
            ("cookie", "sid=hidden-cookie"),
            ("authorization", "Bearer hidden"),
            ("connection", "x-mine"),
            ("x-mine", "hidden-mine"),
            (
                "referer",
                "http://main.tripledash.localhost:7333/?x-mine=hidden",
            ),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let uri: Uri = path.parse().unwrap();
        let head = RequestHead {
            method: &Method::GET,
            uri: &uri,
            headers: Cow::Borrowed(&headers),
            peer: None,
            upgrade: false,
        };
        let Route::Forward(forward) = route(&head, &snapshot) else {
            panic!("{path} is not forwarded");
        };
        assert_eq!(forward.target_path(), sent_path);
        assert_eq!(sent(&forward, "x-mine"), Some("Key hidden-key"));
        let kept = format!(
            "{:?} {:?} {:?} {:?} {:?} {:?}",
            forward.request_lines(),
            forward.edits,
            forward.rules,
            forward.predicted,
            forward.told_target(),
            forward.secrets.clean(&forward.url()),
        );
        assert!(!kept.contains("hidden"), "{path}: {kept}");
    }
}
