//! Requests as browsers, tools and nobody would send them, on one connection.

use proptest::prelude::*;

/// One request on a connection.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    /// `HOST` stands for the preview host, `BASE` for the base domain, and `NONE` for no preview.
    pub(super) text: String,
    pub(super) is_head: bool,
    /// How many bytes are sent at once.
    pub(super) piece: usize,
    /// Whether its response is read before the next request is sent.
    pub(super) waits: bool,
}

fn target() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "/",
        "/echo?a=b&c=%20",
        "//two/slashes",
        "/%7Etilde/{x}|y",
        "/chunks",
        "/trailers",
        "/to-the-end",
        "/nothing",
        "/same",
        "/empty",
        "/lengths",
        "/length",
        "/list",
        "/both",
        "/early",
        "/odd",
        "/page",
        "/large",
        "/events",
        "/silent",
        "/raw",
        tripledash_proxy::AGENT_PATH,
    ])
}

fn field() -> impl Strategy<Value = String> {
    let plain = prop::sample::select(vec![
        "accept: application/json",
        "Accept: text/html,*/*;q=0.8",
        "sec-fetch-dest: document",
        "sec-fetch-dest: iframe",
        "connection: keep-alive",
        "Connection: Keep-Alive",
        "Cookie: a=b; c=d",
        "cookie: e=f",
        "x-empty:",
        "x-blanks: \t a \t b\t ",
        "X-Odd: ü",
        "origin: http://HOST",
        "referer: http://HOST/from",
        "if-none-match: \"1\"",
        "host-like: x",
        "x-long-name-that-no-table-of-names-has: yes",
    ]);
    let other = prop::sample::select(vec![
        "te: trailers",
        "content-length: 0",
        "connection: keep-alive, x-mine",
        "Connection: x-mine",
        "x-mine: 1",
        "upgrade: h2c",
        "keep-alive: timeout=5",
        "proxy-connection: keep-alive",
    ]);
    prop_oneof![
        8 => plain.prop_map(str::to_owned),
        1 => other.prop_map(str::to_owned),
        1 => prop::sample::select(vec![3_000_usize, 8_000, 9_000, 20_000])
            .prop_map(|size| format!("x-large: {}", "y".repeat(size))),
    ]
}

/// A request in order.
fn good() -> impl Strategy<Value = (String, bool)> {
    let method = prop_oneof![
        6 => Just("GET"),
        2 => Just("HEAD"),
        1 => prop::sample::select(vec!["POST", "OPTIONS", "DELETE"]),
    ];
    let host = prop_oneof![8 => Just("HOST"), 1 => Just("NONE"), 1 => Just("BASE"), 1 => Just("elsewhere.example")];
    let fields = prop::collection::vec(field(), 0..6);
    let blank = prop::bool::weighted(0.1);
    let absolute = prop::bool::weighted(0.1);
    (method, host, target(), fields, blank, absolute).prop_map(
        |(method, host, target, fields, blank, absolute)| {
            let blank = if blank { "\r\n" } else { "" };
            let origin = if absolute {
                format!("http://{host}")
            } else {
                String::new()
            };
            let mut text = format!("{blank}{method} {origin}{target} HTTP/1.1\r\nHost: {host}\r\n");
            for field in &fields {
                text.push_str(field);
                text.push_str("\r\n");
            }
            let sized = fields
                .iter()
                .any(|field| field.starts_with("content-length"));
            if method == "POST" && !sized {
                text.push_str("content-length: 5\r\n\r\nhello");
            } else {
                text.push_str("\r\n");
            }
            (text, method == "HEAD")
        },
    )
}

/// A request after which the connection ends.
fn last() -> impl Strategy<Value = (String, bool)> {
    let last = prop::sample::select(vec![
        "GET /cut HTTP/1.1\r\nhost: HOST\r\n\r\n",
        "GET /cut-chunk HTTP/1.1\r\nhost: HOST\r\n\r\n",
        "GET /large HTTP/1.1\r\nhost: HOST\r\nconnection: close\r\n\r\n",
        "HEAD /large HTTP/1.1\r\nhost: HOST\r\nconnection: close\r\n\r\n",
        "GET /chunks HTTP/1.0\r\nhost: HOST\r\n\r\n",
        "GET /bare-lf HTTP/1.1\nhost: HOST\r\n\r\n",
        "GET /two-hosts HTTP/1.1\r\nhost: HOST\r\nhost: HOST\r\n\r\n",
        "GET /no-host HTTP/1.1\r\n\r\n",
        "GET /no-colon HTTP/1.1\r\nhost: HOST\r\nwhat\r\n\r\n",
        "GET /<> HTTP/1.1\r\nhost: HOST\r\n\r\n",
        "GET /version HTTP/1.2\r\nhost: HOST\r\n\r\n",
        "GET /expects HTTP/1.1\r\nhost: HOST\r\nexpect: much\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: HOST\r\ntransfer-encoding: gzip\r\n\r\n",
        "HEAD / HTTP/1.1\r\nhost: HOST\r\ncontent-length: x\r\n\r\n",
        "\x16\x03\x01\x02\r\n\r\n",
    ]);
    let long = format!("GET /{} HTTP/1.1\r\nhost: HOST\r\n\r\n", "x".repeat(20_000));
    let many = format!(
        "GET / HTTP/1.1\r\nhost: HOST\r\n{}\r\n",
        "x: y\r\n".repeat(101)
    );
    prop_oneof![
        8 => last.prop_map(str::to_owned),
        1 => Just(long),
        1 => Just(many),
    ]
    .prop_map(|text| (text.clone(), text.starts_with("HEAD ")))
}

pub(super) fn asks() -> impl Strategy<Value = Vec<Ask>> {
    let how = || {
        let piece =
            prop_oneof![6 => Just(usize::MAX), 1 => Just(1000), 1 => Just(61), 1 => Just(7)];
        (piece, prop::bool::weighted(0.8))
    };
    let ask = |((text, is_head), (piece, waits)): ((String, bool), (usize, bool))| Ask {
        text,
        is_head,
        piece,
        waits,
    };
    (
        prop::collection::vec((good(), how()).prop_map(ask), 0..5),
        // A bad one is refused at its first wrong byte, with what had come by then.
        (last(), how().prop_map(|(_, waits)| (usize::MAX, waits))).prop_map(ask),
    )
        .prop_map(|(mut asks, last)| {
            asks.push(last);
            asks
        })
}
