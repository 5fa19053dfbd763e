//! What comes over the network, and what does not.

use std::io::Write as _;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tripledash_sources::tenants::{Endpoint, InvalidEndpoint, LoadError, Loaded, TenantSource};
use tripledash_sources::{Fetcher, Limits, Secret};

use crate::support::{Reply, Server, fetcher, fetcher_within, nobody, soon, then};

const TENANTS: &str = r#"[{"id": "acme"}]"#;

async fn load_with(url: &str, fetcher: &Fetcher) -> Result<Loaded, LoadError> {
    let token = Secret::new("Bearer s3cret");
    let fields = [("Authorization", &token)];
    let endpoint = Endpoint::new(url, fields, None).unwrap();
    let source = TenantSource::Endpoint(Box::new(endpoint));
    soon("an answer", source.load(fetcher, then)).await
}

async fn load(url: &str) -> Result<Loaded, LoadError> {
    load_with(url, &fetcher()).await
}

fn quick() -> Limits {
    Limits {
        whole: Duration::from_millis(400),
        ..Limits::default()
    }
}

#[tokio::test]
async fn fields_are_sent_and_formats_are_asked_for() {
    let server = Server::replaying([Reply::json(TENANTS)]).await;
    let loaded = load(&server.url("/tenants?key=k")).await.unwrap();
    assert_eq!(loaded.tenants.len(), 1);
    let asked = &server.asked()[0];
    assert_eq!(asked.target, "/tenants?key=k");
    assert_eq!(asked.field("authorization"), Some("Bearer s3cret"));
    assert_eq!(
        asked.field("accept"),
        Some("application/json, text/csv;q=0.9")
    );
    assert_eq!(asked.field("accept-encoding"), Some("gzip"));
    assert!(
        asked
            .field("user-agent")
            .unwrap()
            .starts_with("tripledash/")
    );
}

#[tokio::test]
async fn localhost_is_both_families() {
    let server = Server::replaying([Reply::json(TENANTS)]).await;
    for host in ["localhost", "api.acme.localhost"] {
        let url = format!("http://{host}:{}/", server.address.port());
        assert_eq!(load(&url).await.unwrap().tenants.len(), 1);
    }
}

#[tokio::test]
async fn redirects_within_an_origin_keep_the_fields() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/old" => Reply::redirect(301, "/new?page=1"),
        _ => Reply::json(TENANTS),
    })
    .await;
    load(&server.url("/old")).await.unwrap();
    assert_eq!(server.targets(), ["/old", "/new?page=1"]);
    assert_eq!(
        server.asked()[1].field("authorization"),
        Some("Bearer s3cret")
    );
}

#[tokio::test]
async fn another_origin_gets_no_fields_and_neither_does_what_it_sends_us_to() {
    let other = Server::replaying([Reply::json(TENANTS)]).await;
    let to = other.url("/there");
    let server = Server::start(move |_| Reply::redirect(302, &to)).await;
    load(&server.url("/")).await.unwrap();
    assert_eq!(
        server.asked()[0].field("authorization"),
        Some("Bearer s3cret")
    );
    assert_eq!(other.asked()[0].field("authorization"), None);
    assert_eq!(other.asked()[0].field("accept-encoding"), Some("gzip"));
}

#[tokio::test]
async fn redirects_that_lead_nowhere_are_told() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/round" => Reply::redirect(302, "/round"),
        "/nowhere" => Reply::new(302, ""),
        "/odd" => Reply::redirect(302, "ftp://files.example/"),
        "/user" => Reply::redirect(302, "http://me:pw@127.0.0.1/"),
        _ => Reply::redirect(302, "http://[broken"),
    })
    .await;
    for (path, words) in [
        ("/round", "redirects more than 5 times"),
        ("/nowhere", "redirects, and it does not say where to"),
        (
            "/odd",
            "redirects, and the place it names is not on the web",
        ),
        (
            "/user",
            "redirects, and the place it names has a user's name in it",
        ),
        ("/broken", "redirects, and the place it names is no URL"),
    ] {
        let error = load(&server.url(path)).await.unwrap_err();
        assert_eq!(error.to_string(), format!("{} {words}", server.url(path)));
    }
    assert_eq!(
        server
            .targets()
            .iter()
            .filter(|target| *target == "/round")
            .count(),
        6
    );
}

#[tokio::test]
async fn nobody_there_and_no_such_name_are_told() {
    let url = format!("http://{}/tenants?key=s3cret", nobody().await);
    let error = load(&url).await.unwrap_err();
    let told = error.to_string();
    assert!(told.contains("cannot be reached: "), "{told}");
    assert!(told.contains("refused"), "{told}");
    assert!(error.hint().unwrap().contains("network"));
    assert!(!format!("{told}{error:?}").contains("s3cret"), "{error:?}");
}

#[tokio::test]
async fn silence_ends_with_the_deadline() {
    let server = Server::replaying([Reply::never()]).await;
    let error = load_with(&server.url("/"), &fetcher_within(quick()))
        .await
        .unwrap_err();
    let wanted = format!("{} did not answer in full within 400 ms", server.url("/"));
    assert_eq!(error.to_string(), wanted);
}

/// TLS that never comes about: the deadline is that of the connection.
#[tokio::test]
async fn a_connection_that_says_nothing_ends_with_its_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let limits = Limits {
        connect: Duration::from_millis(200),
        ..Limits::default()
    };
    let error = load_with(&url, &fetcher_within(limits)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("{url} did not accept a connection within 200 ms")
    );
}

#[tokio::test]
async fn a_body_that_drips_ends_with_the_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let dripping = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let _ = socket.read(&mut [0; 4096]).await.unwrap();
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n[";
        socket.write_all(head).await.unwrap();
        // Until the client goes away.
        while socket.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {}
    });
    let error = load_with(&url, &fetcher_within(quick())).await.unwrap_err();
    assert!(
        error.to_string().contains("did not answer in full"),
        "{error}"
    );
    soon("the client to go away", dripping).await.unwrap();
}

#[tokio::test]
async fn a_body_that_breaks_off_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let breaking = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let _ = socket.read(&mut [0; 4096]).await.unwrap();
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n[";
        socket.write_all(head).await.unwrap();
    });
    let error = load(&url).await.unwrap_err();
    assert!(error.to_string().contains("broke off: "), "{error}");
    breaking.await.unwrap();
}

#[tokio::test]
async fn dropping_the_load_closes_the_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let loading = tokio::spawn(async move { load(&url).await.map(drop) });
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut buffer = [0; 4096];
    assert!(socket.read(&mut buffer).await.unwrap() > 0);
    loading.abort();
    let closed = async { while socket.read(&mut buffer).await.is_ok_and(|read| read > 0) {} };
    soon("the connection to close", closed).await;
}

#[tokio::test]
async fn more_than_the_limit_is_not_read() {
    let limits = Limits {
        body: 1 << 20,
        ..Limits::default()
    };
    let server = Server::replaying([Reply::json(vec![b' '; (1 << 20) + 1])]).await;
    let error = load_with(&server.url("/"), &fetcher_within(limits))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("the answer of {} is larger than 1 MiB", server.url("/"))
    );
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn gzip_is_unpacked_and_bounded() {
    let limits = Limits {
        body: 1 << 20,
        ..Limits::default()
    };
    let bomb = gzip(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 1 << 20);
    let packed = move |body: Vec<u8>| Reply::json(body).with("content-encoding", "gzip");
    let server = Server::start(move |asked| match asked.target.as_str() {
        "/good" => packed(gzip(TENANTS.as_bytes())),
        "/bomb" => packed(bomb.clone()),
        "/bad" => packed(TENANTS.into()),
        _ => Reply::json(TENANTS).with("content-encoding", "br"),
    })
    .await;
    let fetcher = fetcher_within(limits);
    let loaded = load_with(&server.url("/good"), &fetcher).await.unwrap();
    assert_eq!(loaded.tenants.len(), 1);
    for (path, words) in [
        ("/bomb", "is larger than 1 MiB"),
        ("/bad", "cannot be unpacked: invalid gzip header"),
        (
            "/other",
            "cannot be unpacked: it says \"br\", and gzip was asked for",
        ),
    ] {
        let error = load_with(&server.url(path), &fetcher).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the answer of {} {words}", server.url(path))
        );
    }
}

#[test]
fn what_cannot_be_asked_is_refused_before() {
    let token = Secret::new("s3cret");
    let refused = |url: &str, fields: &[(&str, &Secret)]| {
        Endpoint::new(url, fields.iter().copied(), None).unwrap_err()
    };
    for (url, fields, words) in [
        (
            "api.example.com/tenants",
            vec![],
            "found something that is no URL",
        ),
        (
            "ftp://api.example.com/",
            vec![],
            "wanted a URL that starts with https:// or http://",
        ),
        (
            "https://me:s3cret@api.example.com/",
            vec![],
            "has a user's name or a password in it",
        ),
        (
            "http://api.example.com/",
            vec![("X-Key", &token)],
            "is not encrypted",
        ),
        (
            "https://api.example.com/",
            vec![("X Key", &token)],
            "\"X Key\" cannot be sent: its name",
        ),
    ] {
        let error = refused(url, &fields);
        assert!(error.to_string().contains(words), "{error}");
        assert!(
            !format!("{error} {error:?}").contains("s3cret"),
            "{error:?}"
        );
    }
    let broken = Secret::new("s3cret\r\nx: y");
    let error = refused("https://api.example.com/", &[("X-Key", &broken)]);
    assert!(matches!(error, InvalidEndpoint::Header(_)));
    assert!(!format!("{error} {error:?}").contains("s3cret"));
    let endpoint = Endpoint::new("https://a.example/?key=s3cret", [("X-Key", &token)], None);
    assert!(!format!("{:?}", endpoint.unwrap()).contains("s3cret"));
}
