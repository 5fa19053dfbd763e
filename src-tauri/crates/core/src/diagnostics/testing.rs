//! Exchanges for tests, made by the same code that makes real ones.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};

use super::Diagnoser;
use crate::diagnostic::Diagnostic;
use crate::edit::Edits;
use crate::response::edit_response;
use crate::route::{Forward, RequestHead, Route, route};
use crate::trace::{
    Answered, Exchange, ExchangeId, Failure, Finished, HeaderLines, Side, Started, Timestamp,
    Timings,
};
use crate::workspace::Snapshot;

const WORKSPACE: &str = r#"{
  "name": "acme-platform",
  "tenants": [
    { "id": "acme", "domains": ["shop.acme.com"] },
    { "id": "globex" },
    { "id": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" }
  ],
  "previews": [
    { "name": "main", "upstream": "http://localhost:3000" },
    { "name": "a-branch-with-a-long-name", "upstream": "http://localhost:3000" },
    { "name": "platform", "upstream": "http://localhost:3000", "host": "{tenant}.localhost:{port}" },
    { "name": "remote", "upstream": "https://my-app-git-feature.acme.dev" },
    { "name": "vercel", "upstream": "https://my-app.vercel.app" }
  ],
  "rules": [
    { "by": "app", "source": "/((?!api|_next/static|_next/image|favicon.ico).*)", "destination": "/{tenant}/$1" }
  ]
}"#;

/// Tenants in the path, and a main site beside them.
pub(crate) const CITIES: &str = r#"{
  "name": "festival",
  "tenancy": { "kind": "path" },
  "tenants": [{ "id": "houston", "domains": ["houston.example"] }, { "id": "chicago" }],
  "previews": [
    { "name": "main", "upstream": "http://localhost:3000" },
    { "name": "renamed", "upstream": "http://localhost:3000", "tenants": { "houston": { "id": "houston-tx" } } },
    { "name": "remote", "upstream": "https://festival.acme.dev" }
  ],
  "pages": [{ "name": "Films", "path": "/films" }, { "name": "Home", "path": "/" }],
  "rules": [
    { "by": "app", "source": "/((?!api|_next/).*)", "destination": "/city/{tenant}/$1" }
  ]
}"#;

/// One request and its answer, in a workspace that has one of everything.
pub(crate) struct Scene {
    snapshot: Arc<Snapshot>,
    forward: Box<Forward>,
    exchange: Exchange,
}

impl Scene {
    pub(crate) fn new(label: &str, path: &str) -> Self {
        Self::with(label, path, &[])
    }

    pub(crate) fn upgrade(label: &str, path: &str) -> Self {
        let origin = format!("http://{label}.tripledash.localhost:7333");
        Self::with(
            label,
            path,
            &[
                ("upgrade", "websocket"),
                ("connection", "Upgrade"),
                ("origin", &origin),
            ],
        )
    }

    pub(crate) fn with(label: &str, path: &str, fields: &[(&str, &str)]) -> Self {
        static SNAPSHOT: LazyLock<Arc<Snapshot>> =
            LazyLock::new(|| Arc::new(crate::testing::snapshot(WORKSPACE)));
        Self::asked(Arc::clone(&SNAPSHOT), label, path, fields)
    }

    /// In a workspace of its own.
    pub(crate) fn of(workspace: &str, label: &str, path: &str, fields: &[(&str, &str)]) -> Self {
        let snapshot = Arc::new(crate::testing::snapshot(workspace));
        Self::asked(snapshot, label, path, fields)
    }

    fn asked(snapshot: Arc<Snapshot>, label: &str, path: &str, fields: &[(&str, &str)]) -> Self {
        let mut headers = HeaderMap::new();
        let host = format!("{label}.tripledash.localhost:7333");
        headers.insert("host", HeaderValue::from_str(&host).unwrap());
        for (name, value) in fields {
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        let uri: Uri = path.parse().unwrap();
        let upgrade = headers.contains_key("upgrade");
        let head = RequestHead {
            method: &Method::GET,
            uri: &uri,
            headers: Cow::Borrowed(&headers),
            peer: None,
            upgrade,
        };
        let forward = match route(&head, &snapshot) {
            Route::Forward(forward) => forward,
            other => panic!("{label}{path} is not forwarded: {other:?}"),
        };
        let exchange = Exchange::start(Started {
            id: ExchangeId(1),
            at: Timestamp(0),
            kind: forward.kind,
            method: Method::GET,
            origin: Arc::clone(&forward.origin),
            path: forward.path.clone(),
            resolution: forward.resolution.clone(),
            rules: forward.rules.clone(),
            predicted: forward.predicted.clone(),
            upstream: Some(forward.upstream.target.clone()),
            edits: forward.edits.clone(),
            request_headers: forward.request_lines(),
        });
        Self {
            snapshot,
            forward,
            exchange,
        }
    }

    /// The upstream answers.
    pub(crate) fn answered(mut self, status: u16, fields: &[(&str, &str)]) -> Self {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        let response_headers = self.forward.response.response_lines(&headers);
        let edited = edit_response(
            StatusCode::from_u16(status).unwrap(),
            &mut headers,
            &self.forward.response,
        );
        self.answer(Answered {
            id: ExchangeId(1),
            status,
            from_upstream: true,
            actual: edited.actual,
            address: "127.0.0.1:3000".parse().ok(),
            timings: Timings::default(),
            edits: edited.edits,
            response_headers,
            failure: None,
        });
        self
    }

    /// An HTML page, with the app's own rewrite where there is one.
    pub(crate) fn page(self, rewrite: Option<&str>, more: &[(&str, &str)]) -> Self {
        let mut fields = vec![("content-type", "text/html; charset=utf-8")];
        fields.extend(rewrite.map(|rewrite| ("x-middleware-rewrite", rewrite)));
        fields.extend(more);
        self.answered(200, &fields)
    }

    /// The upstream does not answer, and we say so.
    pub(crate) fn failed(mut self, status: u16, code: &'static str) -> Self {
        let failure = Failure {
            side: Side::Upstream,
            code: code.into(),
            message: "it did not work".to_owned(),
        };
        self.answer(Answered {
            id: ExchangeId(1),
            status,
            from_upstream: false,
            actual: None,
            address: None,
            timings: Timings::default(),
            edits: Edits::default(),
            response_headers: HeaderLines::default(),
            failure: Some(failure),
        });
        self
    }

    fn answer(&mut self, answered: Answered) {
        self.exchange.answer(answered);
        self.exchange.finish(Finished {
            id: ExchangeId(1),
            total_us: 1,
            request_bytes: 0,
            response_bytes: 0,
            failure: None,
        });
    }

    pub(crate) fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    pub(crate) fn diagnoses(&self) -> Vec<Diagnostic> {
        self.diagnoses_after(&[])
    }

    /// What is found where other exchanges were seen before.
    pub(crate) fn diagnoses_after(&self, before: &[Self]) -> Vec<Diagnostic> {
        let mut diagnoser = Diagnoser::new();
        for scene in before {
            diagnoser.observe(&scene.exchange, &scene.snapshot);
        }
        diagnoser.observe(&self.exchange, &self.snapshot)
    }

    pub(crate) fn codes(&self) -> Vec<String> {
        self.codes_after(&[])
    }

    pub(crate) fn codes_after(&self, before: &[Self]) -> Vec<String> {
        self.diagnoses_after(before)
            .into_iter()
            .map(|found| found.code.into_owned())
            .collect()
    }
}
