use super::*;

fn read(body: &str) -> Result<(usize, bool), (usize, Violation)> {
    Chunked::default().read(body.as_bytes())
}

#[test]
fn bodies_that_are_in_order() {
    for body in [
        "0\r\n\r\n",
        "000\r\n\r\n",
        "5\r\nhello\r\n0\r\n\r\n",
        "A\r\n0123456789\r\n0a\r\n\r\n\r\n\r\n\r\n\r\n\r\n0\r\n\r\n",
        "1;a=b;c=\"d\"\r\nx\r\n0 ; last\r\n\r\n",
        "0\r\nX-One: 1\r\nX-Two:\r\n\r\n",
    ] {
        let more = format!("{body}GET /");
        assert_eq!(read(&more), Ok((body.len(), true)), "{body:?}");
        assert_eq!(
            read(&body[..body.len() - 1]),
            Ok((body.len() - 1, false)),
            "{body:?}"
        );
    }
}

#[test]
fn bodies_that_are_not() {
    for (body, passed, wanted) in [
        ("\r\n", 0, Violation::ChunkSize),
        ("-1\r\n", 0, Violation::ChunkSize),
        ("+1\r\n", 0, Violation::ChunkSize),
        (" 1\r\n", 0, Violation::ChunkSize),
        ("0x1\r\n", 1, Violation::ChunkSize),
        ("1 \r\n", 2, Violation::ChunkSize),
        ("1 1\r\n", 2, Violation::ChunkSize),
        ("1_0\r\n", 1, Violation::ChunkSize),
        ("g\r\n", 0, Violation::ChunkSize),
        (";a\r\n", 0, Violation::ChunkSize),
        ("8000000000000000\r\n", 15, Violation::ChunkSize),
        ("10000000000000000\r\n", 16, Violation::ChunkSize),
        ("1\nx\r\n", 1, Violation::ChunkLine),
        ("1\rx\r\n", 2, Violation::ChunkLine),
        ("1;a\nx\r\n", 3, Violation::ChunkLine),
        ("1;a\0\r\n", 3, Violation::Control(0)),
        ("1\r\nxy\r\n", 4, Violation::ChunkEnd),
        ("1\r\nx\n", 4, Violation::ChunkEnd),
        ("1\r\nx\r\r\n", 5, Violation::ChunkEnd),
        ("0\r\n\n", 3, Violation::Trailer),
        ("0\r\n\r\r\n", 4, Violation::ChunkLine),
        ("0\r\n x: y\r\n\r\n", 3, Violation::Trailer),
        ("0\r\nx : y\r\n\r\n", 4, Violation::Trailer),
        ("0\r\nx: y\n\r\n", 7, Violation::Trailer),
        ("0\r\nx: y\r\n z\r\n\r\n", 9, Violation::Trailer),
        ("0\r\nGET / HTTP/1.1\r\n\r\n", 6, Violation::Trailer),
    ] {
        assert_eq!(read(body), Err((passed, wanted)), "{body:?}");
    }
}

#[test]
fn what_comes_beside_the_data_is_bounded() {
    let extension = format!("1;{}", "x".repeat(MAX_EXTENSIONS));
    assert_eq!(read(&extension).unwrap_err().1, Violation::Extensions);
    let spread = "1;aaaaaaa\r\nx\r\n".repeat(MAX_EXTENSIONS / 8 + 1);
    assert_eq!(read(&spread).unwrap_err().1, Violation::Extensions);
    assert_eq!(
        read(&"0".repeat(MAX_EXTENSIONS + 2)).unwrap_err().1,
        Violation::Extensions
    );
    let trailer = format!("0\r\nx: {}", "y".repeat(MAX_TRAILERS));
    assert_eq!(read(&trailer).unwrap_err().1, Violation::Trailers);
    let trailers = format!("0\r\n{}", "x: y\r\n".repeat(MAX_TRAILER_FIELDS + 1));
    assert_eq!(read(&trailers).unwrap_err().1, Violation::Trailers);
}

#[test]
fn largest_chunk_is_data_to_its_end() {
    let mut chunked = Chunked::default();
    assert_eq!(chunked.read(b"7fffffffffffffff\r\n"), Ok((18, false)));
    assert_eq!(chunked.read(b"\r\n0\r\n\r\n"), Ok((7, false)));
}
