//! What would happen to a request, with none sent.
//!
//! The same [`route`] that the proxy acts on is asked, and the same
//! diagnostics look at its plan, so an explanation cannot drift from what is done.

use std::borrow::Cow;
use std::sync::Arc;

use http::header::HOST;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use serde::Serialize;
use thiserror::Error;
use url::Url;

use crate::diagnostic::{Diagnostic, Severity};
use crate::diagnostics::Diagnoser;
use crate::edit::Edit;
use crate::extractor::{Extractors, extract};
use crate::remote::{resolve_url, tenant_of_domain};
use crate::resolve::{Resolved, ResolvedPreview};
use crate::route::{Forward, Refusal, RequestHead, Route, route};
use crate::trace::{
    Exchange, ExchangeId, Resolution, RuleVerdict, Started, Timestamp, UpstreamTarget,
};
use crate::workspace::Snapshot;

/// What would happen to a request. Every field is always present in its JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The URL asked about, encoded as browsers do.
    pub url: String,
    /// Its host: lower case, no port.
    pub host: String,
    /// How the host is read.
    pub resolution: Resolution,
    /// What three known ways of finding the tenant make of the Host sent upstream, or of the
    /// URL's own where nothing would be sent.
    pub extractors: Extractors,
    /// What every rule says, in the file's order.
    pub rules: Vec<RuleVerdict>,
    /// The path that a `by: "app"` rule predicts.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub predicted: Option<String>,
    /// Where the request would go; `None` where it would not be forwarded.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub upstream: Option<UpstreamTarget>,
    /// Every change that would be made to the request.
    pub edits: Vec<Edit>,
    /// What is wrong already.
    pub diagnostics: Vec<Diagnostic>,
}

/// A request that cannot be explained because it is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unexplained {
    /// The URL does not parse, or is not of the web.
    #[error("{text:?} is not an http URL: {reason}")]
    Url {
        /// The URL as given.
        text: String,
        /// What was found.
        reason: String,
    },
    /// The method is not a word.
    #[error("{0:?} is not a method")]
    Method(String),
    /// A header field has characters that none can have.
    #[error("{0:?} is not a header field")]
    Header(String),
}

/// Explains what would happen to a request.
///
/// Ports are ignored, so that an address can be asked about whether or not an engine runs. A URL
/// of an upstream, such as a pasted remote preview, is read as the preview it belongs to.
///
/// # Errors
///
/// The URL, the method or a header field cannot be part of any request.
pub fn explain(
    url: &str,
    method: &str,
    headers: &[(String, String)],
    snapshot: &Arc<Snapshot>,
) -> Result<Explanation, Unexplained> {
    let url = parse_url(url)?;
    let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes())
        .map_err(|_| Unexplained::Method(method.to_owned()))?;
    let mut fields = parse_headers(headers)?;
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let uri: Uri = path.parse().map_err(|error| Unexplained::Url {
        text: url.to_string(),
        reason: format!("the path: {error}"),
    })?;

    let resolved = resolve_url(&url, snapshot);
    let host = url
        .host_str()
        .unwrap_or_default()
        .trim_end_matches('.')
        .to_ascii_lowercase();
    let bare = |resolution| Explanation {
        url: url.to_string(),
        extractors: extract(&host),
        host: host.clone(),
        resolution,
        rules: Vec::new(),
        predicted: None,
        upstream: None,
        edits: Vec::new(),
        diagnostics: Vec::new(),
    };
    let Resolved::Preview(preview) = &resolved else {
        return Ok(bare(Resolution::from(&resolved)));
    };
    let asked = preview.address(&snapshot.workspace).host(&snapshot.base);
    let authority = HeaderValue::from_str(&snapshot.base.authority_of(&asked))
        .map_err(|_| Unexplained::Header(asked.clone()))?;
    fields.insert(HOST, authority);

    let upgrade = fields.contains_key(http::header::UPGRADE);
    let ask = |method: &Method| {
        route(
            &RequestHead {
                method,
                uri: &uri,
                headers: Cow::Borrowed(&fields),
                peer: None,
                upgrade,
            },
            snapshot,
        )
    };
    let (forward, refusal) = match ask(&method) {
        Route::Forward(forward) => (Some(forward), None),
        Route::Workbench => (None, None),
        // What a refused method would have met is worth seeing all the same.
        Route::Refuse(refusal) if refusal.code == "read-only" => match ask(&Method::GET) {
            Route::Forward(forward) => (Some(forward), Some(refusal)),
            Route::Workbench | Route::Refuse(_) => (None, Some(refusal)),
        },
        Route::Refuse(refusal) => (None, Some(refusal)),
    };
    let mut explanation = bare(Resolution::from(preview));
    if let Some(forward) = forward {
        let sent = refusal.is_none();
        explanation.extractors = extract(&forward.upstream.target.host);
        explanation.diagnostics = diagnose(&forward, &method, snapshot);
        explanation.upstream = sent.then(|| UpstreamTarget::clone(&forward.told_target()));
        explanation.rules = forward.rules.to_vec();
        explanation.predicted = forward.predicted.as_deref().map(str::to_owned);
        explanation.edits = forward.edits.iter().cloned().collect();
        explanation
            .diagnostics
            .extend(other_domain(&host, &forward, preview, snapshot));
    }
    explanation
        .diagnostics
        .extend(refusal.map(|refusal| refused(*refusal)));
    Ok(explanation)
}

fn parse_url(text: &str) -> Result<Url, Unexplained> {
    let refuse = |reason: String| Unexplained::Url {
        text: text.to_owned(),
        reason,
    };
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    let url = Url::parse(&whole).map_err(|error| refuse(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https" | "ws" | "wss") {
        return Err(refuse(format!("found the scheme {:?}", url.scheme())));
    }
    Ok(url)
}

fn parse_headers(headers: &[(String, String)]) -> Result<HeaderMap, Unexplained> {
    let mut fields = HeaderMap::new();
    for (name, value) in headers {
        let refuse = || Unexplained::Header(format!("{name}: {value}"));
        let name = HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_| refuse())?;
        let value = HeaderValue::from_str(value.trim()).map_err(|_| refuse())?;
        fields.append(name, value);
    }
    Ok(fields)
}

fn diagnose(forward: &Forward, method: &Method, snapshot: &Snapshot) -> Vec<Diagnostic> {
    let exchange = Exchange::start(Started {
        id: ExchangeId(0),
        at: Timestamp(0),
        kind: forward.kind,
        method: method.clone(),
        origin: Arc::clone(&forward.origin),
        path: forward.told_path(),
        resolution: forward.resolution.clone(),
        rules: forward.rules.clone(),
        predicted: forward.predicted.clone(),
        upstream: Some(forward.told_target()),
        edits: forward.edits.clone(),
        request_headers: forward.request_lines(),
    });
    Diagnoser::new().observe(&exchange, snapshot)
}

/// A domain of a tenant that is not the one by which its site is asked for.
fn other_domain(
    host: &str,
    forward: &Forward,
    preview: &ResolvedPreview,
    snapshot: &Snapshot,
) -> Option<Diagnostic> {
    let (tenant, listed) = tenant_of_domain(host, &snapshot.workspace)?;
    let sent = &forward.upstream.target.host;
    let first = tenant.domains.first()?;
    let asked = sent.split(':').next() == Some(first);
    if !asked || host == first || preview.tenant.as_ref() != Some(&tenant.id) {
        return None;
    }
    let message = if host == listed {
        format!(
            "{host} is one of {}'s domains. The preview asks for the first, {first}.",
            tenant.id
        )
    } else {
        format!(
            "{host} is read as {}'s domain {listed}. The preview asks for {first}.",
            tenant.id
        )
    };
    Some(Diagnostic {
        code: "other-domain".into(),
        severity: Severity::Info,
        message,
        evidence: vec![format!("domains: {}", tenant.domains.join(", "))],
        fix: None,
    })
}

/// A refusal as a finding: why nothing would be sent.
fn refused(refusal: Refusal) -> Diagnostic {
    Diagnostic {
        code: refusal.code.into(),
        severity: Severity::Error,
        message: refusal.message,
        evidence: refusal.tried,
        fix: refusal.fix,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKSPACE: &str = r#"{
      "name": "w",
      "tenants": [{ "id": "acme" }],
      "previews": [
        { "name": "main", "upstream": "http://localhost:3000", "host": "{tenant}.localhost:{port}" },
        { "name": "live", "upstream": "https://app.acme.dev", "access": "read-only" },
        { "name": "keyed", "upstream": "https://app.acme.dev", "headers": { "x-key": "${env:KEY}" } }
      ],
      "rules": [{ "by": "app", "source": "/((?!api).*)", "destination": "/{tenant}/$1" }]
    }"#;

    fn ask(url: &str, method: &str) -> serde_json::Value {
        let snapshot = Arc::new(crate::testing::snapshot(WORKSPACE));
        serde_json::to_value(explain(url, method, &[], &snapshot).unwrap()).unwrap()
    }

    #[test]
    fn a_preview() {
        let told = ask(
            "http://ACME---main.admin.tripledash.localhost:9/about?a=1",
            "GET",
        );
        assert_eq!(told["host"], "acme---main.admin.tripledash.localhost");
        assert_eq!(told["resolution"]["tenant"], "acme");
        assert_eq!(told["resolution"]["session"], "admin");
        assert_eq!(told["predicted"], "/acme/about");
        assert_eq!(told["upstream"]["host"], "acme.localhost:3000");
        assert_eq!(told["upstream"]["path"], "/about?a=1");
        assert_eq!(told["extractors"]["first-label"], "acme");
        assert_eq!(told["extractors"]["tldts"], serde_json::Value::Null);
        assert_eq!(told["rules"][0]["params"]["0"], "about");
        assert_eq!(told["diagnostics"], serde_json::json!([]));
    }

    #[test]
    fn every_key_is_there_whatever_the_answer() {
        let keys = [
            "diagnostics",
            "edits",
            "extractors",
            "host",
            "predicted",
            "resolution",
            "rules",
            "upstream",
            "url",
        ];
        for url in [
            "http://acme---main.tripledash.localhost/",
            "http://tripledash.localhost/",
            "http://acme---mian.tripledash.localhost/",
            "https://example.com/",
            "https://acme---app.acme.dev/x",
            "acme---main.tripledash.localhost:7333",
        ] {
            let told = ask(url, "GET");
            let mut found: Vec<&str> = told
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .collect();
            found.sort_unstable();
            assert_eq!(found, keys, "{url}");
            let mut kinds: Vec<&str> = told["resolution"]
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .collect();
            kinds.sort_unstable();
            let wanted = match told["resolution"]["kind"].as_str().unwrap() {
                "preview" => vec!["kind", "parts", "preview", "session", "tenant"],
                "unknown" => vec!["kind", "near", "reason"],
                _ => vec!["kind"],
            };
            assert_eq!(kinds, wanted, "{url}");
        }
    }

    #[test]
    fn a_refusal_is_a_finding() {
        let told = ask("http://acme---live.tripledash.localhost/cart", "post");
        assert_eq!(told["diagnostics"][0]["code"], "read-only");
        assert_eq!(told["upstream"], serde_json::Value::Null);
        assert_eq!(told["predicted"], "/acme/cart");
        let told = ask("http://acme---keyed.tripledash.localhost/", "GET");
        assert_eq!(told["diagnostics"][0]["code"], "preview-not-configured");
        assert!(
            told["diagnostics"][0]["message"]
                .as_str()
                .unwrap()
                .contains("KEY"),
            "{told}"
        );
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let snapshot = Arc::new(crate::testing::snapshot(WORKSPACE));
        for (url, method, header) in [
            ("http://", "GET", ("a", "b")),
            ("ftp://a/", "GET", ("a", "b")),
            ("http://a/", "G T", ("a", "b")),
            ("http://a/", "GET", ("a b", "c")),
            ("http://a/", "GET", ("a", "b\nc")),
        ] {
            let headers = [(header.0.to_owned(), header.1.to_owned())];
            assert!(
                explain(url, method, &headers, &snapshot).is_err(),
                "{url} {method} {header:?}"
            );
        }
    }
}
