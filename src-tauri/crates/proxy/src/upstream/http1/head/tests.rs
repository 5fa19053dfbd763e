use proptest::prelude::*;

use super::*;

/// The heads in a text that comes in pieces of `size`, and what is behind the final one.
fn read(text: &str, size: usize, method: &Method) -> Result<(Vec<Head>, String), HeadError> {
    let mut heads = Heads::default();
    let mut unread = BytesMut::new();
    let mut read = Vec::new();
    for piece in text.as_bytes().chunks(size) {
        unread.extend_from_slice(piece);
        if read.last().is_some_and(|head: &Head| !is_interim(head)) {
            continue;
        }
        while let Some(head) = heads.read(&mut unread, method)? {
            let last = !is_interim(&head);
            read.push(head);
            if last {
                break;
            }
        }
    }
    Ok((read, String::from_utf8_lossy(&unread).into_owned()))
}

fn is_interim(head: &Head) -> bool {
    head.response.status().is_informational()
}

fn only(text: &str) -> Result<Head, HeadError> {
    read(text, text.len(), &Method::GET).map(|(mut heads, _)| heads.pop().unwrap())
}

#[test]
fn heads_are_read_however_they_are_cut() {
    let text = "\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 404 Nowhere\r\n\
                x-a: 1\r\nX-A:  two words \r\ncontent-length: 4\r\n\r\nbody";
    for size in 1..text.len() {
        let (heads, behind) = read(text, size, &Method::GET).unwrap();
        let [hints, last] = heads.as_slice() else {
            panic!("{size}: {heads:?}");
        };
        assert_eq!(hints.response.status(), 103, "{size}");
        assert_eq!(last.response.status(), 404);
        let reason = last.response.extensions().get::<ReasonPhrase>().unwrap();
        assert_eq!(reason.as_bytes(), b"Nowhere");
        let values: Vec<_> = last.response.headers().get_all("x-a").iter().collect();
        assert_eq!(values, ["1", "two words"]);
        assert_eq!(
            (last.framing, last.keep, behind.as_str()),
            (Framing::Sized(4), true, "body")
        );
    }
}

#[test]
fn body_is_framed_as_the_head_says() {
    for (fields, framing) in [
        ("content-length: 0", Framing::Empty),
        (
            "content-length: 7, 7\r\ncontent-length: 7",
            Framing::Sized(7),
        ),
        ("transfer-encoding: chunked", Framing::Chunked),
        (
            "transfer-encoding: , Chunked,\r\ntransfer-encoding:",
            Framing::Chunked,
        ),
        (
            "transfer-encoding: chunked\r\ncontent-length: 7",
            Framing::Chunked,
        ),
        ("x: y", Framing::Close),
    ] {
        let head = only(&format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n")).unwrap();
        assert_eq!(head.framing, framing, "{fields}");
    }
    for (status, method) in [
        ("204 No Content", Method::GET),
        ("304 Not Modified", Method::GET),
        ("200 OK", Method::HEAD),
    ] {
        let text = format!("HTTP/1.1 {status}\r\ncontent-length: 7\r\n\r\n");
        let (heads, _) = read(&text, 100, &method).unwrap();
        assert_eq!(heads[0].framing, Framing::Empty, "{status}");
    }
}

#[test]
fn another_request_follows_only_where_both_sides_agree_on_the_end() {
    for (head, keep) in [
        ("HTTP/1.1 200 OK\r\n", true),
        (
            "HTTP/1.1 200 OK\r\nconnection: keep-alive, Close\r\n",
            false,
        ),
        (
            "HTTP/1.1 200 OK\r\nconnection: close\r\nconnection: keep-alive\r\n",
            false,
        ),
        ("HTTP/1.0 200 OK\r\n", false),
        ("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n", true),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n",
            false,
        ),
        ("HTTP/1.1 204 No Content\r\ncontent-length: 1\r\n", false),
        ("HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n", true),
        ("HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n", true),
    ] {
        assert_eq!(only(&format!("{head}\r\n")).unwrap().keep, keep, "{head}");
    }
}

#[test]
fn heads_that_break_the_rules_are_refused() {
    for (head, reason) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n", "no length"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 1, 2\r\n", "differ"),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551615\r\n",
            "no length",
        ),
        (
            "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n",
            "HTTP/1.0",
        ),
        ("HTTP/1.1 200 OK\r\nx-a : b\r\n", "not HTTP"),
        ("HTTP/1.1 200 OK\r\nx: b\r\n c\r\n", "not HTTP"),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n",
            "other than",
        ),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked, chunked\r\n",
            "other than",
        ),
        ("HTTP/1.1 200 OK\r\ncontent-length: ,\r\n", "no length"),
        ("HTTP/1.1 099 Low\r\n", "status"),
        ("ICY 200 OK\r\n", "not HTTP"),
    ] {
        let error = only(&format!("{head}\r\n")).unwrap_err();
        assert!(error.to_string().contains(reason), "{head}: {error}");
        assert!(!error.is_too_large());
    }
    // Known at once, and not only when a line ends that may never end.
    assert!(read("SSH-2.0", 1, &Method::GET).is_err());
}

#[test]
fn heads_are_bounded() {
    let many = "x: y\r\n".repeat(MAX_FIELDS + 1);
    let many = only(&format!("HTTP/1.1 200 OK\r\n{many}\r\n")).unwrap_err();
    assert!(many.is_too_large());
    let endless = format!("HTTP/1.1 200 OK\r\nx: {}", "y".repeat(MAX_HEAD));
    let endless = read(&endless, 8 * 1024, &Method::GET).unwrap_err();
    assert!(endless.is_too_large());
}

#[test]
fn request_is_written_as_it_is() {
    let (parts, ()) = http::Request::builder()
        .method("PUT")
        .uri("/a?b=%20")
        .header("host", "acme.localhost")
        .header("x-a", "1")
        .header("x-a", "2")
        .body(())
        .unwrap()
        .into_parts();
    let mut out = BytesMut::new();
    write(&mut out, &parts, Some(3));
    assert_eq!(
        out,
        "PUT /a?b=%20 HTTP/1.1\r\nhost: acme.localhost\r\nx-a: 1\r\nx-a: 2\r\n\
         content-length: 3\r\n\r\n"
    );
}

const HEAD: &str = "HTTP/1.[01] [1-5][0-9]{2} [a-z]*\r?\n\
                    (([a-z-]{1,9}|content-length|transfer-encoding): ?[ -~]{0,9}\r?\n){0,4}\
                    \r?\n[a-z]{0,5}";

proptest! {
    /// Where a head is cut makes no difference to what is read, nor to whether it is.
    #[test]
    fn cuts_make_no_difference(text in HEAD, size in 1..40usize) {
        let whole = read(&text, text.len(), &Method::GET);
        let cut = read(&text, size, &Method::GET);
        prop_assert_eq!(format!("{whole:?}"), format!("{cut:?}"));
    }
}
