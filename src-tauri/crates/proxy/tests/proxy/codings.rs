//! Bodies in content codings: edited in the same coding, or not touched at all.

use std::io::{Read as _, Write as _};

use crate::support::{CODINGS, Encoder, Fake, Tripledash, decoded, encoded, get};

const PAGE: &str = "<!doctype html><html><head><title>Acme</title></head><body>hi</body></html>";

fn injected(proxy: &Tripledash) -> String {
    let base = proxy.base();
    let tag = format!(
        "<script src=\"/__tripledash/agent.js\" data-workbench=\"http://{base}\"></script>"
    );
    PAGE.replace("<head>", &format!("<head>{tag}"))
}

/// An upstream that answers every request with these bytes, cut in two.
async fn upstream(head: String, body: Vec<u8>) -> Fake {
    Fake::start(move |mut peer| {
        let (head, body) = (head.clone(), body.clone());
        async move {
            while peer.request().await.is_some() {
                let length = body.len();
                peer.send(&format!(
                    "HTTP/1.1 200 OK\r\n{head}\r\ncontent-length: {length}\r\n\r\n"
                ))
                .await;
                for half in body.chunks(length.div_ceil(2).max(1)) {
                    peer.send_bytes(half).await;
                }
            }
        }
    })
    .await
}

#[tokio::test]
async fn page_stays_in_its_coding() {
    for (name, form) in CODINGS {
        let head = format!("content-type: text/html\r\ncontent-encoding: {name}\r\netag: \"1\"");
        let upstream = upstream(head, encoded(form, PAGE)).await;
        let mut proxy = Tripledash::start(&upstream.origin(), "").await;
        let mut browser = proxy.browser().await;
        let accept = "accept-encoding: gzip, deflate, br, zstd";
        let request = get(&proxy.host("acme---main"), "/", &[accept]);
        // The connections are good for another exchange.
        for _ in 0..2 {
            let answer = browser.ask(&request).await;
            assert_eq!(answer.all("content-encoding"), [name]);
            assert_eq!(answer.field("content-length"), None);
            assert!(answer.whole);
            assert_eq!(
                decoded(form, &answer.body),
                (injected(&proxy), true),
                "{name} {form}"
            );
            let told = proxy.told().await;
            assert_eq!(told.failure(), None);
            assert_eq!(told.finished.response_bytes, answer.body.len() as u64);
            let edits = &told.answered().edits;
            assert!(
                edits.iter().all(|edit| edit.field != "content-encoding"),
                "{edits:?}"
            );
        }
        assert_eq!(upstream.connections(), 1);
        proxy.stop().await;
    }
}

#[tokio::test]
async fn page_stays_in_two_codings() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&encoded("br", PAGE)).unwrap();
    let body = gzip.finish().unwrap();
    let head = "content-type: text/html\r\ncontent-encoding: br\r\ncontent-encoding: gzip";
    let upstream = upstream(head.to_owned(), body).await;
    let proxy = Tripledash::start(&upstream.origin(), "").await;
    let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
    assert_eq!(answer.all("content-encoding"), ["br", "gzip"]);
    let mut inner = Vec::new();
    flate2::read::GzDecoder::new(&answer.body[..])
        .read_to_end(&mut inner)
        .unwrap();
    assert_eq!(decoded("br", &inner), (injected(&proxy), true));
    proxy.stop().await;
}

#[tokio::test]
async fn bodies_that_are_no_documents_keep_every_byte() {
    for (name, form) in CODINGS {
        for (kind, field) in [
            ("application/json", "accept: */*"),
            ("text/html", "sec-fetch-dest: empty"),
            ("text/x-component", "rsc: 1"),
            ("text/html\r\ncache-control: no-transform", "accept: */*"),
        ] {
            let body = encoded(form, PAGE);
            let head = format!("content-type: {kind}\r\ncontent-encoding: {name}\r\netag: \"1\"");
            let upstream = upstream(head, body.clone()).await;
            let proxy = Tripledash::start(&upstream.origin(), "").await;
            let answer = proxy
                .ask(&get(&proxy.host("acme---main"), "/", &[field]))
                .await;
            assert_eq!(answer.body, body, "{name} {kind} {field}");
            assert_eq!(answer.field("etag"), Some("\"1\""));
            let length = body.len().to_string();
            assert_eq!(answer.field("content-length"), Some(length.as_str()));
            proxy.stop().await;
        }
    }
}

#[tokio::test]
async fn body_that_ends_inside_its_coding_breaks_the_transfer() {
    for (name, form) in CODINGS {
        let mut encoder = Encoder::new(form);
        let body = encoder.piece(PAGE);
        let head = format!("content-type: text/html\r\ncontent-encoding: {name}");
        let upstream = upstream(head, body).await;
        let mut proxy = Tripledash::start(&upstream.origin(), "").await;
        let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
        assert_eq!(
            (answer.status(), answer.whole),
            (200, false),
            "{name} {form}"
        );
        // What did come is there.
        assert_eq!(
            decoded(form, &answer.body),
            (injected(&proxy), false),
            "{name} {form}"
        );
        let told = proxy.told().await;
        assert_eq!(told.failure(), Some("coding-broken"));
        proxy.stop().await;
    }
}

#[tokio::test]
async fn body_in_no_such_coding_breaks_the_transfer() {
    for name in ["gzip", "br", "zstd"] {
        let head = format!("content-type: text/html\r\ncontent-encoding: {name}");
        let upstream = upstream(head, PAGE.as_bytes().to_vec()).await;
        let mut proxy = Tripledash::start(&upstream.origin(), "").await;
        let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
        assert!(!answer.whole, "{name}");
        assert_eq!(proxy.told().await.failure(), Some("coding-broken"));
        proxy.stop().await;
    }
}

#[tokio::test]
async fn empty_page_in_a_coding_is_an_empty_page() {
    for (name, form) in CODINGS {
        let head = format!("content-type: text/html\r\ncontent-encoding: {name}");
        let upstream = upstream(head, Vec::new()).await;
        let mut proxy = Tripledash::start(&upstream.origin(), "").await;
        let answer = proxy.ask(&get(&proxy.host("acme---main"), "/", &[])).await;
        assert!(answer.whole);
        // Without a byte nothing tells deflate's forms apart.
        let form = if form == "bare" { "zlib" } else { form };
        let (text, whole) = decoded(form, &answer.body);
        assert!(whole && text.starts_with("<script"), "{name}: {text}");
        assert_eq!(proxy.told().await.failure(), None);
        proxy.stop().await;
    }
}
