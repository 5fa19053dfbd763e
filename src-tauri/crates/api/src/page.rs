//! The workbench page, embedded from `ui/dist`.
//!
//! In a debug build the files are read where they lie, so a new build of the page is seen at once.

use std::path::Path;

use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::ApiState;

#[derive(RustEmbed)]
#[folder = "../../../ui/dist/"]
#[allow_missing = true]
struct Files;

/// Where [`Files`] lie in a debug build.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../ui/dist/");

const ORIGIN_AGENT_CLUSTER: HeaderName = HeaderName::from_static("origin-agent-cluster");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

const NOT_BUILT: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Tripledash: page not built</title>\
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:12vh auto;padding:0 1rem;color-scheme:light dark}</style>\
<h1>The page is not built yet</h1>\
<p>The engine runs, but its window's files are missing. Build them, then reload:</p>\
<pre>npm --prefix ui ci\nnpm --prefix ui run build</pre>";

/// Serves the page and its files; nothing else is here.
pub(crate) async fn page(
    State(state): State<ApiState>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let mut response = if method == Method::GET || method == Method::HEAD {
        answer(uri.path(), &headers, |name| {
            found::<Files>(Path::new(FOLDER), name)
        })
    } else {
        let allow = [(header::ALLOW, "GET, HEAD")];
        (StatusCode::METHOD_NOT_ALLOWED, allow).into_response()
    };
    harden(response.headers_mut(), &state);
    response
}

/// A file of the page's. Where they are read as they lie, a link may lead to any other file, which
/// `rust-embed` follows.
fn found<F: RustEmbed>(folder: &Path, name: &str) -> Option<EmbeddedFile> {
    #[cfg(debug_assertions)]
    {
        let file = folder.join(name).canonicalize().ok()?;
        if !file.starts_with(folder.canonicalize().ok()?) {
            return None;
        }
    }
    #[cfg(not(debug_assertions))]
    let _ = folder;
    F::get(name)
}

fn answer(
    path: &str,
    headers: &HeaderMap,
    find: impl FnOnce(&str) -> Option<EmbeddedFile>,
) -> Response {
    let name = match path {
        "/" => "index.html",
        path => path.trim_start_matches('/'),
    };
    // Names are compared as they are. Nothing is decoded, so nothing decodes to a step upwards.
    let odd = path.starts_with("//")
        || name.contains(['%', '\\', '\0'])
        || name
            .split('/')
            .any(|part| part.is_empty() || part.starts_with('.'));
    if odd {
        return missing();
    }
    match find(name) {
        Some(file) => serve(name, &file, headers),
        None if name == "index.html" => {
            (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response()
        }
        None => missing(),
    }
}

fn missing() -> Response {
    let page = "<!doctype html><html lang=en><meta charset=utf-8><title>Not found</title>\
        <p>Nothing here. <a href=\"/\">Go to the workbench.</a></p>";
    (StatusCode::NOT_FOUND, Html(page)).into_response()
}

fn serve(name: &str, file: &EmbeddedFile, headers: &HeaderMap) -> Response {
    let etag = etag(&file.metadata.sha256_hash());
    // The build puts a hash of the contents into every name below `assets/`.
    let caching = if name.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == etag || tag == "*");
    let about = [
        (header::ETAG, etag),
        (header::CACHE_CONTROL, caching.to_owned()),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    let content_type = [(header::CONTENT_TYPE, content_type(file.metadata.mimetype()))];
    (about, content_type, file.data.to_vec()).into_response()
}

fn etag(hash: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut tag = String::from("\"");
    for byte in &hash[..16] {
        write!(tag, "{byte:02x}").expect("writing to a string cannot fail");
    }
    tag.push('"');
    tag
}

fn content_type(guessed: &str) -> String {
    let textual = guessed.starts_with("text/")
        || matches!(guessed, "application/javascript" | "application/json");
    if textual && !guessed.contains("charset") {
        format!("{guessed}; charset=utf-8")
    } else {
        guessed.to_owned()
    }
}

/// Fields that hold for the page and all its files. There is no `Cross-Origin-Embedder-Policy`:
/// it would shut the panes out.
fn harden(headers: &mut HeaderMap, state: &ApiState) {
    let panes = format!("*.{}", state.base.authority());
    let csp = format!(
        "default-src 'self'; frame-src http://{panes}; frame-ancestors 'none'; \
         connect-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
         font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'"
    );
    if let Ok(csp) = HeaderValue::from_str(&csp) {
        headers.insert(header::CONTENT_SECURITY_POLICY, csp);
    }
    let fixed = [
        (ORIGIN_AGENT_CLUSTER, "?1"),
        (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests;
