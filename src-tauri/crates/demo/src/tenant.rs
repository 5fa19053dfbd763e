//! Finds the tenant in the host, and rewrites the path, as the reference middleware does.

use http::{HeaderMap, header};

/// Paths that the reference matcher `/((?!api|_next/static|_next/image|favicon.ico).*)` leaves alone.
/// The look-ahead has no end, so `/apiary` is left alone too.
const LEFT_ALONE: [&str; 4] = ["api", "_next/static", "_next/image", "favicon.ico"];

/// What stands before the first `---` of the host's first label.
pub(crate) fn tenant(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let label = host.split(['.', ':']).next()?;
    let (tenant, _preview) = label.split_once("---")?;
    (!tenant.is_empty()).then_some(tenant)
}

/// The path inside the app; `None` where the middleware does not run.
pub(crate) fn rewritten(tenant: &str, path: &str) -> Option<String> {
    let rest = path.strip_prefix('/')?;
    if LEFT_ALONE.iter().any(|prefix| rest.starts_with(prefix)) {
        return None;
    }
    Some(format!("/{tenant}{path}").trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::HOST, value.parse().unwrap())])
    }

    #[test]
    fn tenant_stands_before_the_first_three_dashes() {
        let cases = [
            ("acme---main.tripledash.localhost:7333", Some("acme")),
            ("nour---feature---x.acme.dev", Some("nour")),
            ("main.tripledash.localhost", None),
            ("---main.tripledash.localhost", None),
            ("localhost:7341", None),
        ];
        for (value, wanted) in cases {
            assert_eq!(tenant(&host(value)), wanted, "{value}");
        }
    }

    #[test]
    fn rewrite_covers_pages_and_files_of_the_public_folder() {
        let cases = [
            ("/", Some("/acme")),
            ("/journal", Some("/acme/journal")),
            ("/logo.svg", Some("/acme/logo.svg")),
            ("/api/feed", None),
            ("/_next/static/css/shop.css", None),
            ("/favicon.ico", None),
        ];
        for (path, wanted) in cases {
            assert_eq!(rewritten("acme", path).as_deref(), wanted, "{path}");
        }
    }
}
