//! The upstream's response on its way to the browser.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use hyper::ext::ReasonPhrase;
use tripledash_core::edit::{Edit, Stage};
use tripledash_core::response::{ContentCoding, ResponseEdits, ScriptTag, edit_response};
use tripledash_core::trace::{Answered, Failure, HeaderLines};

use super::Context;
use crate::agent;
use crate::body::Body;
use crate::inject::{Injected, Injector};
use crate::measure::Measured;
use crate::open::OpenExchange;
use crate::respond::{Page, html};
use crate::upstream::Answer;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// A response's head, edited, and what is told of it.
struct Edited {
    response: Response<Body>,
    answered: Answered,
    inject: Option<ScriptTag>,
    foreign: Option<String>,
}

/// Hands on a response, and with its last byte ends the exchange.
pub(super) fn answer(
    got: Answer,
    failure: Option<Failure>,
    open: OpenExchange,
    context: &Context<'_>,
) -> Response<Body> {
    let mut edited = edit(got, failure, &open, context);
    if let Some(foreign) = edited.foreign.take() {
        offer(&mut edited, &foreign, context);
    } else if let Some(script) = edited.inject.take() {
        let tag = agent::tag(context.base, script.nonce.as_deref());
        inject(&mut edited, &tag, &script.codings);
    }
    // HEAD alone tells the length of a body that it does not have, and a 204 has none at all
    // (RFC 9110 section 8.6).
    let bare = edited.response.status() == StatusCode::NO_CONTENT;
    if *context.method != Method::HEAD || bare {
        edited.response.headers_mut().remove(CONTENT_LENGTH);
    }
    open.answer(edited.answered);
    let to_head = *context.method == Method::HEAD;
    let leave = is_event_stream(edited.response.headers());
    edited.response.map(|body| {
        let body = Measured::new(body, open);
        body.unread(to_head).may_be_left(leave).into()
    })
}

/// Hands on the head that agrees to an upgrade.
pub(super) fn switch(got: Answer, open: &OpenExchange, context: &Context<'_>) -> Response<Body> {
    let edited = edit(got, None, open, context);
    open.answer(edited.answered);
    edited.response.map(|_| Body::empty())
}

fn edit(
    got: Answer,
    failure: Option<Failure>,
    open: &OpenExchange,
    context: &Context<'_>,
) -> Edited {
    let (mut parts, incoming) = got.response.into_parts();
    let plan = &context.forward.response;
    let response_headers = if open.is_told() {
        plan.response_lines(&parts.headers)
    } else {
        HeaderLines::default()
    };
    let ResponseEdits {
        mut edits,
        actual,
        inject,
        foreign_redirect,
    } = edit_response(parts.status, &mut parts.headers, plan);
    edits.extend(got.interim.iter().map(|status| Edit {
        stage: Stage::Response,
        field: "status".into(),
        before: Some(status.to_string()),
        after: None,
        why: "an interim response, which cannot be sent on from here".into(),
    }));
    let mut response = Response::new(incoming);
    *response.status_mut() = parts.status;
    *response.headers_mut() = parts.headers;
    if let Some(reason) = parts.extensions.remove::<ReasonPhrase>() {
        response.extensions_mut().insert(reason);
    }
    Edited {
        answered: Answered {
            id: open.id(),
            status: parts.status.as_u16(),
            from_upstream: true,
            actual,
            address: Some(got.address),
            timings: got.timings,
            edits,
            response_headers,
            failure,
        },
        response,
        inject,
        foreign: foreign_redirect,
    }
}

/// A stream that an app pushes events over for as long as its page is there.
fn is_event_stream(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    kind.is_some_and(|kind| {
        let essence = kind.split(|byte| *byte == b';').next().unwrap_or_default();
        essence
            .trim_ascii()
            .eq_ignore_ascii_case(b"text/event-stream")
    })
}

/// Puts the agent's tag into the page. Core has mended the head for it.
fn inject(edited: &mut Edited, tag: &str, codings: &[ContentCoding]) {
    let body = std::mem::take(edited.response.body_mut());
    *edited.response.body_mut() = Injected::new(body, Injector::new(tag, codings)).into();
}

/// In place of a redirect to a foreign host, which most identity providers refuse to be framed
/// by: a page that offers to go on in a window. Its cookies are the pane's.
fn offer(edited: &mut Edited, foreign: &str, context: &Context<'_>) {
    let links = [("Go on in a window".to_owned(), foreign.to_owned())];
    let tag = agent::tag(context.base, None);
    let page = html(&Page {
        status: StatusCode::OK,
        code: "",
        title: "This page goes on elsewhere",
        message: &format!(
            "The app redirects to {foreign}. Most sign-in pages refuse to be shown inside another \
             page, so go on in a window of its own; it shares this pane's cookies. Reload this \
             pane when you are done."
        ),
        tried: &[],
        fix: None,
        links: &links,
        new_window: true,
        url: &context.forward.url(),
        agent: Some(&tag),
    });
    let (parts, body) = page.into_parts();
    // Of the redirect only what the sign-in may need later: the rest was about its own body.
    let headers = std::mem::replace(edited.response.headers_mut(), parts.headers);
    for name in [SET_COOKIE, CLEAR_SITE_DATA] {
        for line in headers.get_all(&name) {
            edited.response.headers_mut().append(&name, line.clone());
        }
    }
    let before = edited.answered.status;
    *edited.response.status_mut() = StatusCode::OK;
    *edited.response.body_mut() = body;
    edited.response.extensions_mut().remove::<ReasonPhrase>();
    edited.answered.status = 200;
    edited.answered.edits.extend([
        Edit {
            stage: Stage::Response,
            field: "status".into(),
            before: Some(before.to_string()),
            after: Some("200".to_owned()),
            why: "a page that offers to go on in a window, in place of a redirect out of the pane"
                .into(),
        },
        Edit {
            stage: Stage::Response,
            field: "location".into(),
            before: Some(context.forward.secrets.clean(foreign).into_owned()),
            after: None,
            why: "the page offers it as a link".into(),
        },
    ]);
}
