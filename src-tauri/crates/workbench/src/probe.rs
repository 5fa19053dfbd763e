//! Asks a preview's upstream which form of `Host` it understands.
//!
//! - Each question is planned by [`route()`], as a browser's request is: with the preview's own
//!   fields, its trust, and nothing but GET. Redirects are not followed.
//! - The first question goes alone: a dev server compiles the page then, and is given the time.
//!   Those of one form then go together.
//! - An upstream that does not answer the first form is not asked again.
//! - Dropping the future stops it.

mod write;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_ENCODING, HOST, HeaderName, LOCATION,
    USER_AGENT,
};
use http::{HeaderMap, HeaderValue, Method, Response, Uri};
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout, timeout_at};
use tripledash_core::Snapshot;
use tripledash_core::compare::REWRITE_HEADER;
use tripledash_core::probe::{
    Answer, Ask, InvalidPlan, Outcome, Plan, Report, VerdictKind, Wanted, Who, judge,
};
use tripledash_core::redact::Secrets;
use tripledash_core::route::{RequestHead, Route, route};
use tripledash_proxy::{Body, Timeouts, Unanswered, Upstreams};

pub use self::write::set_host;
pub(crate) use self::write::with_host;

/// How much of a page is read: a whole one of most apps.
const MOST_BODY: usize = 256 * 1024;
/// How long a page may take after its head. What came by then is looked at: some never end.
const BODY: Duration = Duration::from_secs(10);
/// How long an upstream gets for its first answer: a dev server compiles.
const FIRST: Duration = Duration::from_secs(120);
/// How long for each of the others. Another `Host` may be another page, to be compiled too.
const LATER: Duration = Duration::from_secs(60);

/// How far a probe is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProbeProgress {
    /// How many questions are answered.
    pub done: usize,
    /// How many there are. It may grow once, for a second look.
    pub total: usize,
}

/// What a probe asks with.
#[derive(Debug)]
pub struct Prober {
    upstreams: Upstreams,
    /// How long an answer after the first may take.
    later: Duration,
}

/// A question, what came of it, and whether there is any use in asking on.
struct Asked {
    ask: Ask,
    outcome: Outcome,
    dead: bool,
}

// === impl Prober ===

impl Prober {
    /// Verifies TLS as the previews say, by the platform's own roots and theirs. Wants a runtime.
    pub fn new() -> Self {
        let timeouts = Timeouts {
            first_byte: FIRST,
            ..Timeouts::default()
        };
        Self::with(Upstreams::new(timeouts, None, [].into()))
    }

    /// With deadlines, roots and names of one's own.
    pub fn with(upstreams: Upstreams) -> Self {
        Self {
            upstreams,
            later: LATER,
        }
    }

    /// Asks, and says what the answers mean.
    ///
    /// # Errors
    ///
    /// Nothing can be asked. An upstream that does not answer is a verdict.
    pub async fn probe(
        &self,
        snapshot: &Snapshot,
        preview: &str,
        wanted: &Wanted,
        progress: &(dyn Fn(ProbeProgress) + Send + Sync),
    ) -> Result<Report, InvalidPlan> {
        let mut plan = Plan::new(snapshot, preview, wanted)?;
        let mut asked = Vec::new();
        let forms = plan.forms.len();
        let mut total = (0..forms).map(|form| plan.asks(form).len()).sum();
        progress(ProbeProgress { done: 0, total });
        for form in 0..forms {
            let answers = self.ask_form(&plan, form, form == 0).await;
            let dead = form == 0 && answers.iter().all(|asked| asked.dead);
            asked.extend(answers.into_iter().map(|asked| (asked.ask, asked.outcome)));
            progress(ProbeProgress {
                done: asked.len(),
                total,
            });
            if dead {
                return Ok(judge(&plan, &asked));
            }
        }
        let report = judge(&plan, &asked);
        if !matches!(
            report.verdict.kind,
            VerdictKind::Unread | VerdictKind::NotUnderstood
        ) {
            return Ok(report);
        }
        let form = plan.add_path_form();
        total += plan.asks(form).len();
        let answers = self.ask_form(&plan, form, false).await;
        asked.extend(answers.into_iter().map(|asked| (asked.ask, asked.outcome)));
        progress(ProbeProgress {
            done: asked.len(),
            total,
        });
        Ok(judge(&plan, &asked))
    }

    async fn ask_form(&self, plan: &Plan, form: usize, first_alone: bool) -> Vec<Asked> {
        let snapshot = plan.snapshot(form);
        let mut asks = plan.asks(form);
        let mut asked = Vec::new();
        if first_alone && !asks.is_empty() {
            let first = asks.remove(0);
            asked.push(self.ask(first, &snapshot, FIRST).await);
        }
        let is_one = !plan.upstream.contains('{');
        // One that is not there is not there for the other tenants either.
        if asked.iter().any(|first| first.dead) && is_one {
            return asked;
        }
        let rest = asks
            .into_iter()
            .map(|ask| self.ask(ask, &snapshot, self.later));
        asked.extend(join_all(rest).await);
        asked
    }

    async fn ask(&self, ask: Ask, snapshot: &Arc<Snapshot>, within: Duration) -> Asked {
        let (outcome, dead) = match ask.refused.clone() {
            Some(reason) => (Outcome::NotAsked { reason }, false),
            None => self.send(&ask, snapshot, within).await,
        };
        let dead = dead || ask.who == Who::Nobody;
        Asked { ask, outcome, dead }
    }

    async fn send(&self, ask: &Ask, snapshot: &Arc<Snapshot>, within: Duration) -> (Outcome, bool) {
        let pane = snapshot
            .base
            .authority_of(&ask.address.host(&snapshot.base));
        let not_asked = |reason: String| (Outcome::NotAsked { reason }, false);
        let (Ok(uri), Ok(host)) = (ask.path.parse::<Uri>(), HeaderValue::from_str(&pane)) else {
            return not_asked(format!("{:?} cannot be asked for", ask.path));
        };
        let head = RequestHead {
            method: &Method::GET,
            uri: &uri,
            headers: Cow::Owned(fields(host)),
            peer: None,
            upgrade: false,
        };
        let forward = match route(&head, snapshot) {
            Route::Forward(forward) => *forward,
            Route::Refuse(refusal) => return not_asked(refusal.message),
            Route::Workbench => return not_asked("it is the workbench's own host".to_owned()),
        };
        let secrets = forward.secrets.clone();
        let host = secrets.clean(&forward.upstream.target.host).into_owned();
        let Ok(got) = timeout(within, self.upstreams.get(forward)).await else {
            let reason = format!("no answer within {within:?}");
            return (Outcome::Failed { host, reason }, true);
        };
        match got {
            Ok(response) => (
                Outcome::Answered(read(response, host, pane, &secrets).await),
                false,
            ),
            Err(unanswered) => {
                let dead = is_dead(&unanswered);
                let reason = reason(unanswered);
                (Outcome::Failed { host, reason }, dead)
            }
        }
    }
}

impl Default for Prober {
    fn default() -> Self {
        Self::new()
    }
}

/// What a browser's navigation sends; bodies come as they are.
fn fields(host: HeaderValue) -> HeaderMap {
    let mut fields = HeaderMap::new();
    fields.insert(HOST, host);
    let others = [
        (
            ACCEPT,
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        ),
        (ACCEPT_LANGUAGE, "en"),
        (ACCEPT_ENCODING, "identity"),
        (USER_AGENT, "Mozilla/5.0 (compatible; Tripledash)"),
        (HeaderName::from_static("sec-fetch-dest"), "document"),
        (HeaderName::from_static("sec-fetch-mode"), "navigate"),
        (HeaderName::from_static("sec-fetch-site"), "none"),
        (HeaderName::from_static("sec-fetch-user"), "?1"),
        (HeaderName::from_static("upgrade-insecure-requests"), "1"),
    ];
    for (name, value) in others {
        fields.insert(name, HeaderValue::from_static(value));
    }
    fields
}

async fn read(response: Response<Body>, host: String, pane: String, secrets: &Secrets) -> Answer {
    let (parts, body) = response.into_parts();
    let field = |name: &str| {
        let text = parts.headers.get(name)?.to_str().ok()?;
        Some(secrets.clean(text).into_owned())
    };
    let lines = secrets.lines(&parts.headers);
    let others = lines.iter().filter(|(name, _)| {
        !name.eq_ignore_ascii_case(REWRITE_HEADER) && !name.eq_ignore_ascii_case(LOCATION.as_str())
    });
    let coded = parts
        .headers
        .get(CONTENT_ENCODING)
        .is_some_and(|coding| coding != "identity");
    let body = if coded {
        String::new()
    } else {
        beginning(body).await
    };
    Answer {
        host,
        pane,
        status: parts.status.as_u16(),
        rewrite: field(REWRITE_HEADER),
        location: field(LOCATION.as_str()),
        fields: others
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: secrets.clean(&body).into_owned(),
    }
}

/// As much of a body as is looked at. One that breaks off is as long as it came.
async fn beginning(mut body: Body) -> String {
    let until = Instant::now() + BODY;
    let mut bytes: Vec<u8> = Vec::new();
    while bytes.len() < MOST_BODY
        && let Ok(Some(Ok(frame))) = timeout_at(until, body.frame()).await
    {
        if let Ok(piece) = frame.into_data() {
            let room = MOST_BODY - bytes.len();
            bytes.extend_from_slice(&piece[..piece.len().min(room)]);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether the upstream is not there, whatever the Host. TLS may fail for one name alone.
fn is_dead(unanswered: &Unanswered) -> bool {
    !matches!(
        unanswered.code,
        "upstream-tls" | "target-unusable" | "upstream-hung-up" | "upstream-reset"
    )
}

fn reason(unanswered: Unanswered) -> String {
    match unanswered.tried.as_slice() {
        [] => unanswered.message,
        tried => format!("{} ({})", unanswered.message, tried.join("; ")),
    }
}

#[cfg(test)]
mod tests;
