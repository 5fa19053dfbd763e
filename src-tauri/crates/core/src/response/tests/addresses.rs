//! Redirects, and the other fields that hold addresses.

use proptest::prelude::*;

use super::*;

fn location(label: &str, value: &str) -> String {
    let (headers, edits) = edited(&context(label, &[]), 307, &[("location", value)]);
    let after = text(&headers["location"]);
    assert_eq!(
        edits.edits.len(),
        usize::from(after != value),
        "{label} {value} {edits:?}"
    );
    after
}

#[test]
fn redirects_come_back_to_the_pane() {
    let acme = "http://acme---main.tripledash.localhost:7333";
    for (label, before, after) in [
        ("acme---main", "/about", "/about".to_owned()),
        ("acme---main", "about?x", "about?x".to_owned()),
        (
            "acme---main",
            "http://localhost:3000/about?a=1#b",
            format!("{acme}/about?a=1#b"),
        ),
        ("acme---main", "HTTP://LocalHost:3000", acme.to_owned()),
        ("acme---main", "http://127.0.0.1:3000/", format!("{acme}/")),
        ("acme---main", "http://[::1]:3000/", format!("{acme}/")),
        ("acme---main", "http://0.0.0.0:3000?x", format!("{acme}?x")),
        ("acme---main", "//localhost:3000/x", format!("{acme}/x")),
        (
            "acme---main",
            "http://localhost:4000/",
            "http://localhost:4000/".to_owned(),
        ),
        (
            "acme---main",
            "http://localhost/",
            "http://localhost/".to_owned(),
        ),
        (
            "acme---main",
            "https://login.example/",
            "https://login.example/".to_owned(),
        ),
        (
            "acme---main",
            "http://user:p@w@localhost:3000/",
            "http://user:p@w@acme---main.tripledash.localhost:7333/".to_owned(),
        ),
        (
            "acme---main",
            "http://localhost:3000@evil.example/",
            "http://localhost:3000@evil.example/".to_owned(),
        ),
        ("acme---main", "/\\localhost:3000/x", format!("{acme}/x")),
        ("acme---main", "\\\\localhost:3000\\x", format!("{acme}/x")),
        (
            "acme---main",
            "http:\\\\localhost:3000\\x?\\",
            format!("{acme}/x?\\"),
        ),
        ("acme---main", "http:/x", "http:/x".to_owned()),
        ("acme---main", " //localhost:3000/x ", format!("{acme}/x")),
        ("acme---main", "/\t/localhost:3000/x", format!("{acme}/x")),
        ("acme---main", "http://LOCALHOST.:3000/", format!("{acme}/")),
        ("acme---main", "http://[0:0::1]:3000/", format!("{acme}/")),
        (
            "acme---main",
            "http://%6cocalhost:3000/",
            format!("{acme}/"),
        ),
        ("acme---main", "http://127.0.0.1:03000/", format!("{acme}/")),
        (
            "acme---main",
            "ftp://localhost:3000/",
            "ftp://localhost:3000/".to_owned(),
        ),
        (
            "acme---main",
            "acme://localhost:3000/",
            "acme://localhost:3000/".to_owned(),
        ),
        (
            "acme---main",
            "javascript:x//localhost:3000/",
            "javascript:x//localhost:3000/".to_owned(),
        ),
        ("acme---main", "http://", "http://".to_owned()),
        ("acme---remote", "https:/x", "/x".to_owned()),
        // What was a path must not become a scheme.
        (
            "acme---remote",
            "https:javascript:alert(1)",
            "./javascript:alert(1)".to_owned(),
        ),
        ("acme---remote", "https:x?a:b", "x?a:b".to_owned()),
        ("acme---remote", "https:x?y", "x?y".to_owned()),
        (
            "acme---remote",
            "http:/app.acme.dev/x",
            "http://acme---remote.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---remote",
            "https://ACME---App.Acme.Dev.:443/x#y",
            "http://acme---remote.tripledash.localhost:7333/x#y".to_owned(),
        ),
        (
            "acme---remote",
            "https://app.acme.dev:8443/x",
            "https://app.acme.dev:8443/x".to_owned(),
        ),
        ("acme---main", "mailto:a@b", "mailto:a@b".to_owned()),
        ("acme---main", &format!("{acme}/x"), format!("{acme}/x")),
        (
            "acme---main",
            "https://acme---main.tripledash.localhost:7333/x",
            format!("{acme}/x"),
        ),
        (
            "acme---main.admin",
            &format!("{acme}/x"),
            "http://acme---main.admin.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---main.admin",
            "http://localhost:3000/",
            "http://acme---main.admin.tripledash.localhost:7333/".to_owned(),
        ),
        (
            "main",
            "http://localhost:3000/x",
            "http://main.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---main",
            "http://tripledash.localhost:7333/",
            "http://tripledash.localhost:7333/".to_owned(),
        ),
        (
            "acme---kit",
            "http://acme.localhost:3000/x",
            "http://acme---kit.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---kit",
            "http://acme.localhost/x",
            "http://acme.localhost/x".to_owned(),
        ),
        (
            "acme---kit",
            "http://globex-prod.localhost:3000/x",
            "http://globex---kit.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "kit",
            "http://acme.localhost:3000/x",
            "http://acme---kit.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---kit",
            "http://localhost:3000/x",
            "http://acme---kit.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---kit",
            "http://a.b.localhost:3000/x",
            "http://a.b.localhost:3000/x".to_owned(),
        ),
        (
            "acme---remote",
            "https://acme---app.acme.dev/x",
            "http://acme---remote.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---remote",
            "https://acme---app.acme.dev:443/x",
            "http://acme---remote.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---remote",
            "http://acme---app.acme.dev/x",
            "http://acme---remote.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---remote",
            "https://globex---app.acme.dev/x",
            "http://globex---remote.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---remote",
            "https://app.acme.dev/x",
            "http://acme---remote.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---remote",
            "https://a---b---app.acme.dev/x",
            "https://a---b---app.acme.dev/x".to_owned(),
        ),
        (
            "acme---remote",
            "https://other.acme.dev/x",
            "https://other.acme.dev/x".to_owned(),
        ),
        (
            "acme---live",
            "https://shop.acme.com/x",
            "http://acme---live.tripledash.localhost:7333/x".to_owned(),
        ),
        (
            "acme---live",
            "https://globex.com/x",
            "http://globex---live.tripledash.localhost:7333/x".to_owned(),
        ),
    ] {
        assert_eq!(location(label, before), after, "{label} {before}");
    }
}

#[test]
fn an_address_without_a_scheme_may_have_one_in_its_query() {
    assert_eq!(
        location("acme---main", "//localhost:3000/login?next=http://x/"),
        "http://acme---main.tripledash.localhost:7333/login?next=http://x/"
    );
    let pane = context("acme---remote", &[("sec-fetch-dest", "iframe")]);
    let away = [("location", "//idp.example/?next=https://app.acme.dev/")];
    let (_, edits) = edited(&pane, 302, &away);
    assert_eq!(
        edits.foreign_redirect.as_deref(),
        Some("https://idp.example/?next=https://app.acme.dev/")
    );
}

#[test]
fn bytes_outside_ascii_come_back_too() {
    let mut headers = HeaderMap::new();
    for before in [
        "http://localhost:3000/z\u{fc}rich".as_bytes(),
        b"http://localhost:3000/z\xfcrich",
    ] {
        headers.insert("location", HeaderValue::from_bytes(before).unwrap());
        edit_response(
            StatusCode::FOUND,
            &mut headers,
            &context("acme---main", &[]),
        );
        let pane = b"http://acme---main.tripledash.localhost:7333";
        let wanted = [&pane[..], &before["http://localhost:3000".len()..]].concat();
        assert_eq!(headers["location"].as_bytes(), wanted);
    }
}

#[test]
fn the_cousins_of_location() {
    let context = context("acme---main", &[]);
    let acme = "http://acme---main.tripledash.localhost:7333";
    for (name, before, after) in [
        (
            "content-location",
            "http://localhost:3000/a",
            format!("{acme}/a"),
        ),
        (
            "x-nextjs-redirect",
            "http://localhost:3000/a",
            format!("{acme}/a"),
        ),
        (
            "x-action-redirect",
            "http://localhost:3000/a;push",
            format!("{acme}/a;push"),
        ),
        ("x-action-redirect", "/a;push", "/a;push".to_owned()),
        (
            "refresh",
            "0;url=http://localhost:3000/a",
            format!("0;url={acme}/a"),
        ),
        (
            "refresh",
            "5; URL='http://localhost:3000/a'",
            format!("5; URL='{acme}/a'"),
        ),
        ("refresh", "5", "5".to_owned()),
        (
            "refresh",
            "0, http://localhost:3000/a",
            format!("0, {acme}/a"),
        ),
        (
            "refresh",
            "0;url='/\\localhost:3000/a' x",
            format!("0;url='{acme}/a' x"),
        ),
        (
            "refresh",
            "0;url=https://login.example/",
            "0;url=https://login.example/".to_owned(),
        ),
        (
            "x-action-redirect",
            "http://localhost:3000/a;b=1;replace",
            format!("{acme}/a;b=1;replace"),
        ),
        (
            "link",
            "</a>; title=\"<http://localhost:3000/>, x\", <http://localhost:3000/b,c>;rel=next",
            format!("</a>; title=\"<http://localhost:3000/>, x\", <{acme}/b,c>;rel=next"),
        ),
        (
            "link",
            "<http://localhost:3000/a.css>; rel=preload; as=style, </b.js>; rel=preload, <https://cdn.example/c>; rel=x",
            format!(
                "<{acme}/a.css>; rel=preload; as=style, </b.js>; rel=preload, <https://cdn.example/c>; rel=x"
            ),
        ),
        ("link", "<broken", "<broken".to_owned()),
    ] {
        let (headers, edits) = edited(&context, 200, &[(name, before)]);
        assert_eq!(text(&headers[name]), after);
        assert_eq!(
            edits.edits.iter().filter(|edit| edit.field == name).count(),
            usize::from(before != after),
            "{name}"
        );
    }
}

#[test]
fn another_tenant_is_reported() {
    let (_, edits) = edited(
        &context("acme---kit", &[]),
        302,
        &[("location", "http://globex-prod.localhost:3000/")],
    );
    let edit = edits.edits.iter().next().unwrap();
    assert!(
        edit.why.contains("globex, another tenant than acme"),
        "{edit:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_value_panics(value in "[ -~]{0,48}", url in "(https?:)?//[a-z0-9.:@\\[\\]-]{0,24}[/?#]?[ -~]{0,8}") {
        for label in ["acme---main", "acme---kit", "acme---remote", "acme---live"] {
            let context = context(label, &[]);
            for value in [&value, &url] {
                for name in ["location", "refresh", "link", "x-action-redirect", "set-cookie", "content-security-policy", "connection"] {
                    edited(&context, 302, &[(name, value)]);
                }
            }
        }
    }

    #[test]
    fn an_edited_redirect_is_left_alone_the_second_time(path in "/[a-z0-9?=&#/]{0,16}") {
        for (label, origin) in [("acme---main", "http://localhost:3000"), ("acme---kit", "http://globex-prod.localhost:3000")] {
            let once = location(label, &format!("{origin}{path}"));
            prop_assert_eq!(location(label, &once), once);
        }
    }
}
