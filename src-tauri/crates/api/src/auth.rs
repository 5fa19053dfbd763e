//! Who may use the API.
//!
//! The pages in the panes are same-site with the workbench, so neither cookies nor `SameSite`
//! keep them out. What does:
//!
//! - the exact `Host`, so that no name that somebody points at us (DNS rebinding) will do;
//! - `Origin` and `Sec-Fetch-Site`, wherever a browser sends them, must say that it is our page;
//! - a bearer token, which only that page and the command line have. Cookies are not looked at.
//!
//! There is no CORS: no other origin is ever let in, and none can read an answer.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use subtle::ConstantTimeEq;

use crate::ApiState;
use crate::error::ApiError;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets only requests for our own host through: for everything that we serve.
pub(crate) async fn exact_host(
    State(state): State<ApiState>,
    request: Request,
    next: Next,
) -> Response {
    match check_host(&state.base.authority(), request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// Lets only our own page and holders of the token through.
pub(crate) async fn guard(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let checked = check_origin(&state.base.origin(), headers)
        .and_then(|()| check_token(&state.token, headers));
    match checked {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

fn check_host(authority: &str, uri: &Uri, headers: &HeaderMap) -> Result<(), ApiError> {
    // An absolute-form target decides over Host (RFC 9112 section 3.2.2).
    let good = match uri.authority() {
        Some(target) => target.as_str().eq_ignore_ascii_case(authority),
        None => is_only(headers, &header::HOST, |host| {
            host.eq_ignore_ascii_case(authority.as_bytes())
        }),
    };
    if good {
        Ok(())
    } else {
        Err(ApiError::new(
            StatusCode::MISDIRECTED_REQUEST,
            "wrong-host",
            format!("this is http://{authority}/, and answers under no other name"),
        ))
    }
}

fn check_origin(origin: &str, headers: &HeaderMap) -> Result<(), ApiError> {
    let ours = |name: &HeaderName, wanted: &str| {
        !headers.contains_key(name) || is_only(headers, name, |value| value == wanted.as_bytes())
    };
    if ours(&header::ORIGIN, origin) && ours(&SEC_FETCH_SITE, "same-origin") {
        Ok(())
    } else {
        Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "foreign-origin",
            format!("only the workbench page at {origin}/ may call this"),
        ))
    }
}

fn check_token(token: &str, headers: &HeaderMap) -> Result<(), ApiError> {
    let good = is_only(headers, &header::AUTHORIZATION, |value| {
        let (scheme, given) = value.split_at_checked(7).unwrap_or((b"", b""));
        scheme.eq_ignore_ascii_case(b"bearer ") && bool::from(given.ct_eq(token.as_bytes()))
    });
    // An empty token would let `Bearer ` through.
    if good && !token.is_empty() {
        Ok(())
    } else {
        Err(ApiError::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "the request needs authorization: Bearer TOKEN, with the token that tripledash serve prints",
        ))
    }
}

/// Whether a field is there exactly once, and fits.
fn is_only(headers: &HeaderMap, name: &HeaderName, fits: impl FnOnce(&[u8]) -> bool) -> bool {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => fits(value.as_bytes()),
        _ => false,
    }
}
