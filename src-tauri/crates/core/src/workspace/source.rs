//! Where tenants and previews are found that the file does not name one by one.

use std::time::Duration;

use super::{Preview, Template};

/// Where the tenants are listed, if not in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct TenantSource {
    /// Where.
    pub from: TenantsFrom,
    /// How often they are read again; `None`: when a file changes, else as often as is usual.
    pub refresh: Option<Duration>,
}

/// A list of tenants outside the workspace file.
#[derive(Debug, Clone, PartialEq)]
pub enum TenantsFrom {
    /// A CSV or JSON file, from the workspace's folder.
    File(String),
    /// An endpoint that answers with JSON or CSV.
    Url {
        /// Its address; may hold `${env:…}`.
        url: Template,
        /// Header fields to send, in order; may hold `${env:…}`.
        headers: Vec<(String, Template)>,
    },
    /// A program and its arguments, run in the workspace's folder, which prints JSON or CSV.
    Command(Vec<String>),
}

/// Where more previews are found.
#[derive(Debug, Clone, PartialEq)]
pub struct PreviewSource {
    /// Its place in the file's `previews`, from 0.
    pub at: usize,
    /// Where.
    pub kind: SourceKind,
    /// The branches that are shown, as globs (`release/*`); one with `!` before it leaves branches
    /// out; none: all.
    pub branches: Vec<String>,
    /// What every preview that is found has in common: all but name, branch and upstream.
    pub shape: Preview,
}

/// A place where previews are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceKind {
    /// The branches of a git repository, each with a dev server that can be started.
    Git(GitSource),
    /// The deployments of a Vercel project.
    Vercel(VercelSource),
    /// An address with the branch in it.
    Template(TemplateSource),
}

/// The branches of a git repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitSource {
    /// A folder in the repository, from the workspace's folder: the app's own.
    pub folder: String,
    /// A command line to run before the first start, and again when the lock file has changed.
    pub setup: Option<String>,
    /// A command line that serves the app on `{port}`.
    pub dev: Option<String>,
    /// Files that are not in the repository and are brought along, as globs.
    pub copy: Vec<String>,
}

/// The deployments of a Vercel project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VercelSource {
    /// The project's name or id.
    pub project: String,
    /// The team's slug or id; `None`: the token's own account.
    pub team: Option<String>,
}

/// An address with the branch in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateSource {
    /// `https://{branch}.preview.acme.dev`.
    pub upstream: Template,
    /// A folder in the repository whose branches they are, from the workspace's folder.
    pub folder: String,
}

// === impl PreviewSource ===

impl PreviewSource {
    /// What tells its previews apart from those of the same name: `local`, `vercel` or `remote`.
    pub fn word(&self) -> &'static str {
        match self.kind {
            SourceKind::Git(_) => "local",
            SourceKind::Vercel(_) => "vercel",
            SourceKind::Template(_) => "remote",
        }
    }

    /// The variables of the environment that finding its previews takes.
    pub fn environment_names(&self) -> impl Iterator<Item = &str> {
        let names: &[&str] = match self.kind {
            SourceKind::Vercel(_) => &[VercelSource::TOKEN, VercelSource::BYPASS],
            SourceKind::Git(_) | SourceKind::Template(_) => &[],
        };
        let template = match &self.kind {
            SourceKind::Template(template) => Some(&template.upstream),
            SourceKind::Git(_) | SourceKind::Vercel(_) => None,
        };
        let in_template = template.into_iter().flat_map(Template::environment_names);
        names.iter().copied().chain(in_template)
    }

    /// The folder of the repository whose branches it shows.
    pub fn repository(&self) -> Option<&str> {
        match &self.kind {
            SourceKind::Git(git) => Some(&git.folder),
            SourceKind::Template(template) => Some(&template.folder),
            SourceKind::Vercel(_) => None,
        }
    }
}

// === impl VercelSource ===

impl VercelSource {
    /// The variable with the access token that deployments are listed with.
    pub const TOKEN: &'static str = "VERCEL_TOKEN";
    /// The variable with the secret that lets automation past deployment protection, and the name
    /// that the platform itself has for it.
    pub const BYPASS: &'static str = "VERCEL_AUTOMATION_BYPASS_SECRET";
    /// The header field that carries the secret.
    pub const BYPASS_HEADER: &'static str = "x-vercel-protection-bypass";
}

// === impl TenantsFrom ===

impl TenantsFrom {
    /// The variables of the environment that it asks for.
    pub fn environment_names(&self) -> impl Iterator<Item = &str> {
        let (url, headers) = match self {
            Self::Url { url, headers } => (Some(url), &headers[..]),
            Self::File(_) | Self::Command(_) => (None, &[][..]),
        };
        let headers = headers.iter().map(|(_, template)| template);
        url.into_iter()
            .chain(headers)
            .flat_map(Template::environment_names)
    }
}
