//! Inputs that reach far: from the test tables, and by hand where there is none.

use serde_json::Value;

/// Sources and paths that path-to-regexp itself was asked.
const CASES: &str = include_str!("../../tests/fixtures/path-to-regexp/cases.json");

fn owned(seeds: &[&str]) -> Vec<Vec<u8>> {
    seeds.iter().map(|seed| seed.as_bytes().to_vec()).collect()
}

fn cases(key: &str) -> Vec<String> {
    let cases: Value = serde_json::from_str(CASES).expect("the table is JSON");
    let texts = cases[key].as_array().expect("the table has it").iter();
    texts
        .filter_map(|text| Some(text.as_str()?.to_owned()))
        .collect()
}

pub(crate) fn authority() -> Vec<Vec<u8>> {
    owned(&[
        "acme---main.tripledash.localhost:7333",
        "Acme---Main.Tripledash.Localhost.",
        "[::1]:3000",
        "[::ffff:127.0.0.1]",
        "127.0.0.1:80",
        "127.1",
        "0x7f.1",
        "münchen.example",
        "xn--mnchen-3ya.example:443",
        "a..b",
        "user@host:1",
        "host:99999",
        "host:",
        "_a-.-b_",
        "ẞ.example。com",
    ])
}

pub(crate) fn respond() -> Vec<Vec<u8>> {
    let seed = |text: &str| [b"\x09\x05", text.as_bytes()].concat();
    [
        "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbodyHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0A ;x=1\r\n0123456789\r\n0\r\nx-sum: 9\r\n\r\nmore",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nto the end",
        "HTTP/1.0 200 OK\nserver: old\n\nto the end",
        "HTTP/1.1 204 No Content\r\ncontent-length: 3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\ncontent-length: 3, 3\r\ncontent-length: 3\r\n\r\nabc",
        "\r\n\r\nHTTP/1.1 301 Moved\r\nlocation: /\r\ncontent-length: 18446744073709551615\r\n\r\n",
    ]
    .map(seed)
    .to_vec()
}

pub(crate) fn address() -> Vec<Vec<u8>> {
    owned(&[
        "acme---main",
        "main",
        "acme---main.admin",
        "acme---en---main",
        "---main",
        "acme----main",
        "acme---remote.s",
        "acme.app.example",
        "https://acme.app.example/path?x=1",
        "http://localhost:3000",
        "shop.acme.example",
        "acme---main.tripledash.localhost:7333/x",
    ])
}

pub(crate) fn pattern() -> Vec<Vec<u8>> {
    let paths = cases("paths");
    let line = |at: usize| paths.get(at % paths.len()).map_or("/", String::as_str);
    let mut seeds: Vec<Vec<u8>> = cases("sources")
        .iter()
        .enumerate()
        .map(|(at, source)| {
            let plain = source.replace([':', '*', '+', '?'], "");
            format!("{source}\n{plain}\n{}\n{}", line(at), line(at * 7 + 3)).into_bytes()
        })
        .collect();
    seeds.extend(owned(&[
        "/((?:a+)+(?!b)c)\n/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "(?<shop>.*)\\.acme\\.com\nnorth.acme.com",
        "/:a(\\d+)-:b?\n/1-2\n/1-",
    ]));
    seeds
}

pub(crate) fn destination() -> Vec<Vec<u8>> {
    owned(&[
        "/x/:a\n/1/2\nv",
        "/x/:rest*?y=:a\n/a/b/c?y=2&z=3\nv",
        "/{tenant}/$1\n/a/b\na:b(c)*",
        "/x?y=:a&z=:rest*#f\n/a/b/c?q\n",
        "/:a?/x\n/a\n\\",
        "/cost$/:missing\n/a\n",
        "/${env:X}/:a\n/a/b\n{}",
    ])
}

pub(crate) fn workspace() -> Vec<Vec<u8>> {
    owned(&[
        "{}",
        "{ // comment\n \"name\": \"x\", \"previews\": [], }",
        r#"{ "name": "w", "tenants": [{ "id": "a", "domains": ["a.example"] }, "b"], "prefix": ["tenant", "lang"],
  "previews": [{ "name": "main", "upstream": "http://localhost:3000", "headers": { "x": "${env:X}" } },
    { "name": "p", "upstream": "https://{branch}.example", "access": "read-only", "host": "{tenant}.example" }],
  "rules": [{ "by": "app", "source": "/((?!api).*)", "has": [{ "type": "host", "value": "(?<a>.*)" }], "destination": "/{tenant}/$1" }],
  "pages": { "home": "/" } }"#,
        "{ \"name\": 1, \"previews\": [{ \"name\": \"\\u0000\" }], \"x\": [[[[",
    ])
}

pub(crate) fn cookie() -> Vec<Vec<u8>> {
    owned(&[
        "sid=1; Domain=.example.com; Secure; SameSite=None; Partitioned; Path=/; HttpOnly",
        "__Host-sid=a=b; Path=/; Secure\n__Secure-x=; secure",
        "a; ; domain\n=x; SAMESITE = none ;Max-Age=0",
        "tripledash-host-sid=2; a=1",
        "__hOsT-\u{e9}=\u{e9}; expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "\"a\"=\"b;c\"; Path=\"/\"",
        "tripledash-__Host-a=1\na=\u{e0}; Secure",
    ])
}

pub(crate) fn policy() -> Vec<Vec<u8>> {
    owned(&[
        "default-src 'self'; script-src 'nonce-abc+/=' 'strict-dynamic'; frame-ancestors 'none'",
        "Upgrade-Insecure-Requests; img-src *, frame-ancestors 'self'",
        "frame-ancestors\nscript-src-elem 'nonce-\"><b>'",
        ";;,, frame-src x;;",
        "sandbox; report-uri /r; FRAME-ANCESTORS a b c",
    ])
}

pub(crate) fn redirect() -> Vec<Vec<u8>> {
    let addresses = [
        "http://localhost:3000/a?b#c",
        "//127.0.0.1:3000/x",
        "https://globex.app.example/y",
        "https://app.example",
        "http://acme---main.tripledash.localhost:7333/p",
        "http://globex---main.s.tripledash.localhost/p",
        "https://idp.example/login?next=http://localhost:3000/",
        "/relative",
        "http://[::1]:3000\\x",
        "5; url=http://localhost:3000/",
        "0;URL='http://localhost:3000/'",
        "<http://localhost:3000/a.css>; rel=preload, </b>; rel=\"x, <http://localhost:3000>\"",
        "http://localhost:3000/x;push",
    ];
    let each =
        |at: usize, address: &&str| [&[u8::try_from(at % 6).unwrap()], address.as_bytes()].concat();
    let mut seeds: Vec<Vec<u8>> = addresses
        .iter()
        .enumerate()
        .map(|(at, address)| each(at, address))
        .collect();
    seeds.extend(addresses.iter().map(|address| each(0, address)));
    seeds
}

pub(crate) fn inject() -> Vec<Vec<u8>> {
    let pages = [
        "<!doctype html><html><head><title>x</title></head><body>hello</body></html>",
        "<!-- <head> --><html lang=en><HEAD data-x='>'><script>\"<head>\"</script>",
        "plain text, no tag at all",
        "<p>no head<script>if (a<b) {}</script>",
        "<svg><head></svg><template><head></template>",
        "<title><head></title><textarea><body>",
        "",
        "<he",
        "\u{feff}<!doctype html>\u{e9}<body>",
        "<head><script src=\"/__tripledash/agent.js\" nonce=\"x\"></script></head>",
    ];
    let mut seeds = Vec::new();
    for (at, page) in pages.iter().enumerate() {
        for coding in [0, u8::try_from(at % 8).unwrap()] {
            seeds.push([&[coding, u8::try_from(at * 3).unwrap()], page.as_bytes()].concat());
        }
    }
    seeds.push([&[1, 200], "<p>".repeat(3000).as_bytes()].concat());
    seeds
}

pub(crate) fn redact() -> Vec<Vec<u8>> {
    let mut seeds = owned(&[
        "s3cret-value\nabc\n/a?b=1",
        "p@ss/w?rd\n0123\n/a?x-api-key=1&b=2",
        "hunter22\nab\nx=y?z%68unter22",
        "\u{e9}\u{e9}\u{e9}\u{e9}\na\n%C3%A9",
    ]);
    seeds.push(b"s3cret\n\x00\x01\x02\n/%2".to_vec());
    seeds
}

pub(crate) fn wire() -> Vec<Vec<u8>> {
    let streams = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nHEAD /x?y HTTP/1.0\r\n\r\n\r\nGET http://a/ HTTP/1.1\r\nhost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3 ,3\r\ncontent-length:3\r\n\r\nabcGET",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n\
         3;x=\"y\"\r\nabc\r\n0A \t;z\r\n0123456789\r\n0\r\nX: y\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
        "OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nGET / HTTP/1.1\r\nHost: b\r\n\r\n",
        "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\nx",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nX:\t\u{e9}\t \r\nY:\r\n\r\n",
        // Lines that come again, change, and then come again as they were changed.
        "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nCookie: c=d\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nCookie: c=d\r\n\r\n\
         GET / HTTP/1.1\r\nHost: a\r\nB: \t2 \r\nCookie: e=f\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\nB: \t2 \r\nCookie: e=f\r\n\r\n\
         GET / HTTP/1.1\r\nHost: a\r\nCookie: e=f\r\nCookie: e=f\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Keep-Alive\r\n\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\nte: trailers\r\n\r\n\
         GET / HTTP/1.1\r\nhost: a\r\nContent-Length: 0\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\nX-Odd: \u{fc}\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u{16}\u{3}\u{1}",
    ];
    let mut seeds = Vec::new();
    for (at, stream) in streams.iter().enumerate() {
        let cuts = [
            u8::try_from(at * 11).unwrap(),
            u8::try_from(at + 1).unwrap(),
        ];
        seeds.push([&cuts, stream.as_bytes()].concat());
    }
    seeds
}
