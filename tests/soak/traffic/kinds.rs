//! The things that browsers do. Each opens a connection, does its thing, and leaves.

use std::io;
use std::pin::Pin;
use std::time::Duration;

use rand::Rng as _;
use rand::rngs::StdRng;

use crate::app::{EVENTS, LARGE, PAGE};
use crate::browser::Browser;

/// Where browsers go.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) port: u16,
    pub(crate) token: String,
}

type Doing<'a> = Pin<Box<dyn Future<Output = io::Result<()>> + Send + 'a>>;
type Kind = for<'a> fn(&'a Site, &'a mut StdRng) -> Doing<'a>;

pub(super) const KINDS: [(&str, Kind); 14] = [
    ("page", |site, rng| Box::pin(page(site, rng))),
    ("page in gzip", |site, rng| {
        Box::pin(page_in_gzip(site, rng))
    }),
    ("many assets", |site, rng| Box::pin(assets(site, rng))),
    ("event stream", |site, rng| {
        Box::pin(event_stream(site, rng))
    }),
    ("event stream left", |site, rng| {
        Box::pin(event_stream_left(site, rng))
    }),
    ("upload", |site, rng| Box::pin(upload(site, rng))),
    ("upload left", |site, rng| Box::pin(upload_left(site, rng))),
    ("download left", |site, rng| {
        Box::pin(download_left(site, rng))
    }),
    ("slow reader", |site, rng| Box::pin(slow_reader(site, rng))),
    ("upstream that breaks", |site, rng| {
        Box::pin(broken(site, rng))
    }),
    ("socket", |site, rng| Box::pin(socket(site, rng))),
    ("refusal", |site, rng| Box::pin(refusal(site, rng))),
    ("head left", |site, rng| Box::pin(head_left(site, rng))),
    ("live feed", |site, rng| Box::pin(feed(site, rng))),
];

impl Site {
    async fn open(&self) -> io::Result<Browser> {
        Browser::open(self.port).await
    }

    fn head(&self, method: &str, labels: &str, path: &str, fields: &str) -> String {
        format!(
            "{method} {path} HTTP/1.1\r\nhost: {labels}.tripledash.localhost:{}\r\n{fields}\r\n",
            self.port
        )
    }

    fn get(&self, path: &str, fields: &str) -> String {
        self.head("GET", "acme---main", path, fields)
    }
}

fn want(holds: bool, what: &str) -> io::Result<()> {
    if holds {
        Ok(())
    } else {
        Err(io::Error::other(what.to_owned()))
    }
}

async fn page(site: &Site, rng: &mut StdRng) -> io::Result<()> {
    let mut browser = site.open().await?;
    for _ in 0..rng.random_range(1..4) {
        let request = site.get("/products/42", "sec-fetch-dest: iframe\r\n");
        browser.send(request.as_bytes()).await?;
        let answer = browser.answer().await?;
        let text = String::from_utf8_lossy(&answer.body);
        want(answer.status == 200, "a page")?;
        want(
            text.contains("/__tripledash/agent.js"),
            "the agent in the page",
        )?;
        want(text.ends_with('p'), "the end of the page")?;
    }
    Ok(())
}

async fn page_in_gzip(site: &Site, _: &mut StdRng) -> io::Result<()> {
    let mut browser = site.open().await?;
    let fields = "sec-fetch-dest: iframe\r\naccept-encoding: gzip\r\n";
    browser.send(site.get("/", fields).as_bytes()).await?;
    let answer = browser.answer().await?;
    want(answer.field("content-encoding") == Some("gzip"), "gzip")?;
    let mut text = String::new();
    io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&*answer.body), &mut text)?;
    want(
        text.contains("/__tripledash/agent.js"),
        "the agent in the page",
    )?;
    want(
        text.starts_with(&PAGE[..15]) && text.ends_with('p'),
        "the whole page",
    )
}

async fn assets(site: &Site, rng: &mut StdRng) -> io::Result<()> {
    let mut browser = site.open().await?;
    let count = rng.random_range(1..20);
    // Pipelined: all of them are asked for before the first is read.
    let requests = site.get("/asset.js", "").repeat(count);
    browser.send(requests.as_bytes()).await?;
    for _ in 0..count {
        want(browser.answer().await?.body.len() == 2048, "a whole asset")?;
    }
    Ok(())
}

async fn event_stream(site: &Site, _: &mut StdRng) -> io::Result<()> {
    let mut browser = site.open().await?;
    browser.send(site.get("/events", "").as_bytes()).await?;
    let answer = browser.answer().await?;
    let events = String::from_utf8_lossy(&answer.body)
        .matches("data:")
        .count();
    want(events == EVENTS, "every event")
}

async fn event_stream_left(site: &Site, rng: &mut StdRng) -> io::Result<()> {
    let mut browser = site.open().await?;
    browser
        .send(site.get("/events/endless", "").as_bytes())
        .await?;
    browser.head().await?;
    browser.exact(rng.random_range(1..200)).await?;
    Ok(())
}

async fn upload(site: &Site, rng: &mut StdRng) -> io::Result<()> {
    let mut browser = site.open().await?;
    let size = rng.random_range(0..300_000);
    let bytes = vec![b'u'; size];
    let said = if rng.random() {
        let length = format!("content-length: {size}\r\n");
        let head = site.head("POST", "acme---main", "/upload", &length);
        browser.send(head.as_bytes()).await?;
        browser.send(&bytes).await?;
        browser.answer().await?
    } else {
        let chunked = "transfer-encoding: chunked\r\n";
        let head = site.head("POST", "acme---main", "/upload", chunked);
        browser.send(head.as_bytes()).await?;
        for chunk in bytes.chunks(20_000) {
            browser
                .send(format!("{:x}\r\n", chunk.len()).as_bytes())
                .await?;
            browser.send(chunk).await?;
            browser.send(b"\r\n").await?;
        }
        browser.send(b"0\r\n\r\n").await?;
        browser.answer().await?
    };
    want(
        said.body == size.to_string().as_bytes(),
        "the whole upload at the upstream",
    )
}

async fn upload_left(site: &Site, rng: &mut StdRng) -> io::Result<()> {
    let mut browser = site.open().await?;
    let head = site.head(
        "POST",
        "acme---main",
        "/upload",
        "content-length: 500000\r\n",
    );
    browser.send(head.as_bytes()).await?;
    browser
        .send(&vec![b'u'; rng.random_range(0..400_000)])
        .await
}

async fn download_left(site: &Site, rng: &mut StdRng) -> io::Result<()> {
    let mut browser = site.open().await?;
    browser.send(site.get("/large", "").as_bytes()).await?;
    let far = rng.random_range(0..LARGE);
    browser.exact(far).await?;
    Ok(())
}

async fn slow_reader(site: &Site, rng: &mut StdRng) -> io::Result<()> {
    let mut browser = site.open().await?;
    browser.send(site.get("/large", "").as_bytes()).await?;
    browser.head().await?;
    let mut left = LARGE;
    while left > 0 {
        let now = left.min(256 * 1024);
        browser.exact(now).await?;
        left -= now;
        // The reader's pace.
        tokio::time::sleep(Duration::from_millis(rng.random_range(0..10))).await;
    }
    Ok(())
}

async fn broken(site: &Site, rng: &mut StdRng) -> io::Result<()> {
    let mut browser = site.open().await?;
    if rng.random() {
        browser.send(site.get("/reset", "").as_bytes()).await?;
        // The head may be lost with the rest; a whole answer must not come.
        match browser.answer().await {
            Ok(answer) => want(answer.status == 502, "a broken transfer"),
            Err(_) => Ok(()),
        }
    } else {
        browser.send(site.get("/hang-up", "").as_bytes()).await?;
        want(
            browser.answer().await?.status == 502,
            "a page that says 502",
        )
    }
}

async fn socket(site: &Site, rng: &mut StdRng) -> io::Result<()> {
    let mut browser = site.open().await?;
    let fields = "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
                  sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    browser.send(site.get("/socket", fields).as_bytes()).await?;
    want(browser.head().await?.status == 101, "an upgrade")?;
    for _ in 0..rng.random_range(0..8) {
        let message = vec![b'm'; rng.random_range(1..5000)];
        browser.send(&message).await?;
        want(browser.exact(message.len()).await? == message, "an echo")?;
    }
    Ok(())
}

async fn refusal(site: &Site, rng: &mut StdRng) -> io::Result<()> {
    let (labels, status) = match rng.random_range(0..3) {
        0 => ("acme---nowhere", 404),
        1 => ("acme---stopped", 502),
        _ => ("acme----main", 404),
    };
    let mut browser = site.open().await?;
    browser
        .send(site.head("GET", labels, "/", "").as_bytes())
        .await?;
    let answer = browser.answer().await?;
    want(
        answer.status == status,
        &format!("{status} of {labels}, not {}", answer.status),
    )
}

async fn head_left(site: &Site, rng: &mut StdRng) -> io::Result<()> {
    let mut browser = site.open().await?;
    let request = site.get("/", "accept: text/html\r\n");
    let far = rng.random_range(0..request.len());
    browser.send(&request.as_bytes()[..far]).await
}

async fn feed(site: &Site, _: &mut StdRng) -> io::Result<()> {
    let mut browser = site.open().await?;
    let request = format!(
        "GET /api/v1/stream?limit=5 HTTP/1.1\r\nhost: tripledash.localhost:{}\r\n\
         authorization: Bearer {}\r\n\r\n",
        site.port, site.token
    );
    browser.send(request.as_bytes()).await?;
    want(browser.head().await?.status == 200, "a feed")?;
    browser.exact(100).await?;
    Ok(())
}
