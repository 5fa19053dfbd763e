use super::*;

/// Reads a head of which no line is known.
fn anew(head: &[u8]) -> Result<Option<Read>, Violation> {
    Head::default().read(head, &mut KnownLines::default())
}

/// The verdict on a whole head.
fn read(head: &str) -> Result<Framing, Violation> {
    let read = anew(head.as_bytes())?.expect("a whole head");
    assert_eq!(read.length, head.len());
    Ok(read.body)
}

fn with(fields: &str) -> Result<Framing, Violation> {
    read(&format!("POST /x HTTP/1.1\r\nHost: a\r\n{fields}\r\n"))
}

fn asks(line: &str) -> Result<Framing, Violation> {
    read(&format!("{line}\r\nhost: a\r\n\r\n"))
}

#[test]
fn heads_that_are_in_order() {
    assert_eq!(with(""), Ok(Framing::None));
    assert_eq!(with("X:\r\nY: \t a\tb \u{e9} \r\n"), Ok(Framing::None));
    assert_eq!(with("Content-Length: 0\r\n"), Ok(Framing::None));
    assert_eq!(with("CONTENT-length:\t007 \r\n"), Ok(Framing::Sized(7)));
    assert_eq!(with("Transfer-Encoding: Chunked\r\n"), Ok(Framing::Chunked));
    assert_eq!(with("Upgrade: websocket\r\n"), Ok(Framing::Switch));
    assert_eq!(
        with("Upgrade: x\r\nContent-Length: 1\r\n"),
        Ok(Framing::Sized(1))
    );
    assert_eq!(
        with("Expect: 100-Continue\r\nContent-Length: 1\r\n"),
        Ok(Framing::Sized(1))
    );
    assert_eq!(
        read("\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n"),
        Ok(Framing::None)
    );
    assert_eq!(read("GET / HTTP/1.0\r\n\r\n"), Ok(Framing::None));
    assert_eq!(
        read("GET / HTTP/1.0\r\nupgrade: x\r\n\r\n"),
        Ok(Framing::None)
    );
    for line in [
        "GET /a%20b?c=1&d=[]|^`\\{}' HTTP/1.1",
        "GET /{\"a\"}[b]|^\\ HTTP/1.1",
        "GET //a/../b;c=d@e:f HTTP/1.1",
        "GET http://a.localhost:1/x?y HTTP/1.1",
        "OPTIONS * HTTP/1.1",
        "BASELINE-CONTROL / HTTP/1.1",
        "m!#$%&'*+-.^_`|~9 / HTTP/1.1",
    ] {
        assert_eq!(asks(line), Ok(Framing::None), "{line}");
    }
    assert_eq!(asks("CONNECT a.localhost:1 HTTP/1.1"), Ok(Framing::Switch));
}

#[test]
fn line_that_comes_byte_by_byte_is_looked_through_once() {
    // Looked through anew with each byte, it would take minutes.
    let line = vec![b'a'; MAX_HEAD - 1];
    let known = &mut KnownLines::default();
    let mut head = Head::default();
    for end in 1..=line.len() {
        assert_eq!(head.read(&line[..end], known), Ok(None));
    }
    // A CR may yet be followed by its LF, and by nothing else.
    let mut head = Head::default();
    assert_eq!(head.read(b"GET / HTTP/1.1\r", known), Ok(None));
    assert_eq!(
        head.read(b"GET / HTTP/1.1\ra", known),
        Err(Violation::BareCr)
    );
}

#[test]
fn lengths() {
    assert_eq!(
        with("Content-Length: 5\r\nContent-Length: 5\r\n"),
        Ok(Framing::Sized(5))
    );
    assert_eq!(with("Content-Length: 5, 5 ,05\r\n"), Ok(Framing::Sized(5)));
    for (fields, wanted) in [
        (
            "Content-Length: 5\r\nContent-Length: 6\r\n",
            Violation::Lengths,
        ),
        ("Content-Length: 5, 6\r\n", Violation::Lengths),
        (
            "Content-Length: 5, 5\r\nContent-Length: 5, 5\r\n",
            Violation::Length,
        ),
        ("Content-Length: 5,\r\n", Violation::Length),
        ("Content-Length:\r\n", Violation::Length),
        ("Content-Length: +5\r\n", Violation::Length),
        ("Content-Length: -5\r\n", Violation::Length),
        ("Content-Length: 0x5\r\n", Violation::Length),
        ("Content-Length: 5 5\r\n", Violation::Length),
        ("Content-Length: 5.0\r\n", Violation::Length),
        ("Content-Length: \u{ff15}\r\n", Violation::Length),
        ("Content-Length: 9223372036854775808\r\n", Violation::Length),
        (
            "Content-Length: 99999999999999999999999\r\n",
            Violation::Length,
        ),
        // Where chunks count alone, a length that is none is still wrong.
        (
            "Content-Length: x\r\nTransfer-Encoding: chunked\r\n",
            Violation::Length,
        ),
    ] {
        assert_eq!(with(fields), Err(wanted), "{fields:?}");
    }
    let both = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n";
    assert_eq!(with(both), Ok(Framing::Chunked));
}

#[test]
fn a_list_of_lengths_is_cut_down_to_its_first() {
    let mut head = b"POST / HTTP/1.1\r\nhost: a\r\nContent-Length: 5, 5\r\n\r\n".to_vec();
    let read = anew(&head).unwrap().unwrap();
    head[read.mend.unwrap()].fill(b' ');
    assert!(
        String::from_utf8(head)
            .unwrap()
            .contains("Content-Length: 5   \r\n")
    );
}

#[test]
fn transfer_codings() {
    for (fields, wanted) in [
        (
            "Transfer-Encoding: chunked, gzip\r\n",
            Violation::NotChunkedLast,
        ),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n",
            Violation::NotChunkedLast,
        ),
        (
            "Transfer-Encoding: chunked, chunked\r\n",
            Violation::NotChunkedLast,
        ),
        (
            "Transfer-Encoding: chunked\r\ntransfer-encoding: chunked\r\n",
            Violation::NotChunkedLast,
        ),
        ("Transfer-Encoding: gzip\r\n", Violation::NotChunkedLast),
        ("Transfer-Encoding: identity\r\n", Violation::NotChunkedLast),
        ("Transfer-Encoding: xchunked\r\n", Violation::NotChunkedLast),
        (
            "Transfer-Encoding: chunked;q=1\r\n",
            Violation::NotChunkedLast,
        ),
        (
            "Transfer-Encoding: \"chunked\"\r\n",
            Violation::NotChunkedLast,
        ),
        ("Transfer-Encoding: chunked,\r\n", Violation::NotChunkedLast),
        ("Transfer-Encoding:\r\n", Violation::NotChunkedLast),
        ("Transfer-Encoding: gzip, chunked\r\n", Violation::Coding),
        (
            "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
            Violation::Coding,
        ),
        (
            "Transfer-Encoding: \x0bchunked\r\n",
            Violation::Control(0x0b),
        ),
    ] {
        assert_eq!(with(fields), Err(wanted), "{fields:?}");
    }
    let old = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(read(old), Err(Violation::CodingBefore11));
    let old = "POST / HTTP/1.0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(read(old), Err(Violation::CodingBefore11));
}

#[test]
fn lines() {
    for (head, wanted) in [
        ("GET / HTTP/1.1\nhost: a\r\n\r\n", Violation::BareLf),
        ("GET / HTTP/1.1\r\nhost: a\n\r\n", Violation::BareLf),
        ("GET / HTTP/1.1\r\nhost: a\r\n\n", Violation::BareLf),
        ("\nGET / HTTP/1.1\r\nhost: a\r\n\r\n", Violation::BareLf),
        ("GET / HTTP/1.1\r\nhost: a\rx: b\r\n\r\n", Violation::BareCr),
        ("GET / HTTP/1.1\r\nhost: a\r\r\n\r\n", Violation::BareCr),
        ("GET / HTTP/1.1\r\nhost: a\0\r\n\r\n", Violation::Control(0)),
        (
            "GET / HTTP/1.1\r\nhost: a\x7f\r\n\r\n",
            Violation::Control(0x7f),
        ),
        ("GET / HTTP/1.1\r\n host: a\r\n\r\n", Violation::Fold),
        ("GET / HTTP/1.1\r\nhost: a\r\n\tb\r\n\r\n", Violation::Fold),
        (
            "GET / HTTP/1.1\r\nhost : a\r\n\r\n",
            Violation::SpaceBeforeColon,
        ),
        (
            "GET / HTTP/1.1\r\nhost\t: a\r\n\r\n",
            Violation::SpaceBeforeColon,
        ),
        ("GET / HTTP/1.1\r\nhost\r\n\r\n", Violation::NoColon),
        ("GET / HTTP/1.1\r\nhost a\r\n\r\n", Violation::NoColon),
        ("GET / HTTP/1.1\r\n: a\r\n\r\n", Violation::Name),
        ("GET / HTTP/1.1\r\n(x): a\r\n\r\n", Violation::Name),
        ("GET / HTTP/1.1\r\nx\u{e9}: a\r\n\r\n", Violation::Name),
        ("GET / HTTP/1.1\r\nx: a\r\n\r\n", Violation::NoHost),
        (
            "GET / HTTP/1.1\r\nhost: a\r\nHost: a\r\n\r\n",
            Violation::ManyHosts(2),
        ),
        (
            "GET / HTTP/1.0\r\nhost: a\r\nHost: b\r\n\r\n",
            Violation::ManyHosts(2),
        ),
        ("GET http://a/ HTTP/1.1\r\n\r\n", Violation::NoHost),
        (
            "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n",
            Violation::RequestLine,
        ),
        (
            "CONNECT a:1 HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\n",
            Violation::TunnelBody,
        ),
    ] {
        let verdict = anew(head.as_bytes());
        assert_eq!(verdict, Err(wanted), "{head:?}");
    }
    assert_eq!(with("Expect: 200-ok\r\n"), Err(Violation::Expectation));
    assert_eq!(
        with("Expect: 100-continue, x\r\n"),
        Err(Violation::Expectation)
    );
}

#[test]
fn first_lines() {
    for (line, wanted) in [
        ("GET /", Violation::RequestLine),
        ("GET  / HTTP/1.1", Violation::RequestLine),
        ("GET / HTTP/1.1 ", Violation::RequestLine),
        ("GET / x HTTP/1.1", Violation::RequestLine),
        ("GET\t/\tHTTP/1.1", Violation::RequestLine),
        ("GET / http/1.1", Violation::RequestLine),
        ("GET / HTTP/1.01", Violation::RequestLine),
        ("GET / HTTP/1", Violation::RequestLine),
        ("GET / HTTPS/1.1", Violation::RequestLine),
        ("GET / HTTP/1.2", Violation::Version),
        ("PRI * HTTP/2.0", Violation::Version),
        (" GET / HTTP/1.1", Violation::Method),
        ("G(T / HTTP/1.1", Violation::Method),
        ("G\u{c9}T / HTTP/1.1", Violation::Method),
        ("GET * HTTP/1.1", Violation::Target),
        ("GET x HTTP/1.1", Violation::Target),
        ("GET ?x HTTP/1.1", Violation::Target),
        ("GET a:80 HTTP/1.1", Violation::Target),
        ("GET http: HTTP/1.1", Violation::Target),
        ("GET http:///x HTTP/1.1", Violation::Target),
        ("CONNECT / HTTP/1.1", Violation::Target),
        ("CONNECT http://a/ HTTP/1.1", Violation::Target),
        ("GET /a#b HTTP/1.1", Violation::TargetByte(b'#')),
        ("GET /<a> HTTP/1.1", Violation::TargetByte(b'<')),
        ("GET /a?\"b\" HTTP/1.1", Violation::TargetByte(b'"')),
        ("GET /caf\u{e9} HTTP/1.1", Violation::TargetByte(0xc3)),
        ("GET http://a/\u{e9} HTTP/1.1", Violation::TargetByte(0xc3)),
        ("GET /\0 HTTP/1.1", Violation::Control(0)),
    ] {
        assert_eq!(asks(line), Err(wanted), "{line:?}");
    }
    let long = format!("{} / HTTP/1.1", "M".repeat(MAX_METHOD + 1));
    assert_eq!(asks(&long), Err(Violation::MethodTooLong));
}

#[test]
fn limits_are_judged_at_the_heads_end() {
    let long = |size| format!("GET /{} HTTP/1.1", "x".repeat(size));
    assert_eq!(asks(&long(MAX_TARGET - 1)), Ok(Framing::None));
    assert_eq!(asks(&long(MAX_TARGET)), Err(Violation::TargetTooLong));
    let many = |count| {
        (0..count)
            .map(|n| format!("x-{n}: y\r\n"))
            .collect::<String>()
    };
    assert_eq!(with(&many(MAX_FIELDS - 1)), Ok(Framing::None));
    assert_eq!(with(&many(MAX_FIELDS)), Err(Violation::TooManyFields));
    let large = |size| format!("x: {}\r\n", "y".repeat(size));
    assert_eq!(with(&large(MAX_HEADERS - 100)), Ok(Framing::None));
    assert_eq!(with(&large(MAX_HEADERS)), Err(Violation::FieldsTooLarge));
    // Something worse behind a limit is what is told.
    let worse = format!("{}z : y\r\n", many(MAX_FIELDS));
    assert_eq!(with(&worse), Err(Violation::SpaceBeforeColon));
}

#[test]
fn nothing_is_waited_for_without_end() {
    let endless = format!("GET /{}", "x".repeat(MAX_HEAD));
    assert_eq!(anew(endless.as_bytes()), Err(Violation::TargetTooLong));
    let endless = format!("GET / HTTP/1.1\r\nhost: a\r\nx: {}", "y".repeat(MAX_HEAD));
    assert_eq!(anew(endless.as_bytes()), Err(Violation::FieldsTooLarge));
    // A TLS client says hello, and waits for an answer.
    let hello = b"\x16\x03\x01\x02\0\x01";
    assert_eq!(anew(hello), Err(Violation::Control(0x16)));
}
