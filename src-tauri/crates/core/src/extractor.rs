//! How apps read the tenant out of their host: three known ways, for what-if.
//!
//! They disagree, and none works everywhere; so an explanation shows all three, for the `Host` that
//! is really sent.

use serde::Serialize;

use crate::host::{Authority, Host, MAX_LABEL};
use crate::label::SEPARATOR;
use crate::suffix::icann_domain;

/// What each extractor makes of one host: a tenant, or none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub struct Extractors {
    /// Vercel's reference middleware: the text before the first `---` of the subdomain, where the
    /// subdomain is what stands before the ICANN registrable domain.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub tldts: Option<String>,
    /// The local branch of Vercel's platforms kit: under `.localhost`, the first label whole.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub first_label: Option<String>,
    /// The deployed branch of the same kit: under `.vercel.app`, the text before `---`.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub starter_kit: Option<String>,
}

/// Reads a host, with or without a port, in all three ways.
///
/// ```
/// use tripledash_core::extractor::extract;
///
/// let read = extract("acme---f.tripledash.localhost:7333");
/// assert_eq!(read.tldts.as_deref(), Some("acme"));
/// assert_eq!(read.first_label.as_deref(), Some("acme---f"));
/// assert_eq!(read.starter_kit, None);
/// // Nothing stands before the registrable domain here, so there is no subdomain to read.
/// assert_eq!(extract("acme---f.localhost").tldts, None);
/// ```
pub fn extract(host: &str) -> Extractors {
    let Ok(Authority {
        host: Host::Name(name),
        ..
    }) = host.parse()
    else {
        return Extractors::default();
    };
    let name = name.as_str();
    Extractors {
        tldts: tldts(name),
        first_label: first_label(name),
        starter_kit: starter_kit(name),
    }
}

/// `getSubdomain(hostname)`, then `subdomain.split("---")[0]` where there is a `---`.
fn tldts(name: &str) -> Option<String> {
    // Its own check of a hostname: labels of at most 63, none that ends in - or _.
    if name
        .split('.')
        .any(|label| label.len() > MAX_LABEL || label.ends_with(['-', '_']))
        || name.starts_with('-')
    {
        return None;
    }
    let subdomain = name.strip_suffix(icann_domain(name)?)?.strip_suffix('.')?;
    before_separator(subdomain)
}

fn first_label(name: &str) -> Option<String> {
    let (first, rest) = name.split_once('.')?;
    (rest == "localhost" || rest.ends_with(".localhost")).then(|| first.to_owned())
}

fn starter_kit(name: &str) -> Option<String> {
    name.ends_with(".vercel.app")
        .then(|| before_separator(name))?
}

/// The text before the first `---`; an empty one is no tenant.
fn before_separator(text: &str) -> Option<String> {
    let (tenant, _) = text.split_once(SEPARATOR)?;
    (!tenant.is_empty()).then(|| tenant.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_reads_what_the_measured_app_reads() {
        for (host, tldts, first_label, starter_kit) in [
            (
                "acme---feature.preview.localhost:8080",
                Some("acme"),
                Some("acme---feature"),
                None,
            ),
            ("acme---app.vercel.app", Some("acme"), None, Some("acme")),
            ("acme---app.vercel.dev", Some("acme"), None, None),
            (
                "acme---app-git-x-team.preview.example.dev",
                Some("acme"),
                None,
                None,
            ),
            ("acme---f.localhost", None, Some("acme---f"), None),
            ("acme.localhost", None, Some("acme"), None),
            ("acme.preview.localhost", None, Some("acme"), None),
            ("localhost", None, None, None),
            ("de---acme---app.acme.dev", Some("de"), None, None),
            ("---app.vercel.app", None, None, None),
            ("app.vercel.app", None, None, None),
            ("vercel.app", None, None, None),
            ("acme---shop.co.uk", None, None, None),
            ("127.0.0.1:3000", None, None, None),
            ("[::1]:3000", None, None, None),
            ("ACME---App.Vercel.APP.", Some("acme"), None, Some("acme")),
            ("not a host", None, None, None),
        ] {
            let wanted = Extractors {
                tldts: tldts.map(str::to_owned),
                first_label: first_label.map(str::to_owned),
                starter_kit: starter_kit.map(str::to_owned),
            };
            assert_eq!(extract(host), wanted, "{host}");
        }
    }

    #[test]
    fn a_label_over_63_is_no_hostname_to_tldts() {
        let preview = "p".repeat(MAX_LABEL);
        assert_eq!(extract(&format!("acme---{preview}.acme.dev")).tldts, None);
    }

    #[test]
    fn the_wire_has_every_key() {
        let json = serde_json::to_string(&extract("acme.localhost")).unwrap();
        assert_eq!(
            json,
            r#"{"tldts":null,"first-label":"acme","starter-kit":null}"#
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[-a-z.:é0-9]{0,60}") {
            let _ = extract(&text);
        }
    }
}
