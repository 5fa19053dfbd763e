//! Tenants in the path, after an app that serves ten cities and a main site on one host: its
//! middleware rewrites `/houston/events` to `/city/houston/events`, and any other path to `/main`.

use serde_json::{Value, json};

use crate::support::{Message, Tripledash, Upstream, edits, reply};

const CITIES: [&str; 2] = ["houston", "chicago"];

/// The app: what its middleware tells, where its pages redirect, and the cookie that it keeps.
fn festival(request: &Message) -> String {
    let path = request.target().split('?').next().unwrap();
    let city = path.split('/').nth(1).unwrap();
    let own = request.field("host").unwrap();
    let to = match path {
        "/houston/leave" => Some("/chicago/events".to_owned()),
        "/houston/absolute" => Some(format!("http://{own}/chicago/events")),
        "/houston/lost" => Some("/films".to_owned()),
        "/houston/login" => Some("/houston/events".to_owned()),
        _ => None,
    };
    if let Some(to) = to {
        return reply(
            &format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {to}"),
            "",
        );
    }
    let rewritten = if CITIES.contains(&city) {
        format!("/city{path}")
    } else {
        format!("/main{path}")
    };
    reply(
        &format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nx-middleware-rewrite: {rewritten}\r\n\
             set-cookie: seen={city}; Path=/{city}; Domain=festival.example"
        ),
        "<!doctype html><html><head></head><body>festival</body></html>",
    )
}

async fn start(upstream: &Upstream) -> Tripledash {
    Tripledash::start(&json!({
        "name": "festival",
        "tenancy": { "kind": "path" },
        "tenants": [{ "id": "houston", "name": "Houston" }, { "id": "chicago" }, { "id": "austin" }],
        "previews": [
            { "name": "main", "upstream": upstream.origin(), "headers": { "x-expected-city": "{tenant}" } },
            { "name": "feature", "upstream": upstream.origin(), "tenants": { "houston": { "id": "houston-tx" }, "austin": null } },
        ],
        "pages": [{ "name": "Films", "path": "/films" }],
        "rules": [
            { "by": "app", "source": "/_next/:path*" },
            { "by": "app", "source": "/:city/:path*", "destination": "/city/{tenant}/:path*" },
            { "by": "app", "source": "/:path*", "destination": "/main/:path*" },
        ],
    }))
    .await
}

#[tokio::test]
async fn the_path_names_the_tenant_all_the_way() {
    let mut upstream = Upstream::start(festival).await;
    let mut tripledash = start(&upstream).await;
    // One host for all of them, in an order in which a memory of the host alone would be wrong.
    for (labels, path, tenant, expected, predicted) in [
        (
            "main",
            "/houston/events?day=1",
            Some("houston"),
            Some("houston"),
            "/city/houston/events",
        ),
        ("main", "/films", None, None, "/main/films"),
        (
            "main",
            "/chicago/events",
            Some("chicago"),
            Some("chicago"),
            "/city/chicago/events",
        ),
        (
            "main.admin",
            "/houston/events",
            Some("houston"),
            Some("houston"),
            "/city/houston/events",
        ),
        (
            "main",
            "/chicago",
            Some("chicago"),
            Some("chicago"),
            "/city/chicago",
        ),
    ] {
        assert_eq!(tripledash.get(labels, path, &[]).await.status(), 200);
        let received = upstream.received().await;
        assert_eq!(received.target(), path, "nothing is rewritten on the way");
        assert_eq!(received.field("x-expected-city"), expected, "{path}");
        assert_eq!(
            received.field("host"),
            Some(&*format!("127.0.0.1:{}", upstream.port))
        );
        let exchange = tripledash.exchange(path).await;
        assert_eq!(exchange["resolution"]["tenant"], json!(tenant), "{path}");
        let parts = tenant.map_or(json!({}), |tenant| json!({ "tenant": tenant }));
        assert_eq!(exchange["resolution"]["parts"], parts);
        assert_eq!(exchange["predicted"], predicted, "{path}");
        assert_eq!(exchange["comparison"], "same", "{exchange}");
        // The cookie's domain is not this machine's: worth knowing, and nothing is wrong.
        assert_eq!(
            exchange["diagnostics"],
            json!(["cookie-domain-dropped"]),
            "{exchange}"
        );
    }
    let filtered = tripledash
        .done("GET", "exchanges?filter=tenant:chicago", &Value::Null)
        .await;
    let paths: Vec<&Value> = filtered["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["path"])
        .collect();
    assert_eq!(paths, ["/chicago/events", "/chicago"]);
    tripledash.stop().await;
}

#[tokio::test]
async fn addresses_are_built_and_read_with_the_tenant_in_the_path() {
    let upstream = Upstream::start(festival).await;
    let tripledash = start(&upstream).await;
    let base = tripledash.base();
    let built = tripledash
        .done(
            "POST",
            "addresses",
            &json!({ "items": [
                { "tenant": "houston", "preview": "main", "path": "/events" },
                { "tenant": "houston", "preview": "feature", "session": "admin", "path": "/" },
                { "tenant": null, "preview": "main", "path": "/films" },
                { "tenant": "austin", "preview": "feature" },
            ] }),
        )
        .await;
    let address = |at: usize| {
        (
            built["addresses"][at]["url"].clone(),
            built["addresses"][at]["pathPrefix"].clone(),
        )
    };
    assert_eq!(
        address(0),
        (
            json!(format!("http://main.{base}/houston/events")),
            json!("/houston")
        )
    );
    assert_eq!(
        address(1),
        (
            json!(format!("http://feature.admin.{base}/houston-tx")),
            json!("/houston-tx")
        )
    );
    assert_eq!(
        address(2),
        (json!(format!("http://main.{base}/films")), json!(""))
    );
    assert_eq!(address(3).0, Value::Null);
    assert_eq!(
        built["addresses"][3]["problems"][0]["code"],
        "tenant-left-out"
    );

    let split = tripledash
        .done(
            "POST",
            "split",
            &json!({ "text": format!("http://127.0.0.1:{}/houston/events?day=1#x", upstream.port) }),
        )
        .await;
    assert_eq!(
        (&split["tenant"], &split["preview"], &split["path"]),
        (&json!("houston"), &json!("main"), &json!("/events?day=1#x"))
    );
    let told = tripledash
        .done(
            "POST",
            "explain",
            &json!({ "url": format!("http://main.{base}/houston/events") }),
        )
        .await;
    assert_eq!(told["resolution"]["tenant"], "houston");
    assert_eq!(told["predicted"], "/city/houston/events");
    assert_eq!(told["upstream"]["path"], "/houston/events");
    let explained = told["rules"][1]["params"].clone();
    assert_eq!(explained, json!({ "city": "houston", "path": ["events"] }));

    // A tenant in the host, and one that is left out, are told where they belong.
    let json = ["accept: application/json"];
    let in_host = tripledash.get("houston---main", "/events", &json).await;
    assert_eq!(in_host.status(), 404);
    let said = in_host.json();
    assert!(
        said["message"]
            .as_str()
            .unwrap()
            .contains("are in the path: /houston"),
        "{said}"
    );
    let page = tripledash
        .get("houston---main", "/events", &[])
        .await
        .text();
    assert!(
        page.contains(&format!("http://main.{base}/houston/events")),
        "{page}"
    );
    let left_out = tripledash.get("feature", "/austin/events", &json).await;
    assert_eq!(left_out.status(), 404);
    assert!(
        left_out.json()["message"]
            .as_str()
            .unwrap()
            .contains("leaves out the tenant")
    );
    tripledash.stop().await;
}

#[tokio::test]
async fn redirects_that_lose_the_tenant_are_named() {
    let upstream = Upstream::start(festival).await;
    let mut tripledash = start(&upstream).await;
    for (path, words) in [
        ("/houston/leave", "sends a visitor of houston to chicago"),
        ("/houston/absolute", "sends a visitor of houston to chicago"),
        ("/houston/lost", "to /films, which names no tenant"),
    ] {
        assert_eq!(tripledash.get("main", path, &[]).await.status(), 307);
        let exchange = tripledash.exchange(path).await;
        assert_eq!(
            exchange["diagnosis"][0]["code"], "redirect-leaves-tenant",
            "{exchange}"
        );
        let message = exchange["diagnosis"][0]["message"].as_str().unwrap();
        assert!(message.contains(words), "{message}");
    }
    let absolute = tripledash.exchange("/houston/absolute").await;
    let (_, after, why) = edits(&absolute, "response", "location").remove(0);
    assert_eq!(
        after,
        format!("http://main.{}/chicago/events", tripledash.base())
    );
    assert!(
        why.contains("that of chicago, another tenant than houston"),
        "{why}"
    );
    assert_eq!(
        tripledash.get("main", "/houston/login", &[]).await.status(),
        307
    );
    let kept = tripledash.exchange("/houston/login").await;
    assert_eq!(kept["diagnosis"], json!([]), "{kept}");
    tripledash.stop().await;
}

#[tokio::test]
async fn a_replay_asks_each_tenants_own_path() {
    let mut upstream = Upstream::start(festival).await;
    let mut tripledash = start(&upstream).await;
    tripledash
        .get("feature", "/houston-tx/events?day=1", &[])
        .await;
    upstream.received().await;
    let id = tripledash.exchange("/houston-tx/events?day=1").await["id"].clone();
    let path = format!("exchanges/{}/replay", id.as_str().unwrap());
    let replayed = tripledash
        .done("POST", &path, &json!({ "tenants": ["chicago", "houston"] }))
        .await;
    assert_eq!(replayed["ids"].as_array().unwrap().len(), 2);
    let mut asked =
        [upstream.received().await, upstream.received().await].map(|one| one.target().to_owned());
    asked.sort();
    assert_eq!(asked, ["/chicago/events?day=1", "/houston-tx/events?day=1"]);
    let (status, refused) = tripledash
        .api("POST", &path, &json!({ "tenants": ["austin"] }))
        .await;
    assert_eq!((status, &refused["code"]), (400, &json!("bad-address")));
    tripledash.stop().await;
}

#[tokio::test]
async fn tenants_of_a_host_share_its_cookies_and_a_session_has_its_own_host() {
    let upstream = Upstream::start(festival).await;
    let tripledash = start(&upstream).await;
    let kept = tripledash.get("main", "/houston/events", &[]).await;
    // The app's own Path keeps them apart, or nothing does: as on its own host.
    assert_eq!(
        kept.field("set-cookie"),
        Some("seen=houston; Path=/houston")
    );
    let admin = tripledash.get("main.admin", "/houston/events", &[]).await;
    assert_eq!(admin.status(), 200);
    tripledash.stop().await;
}
