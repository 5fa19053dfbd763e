//! A preview on another machine, over TLS, behind an edge that overwrites `X-Forwarded-Host` with
//! `Host`: everything must agree with the Host sent, and come back as the pane's own.

use std::net::{IpAddr, Ipv4Addr};

use crate::support::{Fake, Message, Tripledash, certified, get, reply};

/// What the upstream's certificate is for, and what it is reached by.
const NAMES: [&str; 3] = ["app.example", "acme---app.example", "globex---app.example"];

struct Remote {
    upstream: Fake,
    proxy: Tripledash,
}

impl Remote {
    async fn start() -> Self {
        let (server, client) = certified(&NAMES);
        let upstream = Fake::secured(server, |mut peer, name| async move {
            while let Some(request) = peer.request().await {
                // The edge knows hosts by the name that TLS asked for.
                let host = request.field("host").unwrap_or_default().to_owned();
                assert_eq!(host.split(':').next(), Some(name.as_str()));
                peer.send(&answer(&request, &host)).await;
            }
        })
        .await;
        let port = upstream.address.port();
        let proxy = Tripledash::with(&format!("https://app.example:{port}"), "", |options| {
            options.tls = Some(client);
            let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
            options.names = [("app.example".to_owned(), here)].into();
        })
        .await;
        Self { upstream, proxy }
    }

    /// The upstream's authority for a tenant.
    fn theirs(&self, tenant: &str) -> String {
        format!("{tenant}---app.example:{}", self.upstream.address.port())
    }

    /// The pane of a tenant.
    fn ours(&self, tenant: &str) -> String {
        format!("http://{}", self.proxy.host(&format!("{tenant}---main")))
    }

    async fn get(&self, tenant: &str, path: &str, fields: &[&str]) -> Message {
        let host = self.proxy.host(&format!("{tenant}---main"));
        self.proxy.ask(&get(&host, path, fields)).await
    }
}

/// The app behind the edge, which takes `Host` for `X-Forwarded-Host`.
fn answer(request: &Message, host: &str) -> String {
    let (_, port) = host.split_once(':').unwrap();
    let path = request.line.split(' ').nth(1).unwrap();
    let redirect = |status: &str, field: &str, to: &str| {
        let cookies = "set-cookie: __Host-sid=1; Path=/; Secure; HttpOnly; SameSite=None\r\n\
                       set-cookie: wide=2; Domain=.app.example; Secure";
        reply(
            &format!("HTTP/1.1 {status}\r\n{field}: {to}\r\n{cookies}"),
            "",
        )
    };
    match path {
        // As Next.js compares them.
        "/action" => match request
            .field("origin")
            .and_then(|origin| origin.strip_prefix("https://"))
        {
            Some(origin) if origin == host => reply("HTTP/1.1 200 OK", "accepted"),
            _ => reply("HTTP/1.1 500 Internal Server Error", "does not match"),
        },
        "/action-redirect" => redirect(
            "303 See Other",
            "x-action-redirect",
            &format!("https://{host}/about;push"),
        ),
        "/sign-in" => redirect(
            "302 Found",
            "location",
            &format!("https://{host}/welcome?from=%2F"),
        ),
        "/bare" => redirect(
            "307 Temporary Redirect",
            "location",
            &format!("https://app.example:{port}/x"),
        ),
        "/switch" => redirect(
            "307 Temporary Redirect",
            "location",
            &format!("https://globex---app.example:{port}/x"),
        ),
        "/sso" => redirect(
            "302 Found",
            "location",
            "https://idp.example/authorize?client=1",
        ),
        "/cookies" => reply(
            "HTTP/1.1 200 OK",
            request.field("cookie").unwrap_or_default(),
        ),
        "/shared" => {
            let origin = request.field("origin").unwrap_or_default();
            let fields = format!("access-control-allow-origin: {origin}\r\nvary: Origin");
            reply(&format!("HTTP/1.1 200 OK\r\n{fields}"), "")
        }
        _ => reply(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nx-frame-options: DENY\r\n\
             strict-transport-security: max-age=63072000\r\n\
             content-security-policy: frame-ancestors 'none'; upgrade-insecure-requests; script-src 'self'",
            "<head></head>",
        ),
    }
}

#[tokio::test]
async fn server_actions_are_accepted() {
    let mut remote = Remote::start().await;
    let host = remote.proxy.host("acme---main");
    let pane = remote.ours("acme");
    let request = format!(
        "POST /action HTTP/1.1\r\nhost: {host}\r\norigin: {pane}\r\nreferer: {pane}/cart?a=1\r\n\
         next-action: 7f\r\ncontent-length: 2\r\n\r\n[]"
    );
    let accepted = remote.proxy.ask(&request).await;
    assert_eq!(
        (accepted.status(), accepted.text().as_str()),
        (200, "accepted")
    );
    let got = remote.upstream.received().await;
    let theirs = remote.theirs("acme");
    assert_eq!(got.field("host"), Some(theirs.as_str()));
    assert_eq!(got.field("x-forwarded-host"), Some(theirs.as_str()));
    assert_eq!(got.field("x-forwarded-proto"), Some("https"));
    assert_eq!(
        got.field("origin"),
        Some(format!("https://{theirs}").as_str())
    );
    assert_eq!(
        got.field("referer"),
        Some(format!("https://{theirs}/cart?a=1").as_str())
    );
    assert_eq!(got.field("next-action"), Some("7f"));
    // Whoever forges one from another tenant's pane, or from a sandbox, is refused as on the web.
    for origin in [remote.ours("globex"), "null".to_owned()] {
        let forged = request.replace(&format!("origin: {pane}"), &format!("origin: {origin}"));
        assert_eq!(remote.proxy.ask(&forged).await.status(), 500, "{origin}");
    }
    remote.proxy.stop().await;
}

#[tokio::test]
async fn signing_in_stays_in_the_pane_and_its_cookies_too() {
    let remote = Remote::start().await;
    let pane = remote.ours("acme");
    let answer = remote
        .get("acme", "/sign-in", &["sec-fetch-dest: iframe"])
        .await;
    assert_eq!(answer.status(), 302);
    assert_eq!(
        answer.field("location"),
        Some(format!("{pane}/welcome?from=%2F").as_str())
    );
    assert_eq!(
        answer.all("set-cookie"),
        [
            "tripledash-__Host-sid=1; Path=/; HttpOnly; SameSite=Lax",
            "wide=2"
        ]
    );
    let back = "cookie: tripledash-__Host-sid=1; wide=2";
    assert_eq!(
        remote.get("acme", "/cookies", &[back]).await.text(),
        "__Host-sid=1; wide=2"
    );
    let acted = remote.get("acme", "/action-redirect", &[]).await;
    assert_eq!(
        acted.field("x-action-redirect"),
        Some(format!("{pane}/about;push").as_str())
    );
    let bare = remote.get("acme", "/bare", &[]).await;
    assert_eq!(bare.field("location"), Some(format!("{pane}/x").as_str()));
    remote.proxy.stop().await;
}

#[tokio::test]
async fn redirects_to_another_tenant_name_it() {
    let mut remote = Remote::start().await;
    let answer = remote
        .get("acme", "/switch", &["sec-fetch-dest: iframe"])
        .await;
    let globex = format!("{}/x", remote.ours("globex"));
    assert_eq!(
        (answer.status(), answer.field("location")),
        (307, Some(globex.as_str()))
    );
    let told = remote.proxy.told().await;
    let edit = told
        .answered()
        .edits
        .iter()
        .find(|edit| edit.field == "location")
        .unwrap();
    assert!(
        edit.why.contains("globex, another tenant than acme"),
        "{}",
        edit.why
    );
    remote.proxy.stop().await;
}

#[tokio::test]
async fn an_identity_provider_is_offered_in_a_window() {
    let remote = Remote::start().await;
    let pane = remote
        .get("acme", "/sso", &["sec-fetch-dest: iframe"])
        .await;
    assert_eq!((pane.status(), pane.field("location")), (200, None));
    assert!(
        pane.text()
            .contains("href=\"https://idp.example/authorize?client=1\" target=\"_blank\"")
    );
    assert_eq!(pane.all("set-cookie").len(), 2);
    let window = remote
        .get("acme", "/sso", &["sec-fetch-dest: document"])
        .await;
    assert_eq!(
        window.field("location"),
        Some("https://idp.example/authorize?client=1")
    );
    remote.proxy.stop().await;
}

#[tokio::test]
async fn what_is_shared_is_shared_with_the_page_that_asked() {
    let remote = Remote::start().await;
    for asking in ["globex", "acme"] {
        let origin = remote.ours(asking);
        let answer = remote
            .get("acme", "/shared", &[&format!("origin: {origin}")])
            .await;
        assert_eq!(
            answer.field("access-control-allow-origin"),
            Some(origin.as_str())
        );
        assert_eq!(answer.all("vary"), ["Origin"]);
    }
    let stranger = remote
        .get("acme", "/shared", &["origin: https://else.example"])
        .await;
    assert_eq!(
        stranger.field("access-control-allow-origin"),
        Some("https://else.example")
    );
    remote.proxy.stop().await;
}

#[tokio::test]
async fn policies_for_the_web_do_not_keep_a_pane_from_its_page() {
    let remote = Remote::start().await;
    let answer = remote.get("acme", "/", &["sec-fetch-dest: iframe"]).await;
    assert_eq!(answer.field("x-frame-options"), None);
    assert_eq!(answer.field("strict-transport-security"), None);
    assert_eq!(
        answer.field("content-security-policy"),
        Some("script-src 'self'")
    );
    assert!(
        answer
            .text()
            .starts_with("<head><script src=\"/__tripledash/agent.js\"")
    );
    remote.proxy.stop().await;
}
