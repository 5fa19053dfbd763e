//! What the browser that we play asks for.

use std::fmt::Write as _;

/// The fields that Chromium sends for a script of a page, less `Host` and `Referer`.
const FIELDS: &str = "\
Connection: keep-alive\r
sec-ch-ua: \"Chromium\";v=\"142\", \"Not_A Brand\";v=\"99\"\r
sec-ch-ua-mobile: ?0\r
sec-ch-ua-platform: \"Linux\"\r
User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r
Accept: */*\r
Sec-Fetch-Site: same-origin\r
Sec-Fetch-Mode: no-cors\r
Sec-Fetch-Dest: script\r
Accept-Encoding: gzip, deflate, br, zstd\r
Accept-Language: en-GB,en;q=0.9,de;q=0.8\r
Cookie: session=9f8b7c6d5e4f3a2b1c0d; theme=dark; _ga=GA1.1.1234567890.1700000000\r
";

/// The fields that Chromium sends for a page in a frame, less `Host`.
const DOCUMENT_FIELDS: &str = "\
Connection: keep-alive\r
sec-ch-ua: \"Chromium\";v=\"142\", \"Not_A Brand\";v=\"99\"\r
sec-ch-ua-mobile: ?0\r
sec-ch-ua-platform: \"Linux\"\r
Upgrade-Insecure-Requests: 1\r
User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8\r
Sec-Fetch-Site: same-site\r
Sec-Fetch-Mode: navigate\r
Sec-Fetch-Dest: iframe\r
Accept-Encoding: gzip, deflate, br, zstd\r
Accept-Language: en-GB,en;q=0.9,de;q=0.8\r
Cookie: session=9f8b7c6d5e4f3a2b1c0d; theme=dark; _ga=GA1.1.1234567890.1700000000\r
";

/// A page's request for a script of `size` bytes.
pub(crate) fn script(host: &str, size: u64) -> Vec<u8> {
    format!(
        "GET /assets/{size}.js?v=3 HTTP/1.1\r\nHost: {host}\r\n{FIELDS}\
         Referer: http://{host}/products/42\r\n\r\n"
    )
    .into_bytes()
}

/// A frame's request for a page of `size` bytes.
pub(crate) fn document(host: &str, size: u64) -> Vec<u8> {
    format!("GET /pages/{size} HTTP/1.1\r\nHost: {host}\r\n{DOCUMENT_FIELDS}\r\n").into_bytes()
}

/// The head of an upload of `size` bytes.
pub(crate) fn upload(host: &str, size: u64) -> Vec<u8> {
    let mut head = format!("POST /upload HTTP/1.1\r\nHost: {host}\r\n{FIELDS}");
    // Writing to a string cannot fail.
    let _ = write!(
        head,
        "Content-Type: application/octet-stream\r\nContent-Length: {size}\r\n\r\n"
    );
    head.into_bytes()
}
