//! What the rules make of one request.

use std::sync::Arc;

use http::HeaderMap;

use super::site::Site;
use crate::edit::{Edit, Stage};
use crate::redact::Secrets;
use crate::rule::{self, RequestView, Target};
use crate::trace::{RuleBy, RuleVerdict, UpstreamTarget};
use crate::workspace::Snapshot;

/// What every rule said, and what comes of it.
#[derive(Debug)]
pub(super) struct Ruling {
    /// Path and query as asked.
    pub(super) as_asked: Arc<str>,
    /// Where to ask: for a path of ours, where a rule of the proxy won.
    target: Arc<UpstreamTarget>,
    /// The edit that tells of it.
    rewrite: Option<Edit>,
    /// In the file's order, secrets redacted.
    pub(super) verdicts: Arc<[RuleVerdict]>,
    /// The path that a rule of the app predicts.
    pub(super) predicted: Option<Arc<str>>,
}

/// A ruling under way: the app's rules are asked about what is sent, once that is settled.
pub(super) enum Asking {
    /// It was made before.
    Known(Arc<Ruling>),
    /// The proxy's rules have spoken.
    Proxied(Proxied),
}

/// What the proxy's rules made of a request.
pub(super) struct Proxied {
    as_asked: Arc<str>,
    target: Arc<UpstreamTarget>,
    rewrite: Option<Edit>,
    verdicts: Vec<RuleVerdict>,
    secrets: Vec<String>,
}

/// Asks the proxy's rules about a request as it came.
pub(super) fn proxied(
    asked: &str,
    headers: &HeaderMap,
    site: &Site,
    snapshot: &Snapshot,
) -> Proxied {
    let (path, query) = split(asked);
    let view = RequestView {
        path,
        query,
        headers,
        host: &site.arrived,
        value: &|variable| site.preview.value(variable, snapshot),
    };
    let said = rule::evaluate(&snapshot.workspace.rules, RuleBy::Proxy, &view);
    let as_asked: Arc<str> = asked.into();
    let winner = said.winner.as_ref();
    let won = winner.and_then(|winner| Some((winner.index, winner.target.as_ref()?)));
    let (sent, rewrite) = match won {
        Some((index, target)) => rewritten(index, target, asked),
        None => (Arc::clone(&as_asked), None),
    };
    Proxied {
        as_asked,
        target: Arc::new(UpstreamTarget {
            origin: Arc::clone(&site.upstream_text),
            host: Arc::clone(&site.host),
            path: sent,
        }),
        rewrite,
        secrets: said.secrets,
        verdicts: said.verdicts,
    }
}

// === impl Asking ===

impl Asking {
    /// Where to ask.
    pub(super) fn target(&self) -> Arc<UpstreamTarget> {
        match self {
            Self::Known(ruling) => Arc::clone(&ruling.target),
            Self::Proxied(proxied) => Arc::clone(&proxied.target),
        }
    }

    /// The edit that tells of it.
    pub(super) fn rewrite(&self) -> Option<Edit> {
        match self {
            Self::Known(ruling) => ruling.rewrite.clone(),
            Self::Proxied(proxied) => proxied.rewrite.clone(),
        }
    }

    /// What conditions took from cookies and credentials.
    pub(super) fn secrets(&self) -> &[String] {
        match self {
            // One that was kept looks at no field.
            Self::Known(_) => &[],
            Self::Proxied(proxied) => &proxied.secrets,
        }
    }
}

// === impl Proxied ===

impl Proxied {
    /// Asks the app's rules about the request as it will be sent. What their conditions take from
    /// cookies and credentials is added to `secrets`.
    pub(super) fn predict(
        self,
        headers: &HeaderMap,
        site: &Site,
        snapshot: &Snapshot,
        secrets: &mut Secrets,
    ) -> Ruling {
        let (path, query) = split(&self.target.path);
        let view = RequestView {
            path,
            query,
            headers,
            host: &site.host,
            value: &|variable| site.preview.value(variable, snapshot),
        };
        let said = rule::evaluate(&snapshot.workspace.rules, RuleBy::App, &view);
        said.secrets.iter().for_each(|text| secrets.add_text(text));
        let target = said.winner.and_then(|winner| winner.target);
        let mut verdicts = self.verdicts;
        verdicts.extend(said.verdicts);
        verdicts.sort_by_key(|verdict| verdict.index);
        for verdict in &mut verdicts {
            verdict.redact(secrets);
        }
        Ruling {
            as_asked: self.as_asked,
            target: self.target,
            rewrite: self.rewrite,
            verdicts: verdicts.into(),
            predicted: target.map(|target| secrets.clean(&target.path).into()),
        }
    }
}

fn split(target: &str) -> (&str, Option<&str>) {
    match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    }
}

fn rewritten(index: usize, target: &Target, before: &str) -> (Arc<str>, Option<Edit>) {
    let after = target.to_string();
    let edit = (after != before).then(|| Edit {
        stage: Stage::Request,
        field: "path".into(),
        before: Some(before.to_owned()),
        after: Some(after.clone()),
        why: format!("rule {index} rewrites it").into(),
    });
    (after.into(), edit)
}
