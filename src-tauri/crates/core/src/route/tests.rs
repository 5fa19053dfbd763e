use std::sync::{Arc, LazyLock};

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use proptest::prelude::*;

use super::*;

mod origins;
mod refused;
mod remembered;
mod restored;
mod rules;
mod secrets;

const WORKSPACE: &str = r#"{
  "name": "w",
  "tenants": [{ "id": "acme", "domains": ["shop.acme.com"] }, { "id": "globex" }],
  "previews": [
    { "name": "main", "upstream": "http://localhost:3000" },
    { "name": "kit", "upstream": "http://127.0.0.1:3000", "host": "{tenant}.localhost:{port}",
      "tenants": { "globex": { "id": "globex-prod" }, "acme": null } },
    { "name": "remote", "upstream": "https://app.acme.dev", "headers": { "x-key": "${env:KEY}", "x-tenant": "{tenant}" } },
    { "name": "live", "upstream": "https://{domain}", "host": "{domain}", "access": "read-only" }
  ],
  "rules": [
    { "by": "proxy", "source": "/old/:slug*", "destination": "/new/:slug*" },
    { "by": "proxy", "source": "/find/:what", "destination": "/search" },
    { "by": "proxy", "source": "/beta/(.*)", "destination": "/b/$1", "has": [{ "type": "cookie", "key": "beta", "value": "1" }] },
    { "by": "app", "source": "/((?!api).*)", "destination": "/{tenant}/$1" },
    { "by": "app", "source": "/:path*", "destination": "/fallback/:path*" }
  ]
}"#;

struct Ask {
    method: &'static str,
    uri: String,
    fields: Vec<(&'static str, String)>,
    environment: bool,
    unlocked: bool,
    upgrade: bool,
}

fn ask(label: &str, path: &str) -> Ask {
    let host = if label.is_empty() {
        "tripledash.localhost:7333".to_owned()
    } else {
        format!("{label}.tripledash.localhost:7333")
    };
    Ask {
        method: "GET",
        uri: path.to_owned(),
        fields: vec![("host", host)],
        environment: true,
        unlocked: false,
        upgrade: false,
    }
}

impl Ask {
    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.fields.push((name, value.to_owned()));
        self
    }

    fn method(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    fn route(&self) -> Route {
        // Read once: compiling its rules costs more than all the tests.
        static SNAPSHOT: LazyLock<Snapshot> = LazyLock::new(|| crate::testing::snapshot(WORKSPACE));
        let mut snapshot = SNAPSHOT.clone();
        if self.environment {
            snapshot.environment = Arc::new([("KEY".to_owned(), "s3cret".to_owned())].into());
        }
        if self.unlocked {
            snapshot.unlocked = Arc::new(["live".to_owned()].into());
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &self.fields {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        let uri: Uri = self.uri.parse().unwrap();
        let method: Method = self.method.parse().unwrap();
        let peer = Some("127.0.0.1".parse().unwrap());
        let head = RequestHead {
            method: &method,
            uri: &uri,
            headers: Cow::Borrowed(&headers),
            peer,
            upgrade: self.upgrade,
        };
        route(&head, &Arc::new(snapshot))
    }

    fn forward(&self) -> Forward {
        match self.route() {
            Route::Forward(forward) => *forward,
            other => panic!("not forwarded: {other:?}"),
        }
    }

    fn refusal(&self) -> Refusal {
        match self.route() {
            Route::Refuse(refusal) => *refusal,
            other => panic!("not refused: {other:?}"),
        }
    }
}

fn sent<'a>(forward: &'a Forward, name: &str) -> Option<&'a str> {
    forward
        .headers
        .get(name)
        .map(|value| value.to_str().unwrap())
}

#[test]
fn the_host_sent_follows_the_preview() {
    for (label, origin, host) in [
        (
            "acme---main",
            "http://localhost:3000",
            "acme---main.tripledash.localhost:7333",
        ),
        (
            "acme---main.admin",
            "http://localhost:3000",
            "acme---main.tripledash.localhost:7333",
        ),
        ("main", "http://localhost:3000", "localhost:3000"),
        (
            "globex---kit",
            "http://127.0.0.1:3000",
            "globex-prod.localhost:3000",
        ),
        ("kit", "http://127.0.0.1:3000", "127.0.0.1:3000"),
        (
            "acme---remote",
            "https://app.acme.dev",
            "acme---app.acme.dev",
        ),
        ("remote", "https://app.acme.dev", "app.acme.dev"),
        ("acme---live", "https://shop.acme.com", "shop.acme.com"),
    ] {
        let forward = ask(label, "/x").forward();
        assert_eq!(
            (&*forward.upstream.target.origin, sent(&forward, "host")),
            (origin, Some(host)),
            "{label}"
        );
        assert_eq!(forward.headers.keys().next().unwrap(), "host");
        let edited = forward.edits.iter().any(|edit| edit.field == "host");
        assert_eq!(
            edited,
            host != format!("{label}.tripledash.localhost:7333"),
            "{label}"
        );
    }
}

#[test]
fn target_in_absolute_form_needs_no_host() {
    // As in HTTP/1.0; whoever reads HTTP/1.1 has seen to it that there is one.
    let forward = Ask {
        fields: vec![],
        ..ask("", "http://acme---main.tripledash.localhost:7333/x")
    }
    .forward();
    assert_eq!(&*forward.path, "/x");
}

#[test]
fn options_of_the_whole_upstream_is_sent_on() {
    let forward = ask("acme---main", "*").method("OPTIONS").forward();
    assert_eq!(&*forward.upstream.target.path, "*");
}

#[test]
fn the_base_domain_is_the_workbench_in_every_spelling() {
    for host in [
        "tripledash.localhost:7333",
        "TripleDash.LocalHost.",
        "tripledash.localhost",
    ] {
        let asked = Ask {
            fields: vec![("host", host.to_owned())],
            ..ask("", "/")
        };
        assert!(matches!(asked.route(), Route::Workbench), "{host}");
    }
}

#[test]
fn an_absolute_target_decides_over_host() {
    let forward = Ask {
        uri: "http://acme---main.tripledash.localhost:7333/x?y=1".to_owned(),
        ..ask("globex---main", "/")
    }
    .forward();
    assert_eq!(
        forward.url(),
        "http://acme---main.tripledash.localhost:7333/x?y=1"
    );
    assert_eq!(&*forward.upstream.target.path, "/x?y=1");
    assert_eq!(
        sent(&forward, "host"),
        Some("acme---main.tripledash.localhost:7333")
    );
}

#[test]
fn forwarded_fields_are_the_browsers_for_loopback_and_the_hosts_for_others() {
    let local = ask("acme---main.admin", "/")
        .with("x-forwarded-host", "evil")
        .with("forwarded", "host=evil")
        .with("x-forwarded-for", "10.0.0.1")
        .with("x-forwarded-for", "10.0.0.2")
        .forward();
    for (name, value) in [
        (
            "x-forwarded-host",
            "acme---main.admin.tripledash.localhost:7333",
        ),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-port", "7333"),
        ("x-forwarded-for", "10.0.0.1, 10.0.0.2, 127.0.0.1"),
    ] {
        assert_eq!(sent(&local, name), Some(value), "{name}");
        assert!(local.edits.iter().any(|edit| edit.field == name), "{name}");
    }
    assert_eq!(sent(&local, "forwarded"), None);
    let remote = ask("acme---remote", "/").forward();
    assert_eq!(
        sent(&remote, "x-forwarded-host"),
        Some("acme---app.acme.dev")
    );
    assert_eq!(sent(&remote, "x-forwarded-proto"), Some("https"));
    assert_eq!(sent(&remote, "x-forwarded-port"), Some("443"));
}

#[test]
fn hop_by_hop_fields_stay_behind_and_those_of_an_upgrade_are_made_anew() {
    let plain = ask("acme---main", "/")
        .with("connection", "keep-alive, x-mine")
        .with("x-mine", "1")
        .with("te", "trailers")
        .forward();
    for name in ["connection", "x-mine", "te"] {
        assert_eq!(sent(&plain, name), None, "{name}");
        assert!(
            plain
                .edits
                .iter()
                .any(|edit| edit.field == name && edit.after.is_none()),
            "{name}"
        );
    }
    let socket = Ask {
        upgrade: true,
        ..ask("acme---main", "/ticker")
    }
    .with("connection", "keep-alive, Upgrade")
    .with("upgrade", "websocket")
    .with("sec-websocket-key", "x")
    .forward();
    assert_eq!(sent(&socket, "connection"), Some("Upgrade"));
    assert_eq!(sent(&socket, "upgrade"), Some("websocket"));
    assert_eq!(socket.kind, crate::trace::Kind::Websocket);
}

#[test]
fn a_loop_is_ended_and_its_hops_are_named() {
    let mut hops: Option<String> = None;
    let mut turns = 0;
    let refusal = loop {
        let asked = match &hops {
            Some(hops) => ask("acme---main", "/").with("x-tripledash-hops", hops),
            None => ask("acme---main", "/"),
        };
        match asked.route() {
            Route::Forward(forward) => {
                hops = sent(&forward, "x-tripledash-hops").map(str::to_owned)
            }
            Route::Refuse(refusal) => break refusal,
            Route::Workbench => unreachable!(),
        }
        turns += 1;
        assert!(turns < 20, "the loop goes on");
    };
    assert_eq!((refusal.status, refusal.code), (508, "loop"));
    assert_eq!(refusal.tried.len(), crate::hop::MAX_HOPS);
    assert_eq!(refusal.tried[0], "acme---main.tripledash.localhost:7333");
}

#[test]
fn via_names_us_after_those_before() {
    let forward = ask("acme---main", "/").with("via", "1.0 first").forward();
    assert_eq!(sent(&forward, "via"), Some("1.0 first, 1.1 tripledash"));
}

#[test]
fn what_next_validates_is_never_touched() {
    let forward = ask("acme---remote", "/about?_rsc=1x2y")
        .with("rsc", "1")
        .with("next-router-state-tree", "%5B%22%22%5D")
        .with("next-url", "/acme/about")
        .forward();
    assert_eq!(sent(&forward, "rsc"), Some("1"));
    assert_eq!(
        sent(&forward, "next-router-state-tree"),
        Some("%5B%22%22%5D")
    );
    assert_eq!(sent(&forward, "next-url"), Some("/acme/about"));
    assert_eq!(&*forward.upstream.target.path, "/about?_rsc=1x2y");
}

proptest! {
    #[test]
    fn no_request_panics(
        host in "[a-zA-Z0-9.:\\[\\]_-]{0,40}(\\.tripledash\\.localhost(:[0-9]{1,6})?)?",
        path in "/[a-z0-9/%?=&._~:-]{0,40}",
        value in "[ -~]{0,40}",
    ) {
        let mut asked = Ask { fields: vec![("host", host)], uri: path, ..ask("", "/") };
        for name in ["connection", "cookie", "origin", "referer", "x-tripledash-hops", "x-forwarded-for", "sec-fetch-dest"] {
            asked = asked.with(name, &value);
        }
        asked.route();
    }
}
