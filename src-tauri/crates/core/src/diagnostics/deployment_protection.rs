//! A preview that asks for a login before the app is reached.
//!
//! Not a fault of the app. A redirect to Vercel's sign-in, or its 401 page, is told by what only
//! Vercel sends.

use super::{Seen, found};
use crate::diagnostic::{Diagnostic, Severity};

const BYPASS: &str = "x-vercel-protection-bypass";

pub(super) fn check(seen: &Seen<'_>) -> Option<Diagnostic> {
    let exchange = seen.exchange;
    if !exchange.from_upstream {
        return None;
    }
    let status = exchange.status?;
    let header = |name: &str| exchange.response_header(name);
    let mut evidence = match status {
        301..=308 => {
            let location = header("location").filter(|location| is_sign_in(location))?;
            vec![format!("{status} location: {location}")]
        }
        401 => {
            let nonce = exchange.response_headers.iter().any(|(name, value)| {
                name.eq_ignore_ascii_case("set-cookie") && value.starts_with("_vercel_sso_nonce=")
            });
            let vercel = header("server")
                .is_some_and(|server| server.eq_ignore_ascii_case("vercel"))
                || header("x-vercel-id").is_some();
            let page = header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
            // An app of one's own that runs there answers 401 too; the page of the platform
            // refuses frames or hands out a nonce.
            if !(nonce || vercel && page && header("x-frame-options").is_some()) {
                return None;
            }
            let sign = if nonce {
                "set-cookie: _vercel_sso_nonce"
            } else {
                "server: Vercel, with x-frame-options"
            };
            vec![format!("status: {status}"), sign.to_owned()]
        }
        _ => return None,
    };
    let sent = exchange.request_header(BYPASS).is_some();
    evidence.push(format!(
        "{BYPASS}: {}",
        if sent {
            "sent, and not accepted"
        } else {
            "not sent"
        }
    ));
    let message = if sent {
        "Deployment protection answered, not the app: it does not accept the bypass secret that this preview sends."
    } else {
        "Deployment protection answered, not the app. With the project's bypass secret every request gets through."
    };
    let fix = "\"headers\": { \"x-vercel-protection-bypass\": \"${env:VERCEL_AUTOMATION_BYPASS_SECRET}\" }".to_owned();
    found(
        "deployment-protection",
        Severity::Error,
        message,
        evidence,
        Some(fix),
    )
}

fn is_sign_in(location: &str) -> bool {
    let rest = location.split_once("://").map_or("", |(_, rest)| rest);
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let vercel = host == "vercel.com" || host.ends_with(".vercel.com");
    vercel
        && (path.starts_with("/sso-api") || path.starts_with("/login") || path.starts_with("/sso/"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::Scene;

    #[test]
    fn fires_on_what_only_the_platform_sends() {
        let sso = (
            "location",
            "https://vercel.com/sso-api?url=https%3A%2F%2Fa.dev&nonce=1",
        );
        for (status, headers, wanted) in [
            (302, &[sso][..], true),
            (307, &[sso], true),
            (302, &[("location", "/login")], false),
            (
                302,
                &[("location", "https://vercel.community/sso-api")],
                false,
            ),
            (
                401,
                &[("set-cookie", "_vercel_sso_nonce=[redacted]; Secure")],
                true,
            ),
            (
                401,
                &[
                    ("server", "Vercel"),
                    ("content-type", "text/html"),
                    ("x-frame-options", "DENY"),
                ],
                true,
            ),
            (
                401,
                &[("server", "Vercel"), ("content-type", "application/json")],
                false,
            ),
            (
                401,
                &[("www-authenticate", "Basic"), ("content-type", "text/html")],
                false,
            ),
        ] {
            let found = Scene::new("acme---remote", "/")
                .answered(status, headers)
                .codes();
            assert_eq!(
                found.contains(&"deployment-protection".to_owned()),
                wanted,
                "{status} {headers:?} {found:?}"
            );
        }
    }
}
