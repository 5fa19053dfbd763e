//! A browser's bytes, in any pieces: where the first is cut, how long the others are, the bytes.

use http::{HeaderMap, HeaderName, HeaderValue};
use httparse::{Header, Request, Status};
use tripledash_proxy::fuzzing::{Asked, Broken, Screened, screen};

/// As many fields as hyper reads.
const FIELDS: usize = 100;

pub(crate) fn run(input: &[u8]) {
    let [first, size, bytes @ ..] = input else {
        return;
    };
    let whole = screen(&[bytes]);
    let (before, after) = bytes.split_at(usize::from(*first).min(bytes.len()));
    let mut pieces = vec![before];
    pieces.extend(after.chunks(usize::from(*size).max(1)));
    assert_eq!(
        verdict(&screen(&pieces)),
        verdict(&whole),
        "one verdict for any pieces"
    );
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(
        verdict(&screen(&single)),
        verdict(&whole),
        "one verdict byte by byte"
    );

    for (came, passed) in bytes.iter().zip(&whole.passed) {
        let mended = *passed == b' ' && (came.is_ascii_digit() || b", \t".contains(came));
        assert!(came == passed || mended, "what passes is what came");
    }
    let read = read(&whole.passed);
    assert_eq!(
        read.ends.len() as u64,
        whole.heads,
        "another reader sees as many heads"
    );
    // As most come: each head by itself.
    let mut heads = Vec::new();
    let mut from = 0;
    for end in &read.ends {
        heads.push(&bytes[from..*end]);
        from = *end;
    }
    heads.push(&bytes[from..]);
    let alone = screen(&heads);
    assert_eq!(verdict(&alone), verdict(&whole), "one verdict head by head");
    for screened in [&whole, &alone] {
        for asked in &screened.plain {
            are_alike(asked, &screened.passed[asked.head.clone()]);
        }
    }
    match &whole.end {
        None => {}
        Some(Broken::Head { stand_in, .. }) => {
            assert!(read.is_between, "nothing of a refused head passes");
            let other = screen(&[stand_in]);
            assert_eq!((other.heads, other.end), (1, None), "what stands for it");
        }
        Some(Broken::Body(reason)) => {
            assert!(!read.is_between && !reason.is_empty(), "a body broke off");
        }
    }
}

/// What does not hang on when the bytes came.
fn verdict(screened: &Screened) -> (&[u8], u64, Option<&str>) {
    let end = screened.end.as_ref().map(|end| match end {
        Broken::Head { reason, .. } | Broken::Body(reason) => reason.as_str(),
    });
    (&screened.passed, screened.heads, end)
}

/// A request that nobody reads again is what another reader takes it for, and has no body.
fn are_alike(asked: &Asked, head: &[u8]) {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut request = Request::new(&mut fields);
    let read = request.parse(head);
    assert_eq!(read, Ok(Status::Complete(head.len())), "one head");
    assert_eq!(request.version, Some(1));
    assert_eq!(request.method, Some(asked.method.as_str()));
    assert!(matches!(asked.method.as_str(), "GET" | "HEAD"));
    let target = asked.target.path_and_query();
    assert_eq!(request.path, target.map(|target| target.as_str()));
    assert!(asked.target.scheme().is_none() && asked.target.authority().is_none());
    let mut headers = HeaderMap::new();
    for field in request.headers.iter() {
        let name = HeaderName::from_bytes(field.name.as_bytes()).unwrap();
        headers.append(name, HeaderValue::from_bytes(field.value).unwrap());
    }
    assert_eq!(asked.headers, headers, "the same fields");
    for name in [
        "content-length",
        "transfer-encoding",
        "upgrade",
        "expect",
        "te",
    ] {
        assert!(!headers.contains_key(name), "{name} is not plain");
    }
    for connection in headers.get_all("connection") {
        assert!(connection.as_bytes().eq_ignore_ascii_case(b"keep-alive"));
    }
}

/// What another reader makes of bytes that passed.
struct Read {
    /// Where each head ends.
    ends: Vec<usize>,
    /// Whether they end where a message ends.
    is_between: bool,
}

/// Reads requests in a row: their heads with httparse, their framing by RFC 9112 section 6.3.
fn read(mut bytes: &[u8]) -> Read {
    let whole = bytes.len();
    let mut ends = Vec::new();
    while !bytes.is_empty() {
        let mut fields = [httparse::EMPTY_HEADER; FIELDS];
        let mut request = Request::new(&mut fields);
        let Ok(Status::Complete(length)) = request.parse(bytes) else {
            panic!("no whole head: {:?}", String::from_utf8_lossy(bytes));
        };
        bytes = &bytes[length..];
        ends.push(whole - bytes.len());
        let rest = match framing(&request) {
            Framing::Chunked => chunked(bytes),
            Framing::Sized(size) => usize::try_from(size)
                .ok()
                .and_then(|size| bytes.get(size..)),
        };
        let Some(rest) = rest else {
            return Read {
                ends,
                is_between: false,
            };
        };
        bytes = rest;
    }
    Read {
        ends,
        is_between: true,
    }
}

enum Framing {
    Sized(u64),
    Chunked,
}

fn framing(request: &Request<'_, '_>) -> Framing {
    let all = |name: &'static str| {
        let fields = request.headers.iter();
        fields.filter(move |field: &&Header<'_>| field.name.eq_ignore_ascii_case(name))
    };
    let is_1_1 = request.version == Some(1);
    let hosts = all("host").count();
    assert!(
        hosts == 1 || hosts == 0 && !is_1_1,
        "{hosts} hosts in {request:?}"
    );
    let codings: Vec<&[u8]> = all("transfer-encoding").map(|field| field.value).collect();
    let mut lengths = all("content-length").map(|field| {
        let text = std::str::from_utf8(field.value).unwrap().trim();
        text.parse::<u64>().expect("one number")
    });
    let length = lengths.next();
    assert!(lengths.all(|other| Some(other) == length), "{request:?}");
    match codings[..] {
        [] => Framing::Sized(length.unwrap_or(0)),
        [coding] if is_1_1 && coding.trim_ascii().eq_ignore_ascii_case(b"chunked") => {
            Framing::Chunked
        }
        _ => panic!("a coding that hyper may read otherwise: {request:?}"),
    }
}

/// What follows a chunked body; `None` where it does not end.
fn chunked(mut bytes: &[u8]) -> Option<&[u8]> {
    loop {
        let line = line(bytes)?;
        let size = line.split(|byte| b"; \t".contains(byte)).next()?;
        let size = u64::from_str_radix(std::str::from_utf8(size).unwrap(), 16);
        let size = usize::try_from(size.expect("a size")).ok()?;
        bytes = &bytes[line.len() + 2..];
        if size == 0 {
            break;
        }
        bytes = bytes.get(size..)?;
        assert!(b"\r\n".starts_with(&bytes[..bytes.len().min(2)]));
        bytes = bytes.get(2..)?;
    }
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    match httparse::parse_headers(bytes, &mut fields).expect("trailer fields") {
        Status::Complete((length, _)) => Some(&bytes[length..]),
        Status::Partial => None,
    }
}

/// The first line, without its end.
fn line(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n")?;
    assert!(!bytes[..end].contains(&b'\n'), "a line ends in CR LF alone");
    Some(&bytes[..end])
}
