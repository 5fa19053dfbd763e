//! What is looked into: a source of the file, with all that it takes to ask it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tripledash_core::Workspace;
use tripledash_core::workspace::{SourceKind, Template, TenantSource, TenantsFrom, VercelSource};

use super::Failure;

/// A source, with all that it takes to ask it. Two that are equal say the same.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A file of tenants.
    TenantFile {
        path: PathBuf,
        /// The path as the workspace writes it.
        shown: String,
    },
    /// An endpoint that lists tenants. Address and fields may hold secrets.
    TenantUrl {
        url: String,
        headers: Vec<(String, String)>,
        refresh: Option<Duration>,
    },
    /// A program that lists tenants.
    TenantCommand {
        folder: PathBuf,
        words: Vec<String>,
        refresh: Option<Duration>,
    },
    /// The branches of a repository.
    Git {
        /// The app's folder in it.
        folder: PathBuf,
        /// Whether dev servers of its working copy are looked for.
        serves: bool,
        /// Whether its filters may run, which telling changed files takes.
        trusted: bool,
    },
    /// The deployments of a project.
    Vercel { source: VercelSource, token: String },
    /// What cannot be asked, and why.
    Unasked {
        /// The place that would be asked.
        like: String,
        /// Why not.
        failure: Failure,
    },
}

/// What the sources of a workspace come down to: its tenants', then its previews' in the file's
/// order.
pub(crate) fn wanted(
    workspace: &Workspace,
    folder: &Path,
    environment: &BTreeMap<String, String>,
    trusted: bool,
) -> (Option<Wanted>, Vec<Wanted>) {
    let tenants = workspace
        .tenant_source
        .as_ref()
        .map(|source| of_tenants(source, folder, environment, trusted));
    let previews = workspace
        .sources
        .iter()
        .map(|source| of_previews(&source.kind, folder, environment, trusted))
        .collect();
    (tenants, previews)
}

fn of_tenants(
    source: &TenantSource,
    folder: &Path,
    environment: &BTreeMap<String, String>,
    trusted: bool,
) -> Wanted {
    let refresh = source.refresh;
    match &source.from {
        TenantsFrom::File(path) => Wanted::TenantFile {
            path: folder.join(path),
            shown: path.clone(),
        },
        TenantsFrom::Url { url, headers } => {
            let render = |template: &Template| {
                template.render(&|name| environment.get(name.strip_prefix("env:")?).cloned())
            };
            let filled = render(url).and_then(|url| {
                let headers = headers
                    .iter()
                    .map(|(name, value)| Ok((name.clone(), render(value)?)));
                Ok((url, headers.collect::<Result<_, _>>()?))
            });
            match filled {
                Ok((url, headers)) => Wanted::TenantUrl {
                    url,
                    headers,
                    refresh,
                },
                Err(absent) => unset(url.as_str(), &absent.name),
            }
        }
        TenantsFrom::Command(words) if !trusted => Wanted::Unasked {
            like: words.join(" "),
            failure: Failure {
                untrusted: true,
                ..Failure::new(
                    "the tenants are listed by a program, and this folder is not trusted",
                    Some("look at the commands and trust the folder".to_owned()),
                )
            },
        },
        TenantsFrom::Command(words) => Wanted::TenantCommand {
            folder: folder.to_owned(),
            words: words.clone(),
            refresh,
        },
    }
}

fn of_previews(
    kind: &SourceKind,
    folder: &Path,
    environment: &BTreeMap<String, String>,
    trusted: bool,
) -> Wanted {
    match kind {
        SourceKind::Git(git) => Wanted::Git {
            folder: folder.join(&git.folder),
            serves: true,
            trusted,
        },
        SourceKind::Template(template) => Wanted::Git {
            folder: folder.join(&template.folder),
            serves: false,
            trusted: false,
        },
        SourceKind::Vercel(source) => match environment.get(VercelSource::TOKEN) {
            Some(token) => Wanted::Vercel {
                source: source.clone(),
                token: token.clone(),
            },
            None => unset(&source.project, VercelSource::TOKEN),
        },
    }
}

fn unset(like: &str, variable: &str) -> Wanted {
    let name = variable.strip_prefix("env:").unwrap_or(variable);
    let fix = format!("set {name} in the environment, or in .env.local beside the file");
    Wanted::Unasked {
        like: like.to_owned(),
        failure: Failure::new(format!("{name} is not set"), Some(fix)),
    }
}

// === impl Wanted ===

impl Wanted {
    /// What is known to be wrong before it is asked.
    pub(super) fn failure(&self) -> Option<Failure> {
        match self {
            Self::Unasked { failure, .. } => Some(failure.clone()),
            _ => None,
        }
    }

    /// Whether it is the same place, so that what the one said stands for the other until that is
    /// heard.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Git { folder, .. }, Self::Git { folder: other, .. }) => folder == other,
            (Self::TenantUrl { url, .. }, Self::TenantUrl { url: other, .. }) => url == other,
            (Self::Vercel { source, .. }, Self::Vercel { source: other, .. }) => source == other,
            (Self::TenantCommand { words, .. }, Self::TenantCommand { words: other, .. }) => {
                words == other
            }
            _ => false,
        }
    }
}

/// Addresses, fields and tokens may be secrets.
impl fmt::Debug for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::TenantFile { path, .. } => {
                return f.debug_tuple("TenantFile").field(path).finish();
            }
            Self::TenantUrl { .. } => "TenantUrl",
            Self::TenantCommand { .. } => "TenantCommand",
            Self::Git { folder, .. } => return f.debug_tuple("Git").field(folder).finish(),
            Self::Vercel { .. } => "Vercel",
            Self::Unasked { .. } => "Unasked",
        };
        f.debug_struct(name).finish_non_exhaustive()
    }
}
