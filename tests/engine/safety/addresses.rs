//! Who can reach the engine, and under which names.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use tokio::net::TcpStream;

use super::{engine, tells_nothing};
use crate::support::{Tripledash, Upstream, get};

/// The local addresses that something listens on at `port`, as the kernel tells them.
fn listeners(port: u16) -> Vec<String> {
    let mut found = Vec::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        let text = std::fs::read_to_string(table).unwrap_or_default();
        for line in text.lines().skip(1) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let (local, state) = (words[1], words[3]);
            let (address, hex) = local.split_once(':').unwrap();
            // 0A is LISTEN.
            if state == "0A" && u16::from_str_radix(hex, 16) == Ok(port) {
                found.push(address.to_owned());
            }
        }
    }
    found.sort();
    found
}

/// An address of this machine that is not loopback, where there is one. Nothing is sent.
fn other_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn nothing_listens_but_on_loopback() {
    let tripledash = Tripledash::empty().await;
    let port = tripledash.port();
    // 127.0.0.1 and ::1, as the kernel writes them: words of the machine's own byte order.
    let four = format!("{:08X}", u32::from_ne_bytes([127, 0, 0, 1]));
    let six = format!("{}{:08X}", "0".repeat(24), u32::from_ne_bytes([0, 0, 0, 1]));
    let found = listeners(port);
    assert!(found.contains(&four), "{found:?}");
    assert!(
        found.iter().all(|address| [&four, &six].contains(&address)),
        "{found:?}"
    );
    if let Some(address) = other_address() {
        let connected = tokio::time::timeout(
            Duration::from_secs(10),
            TcpStream::connect(SocketAddr::new(address, port)),
        );
        let refused = connected
            .await
            .expect("a machine answers itself")
            .unwrap_err();
        assert_eq!(
            refused.kind(),
            std::io::ErrorKind::ConnectionRefused,
            "{address}"
        );
    }
    tripledash.stop().await;
}

#[tokio::test]
async fn no_other_name_opens_the_page_the_api_or_a_preview() {
    let mut upstream = Upstream::page().await;
    let tripledash = engine(&upstream).await;
    let port = tripledash.port();
    let bearer = format!("authorization: Bearer {}", tripledash.engine.token());
    let foreign = [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("127.0.0.1:{port}"),
        format!("[::1]:{port}"),
        format!("0.0.0.0:{port}"),
        format!("localhost:{port}"),
        format!("tripledash.localhost.evil.example:{port}"),
        format!("tripledash.localhost.evil.example:{port}."),
        format!("xtripledash.localhost:{port}"),
        format!("acme---main.localhost:{port}"),
        format!("acme---main.tripledash.localhost.evil.example:{port}"),
        format!("tripledash.localhost:{port}@evil.example"),
        format!("evil.example@tripledash.localhost:{port}"),
        format!("tripledash.localhost%00.evil.example:{port}"),
        format!("tripledash.localhost:{port}:{port}"),
        format!("tripledash.localhost:{port}/x"),
        format!("tripledash.localhost,evil.example:{port}"),
        format!("tripledash.localhost:{port}, evil.example"),
    ];
    for host in &foreign {
        for path in [
            "/",
            "/api/v1/workspace",
            "/api/openapi.json",
            "/__tripledash/agent.js",
            "/assets/x.js",
        ] {
            let answer = tripledash.ask(&get(host, path, &[&bearer])).await;
            assert!(
                matches!(answer.status(), 400 | 421),
                "{host}{path}: {answer:?}"
            );
            tells_nothing(&tripledash, &answer, host);
        }
    }
    // Names of ours that the API does not go by: a port of another, a dot, none.
    for host in [
        "tripledash.localhost".to_owned(),
        "tripledash.localhost:1".to_owned(),
        format!("tripledash.localhost.:{port}"),
        format!("tripledash.localhost:0{port}"),
    ] {
        let answer = tripledash
            .ask(&get(&host, "/api/v1/workspace", &[&bearer]))
            .await;
        assert_eq!(answer.status(), 421, "{host}: {answer:?}");
        tells_nothing(&tripledash, &answer, &host);
    }
    assert!(upstream.is_idle(), "nothing was forwarded");
    tripledash.stop().await;
}

#[tokio::test]
async fn a_foreign_target_in_absolute_form_is_foreign_whatever_the_host_says() {
    let mut upstream = Upstream::page().await;
    let tripledash = engine(&upstream).await;
    let bearer = format!("authorization: Bearer {}", tripledash.engine.token());
    for target in [
        "http://evil.example/api/v1/workspace".to_owned(),
        format!("http://localhost:{}/api/v1/workspace", tripledash.port()),
        format!("http://user@{}/api/v1/workspace", tripledash.base()),
        "https://evil.example/".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        let answer = tripledash
            .ask(&get(&tripledash.base(), &target, &[&bearer]))
            .await;
        assert!(matches!(answer.status(), 400 | 421), "{target}: {answer:?}");
        tells_nothing(&tripledash, &answer, &target);
    }
    assert!(upstream.is_idle());
    tripledash.stop().await;
}
