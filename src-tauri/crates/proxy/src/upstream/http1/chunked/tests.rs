use super::*;

/// What a body says, read in pieces of `size`: its data, its trailer fields, and what is behind it.
fn read(text: &str, size: usize) -> Result<(String, Vec<String>, String), ChunkError> {
    let mut chunked = Chunked::default();
    let mut unread = BytesMut::new();
    let (mut data, mut fields) = (Vec::new(), Vec::new());
    let mut pieces = text.as_bytes().chunks(size);
    loop {
        match chunked.read(&mut unread)? {
            Some(Part::Data(bytes)) => data.extend_from_slice(&bytes),
            Some(Part::Trailers(headers)) => {
                let names = headers.keys().map(|name| name.as_str().to_owned());
                fields.extend(names);
            }
            Some(Part::End) => break,
            None => match pieces.next() {
                Some(piece) => unread.extend_from_slice(piece),
                None => return Ok((String::from_utf8(data).unwrap(), fields, "cut".to_owned())),
            },
        }
    }
    pieces.for_each(|piece| unread.extend_from_slice(piece));
    let behind = String::from_utf8(unread.to_vec()).unwrap();
    Ok((String::from_utf8(data).unwrap(), fields, behind))
}

#[test]
fn bodies_are_read_however_they_are_cut() {
    let body = "5\r\nhello\r\n00A ;x=\"1\"\r\n, my world!\r\n0\r\n\r\nnext";
    let sum = "1\r\na\r\n0\r\nx-sum: 9\r\nx-more: b\r\n\r\n";
    for size in 1..60 {
        let read_on = read(&body.replace("!", ""), size).unwrap();
        assert_eq!(
            read_on,
            ("hello, my world".to_owned(), vec![], "next".to_owned()),
            "{size}"
        );
        let (data, fields, behind) = read(sum, size).unwrap();
        assert_eq!((data.as_str(), behind.as_str()), ("a", ""), "{size}");
        assert_eq!(fields, ["x-sum", "x-more"], "{size}");
    }
}

#[test]
fn bodies_that_break_the_rules_are_not_read_on() {
    for (body, error) in [
        ("5\nhello\r\n", ChunkError::Line),
        ("\r\nhello\r\n", ChunkError::Size),
        ("-5\r\n", ChunkError::Size),
        ("+5\r\n", ChunkError::Size),
        ("0x5\r\n", ChunkError::Size),
        (" 5\r\n", ChunkError::Size),
        ("10000000000000000\r\n", ChunkError::Size),
        ("5\r\r\nhello\r\n", ChunkError::Line),
        ("5\x0c\r\nhello\r\n", ChunkError::Size),
        ("5\r\nhello!\r\n", ChunkError::Behind),
        ("5\r\nhello\n", ChunkError::Behind),
        ("0\r\nx : y\r\n\r\n", ChunkError::Trailers),
        ("0\r\nx: y\r\n z\r\n\r\n", ChunkError::Trailers),
    ] {
        for size in 1..30 {
            assert_eq!(read(body, size), Err(error), "{body:?} {size}");
        }
    }
}

#[test]
fn what_comes_beside_chunks_is_bounded() {
    let line = format!("5;{}\r\n", "x".repeat(MAX_LINE));
    assert_eq!(read(&line, 1000), Err(ChunkError::LongLine));
    let endless = "5;".to_owned() + &"x".repeat(MAX_LINE);
    assert_eq!(read(&endless, 1000), Err(ChunkError::LongLine));
    let trailers = format!("0\r\nx: {}", "y".repeat(MAX_TRAILERS));
    assert_eq!(read(&trailers, 1000), Err(ChunkError::Trailers));
    let whole = format!("{trailers}\r\n\r\n");
    assert_eq!(read(&whole, whole.len()), Err(ChunkError::Trailers));
}

#[test]
fn body_that_ends_early_is_never_whole() {
    let body = "5\r\nhello\r\n0\r\n\r\n";
    for end in 0..body.len() {
        assert_eq!(read(&body[..end], 3).unwrap().2, "cut", "{end}");
    }
}

#[test]
fn trailer_fields_pass_if_they_were_announced_and_may_stand_there() {
    let mut head = HeaderMap::new();
    head.append(TRAILER, HeaderValue::from_static("X-Sum, content-length"));
    let names = announces(&head);
    let mut trailers = HeaderMap::new();
    for name in ["x-sum", "x-other", "content-length"] {
        trailers.insert(name, HeaderValue::from_static("1"));
    }
    let passed: Vec<_> = announced(&trailers, &names).collect();
    assert_eq!(passed.len(), 1);
    assert_eq!(passed[0].0, "x-sum");
}
