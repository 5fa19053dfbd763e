//! Where the open workspace's tenants and previews are found, and what came of looking.

use serde::{Deserialize, Serialize};
use tripledash_core::workspace::{self, TenantsFrom};
use tripledash_core::{Timestamp, Workspace};

use crate::gather::found::{at_template, head};
use crate::gather::{Look, Looks, Reading};
use crate::trust;

/// How the tenants are listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TenantList {
    /// Where.
    pub kind: TenantListKind,
    /// The file's path, the endpoint as written without its query, or the command; empty where the
    /// workspace file lists them.
    pub text: String,
    /// What came of reading it.
    pub status: SourceStatus,
    /// Why it is not good, in one sentence.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub message: Option<String>,
    /// What to do about that.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub fix: Option<String>,
    /// When the tenants that are shown were read; where an endpoint cannot be asked, when it last
    /// said so.
    #[cfg_attr(feature = "openapi", schema(required, value_type = Option<String>))]
    pub read_at: Option<Timestamp>,
    /// How many tenants were left out, each for a reason that the problems tell.
    pub left_out: usize,
}

/// Where the tenants are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TenantListKind {
    /// In the workspace file: they can be edited here.
    Workspace,
    /// In another file.
    File,
    /// At an endpoint.
    Url,
    /// By a program.
    Command,
}

/// A place where previews are found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Its place in the file's `previews`, from 0.
    pub at: usize,
    /// What it is.
    pub kind: SourceKind,
    /// The repository's folder, the project with its team, or the address.
    pub text: String,
    /// What came of looking.
    pub status: SourceStatus,
    /// Why it is not good, in one sentence.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub message: Option<String>,
    /// What to do about that.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub fix: Option<String>,
    /// When what is shown of it was read.
    #[cfg_attr(feature = "openapi", schema(required, value_type = Option<String>))]
    pub read_at: Option<Timestamp>,
    /// What a person should know of it: what was left out, what could not be asked.
    pub notes: Vec<String>,
    /// What the checkout has checked out: a branch, or the start of a commit's id.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub head: Option<String>,
    /// How many previews were found and are not shown, the oldest.
    pub left_out: usize,
    /// Whether it can start dev servers.
    pub starts: bool,
    /// The `Host` to send to its previews, as written.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub host: Option<String>,
}

/// What a source of previews is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// The branches of a git repository.
    Git,
    /// The deployments of a Vercel project.
    Vercel,
    /// An address with the branch in it.
    Template,
}

/// What came of looking into a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SourceStatus {
    /// It is looked into for the first time.
    Reading,
    /// What is shown is what it says.
    Good,
    /// It cannot be asked now; what it said before is shown.
    Stale,
    /// It cannot be asked, and said nothing before.
    Failed,
    /// It would run a command, or send what the environment holds, and the folder is not trusted.
    Untrusted,
}

/// Commands that the workspace runs, and whether it may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Trust {
    /// The folder that is trusted or not.
    pub folder: String,
    /// Whether a person said that its commands may run, just these.
    pub trusted: bool,
    /// What would run, in the file's order.
    pub commands: Vec<TrustedCommand>,
}

/// A command that the workspace runs, or what else it takes trust for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TrustedCommand {
    /// Where the file says so: `previews[1].dev`, `tenants.command`.
    pub place: String,
    /// The line as written; or what is copied, or what is sent where.
    pub line: String,
    /// The folder that it is about, as the file has it: where a command runs. None of what is sent.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub folder: Option<String>,
    /// When it runs, in a few words.
    pub when: String,
}

/// The last commit of a preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Commit {
    /// The start of its id.
    pub id: String,
    /// The first line of its message.
    pub subject: String,
    /// Who wrote it.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub author: Option<String>,
    /// When it was made.
    #[cfg_attr(feature = "openapi", schema(required, value_type = Option<String>))]
    pub at: Option<Timestamp>,
}

/// How a branch and the one that it follows differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Distance {
    /// What it follows: `origin/main`.
    pub upstream: String,
    /// Commits that only the branch has; none where nobody counted that far.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub ahead: Option<usize>,
    /// Commits that only the other one has.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub behind: Option<usize>,
    /// What it follows is gone.
    pub gone: bool,
}

/// Where a branch is checked out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Checkout {
    /// The folder.
    pub folder: String,
    /// Whether it is the checkout that the workspace's source names: the working copy.
    pub working_copy: bool,
    /// Files that git tracks and that were changed; none where nobody has looked.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub changed: Option<usize>,
    /// Files that git does not know.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub untracked: Option<usize>,
}

/// The dev server of a preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Server {
    /// What it is doing.
    pub state: ServerState,
    /// The port that it answers on.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub port: Option<u16>,
    /// What there is to say about that.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub message: Option<String>,
    /// Somebody else started it: it can neither be stopped here nor has it a log.
    pub adopted: bool,
    /// Whether it can be started here.
    pub can_start: bool,
    /// Whether it has a log.
    pub has_log: bool,
}

/// What a dev server is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ServerState {
    /// It does not run.
    Stopped,
    /// Its checkout is made.
    Preparing,
    /// The command before it runs.
    Setup,
    /// It runs, and does not answer yet.
    Starting,
    /// It answers.
    Ready,
    /// It was asked to end.
    Stopping,
    /// It has ended by itself.
    Exited,
    /// It never answered, and has ended.
    Failed,
}

impl ServerState {
    /// Whether nothing of it runs.
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Stopped | Self::Exited | Self::Failed)
    }
}

/// The deployment behind a preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// How far it is.
    pub state: DeploymentState,
    /// The own address of what answers: of this one, or of [`Self::serving`].
    pub url: String,
    /// Its branch's address, and others that lead to it.
    pub aliases: Vec<String>,
    /// Where the platform shows it.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub inspector: Option<String>,
    /// When it was made.
    #[cfg_attr(feature = "openapi", schema(required, value_type = Option<String>))]
    pub created: Option<Timestamp>,
    /// Whether it is the one that customers see.
    pub production: bool,
    /// The older deployment that answers for the branch, where this one does not.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub serving: Option<Serving>,
}

/// An older deployment that still answers for its branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Serving {
    /// What it was built from, where the platform tells.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub commit: Option<Commit>,
    /// When it was made.
    #[cfg_attr(feature = "openapi", schema(required, value_type = Option<String>))]
    pub created: Option<Timestamp>,
}

/// How far a deployment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DeploymentState {
    /// It waits to be built.
    Queued,
    /// It is built.
    Building,
    /// It answers.
    Ready,
    /// It could not be built.
    Failed,
    /// It was canceled.
    Canceled,
    /// The platform does not say.
    Unknown,
}

/// How the tenants are listed, and what came of reading them.
pub(crate) fn tenant_list(workspace: &Workspace, look: Option<&Look>) -> TenantList {
    let (kind, text) = match workspace.tenant_source.as_ref().map(|source| &source.from) {
        None => (TenantListKind::Workspace, String::new()),
        Some(TenantsFrom::File(path)) => (TenantListKind::File, path.clone()),
        // As written: what the variables stand for may be a secret, and so may a query be.
        Some(TenantsFrom::Url { url, .. }) => {
            let url = url.as_str();
            let end = url.find(['?', '#']).unwrap_or(url.len());
            (TenantListKind::Url, url[..end].to_owned())
        }
        Some(TenantsFrom::Command(words)) => (TenantListKind::Command, trust::shown(words)),
    };
    let reading = look.and_then(|look| look.reading.as_ref());
    let left_out = match reading {
        Some(Reading::Tenants(read)) => read.left_out,
        _ => 0,
    };
    let failure = look.and_then(|look| look.failure.as_ref());
    TenantList {
        kind,
        text,
        status: look.map_or(SourceStatus::Good, Look::status),
        message: failure.map(|failure| failure.message.clone()),
        fix: failure.and_then(|failure| failure.fix.clone()),
        read_at: look.and_then(|look| look.read_at),
        left_out,
    }
}

/// Where previews are found, and what came of looking.
pub(crate) fn sources(workspace: &Workspace, looks: &Looks) -> Vec<Source> {
    let looks = looks.previews.iter().map(Some);
    let looks = looks.chain(std::iter::repeat(None));
    let sources = workspace.sources.iter().zip(looks);
    sources.map(|(source, look)| one(source, look)).collect()
}

fn one(source: &workspace::PreviewSource, look: Option<&Look>) -> Source {
    let (kind, text, starts) = match &source.kind {
        workspace::SourceKind::Git(git) => (SourceKind::Git, git.folder.clone(), git.dev.is_some()),
        workspace::SourceKind::Vercel(vercel) => {
            let text = match &vercel.team {
                Some(team) => format!("{team}/{}", vercel.project),
                None => vercel.project.clone(),
            };
            (SourceKind::Vercel, text, false)
        }
        workspace::SourceKind::Template(template) => {
            (SourceKind::Template, template.upstream.to_string(), false)
        }
    };
    let failure = look.and_then(|look| look.failure.as_ref());
    let reading = look.and_then(|look| look.reading.as_ref());
    let (left_out, notes) = match (&source.kind, reading) {
        (workspace::SourceKind::Template(template), Some(Reading::Git(reading))) => {
            let listing = at_template(source, template, reading);
            (reading.branches.left_out, listing.notes)
        }
        (_, Some(Reading::Git(reading))) => (reading.branches.left_out, Vec::new()),
        (_, Some(Reading::Deployments(listing))) => (0, listing.notes.clone()),
        (_, Some(Reading::Tenants(_)) | None) => (0, Vec::new()),
    };
    Source {
        at: source.at,
        kind,
        text,
        status: look.map_or(SourceStatus::Reading, Look::status),
        message: failure.map(|failure| failure.message.clone()),
        fix: failure.and_then(|failure| failure.fix.clone()),
        read_at: look.and_then(|look| look.read_at),
        notes,
        head: look.and_then(head),
        left_out,
        starts,
        host: source.shape.host.as_ref().map(ToString::to_string),
    }
}
