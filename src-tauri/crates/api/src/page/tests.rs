use http::{HeaderMap, StatusCode, header};
use rust_embed::RustEmbed;

use std::path::Path;

use super::{answer, found};

#[derive(RustEmbed)]
#[folder = "src/page/fixture/"]
struct Fixture;

fn get(path: &str) -> axum::response::Response {
    answer(path, &HeaderMap::new(), Fixture::get)
}

fn field<'a>(response: &'a axum::response::Response, name: &header::HeaderName) -> &'a str {
    response.headers()[name].to_str().unwrap()
}

#[test]
fn the_page_is_asked_for_anew_and_its_assets_never() {
    let page = get("/");
    assert_eq!(page.status(), StatusCode::OK);
    assert_eq!(
        field(&page, &header::CONTENT_TYPE),
        "text/html; charset=utf-8"
    );
    assert_eq!(field(&page, &header::CACHE_CONTROL), "no-cache");
    let asset = get("/assets/app-3f2a.js");
    assert_eq!(
        field(&asset, &header::CONTENT_TYPE),
        "text/javascript; charset=utf-8"
    );
    assert_eq!(
        field(&asset, &header::CACHE_CONTROL),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(
        field(&get("/icon.svg"), &header::CONTENT_TYPE),
        "image/svg+xml"
    );
}

#[test]
fn a_known_copy_is_not_sent_again() {
    let etag = get("/").headers()[header::ETAG].clone();
    for known in [etag.clone(), "\"other\", *".parse().unwrap()] {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, known);
        let answer = answer("/", &headers, Fixture::get);
        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(answer.headers()[header::ETAG], etag);
    }
    let mut headers = HeaderMap::new();
    headers.insert(header::IF_NONE_MATCH, "\"other\"".parse().unwrap());
    assert_eq!(answer("/", &headers, Fixture::get).status(), StatusCode::OK);
}

#[test]
fn tricks_with_the_path_get_nothing() {
    for path in [
        "/../tests.rs",
        "/assets/../../tests.rs",
        "/assets/../index.html",
        "/%2e%2e/tests.rs",
        "/assets/%2e%2e%2f%2e%2e/tests.rs",
        "/..%5ctests.rs",
        "/..\\tests.rs",
        "//index.html",
        "///etc/passwd",
        "/assets//app-3f2a.js",
        "/assets/",
        "/assets",
        "/./index.html",
        "/.hidden",
        "/index.html/",
        "/index.html\0",
        "/INDEX.HTML",
        "/nothing",
    ] {
        let answer = answer(path, &HeaderMap::new(), Fixture::get);
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn no_name_that_begins_with_a_dot_or_steps_aside_is_looked_for() {
    for path in [
        "/.env",
        "/.git/config",
        "/assets/.map",
        "/.",
        "/..",
        "/...",
        "/../x",
        "/./x",
        "/a/../x",
        "/a//x",
        "//x",
        "/a/",
        "/a%2fx",
        "/a\\x",
        "/a\0",
    ] {
        let answer = answer(path, &HeaderMap::new(), |name| {
            panic!("{path} was looked for as {name}")
        });
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_leads_to_no_file_outside() {
    use std::os::unix::fs::symlink;
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/page/fixture");
    let built = tempfile::tempdir().unwrap();
    let link = |to: &Path| {
        let link = built.path().join("index.html");
        let _ = std::fs::remove_file(&link);
        symlink(to, link).unwrap();
        found::<Fixture>(built.path(), "index.html").is_some()
    };
    std::fs::write(built.path().join("real.html"), "x").unwrap();
    assert!(link(Path::new("real.html")), "beside it");
    let outside = tempfile::NamedTempFile::new().unwrap();
    assert!(!link(outside.path()), "anywhere");
    assert!(!link(&fixture.join("index.html")), "even to such a page");
    assert!(!link(Path::new("missing.html")), "nowhere");
    assert!(found::<Fixture>(&fixture, "index.html").is_some());
}

#[test]
fn a_page_that_is_not_built_says_how_to_build_it() {
    let answer = answer("/", &HeaderMap::new(), |_| None);
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
}
