//! The page's files, and paths that would lead out of them.

use super::{engine, tells_nothing};
use crate::support::{Upstream, get};

#[tokio::test]
async fn no_path_leads_out_of_the_pages_files() {
    let upstream = Upstream::page().await;
    let tripledash = engine(&upstream).await;
    let base = tripledash.base();
    let long = format!("/{}", "a/".repeat(4000));
    let deep = format!("/{}etc/passwd", "../".repeat(40));
    for path in [
        "/../Cargo.toml",
        "/../../etc/passwd",
        deep.as_str(),
        "/assets/../../package.json",
        "/assets/..%2f..%2fpackage.json",
        "/%2e%2e/package.json",
        "/%2e%2e%2fpackage.json",
        "/.%2e/package.json",
        "/..%5cpackage.json",
        "/..\\package.json",
        "/%252e%252e/package.json",
        "/..;/package.json",
        "/.../package.json",
        "/./package.json",
        "/.git/config",
        "/.npmrc",
        "//etc/passwd",
        "//../package.json",
        "///package.json",
        "/assets//../package.json",
        "/etc/passwd",
        "/proc/self/environ",
        "/index.html%00.js",
        "/index.html/",
        "/index.html/../../package.json",
        "/%2findex.html",
        "/C:/Windows/win.ini",
        "/file:///etc/passwd",
        "/api/../../package.json",
        "/api/v1/../../../package.json",
        "/assets",
        "/assets/",
        long.as_str(),
    ] {
        let answer = tripledash.ask(&get(&base, path, &[])).await;
        assert!(
            matches!(answer.status(), 400 | 401 | 404 | 414),
            "{path}: {answer:?}"
        );
        tells_nothing(&tripledash, &answer, path);
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        for word in ["root:", "\"scripts\"", "[package]", "[core]", "PATH="] {
            assert!(!text.contains(word), "{path}: {text}");
        }
    }
    // What goes around the guard of `/api/v1/` is not the API.
    let bearer = format!("authorization: Bearer {}", tripledash.engine.token());
    for path in [
        "/api/../api/v1/workspace",
        "//api/v1/workspace",
        "/API/v1/workspace",
        "/api//v1/workspace",
        "/api/v1/%77orkspace",
        "/api%2fv1%2fworkspace",
        "/api/v1/./workspace",
        "/x/../api/v1/workspace",
        "/api\\v1\\workspace",
        "/api/v1/workspace/",
        "/;/api/v1/workspace",
    ] {
        for fields in [&[][..], &[bearer.as_str()]] {
            let answer = tripledash.ask(&get(&base, path, fields)).await;
            assert!(
                matches!(answer.status(), 400 | 401 | 404),
                "{path}: {answer:?}"
            );
            tells_nothing(&tripledash, &answer, path);
        }
    }
    tripledash.stop().await;
}
