//! What the API refuses, and what is not sent to it.

use std::time::Duration;

use tripledash_core::Timestamp;
use tripledash_sources::previews::{Pace, PreviewSource as _, SourceError, Vercel};
use tripledash_sources::{Fetcher, Limits, Secret};

use super::forms::project;
use super::list;
use super::replay::{TOKEN, source};
use crate::support::{Reply, Server, fetcher, then};

async fn failing(reply: Reply) -> SourceError {
    let server = Server::replaying([reply]).await;
    let error = list(&source(&server)).await.unwrap_err();
    let shown = format!("{error} {error:?} {:?}", error.hint());
    assert!(!shown.contains(TOKEN), "{shown}");
    error
}

#[tokio::test]
async fn documented_errors_are_told_clearly() {
    let body = |code: &str, message: &str| {
        serde_json::json!({"error": {"code": code, "message": message}}).to_string()
    };
    let invalid =
        r#"{"error": {"code": "forbidden", "message": "Not authorized", "invalidToken": true}}"#;
    for (reply, words) in [
        (
            Reply::new(403, invalid),
            "vercel acme/my-app does not take the token in VERCEL_TOKEN: Not authorized",
        ),
        (
            Reply::new(401, ""),
            "vercel acme/my-app does not take the token in VERCEL_TOKEN",
        ),
        (
            Reply::new(
                403,
                body(
                    "forbidden",
                    "You don't have permission to list the deployment.",
                ),
            ),
            "the token in VERCEL_TOKEN does not let us see vercel acme/my-app: You don't have permission to list the \
             deployment.",
        ),
        (
            Reply::new(404, body("not_found", "Project not found.")),
            "vercel acme/my-app is not there: Project not found.",
        ),
        (
            Reply::new(
                400,
                body(
                    "bad_request",
                    "Invalid request: `slug` should be string.\n at",
                ),
            ),
            "vercel acme/my-app answers 400: Invalid request: `slug` should be string.",
        ),
        (
            Reply::new(500, body("internal_server_error", &format!("echo {TOKEN}"))),
            "vercel acme/my-app answers 500: echo [hidden]",
        ),
        (Reply::new(502, "<html>"), "vercel acme/my-app answers 502"),
        (
            Reply::json("{\"id\": 1}"),
            "vercel acme/my-app answers something that is not understood: invalid type: integer `1`, expected a string at \
             line 1 column 8",
        ),
    ] {
        let error = failing(reply).await;
        assert_eq!(error.to_string(), words);
    }
}

#[tokio::test]
async fn a_rate_limit_says_when_to_ask_again() {
    let body = r#"{"error": {"code": "rate_limited", "message": "The rate limit of 6 exceeded. Try again later",
        "limit": {"remaining": 0, "reset": 1700000090, "resetMs": 1700000090563, "total": 6}}}"#;
    let plain = Reply::new(429, body);
    let with = |name: &str, value: &str| Reply::new(429, "").with(name, value);
    let fields = with("x-ratelimit-limit", "6")
        .with("x-ratelimit-remaining", "0")
        .with("x-ratelimit-reset", "1700000060");
    for (reply, seconds) in [(plain, 90), (fields, 60), (with("retry-after", "45"), 45)] {
        let error = failing(reply).await;
        let SourceError::RateLimited { reset, .. } = &error else {
            panic!("{error:?}");
        };
        assert_eq!(*reset, Some(Timestamp(then().0 + seconds * 1_000_000)));
        let wait = Pace::default().next(Err(&error), then());
        assert_eq!(wait, Some(Duration::from_secs(seconds.unsigned_abs())));
    }
    let told = failing(Reply::new(429, body)).await.to_string();
    assert_eq!(
        told,
        "vercel acme/my-app was asked too often, and may be asked again at 2023-11-14T22:14:50.000000Z: The rate limit of \
         6 exceeded. Try again later"
    );
}

#[tokio::test]
async fn without_a_token_nobody_is_asked() {
    let server = Server::replaying([Reply::json("")]).await;
    let source = |token| {
        Vercel::new("my-app", None, token, fetcher(), then).at(server.url("").parse().unwrap())
    };
    let error = list(&source(None)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "vercel my-app needs a token, and VERCEL_TOKEN is not set"
    );
    assert!(error.needs_a_person());
    let broken = source(Some(Secret::new("a\nb")));
    let error = list(&broken).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the token in VERCEL_TOKEN has characters that no token has"
    );
    assert!(server.asked().is_empty());
    assert!(!format!("{:?}", source(Some(Secret::new(TOKEN)))).contains(TOKEN));
}

#[tokio::test]
async fn the_token_goes_to_no_other_origin() {
    let other = Server::replaying([Reply::json(project())]).await;
    let server = Server::replaying([Reply::redirect(302, &other.url("/"))]).await;
    // The project is found there, and no deployment is asked for with a token either.
    let _ = list(&source(&server)).await;
    assert!(!other.asked().is_empty());
    assert!(
        other
            .asked()
            .iter()
            .all(|asked| asked.field("authorization").is_none())
    );
}

#[tokio::test]
async fn a_silent_api_ends_with_the_deadline_and_can_be_left() {
    let server = Server::replaying([Reply::never()]).await;
    let limits = Limits {
        whole: Duration::from_millis(300),
        ..Limits::default()
    };
    let token = Some(Secret::new(TOKEN));
    let quick = Vercel::new("my-app", None, token, Fetcher::new(limits, None), then)
        .at(server.url("").parse().unwrap());
    let error = list(&quick).await.unwrap_err();
    assert!(matches!(error, SourceError::Fetch(_)), "{error}");
    let patient = source(&server);
    let asked = server.asked().len();
    tokio::select! {
        _ = patient.list() => panic!("nobody answers"),
        () = server.until_asked(asked + 1) => {}
    }
}
