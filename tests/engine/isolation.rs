//! The API is for the workbench's own page, and not for the pages in its panes.

use serde_json::json;

use crate::support::{Tripledash, Upstream, get, shop};

#[tokio::test]
async fn a_panes_page_gets_nothing_from_the_api_even_with_the_token() {
    let upstream = Upstream::page().await;
    let tripledash = Tripledash::start(&shop(&json!([
        { "name": "main", "upstream": upstream.origin() },
    ])))
    .await;
    let base = tripledash.base();
    let origin = format!("origin: http://{}", tripledash.host("acme---main"));
    let ours = format!("origin: http://{base}");
    let bearer = format!("authorization: Bearer {}", tripledash.engine.token());
    let cookie = format!("cookie: token={}", tripledash.engine.token());
    let same_site = "sec-fetch-site: same-site";
    for (fields, status) in [
        (vec![&*origin, same_site], 403),
        (vec![&*origin, same_site, &bearer], 403),
        (vec![&*origin, &bearer], 403),
        (vec![same_site, &bearer], 403),
        (vec![&*ours, same_site, &bearer], 403),
        (vec!["origin: null", &bearer], 403),
        (vec!["sec-fetch-site: cross-site", &bearer], 403),
        (vec!["sec-fetch-site: none", &bearer], 403),
        (vec![&*ours, "sec-fetch-site: same-origin", &cookie], 401),
        (vec!["authorization: Bearer wrong"], 401),
        (vec![&*bearer, &*bearer], 401),
        (vec![], 401),
        (vec![&*ours, "sec-fetch-site: same-origin", &bearer], 200),
        (vec![&*bearer], 200),
    ] {
        for path in ["/api/v1/workspace", "/api/v1/exchanges"] {
            let answer = tripledash.ask(&get(&base, path, &fields)).await;
            assert_eq!(answer.status(), status, "{path} {fields:?}");
            assert_eq!(answer.field("access-control-allow-origin"), None);
            if status != 200 {
                assert!(!answer.text().contains("shop"), "{}", answer.text());
                assert!(answer.json()["code"].is_string());
            }
        }
    }
    // A preflight is let through to nobody, and nothing is changed without one.
    let options = format!(
        "OPTIONS /api/v1/exchanges HTTP/1.1\r\nhost: {base}\r\n{origin}\r\naccess-control-request-method: DELETE\r\n\r\n"
    );
    let answer = tripledash.ask(&options).await;
    assert!(answer.status() >= 400, "{answer:?}");
    assert_eq!(answer.field("access-control-allow-origin"), None);
    let page = tripledash.ask(&get(&base, "/", &[])).await;
    let policy = page.field("content-security-policy").unwrap();
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!page.text().contains(tripledash.engine.token()));
    tripledash.stop().await;
}

#[tokio::test]
async fn api_paths_of_a_preview_host_are_the_apps() {
    let mut upstream = Upstream::page().await;
    let tripledash = Tripledash::start(&shop(&json!([
        { "name": "main", "upstream": upstream.origin() },
    ])))
    .await;
    let bearer = format!("authorization: Bearer {}", tripledash.engine.token());
    for path in ["/api/v1/workspace", "/api/v1/stream", "/api/openapi.json"] {
        let answer = tripledash.get("acme---main", path, &[&bearer]).await;
        assert_eq!(answer.status(), 200);
        assert!(answer.text().contains("hello"), "{}", answer.text());
        assert_eq!(upstream.received().await.target(), path);
    }
    // Nor is the page there under a host that is no preview.
    let answer = tripledash
        .get("acme---nothing", "/api/v1/workspace", &[&bearer])
        .await;
    assert_eq!(answer.status(), 404);
    assert!(!answer.text().contains("generation"));
    assert!(upstream.is_idle());
    tripledash.stop().await;
}

#[tokio::test]
async fn names_that_somebody_points_at_us_open_nothing() {
    let tripledash = Tripledash::empty().await;
    let port = tripledash.port();
    let bearer = format!("authorization: Bearer {}", tripledash.engine.token());
    for host in [
        format!("localhost:{port}"),
        format!("127.0.0.1:{port}"),
        format!("rebound.example:{port}"),
        "tripledash.localhost".to_owned(),
        "tripledash.localhost:1".to_owned(),
    ] {
        let answer = tripledash
            .ask(&get(&host, "/api/v1/workspace", &[&bearer]))
            .await;
        assert_eq!(answer.status(), 421, "{host}: {}", answer.text());
        assert!(!answer.body.is_empty());
    }
    tripledash.stop().await;
}
