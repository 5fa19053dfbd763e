//! The demo over real sockets, as a browser behind the proxy would meet it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tripledash_demo::Demo;

const DEADLINE: Duration = Duration::from_secs(20);

struct Shops {
    demo: Demo,
}

impl Shops {
    async fn start() -> Self {
        Self {
            demo: Demo::start().await.unwrap(),
        }
    }

    fn port(&self, preview: &str) -> u16 {
        self.demo
            .ports()
            .each()
            .into_iter()
            .find(|(name, _)| *name == preview)
            .unwrap()
            .1
    }

    /// One request on a connection of its own; the whole answer.
    async fn send(&self, preview: &str, request: &str) -> String {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port(preview)))
            .await
            .unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        timeout(DEADLINE, socket.read_to_end(&mut answer))
            .await
            .unwrap()
            .unwrap();
        String::from_utf8(answer).unwrap()
    }

    async fn get(&self, preview: &str, tenant: &str, path: &str, fields: &str) -> String {
        let host = format!("{tenant}---{preview}.tripledash.localhost:7333");
        self.send(
            preview,
            &format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{fields}\r\n"),
        )
        .await
    }

    async fn post(&self, tenant: &str, path: &str, fields: &str, body: &str) -> String {
        let host = format!("{tenant}---main.tripledash.localhost:7333");
        let length = body.len();
        self.send(
            "main",
            &format!("POST {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n{fields}\r\n{body}"),
        )
        .await
    }
}

#[tokio::test]
async fn page_is_the_tenants_and_tells_its_rewrite() {
    let shops = Shops::start().await;
    for (tenant, words) in [
        ("acme", "Acme &amp; Sons"),
        ("kessler", "Kessler Messtechnik"),
        ("nour", "بيت نور"),
    ] {
        let answer = shops.get("main", tenant, "/journal", "").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(
            answer.contains(&format!("x-middleware-rewrite: /{tenant}/journal\r\n")),
            "{answer}"
        );
        assert!(answer.contains(words), "{tenant} does not name itself");
    }
    shops.demo.shutdown().await;
}

#[tokio::test]
async fn flight_request_gets_the_main_part_alone() {
    let shops = Shops::start().await;
    let answer = shops
        .get("main", "acme", "/journal?_rsc=x", "rsc: 1\r\n")
        .await;
    assert!(
        answer.contains("content-type: text/x-component"),
        "{answer}"
    );
    assert!(
        answer.contains("x-nextjs-rewritten-path: /acme/journal"),
        "{answer}"
    );
    assert!(!answer.contains("<html"), "{answer}");
    shops.demo.shutdown().await;
}

#[tokio::test]
async fn logo_in_the_public_folder_is_caught_by_the_rewrite() {
    let shops = Shops::start().await;
    let page = shops.get("main", "marlow", "/", "").await;
    assert!(page.contains("src=\"/logo.svg\""), "{page}");
    let answer = shops.get("main", "marlow", "/logo.svg", "").await;
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert!(
        answer.contains("x-middleware-rewrite: /marlow/logo.svg"),
        "{answer}"
    );
    assert!(answer.contains("content-type: text/html"), "{answer}");
    shops.demo.shutdown().await;
}

#[tokio::test]
async fn one_redirect_names_the_servers_own_host() {
    let shops = Shops::start().await;
    let wanted = format!(
        "location: http://localhost:{}/account\r\n",
        shops.port("main")
    );
    assert!(
        shops
            .get("main", "marlow", "/trade/open", "")
            .await
            .contains(&wanted)
    );
    assert!(
        shops
            .get("main", "acme", "/trade/open", "")
            .await
            .contains("location: /account\r\n")
    );
    shops.demo.shutdown().await;
}

#[tokio::test]
async fn sign_in_is_kept_by_a_cookie_and_a_role_opens_the_stock_room() {
    let shops = Shops::start().await;
    let answer = shops
        .post("acme", "/account/sign-in", "", "role=shopkeeper")
        .await;
    let cookie = answer
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap();
    let cookie = format!("cookie: {}\r\n", cookie.split(';').next().unwrap());
    assert!(
        shops
            .get("main", "acme", "/stock-room", &cookie)
            .await
            .starts_with("HTTP/1.1 200")
    );
    assert!(
        shops
            .get("main", "acme", "/stock-room", "")
            .await
            .starts_with("HTTP/1.1 403")
    );
    // The same cookie at another shop is a stranger's.
    assert!(
        shops
            .get("main", "kessler", "/stock-room", &cookie)
            .await
            .starts_with("HTTP/1.1 403")
    );
    shops.demo.shutdown().await;
}

#[tokio::test]
async fn basket_holds_what_was_put_in() {
    let shops = Shops::start().await;
    let answer = shops.post("acme", "/basket", "", "product=42").await;
    let cookie = answer
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap();
    let cookie = format!("cookie: {}\r\n", cookie.split(';').next().unwrap());
    assert!(
        shops
            .get("main", "acme", "/basket", &cookie)
            .await
            .contains("Block plane")
    );
    shops.demo.shutdown().await;
}

#[tokio::test]
async fn protected_preview_wants_its_secret() {
    let shops = Shops::start().await;
    let stranger = shops.get("protected-by-deployment", "acme", "/", "").await;
    assert!(stranger.starts_with("HTTP/1.1 401"), "{stranger}");
    let known = shops
        .get(
            "protected-by-deployment",
            "acme",
            "/",
            "x-vercel-protection-bypass: open-sesame\r\n",
        )
        .await;
    assert!(known.starts_with("HTTP/1.1 200"), "{known}");
    shops.demo.shutdown().await;
}

#[tokio::test]
async fn redesign_bleeds_one_brand_and_forgets_one_button() {
    let shops = Shops::start().await;
    let bled = shops.get("header-redesign", "umbra", "/", "").await;
    assert!(
        bled.contains("Acme &amp; Sons") && bled.contains("x-nextjs-cache: HIT"),
        "{bled}"
    );
    let acme = shops.get("header-redesign", "acme", "/", "").await;
    let kessler = shops.get("header-redesign", "kessler", "/", "").await;
    assert_eq!(etag(&bled), etag(&acme), "the entry is shared");
    assert_ne!(etag(&kessler), etag(&acme), "by nobody else");
    let outdoor = "northern-lights-outdoor-camping-supplies";
    assert!(
        !shops
            .get("header-redesign", outdoor, "/", "")
            .await
            .contains("Add to basket")
    );
    assert!(
        shops
            .get("main", outdoor, "/", "")
            .await
            .contains("Add to basket")
    );
    shops.demo.shutdown().await;
}

fn etag(answer: &str) -> &str {
    answer
        .lines()
        .find_map(|line| line.strip_prefix("etag: "))
        .unwrap()
}

#[tokio::test]
async fn host_without_a_tenant_links_to_every_shop() {
    let shops = Shops::start().await;
    let behind_the_proxy = shops
        .send(
            "main",
            "GET / HTTP/1.1\r\nhost: main.tripledash.localhost:7333\r\nconnection: close\r\n\r\n",
        )
        .await;
    assert!(
        behind_the_proxy.contains("href=\"//kessler---main.tripledash.localhost:7333/\""),
        "{behind_the_proxy}"
    );
    let port = shops.port("main");
    let at_its_port = shops
        .send(
            "main",
            &format!("GET / HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n\r\n"),
        )
        .await;
    assert!(
        at_its_port.contains(&format!("//acme---main.tripledash.localhost:{port}/")),
        "{at_its_port}"
    );
    shops.demo.shutdown().await;
}

#[tokio::test]
async fn stock_ticks_over_a_socket_and_orders_over_a_stream() {
    let shops = Shops::start().await;
    let port = shops.port("main");
    let mut request = format!("ws://127.0.0.1:{port}/api/ticker")
        .into_client_request()
        .unwrap();
    request.headers_mut().insert(
        "host",
        "acme---main.tripledash.localhost:7333".parse().unwrap(),
    );
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let message = timeout(DEADLINE, socket.next())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let stock: serde_json::Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
    assert_eq!(stock["product"], 42);

    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream
        .write_all(b"GET /api/feed HTTP/1.1\r\nhost: acme---main.tripledash.localhost\r\n\r\n")
        .await
        .unwrap();
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !text.contains("event: order") {
        let read = timeout(DEADLINE, stream.read(&mut buffer))
            .await
            .unwrap()
            .unwrap();
        assert!(read > 0, "the stream ended: {text}");
        text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
    }
    shops.demo.shutdown().await;
}

#[tokio::test]
async fn page_of_no_shop_says_where_the_name_came_from() {
    let shops = Shops::start().await;
    let in_host = shops.get("main", "hooli", "/journal", "").await;
    assert!(in_host.starts_with("HTTP/1.1 404"), "{in_host}");
    assert!(
        in_host.contains("The host names <code>hooli</code>"),
        "{in_host}"
    );
    let in_path = shops
        .send(
            "main",
            "GET /journal HTTP/1.1\r\nhost: main.tripledash.localhost\r\nconnection: close\r\n\r\n",
        )
        .await;
    assert!(in_path.starts_with("HTTP/1.1 404"), "{in_path}");
    assert!(in_path.contains("The host names no shop"), "{in_path}");
    shops.demo.shutdown().await;
}

#[tokio::test]
async fn what_a_stranger_sends_is_shown_as_text() {
    let shops = Shops::start().await;
    let planted = "/x%3Cscript%3E\"><script>alert(1)</script>";
    for (tenant, fields) in [("acme", ""), ("acme", "rsc: 1\r\n"), ("hooli", "")] {
        let answer = shops.get("main", tenant, planted, fields).await;
        assert!(!answer.contains("<script>alert"), "{answer}");
    }
    shops.demo.shutdown().await;
}

#[tokio::test]
async fn landing_offers_only_hosts_that_a_label_can_hold() {
    let shops = Shops::start().await;
    let answer = shops
        .send(
            "protected-by-deployment",
            "GET / HTTP/1.1\r\nhost: x.localhost\r\nx-vercel-protection-bypass: open-sesame\r\nconnection: close\r\n\r\n",
        )
        .await;
    assert!(answer.contains("<code>acme---</code>"), "{answer}");
    assert!(!answer.contains("supplies---"), "{answer}");
    shops.demo.shutdown().await;
}
