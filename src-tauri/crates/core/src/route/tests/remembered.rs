//! What is remembered changes no answer: the same requests, each asked with the same memory and
//! anew.

use std::net::IpAddr;

use super::*;

const HOSTS: [&str; 12] = [
    "acme---main.tripledash.localhost:7333",
    "ACME---Main.tripledash.localhost:7333",
    "acme---main.tripledash.localhost.:7333",
    "acme---main.tripledash.localhost",
    "acme---main.tripledash.localhost:80",
    "acme---main.tripledash.localhost:7334",
    "globex---main.tripledash.localhost:7333",
    "acme---remote.tripledash.localhost:7333",
    "acme---live.tripledash.localhost:7333",
    "globex---live.tripledash.localhost:7333",
    "tripledash.localhost:7333",
    "[::1]:7333",
];

const PATHS: [&str; 6] = ["/a", "/a?b=1", "/old/x?c=2", "/beta/1", "/_next/x.js", "*"];

/// Fields besides `Host`, and what they may change.
const FIELDS: [&[(&str, &str)]; 8] = [
    &[],
    &[("cookie", "beta=1; tripledash-__Host-sid=2")],
    &[("forwarded", "for=a")],
    &[("x-forwarded-for", "10.0.0.1"), ("via", "1.0 other")],
    &[
        ("connection", "x-own, host, x-forwarded-host"),
        ("x-own", "1"),
    ],
    &[("origin", "http://acme---main.tripledash.localhost:7333")],
    &[("x-tripledash-hops", "a, b, c, d, e")],
    &[("host", "globex---main.tripledash.localhost:7333")],
];

/// All of an answer that two may differ in.
fn shown(route: &Route) -> String {
    match route {
        Route::Workbench => "workbench".to_owned(),
        Route::Refuse(refusal) => format!("{refusal:?}"),
        Route::Forward(forward) => {
            let Forward {
                resolution,
                origin,
                path,
                kind,
                rules,
                predicted,
                upstream,
                headers,
                edits,
                response,
                secrets,
            } = &**forward;
            let edits: Vec<_> = edits.iter().collect();
            let pane = response.pane_origin();
            format!(
                "{resolution:?} {origin} {path} {kind:?} {rules:?} {predicted:?} {upstream:?} \
                 {headers:?} {edits:?} {pane} {secrets:?}"
            )
        }
    }
}

fn each_is_as_anew(snapshots: &[Arc<Snapshot>]) {
    let mut sites = Sites::default();
    let peers = [None, Some("127.0.0.1"), Some("::1")];
    let peers = peers.map(|peer| peer.map(|peer| peer.parse::<IpAddr>().unwrap()));
    // The second time, all that can be remembered is.
    for snapshot in snapshots.iter().flat_map(|snapshot| [snapshot, snapshot]) {
        for (host, path) in HOSTS.iter().flat_map(|host| PATHS.map(|path| (host, path))) {
            for (number, fields) in FIELDS.iter().enumerate() {
                let mut headers = HeaderMap::new();
                headers.insert("host", HeaderValue::from_str(host).unwrap());
                for (name, value) in *fields {
                    headers.append(*name, HeaderValue::from_static(value));
                }
                // Some name another host in an absolute-form, and ask for an upgrade.
                let uri = match number % 3 {
                    1 if path != "*" => {
                        format!("http://globex---main.tripledash.localhost:7333{path}")
                    }
                    _ => path.to_owned(),
                };
                let uri: Uri = uri.parse().unwrap();
                let method = if path == "*" {
                    Method::OPTIONS
                } else {
                    Method::POST
                };
                let head = RequestHead {
                    method: &method,
                    uri: &uri,
                    headers: Cow::Borrowed(&headers),
                    peer: peers[number % peers.len()],
                    upgrade: number % 2 == 1,
                };
                assert_eq!(
                    shown(&route_among(&mut sites, &mut head.clone(), snapshot)),
                    shown(&route(&head, snapshot)),
                    "{host} {path} {fields:?}"
                );
            }
        }
    }
}

#[test]
fn remembered_answers_are_those_given_anew() {
    let mut locked = crate::testing::snapshot(WORKSPACE);
    locked.environment = Arc::new([("KEY".to_owned(), "s3cret-key".to_owned())].into());
    let mut unlocked = locked.clone();
    unlocked.unlocked = Arc::new(["live".to_owned()].into());
    let mut bare = locked.clone();
    bare.environment = Arc::default();
    // Back to one that was known before: by then it is another's memory.
    let locked = Arc::new(locked);
    let all = [
        Arc::clone(&locked),
        Arc::new(unlocked),
        Arc::new(bare),
        locked,
    ];
    each_is_as_anew(&all);
}

#[test]
fn remembered_rulings_are_those_made_anew() {
    // Without a condition, what the rules make of a path is remembered too.
    let (before, rest) = WORKSPACE
        .split_once("{ \"by\": \"proxy\", \"source\": \"/beta")
        .unwrap();
    let (_, after) = rest.split_once("},\n").unwrap();
    let snapshot = crate::testing::snapshot(&format!("{before}{after}"));
    assert!(
        snapshot
            .workspace
            .rules
            .iter()
            .all(|rule| rule.has.is_empty())
    );
    each_is_as_anew(&[Arc::new(snapshot)]);
}

#[test]
fn tenants_in_the_path_share_a_host_and_nothing_else() {
    let snapshot = Arc::new(crate::testing::snapshot(
        r#"{
          "name": "w",
          "tenancy": { "kind": "path" },
          "tenants": [{ "id": "houston", "domains": ["houston.example"] }, { "id": "chicago" }, { "id": "austin" }],
          "previews": [
            { "name": "main", "upstream": "http://localhost:3000", "host": "{tenant}.localhost:{port}",
              "headers": { "x-city": "{tenant}" }, "tenants": { "chicago": { "id": "chi" }, "austin": null } },
            { "name": "live", "upstream": "https://{domain}" }
          ],
          "rules": [{ "by": "app", "source": "/:city/:path*", "destination": "/city/{tenant}/:path*" }]
        }"#,
    ));
    let mut sites = Sites::default();
    let mut kinds = std::collections::BTreeSet::new();
    // The second time, all that can be remembered is. A tenant before, after and between.
    let paths = [
        "/houston/events",
        "/chi/events",
        "/films",
        "/houston/events",
        "/austin",
        "/chicago/events",
        "/_next/data/b/chi/events.json",
        "/houston?a=1",
        "*",
    ];
    for _ in 0..2 {
        for (host, path) in ["main", "live", "main.admin"]
            .iter()
            .flat_map(|host| paths.map(|path| (host, path)))
        {
            let host = format!("{host}.tripledash.localhost:7333");
            let headers =
                HeaderMap::from_iter([(http::header::HOST, HeaderValue::from_str(&host).unwrap())]);
            let uri: Uri = path.parse().unwrap();
            let method = if path == "*" {
                Method::OPTIONS
            } else {
                Method::GET
            };
            let head = RequestHead {
                method: &method,
                uri: &uri,
                headers: Cow::Borrowed(&headers),
                peer: None,
                upgrade: false,
            };
            let remembered = route_among(&mut sites, &mut head.clone(), &snapshot);
            assert_eq!(
                shown(&remembered),
                shown(&route(&head, &snapshot)),
                "{host} {path}"
            );
            kinds.insert(match remembered {
                Route::Forward(forward) => format!(
                    "{path} {:?} {:?} {}",
                    forward.headers.get("x-city"),
                    forward.predicted,
                    forward.upstream.target.host
                ),
                Route::Refuse(refusal) => format!("{path} {}", refusal.code),
                Route::Workbench => "workbench".to_owned(),
            });
        }
    }
    for wanted in [
        "/houston/events Some(\"houston\") Some(\"/city/houston/events\") houston.localhost:3000",
        "/chi/events Some(\"chi\") Some(\"/city/chi/events\") chi.localhost:3000",
        "/films None None localhost:3000",
        "/austin unknown-preview",
        "/chicago/events None None localhost:3000",
        "/houston/events None Some(\"/city/houston/events\") houston.example",
        "/films preview-not-configured",
    ] {
        assert!(kinds.contains(wanted), "{wanted} in {kinds:#?}");
    }
}
