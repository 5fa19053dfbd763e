//! What a person or a program sees when the upstream's answer cannot be shown: the one place
//! where a [`Refusal`] becomes a response.
//!
//! - Whoever asks for `application/json` before HTML gets `{code, message, tried, fix}`.
//! - Everybody else gets a page that needs nothing but itself.
//! - Nothing of it is ever kept by a cache.

use std::fmt::{self, Write as _};

use http::header::{
    ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use memchr::memchr2;
use serde::Serialize;
use tripledash_core::route::Refusal;

use crate::agent::ORIGIN_AGENT_CLUSTER;
use crate::body::Body;

const CSS: &str = include_str!("respond/page.css");
/// The page loads nothing, but the agent where it has one.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'";

/// What a program gets.
#[derive(Serialize)]
struct Answer<'a> {
    code: &'a str,
    message: &'a str,
    tried: &'a [String],
    fix: Option<&'a str>,
}

/// What a person gets.
pub(crate) struct Page<'a> {
    pub(crate) status: StatusCode,
    /// A stable name; empty on a page that reports no failure.
    pub(crate) code: &'a str,
    pub(crate) title: &'a str,
    pub(crate) message: &'a str,
    pub(crate) tried: &'a [String],
    pub(crate) fix: Option<&'a str>,
    /// Label and address.
    pub(crate) links: &'a [(String, String)],
    /// Whether links open a window of their own, as out of a pane.
    pub(crate) new_window: bool,
    pub(crate) url: &'a str,
    /// The agent's script tag, on a preview host.
    pub(crate) agent: Option<&'a str>,
}

/// The form of an answer of our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Page,
    Json,
}

impl Form {
    /// The one that a request's `Accept` prefers.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        // Most requests say nothing of JSON, and all are asked.
        let lines = headers.get_all(ACCEPT);
        let json = lines
            .iter()
            .any(|line| memchr2(b'j', b'J', line.as_bytes()).is_some());
        if json && prefers_json(headers) {
            Self::Json
        } else {
            Self::Page
        }
    }
}

/// The response to a refused request.
pub(crate) fn refuse(refusal: &Refusal, form: Form, agent: Option<&str>) -> Response<Body> {
    // Core names statuses itself; should one ever be none, it was our fault.
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match form {
        Form::Json => json(refusal),
        Form::Page => html(&Page {
            status,
            code: refusal.code,
            title: &refusal.title,
            message: &refusal.message,
            tried: &refusal.tried,
            fix: refusal.fix.as_deref(),
            links: &refusal.links,
            new_window: false,
            url: &refusal.url,
            agent,
        }),
    };
    *response.status_mut() = status;
    if status == StatusCode::METHOD_NOT_ALLOWED {
        // RFC 9110 section 15.5.6: "The origin server MUST generate an Allow header field".
        let safe = HeaderValue::from_static("GET, HEAD, OPTIONS");
        response.headers_mut().insert(ALLOW, safe);
    }
    response
}

/// The answer for the base domain when what answers for it is gone.
pub(crate) fn stopped() -> Response<Body> {
    let message = "the workbench is stopping, and answers no more";
    let refusal = Refusal::new(503, "stopping", "The workbench is stopping", message);
    refuse(&refusal, Form::Page, None)
}

/// A page as a response.
pub(crate) fn html(page: &Page<'_>) -> Response<Body> {
    let mut response = Response::new(Body::from(page.to_string()));
    *response.status_mut() = page.status;
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(ORIGIN_AGENT_CLUSTER, HeaderValue::from_static("?1"));
    finish(response)
}

fn json(refusal: &Refusal) -> Response<Body> {
    let answer = Answer {
        code: refusal.code,
        message: &refusal.message,
        tried: &refusal.tried,
        fix: refusal.fix.as_deref(),
    };
    let text = serde_json::to_string(&answer).expect("strings always serialise");
    let mut response = Response::new(Body::from(text));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    finish(response)
}

fn finish(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// Whether `Accept` names JSON, and HTML neither before nor at a greater weight.
fn prefers_json(headers: &HeaderMap) -> bool {
    let mut html = 0.0;
    let mut json = 0.0;
    for line in headers.get_all(ACCEPT) {
        for range in line.to_str().unwrap_or_default().split(',') {
            let mut parts = range.split(';').map(str::trim);
            let media = parts.next().unwrap_or_default().to_ascii_lowercase();
            let weight = parts
                .find_map(|part| part.strip_prefix("q="))
                .and_then(|weight| weight.parse::<f32>().ok())
                .unwrap_or(1.0);
            if media == "application/json" || media.ends_with("+json") {
                json = f32::max(json, weight);
            } else if media == "text/html" || media == "application/xhtml+xml" {
                html = f32::max(html, weight);
            }
        }
    }
    json > html
}

// === impl Page ===

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = Escaped(self.title);
        f.write_str("<!doctype html>\n<html lang=\"en\"><head>")?;
        f.write_str(self.agent.unwrap_or_default())?;
        write!(
            f,
            "<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>{title}</title><style>{CSS}</style></head><body><main><div class=\"body\">"
        )?;
        write!(f, "<header>")?;
        if !self.code.is_empty() {
            write!(f, "<div class=\"status\">{}</div>", self.status.as_u16())?;
        }
        write!(
            f,
            "<h1>{title}</h1></header><p>{}</p>",
            Escaped(self.message)
        )?;
        if !self.tried.is_empty() {
            f.write_str("<section><h2>What was tried</h2><ul>")?;
            for tried in self.tried {
                write!(f, "<li>{}</li>", Escaped(tried))?;
            }
            f.write_str("</ul></section>")?;
        }
        if let Some(fix) = self.fix {
            write!(
                f,
                "<section><h2>To mend it</h2><p class=\"fix\">{}</p></section>",
                Escaped(fix)
            )?;
        }
        if !self.links.is_empty() {
            let target = if self.new_window {
                " target=\"_blank\" rel=\"noopener\""
            } else {
                ""
            };
            f.write_str("<nav>")?;
            for (label, url) in self.links {
                write!(
                    f,
                    "<a href=\"{}\"{target}>{}</a>",
                    Escaped(url),
                    Escaped(label)
                )?;
            }
            f.write_str("</nav>")?;
        }
        let code = Escaped(self.code);
        let url = Escaped(self.url);
        write!(
            f,
            "</div><footer><span>{url}</span><span>tripledash {code}</span></footer></main></body></html>"
        )
    }
}

/// Text that cannot become markup.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                _ => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    mod prefers_json {
        use super::*;

        fn asks(accept: &'static str) -> bool {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            prefers_json(&headers)
        }

        #[test]
        fn only_where_it_is_named_above_html() {
            assert!(asks("application/json"));
            assert!(asks("application/problem+json, */*;q=0.1"));
            assert!(asks("text/html;q=0.5, application/json"));
            assert!(!asks("text/html,application/xhtml+xml,*/*;q=0.8"));
            assert!(!asks("*/*"));
            assert!(!asks("application/json;q=0.2, text/html"));
        }
    }

    mod page {
        use super::*;

        #[test]
        fn what_came_from_outside_is_text() {
            let tried = ["<img src=x onerror=alert(1)>".to_owned()];
            let page = Page {
                status: StatusCode::NOT_FOUND,
                code: "unknown-preview",
                title: "<b>",
                message: "\"><script>alert(1)</script>",
                tried: &tried,
                fix: Some("</p><script>"),
                links: &[("a".to_owned(), "x\" onclick=\"alert(1)".to_owned())],
                new_window: false,
                url: "http://x/<script>",
                agent: None,
            }
            .to_string();
            assert!(!page.contains("<script"), "{page}");
            assert!(!page.contains("<img"), "{page}");
            assert!(!page.contains("\" onclick"), "{page}");
        }
    }
}
