//! Answers that we give ourselves: what is wrong, what was tried, what mends it.

use crate::address::BaseDomain;
use crate::host::{Authority, Host};
use crate::label::SEPARATOR;
use crate::nearest::likely;
use crate::tenancy::join;
use crate::trace::{Failure, Kind, Resolution, Side};
use crate::workspace::{Snapshot, Tenancy};

/// A request that is not forwarded, or could not be, in words for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status to answer with.
    pub status: u16,
    /// A stable name, such as `unknown-preview`.
    pub code: &'static str,
    /// A heading.
    pub title: String,
    /// What happened.
    pub message: String,
    /// What was looked at or tried, in order.
    pub tried: Vec<String>,
    /// What mends it.
    pub fix: Option<String>,
    /// Where to go instead: label and URL.
    pub links: Vec<(String, String)>,
    /// How the host was read, where it was.
    pub resolution: Option<Resolution>,
    /// The URL as asked.
    pub url: String,
    /// What the request was for.
    pub kind: Kind,
}

type Boxed = Box<Refusal>;

impl Refusal {
    /// A refusal with nothing but its name and words.
    pub fn new(
        status: u16,
        code: &'static str,
        title: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code,
            title: title.into(),
            message: message.into(),
            tried: Vec::new(),
            fix: None,
            links: Vec::new(),
            resolution: None,
            url: String::new(),
            kind: Kind::Other,
        }
    }

    /// What a trace keeps of it as the reason of failure.
    pub fn failure(&self) -> Failure {
        let side = match self.status {
            502..=504 => Side::Upstream,
            500 | 501 => Side::Internal,
            _ => Side::Downstream,
        };
        Failure {
            side,
            code: self.code.into(),
            message: self.message.clone(),
        }
    }

    /// An upstream that could not be reached (502) or did not answer (504). `tried` are the
    /// sockets, each with what came of it.
    pub fn upstream(
        forward: &super::Forward,
        status: u16,
        code: &'static str,
        message: impl Into<String>,
        tried: Vec<String>,
    ) -> Self {
        let origin = &forward.upstream.target.origin;
        let title = match status {
            504 => "The upstream does not answer".to_owned(),
            _ => "The upstream cannot be reached".to_owned(),
        };
        let local = forward.upstream.host.is_loopback();
        let fix = match (status, local) {
            (504, _) => format!("see whether {origin} is busy or stuck"),
            (_, true) => {
                format!("start the app that listens on {origin}, or change the preview's upstream")
            }
            (_, false) => {
                format!("see whether {origin} opens in a browser, or change the preview's upstream")
            }
        };
        Self {
            tried,
            fix: Some(fix),
            resolution: Some(Resolution::clone(&forward.resolution)),
            url: forward.url(),
            kind: forward.kind,
            ..Self::new(status, code, title, message)
        }
    }

    pub(super) fn target_too_long(length: usize, limit: usize, kind: Kind) -> Boxed {
        let message =
            format!("the request target has {length} bytes, and at most {limit} are forwarded");
        Box::new(Self {
            kind,
            ..Self::new(414, "target-too-long", "The address is too long", message)
        })
    }

    pub(super) fn fields_too_large(size: usize, limit: usize, kind: Kind) -> Boxed {
        let message =
            format!("the header fields have {size} bytes, and at most {limit} are forwarded");
        let fix = "clear this preview's cookies: they are most of it, as a rule".to_owned();
        let refusal = Self::new(
            431,
            "fields-too-large",
            "The header fields are too large",
            message,
        );
        Box::new(Self {
            fix: Some(fix),
            kind,
            ..refusal
        })
    }

    pub(super) fn malformed(message: String, url: String, kind: Kind) -> Boxed {
        Box::new(Self {
            url,
            kind,
            ..Self::new(
                400,
                "malformed-request",
                "This request cannot be read",
                message,
            )
        })
    }

    pub(super) fn elsewhere(
        authority: &Authority,
        path: &str,
        snapshot: &Snapshot,
        url: String,
        kind: Kind,
    ) -> Boxed {
        let base = &snapshot.base;
        let message = format!(
            "{} is not a host of this workbench; its hosts end in {}",
            authority.host, base.host
        );
        let mut links = vec![(
            "Open the workbench".to_owned(),
            format!("{}/", base.origin()),
        )];
        // `acme---main.localhost` is one label away from what was meant.
        if let Some(rest) = authority
            .host
            .name()
            .and_then(|name| name.strip_suffix(".localhost"))
        {
            let host = format!("{rest}.{}", base.host);
            if let Ok(Resolution::Preview { .. }) = host
                .parse()
                .map(|host: Host| Resolution::from(&crate::resolve::resolve(&host, snapshot)))
            {
                links.push((
                    format!("Open {host}"),
                    format!("http://{}{path}", base.authority_of(&host)),
                ));
            }
        }
        let resolution = Resolution::Unknown {
            reason: message.clone(),
            near: Vec::new(),
        };
        Box::new(Self {
            fix: Some(format!("open {}", base.origin())),
            links,
            resolution: Some(resolution),
            url,
            kind,
            ..Self::new(421, "not-our-host", "This host is not ours", message)
        })
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "each is one thing that the page shows"
    )]
    pub(super) fn unknown(
        authority: &Authority,
        path: &str,
        reason: &str,
        near: &[String],
        snapshot: &Snapshot,
        url: String,
        resolution: Resolution,
        kind: Kind,
    ) -> Boxed {
        let base = &snapshot.base;
        let asked = asked_piece(authority, base);
        let known = snapshot.workspace.previews.contains_key(asked);
        let in_path = snapshot.workspace.tenancy == Tenancy::Path;
        let before = asked_prefix(authority, base);
        let mut links: Vec<_> = if known && in_path {
            // A prefix in the host belongs before the path; a path that was refused leads nowhere.
            let path = match before {
                Some(before) => join(&format!("/{}", before.replace(SEPARATOR, "/")), path),
                None => "/".into(),
            };
            vec![link(asked, &path, base)]
        } else if known {
            // With its prefix it would be the very address that is refused.
            vec![link(asked, path, base)]
        } else {
            near.iter()
                .map(|preview| near_link(authority, preview, path, base))
                .collect()
        };
        links.push((
            "Open the workbench".to_owned(),
            format!("{}/", base.origin()),
        ));
        let previews: Vec<&str> = snapshot
            .workspace
            .previews
            .keys()
            .map(String::as_str)
            .take(12)
            .collect();
        let fix = if known {
            let prefix = &snapshot.workspace.prefix;
            let parts: String = prefix
                .iter()
                .map(|part| format!("{{{part}}}{SEPARATOR}"))
                .collect();
            match prefix.as_slice() {
                [] => format!("open it as {asked}"),
                names if in_path => {
                    let segments: String =
                        names.iter().map(|part| format!("/{{{part}}}")).collect();
                    format!(
                        "open it as {asked}, with {segments} at the start of the path or without"
                    )
                }
                _ => format!("open it as {parts}{asked}, or as {asked}"),
            }
        } else {
            match likely(asked, near.iter().map(String::as_str)) {
                Some(preview) => format!("did you mean the preview {preview}?"),
                None => "add the preview in the workbench, or to tripledash.json".to_owned(),
            }
        };
        Box::new(Self {
            tried: if previews.is_empty() {
                Vec::new()
            } else {
                vec![format!("previews: {}", previews.join(", "))]
            },
            fix: Some(fix),
            links,
            resolution: Some(resolution),
            url,
            kind,
            ..Self::new(404, "unknown-preview", "No such preview", reason)
        })
    }
}

/// The piece of the host that names the preview.
fn asked_piece<'a>(authority: &'a Authority, base: &BaseDomain) -> &'a str {
    let labels = authority.host.strip_base(&base.host).unwrap_or_default();
    let first = labels.split('.').next().unwrap_or_default();
    first.rsplit(SEPARATOR).next().unwrap_or_default()
}

/// What stands before the preview in its label.
fn asked_prefix<'a>(authority: &'a Authority, base: &BaseDomain) -> Option<&'a str> {
    let labels = authority.host.strip_base(&base.host)?;
    let (prefix, _) = labels.split('.').next()?.rsplit_once(SEPARATOR)?;
    (!prefix.is_empty()).then_some(prefix)
}

/// A host under the base domain: label and URL.
fn link(labels: &str, path: &str, base: &BaseDomain) -> (String, String) {
    let host = format!("{labels}.{}", base.host);
    let url = format!("http://{}{path}", base.authority_of(&host));
    (host, url)
}

/// The same address with another preview in its place.
fn near_link(
    authority: &Authority,
    preview: &str,
    path: &str,
    base: &BaseDomain,
) -> (String, String) {
    let mut labels: Vec<&str> = authority
        .host
        .strip_base(&base.host)
        .unwrap_or_default()
        .split('.')
        .collect();
    let first = labels.first().copied().unwrap_or_default();
    let label = match first.rsplit_once(SEPARATOR) {
        Some((prefix, _)) if !prefix.is_empty() => format!("{prefix}{SEPARATOR}{preview}"),
        _ => preview.to_owned(),
    };
    if let Some(first) = labels.first_mut() {
        *first = &label;
    }
    labels.truncate(2);
    link(&labels.join("."), path, base)
}
