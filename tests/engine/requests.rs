//! A request's life: what the upstream receives, and what the trace says of each change.

use serde_json::{Value, json};

use crate::support::{Tripledash, Upstream, edits, get, shop};

#[tokio::test]
async fn host_is_the_template_of_each_preview() {
    let mut upstream = Upstream::page().await;
    let port = upstream.port;
    let origin = upstream.origin();
    let mut tripledash = Tripledash::start(&shop(&json!([
        { "name": "plain", "upstream": origin },
        { "name": "sub", "upstream": origin, "host": "{tenant}.localhost:{port}" },
        { "name": "own", "upstream": origin, "host": "{domain}" },
        { "name": "branched", "branch": "feat-1", "upstream": origin, "host": "{tenant}-{branch}-{preview}.example" },
        { "name": "mapped", "upstream": origin, "host": "{tenant}.example",
          "tenants": { "acme": { "id": "acme-prod" }, "globex": null } },
    ])))
    .await;
    for (labels, wanted) in [
        ("acme---plain", tripledash.host("acme---plain")),
        // The session is a cookie jar of ours, and no business of the app's.
        ("acme---plain.admin", tripledash.host("acme---plain")),
        // Without a tenant it is asked for under its own name.
        ("plain", format!("127.0.0.1:{port}")),
        ("acme---sub", format!("acme.localhost:{port}")),
        ("initech---sub", format!("initech.localhost:{port}")),
        ("acme---own", "shop.acme.example".to_owned()),
        // This tenant has no domain: the template falls away.
        ("globex---own", tripledash.host("globex---own")),
        ("acme---branched", "acme-feat-1-branched.example".to_owned()),
        ("acme---mapped", "acme-prod.example".to_owned()),
    ] {
        let path = format!("/{labels}");
        assert_eq!(tripledash.get(labels, &path, &[]).await.status(), 200);
        let received = upstream.received().await;
        assert_eq!(received.all("host"), [wanted.as_str()], "{labels}");
        let exchange = tripledash.exchange(&path).await;
        assert_eq!(exchange["upstream"]["host"], wanted.as_str(), "{labels}");
        let arrived = tripledash.host(labels);
        let told = edits(&exchange, "request", "host");
        if arrived == wanted {
            assert_eq!(told, [], "{labels}");
        } else {
            assert_eq!((&told[0].0, &told[0].1), (&json!(arrived), &json!(wanted)));
        }
    }
    let left_out = tripledash
        .get("globex---mapped", "/", &["accept: application/json"])
        .await;
    assert_eq!(left_out.status(), 404);
    let said = left_out.json();
    assert!(
        said["message"]
            .as_str()
            .unwrap()
            .contains("leaves out the tenant")
    );
    assert!(
        !said["fix"].as_str().unwrap().contains("did you mean"),
        "{said}"
    );
    assert!(upstream.is_idle());
    tripledash.stop().await;
}

#[tokio::test]
async fn loopback_upstream_sees_the_browsers_own_addresses() {
    let mut upstream = Upstream::page().await;
    let port = upstream.port;
    let mut tripledash = Tripledash::start(&shop(&json!([
        { "name": "main", "upstream": upstream.origin(), "host": "{tenant}.localhost:{port}" },
    ])))
    .await;
    let host = tripledash.host("acme---main");
    let pane = format!("http://{host}");
    let fields = [
        format!("origin: {pane}"),
        format!("referer: {pane}/from"),
        "x-forwarded-host: lie.example".to_owned(),
        "x-forwarded-for: 10.0.0.1".to_owned(),
        "connection: keep-alive, x-hop".to_owned(),
        "x-hop: 1".to_owned(),
        "rsc: 1".to_owned(),
        "next-router-state-tree: %5B%5D".to_owned(),
    ];
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    tripledash.ask(&get(&host, "/about?_rsc=ab", &fields)).await;
    let received = upstream.received().await;
    for (name, wanted) in [
        ("origin", pane.as_str()),
        ("referer", &format!("{pane}/from")),
        ("x-forwarded-host", &host),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-port", &tripledash.port().to_string()),
        ("x-forwarded-for", "10.0.0.1, 127.0.0.1"),
        ("rsc", "1"),
        ("next-router-state-tree", "%5B%5D"),
        ("via", "1.1 tripledash"),
    ] {
        assert_eq!(received.all(name), [wanted], "{name}");
    }
    assert_eq!(received.field("x-hop"), None);
    assert_eq!(received.target(), "/about?_rsc=ab");
    let exchange = tripledash.exchange("/about?_rsc=ab").await;
    assert_eq!(exchange["kind"], "rsc");
    let told = edits(&exchange, "request", "x-forwarded-host");
    assert_eq!(
        (&told[0].0, &told[0].1),
        (&json!("lie.example"), &json!(host))
    );
    assert_eq!(edits(&exchange, "request", "origin"), []);
    assert_eq!(edits(&exchange, "request", "x-hop").len(), 1);

    // What a development server guards is asked for in its own name.
    for path in ["/_next/hmr-probe", "/__nextjs_original-stack-frames"] {
        let fields = [&*format!("origin: {pane}"), &*format!("referer: {pane}/x")];
        tripledash.ask(&get(&host, path, &fields)).await;
        let received = upstream.received().await;
        let own = format!("http://localhost:{port}");
        assert_eq!(received.all("origin"), [own.as_str()], "{path}");
        assert_eq!(received.all("referer"), [format!("{pane}/x")]);
        let exchange = tripledash.exchange(path).await;
        let told = edits(&exchange, "request", "origin");
        assert_eq!((&told[0].0, &told[0].1), (&json!(pane), &json!(own)));
    }
    // A stranger's origin stays a stranger's.
    tripledash
        .ask(&get(&host, "/_next/x", &["origin: http://evil.example"]))
        .await;
    let received = upstream.received().await;
    assert_eq!(received.all("origin"), ["http://evil.example"]);
    tripledash.stop().await;
}

#[tokio::test]
async fn remote_upstream_is_asked_in_its_own_visitors_name() {
    let tripledash = Tripledash::start(&shop(&json!([
        { "name": "feature", "upstream": "https://my-app-git-feature.acme.dev" },
    ])))
    .await;
    let pane = format!("http://{}", tripledash.host("acme---feature"));
    let explained = tripledash
        .done(
            "POST",
            "explain",
            &json!({ "url": format!("{pane}/cart"), "method": "POST", "headers": [
                { "name": "origin", "value": pane }, { "name": "referer", "value": format!("{pane}/cart") },
            ] }),
        )
        .await;
    let host = "acme---my-app-git-feature.acme.dev";
    assert_eq!(explained["upstream"]["host"], host);
    for (field, wanted) in [
        ("host", host),
        ("origin", "https://acme---my-app-git-feature.acme.dev"),
        ("referer", "https://acme---my-app-git-feature.acme.dev/cart"),
        ("x-forwarded-host", host),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-port", "443"),
    ] {
        let told = edits(&explained, "request", field);
        assert_eq!(told.len(), 1, "{field}");
        assert_eq!(told[0].1, wanted, "{field}");
    }
    tripledash.stop().await;
}

#[tokio::test]
async fn configured_fields_are_sent_and_their_secrets_kept_out_of_the_trace() {
    const SECRET: &str = "s3cret-value";
    let mut upstream = Upstream::page().await;
    let workspace = shop(&json!([
        { "name": "main", "upstream": upstream.origin(), "headers": {
            "x-bypass": "${env:BYPASS}", "x-tenant": "{tenant}" } },
        { "name": "unset", "upstream": upstream.origin(), "headers": { "x-a": "${env:NOT_SET}" } },
    ]));
    let mut tripledash = Tripledash::with(&workspace.to_string(), &[("BYPASS", SECRET)]).await;
    let fields = [
        &*format!("authorization: Bearer {SECRET}"),
        &*format!("cookie: sid={SECRET}; theme={SECRET}"),
        "x-tenant: claimed",
    ];
    tripledash.get("acme---main", "/secret", &fields).await;
    let received = upstream.received().await;
    assert_eq!(received.all("x-bypass"), [SECRET]);
    assert_eq!(received.all("x-tenant"), ["acme"]);
    assert_eq!(
        received.field("authorization"),
        Some(&*format!("Bearer {SECRET}"))
    );
    let exchange = tripledash.exchange("/secret").await;
    assert!(!exchange.to_string().contains(SECRET), "{exchange}");
    let told = edits(&exchange, "request", "x-bypass");
    assert_eq!(told[0].1, "[redacted]");
    assert!(told[0].2.contains("main"), "{}", told[0].2);

    let answer = tripledash
        .get("acme---unset", "/unset", &["accept: application/json"])
        .await;
    assert_eq!(answer.status(), 503);
    assert!(answer.text().contains("NOT_SET"), "{}", answer.text());
    assert!(upstream.is_idle());
    let state = tripledash.workspace(|_| true).await;
    assert_eq!(state["previews"][1]["missingVariables"], json!(["NOT_SET"]));
    assert_eq!(state["problems"][0]["severity"], "warning");
    tripledash.stop().await;
}

#[tokio::test]
async fn rule_by_proxy_rewrites_and_rule_by_app_is_compared() {
    let mut upstream = Upstream::start(|request| {
        let rewrite = match request.target() {
            "/shop/cart?x=1" => "/acme/shop/cart?x=1",
            _ => "/globex/elsewhere",
        };
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nx-middleware-rewrite: {rewrite}\r\n\
             content-length: 2\r\n\r\nhi"
        )
    })
    .await;
    let mut workspace = shop(&json!([{ "name": "main", "upstream": upstream.origin() }]));
    workspace["rules"] = json!([
        { "by": "proxy", "source": "/old/:path*", "has": [{ "type": "header", "key": "x-no" }], "destination": "/never" },
        { "by": "proxy", "source": "/old/:path*", "destination": "/shop/:path*" },
        { "by": "app", "source": "/((?!api).*)", "destination": "/{tenant}/$1" },
    ]);
    let mut tripledash = Tripledash::start(&workspace).await;
    tripledash.get("acme---main", "/old/cart?x=1", &[]).await;
    assert_eq!(upstream.received().await.target(), "/shop/cart?x=1");
    let exchange = tripledash.exchange("/old/cart?x=1").await;
    assert_eq!(exchange["upstream"]["path"], "/shop/cart?x=1");
    let told = edits(&exchange, "request", "path");
    assert_eq!(
        (&told[0].0, &told[0].1),
        (&json!("/old/cart?x=1"), &json!("/shop/cart?x=1"))
    );
    assert_eq!(exchange["predicted"], "/acme/shop/cart");
    assert_eq!(exchange["actual"], "/acme/shop/cart");
    assert_eq!(exchange["comparison"], "same");
    let matched: Vec<&Value> = exchange["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| &rule["matched"])
        .collect();
    assert_eq!(matched, [&json!(false), &json!(true), &json!(true)]);
    assert!(
        exchange["rules"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("x-no")
    );

    tripledash.get("acme---main", "/about", &[]).await;
    let exchange = tripledash.exchange("/about").await;
    assert_eq!(exchange["comparison"], "different");
    assert_eq!(exchange["rewrittenTo"], "/globex/elsewhere");
    let codes = exchange["diagnostics"].to_string();
    assert!(codes.contains("rewrite-differs"), "{codes}");
    tripledash.stop().await;
}

#[tokio::test]
async fn read_only_preview_takes_no_unsafe_method_until_it_is_unlocked() {
    let mut upstream = Upstream::page().await;
    let tripledash = Tripledash::start(&shop(&json!([
        { "name": "production", "upstream": upstream.origin(), "access": "read-only" },
    ])))
    .await;
    let host = tripledash.host("acme---production");
    let post = format!("POST /buy HTTP/1.1\r\nhost: {host}\r\ncontent-length: 3\r\n\r\na=1");
    let answer = tripledash.ask(&post).await;
    assert_eq!(answer.status(), 405);
    assert_eq!(answer.field("allow"), Some("GET, HEAD, OPTIONS"));
    assert!(answer.text().contains("read-only"), "{}", answer.text());
    assert!(upstream.is_idle());
    assert_eq!(
        tripledash.get("acme---production", "/", &[]).await.status(),
        200
    );
    upstream.received().await;
    let unlock = json!({ "unlocked": true });
    let state = tripledash
        .done("POST", "workspace/previews/production/unlock", &unlock)
        .await;
    assert_eq!(state["previews"][0]["unlocked"], true);
    assert_eq!(tripledash.ask(&post).await.status(), 200);
    assert_eq!(upstream.received().await.body, b"a=1");
    tripledash.stop().await;
}
