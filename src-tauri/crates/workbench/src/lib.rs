//! The running workbench: the snapshot that requests see, the recorder that keeps what they did,
//! and the workspace file with its edits and its watch.
//!
//! - One workspace is open at a time. What requests see changes only by a whole snapshot.
//! - The file is the truth: every edit made in the window is in it at once, and a change made by
//!   an editor is seen at once. A broken save keeps the last good snapshot.
#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod certificates;
mod document;
mod environment;
mod file;
mod finder;
mod gather;
mod git;
mod globs;
mod health;
mod probe;
mod propose;
mod recent;
mod recorder;
mod schema;
mod servers;
mod state;
#[cfg(test)]
mod testing;
mod trust;
mod watch;
mod workbench;

pub use certificates::read as certificates;
pub use document::{FieldChange, List, PlaceEdit, Step, Uneditable};
pub use environment::{
    Account, Keychain, KeychainError, NoKeychain, SystemKeychain, add_kept, dotenv,
};
pub use file::read_workspace;
pub use gather::once::{Asked, gathered};
pub use health::Status;
pub use probe::{ProbeProgress, Prober, set_host};
pub use propose::{
    App, Framework, Lock, NoFolder, Note, Package, PackageManager, Proposal, Repository, Script,
    Seen, Tenancy, look, propose,
};
pub use recent::Recent;
pub use recorder::{Bounds, Change, DiagnosticCount, Kept, Recorder, Stats};
pub use schema::{SCHEMA, SCHEMA_FILE, put_schema_beside};
pub use state::{
    Checkout, Commit, Deployment, DeploymentState, Distance, Origin, OriginKind, OverBudget, Page,
    Preview, PreviewAccess, Rule, Server, ServerState, Serving, Source, SourceKind, SourceStatus,
    TenancyKind, Tenant, TenantList, TenantListKind, Tenants, Trust, TrustedCommand, Variable,
    VariableSource, WorkspaceState,
};
pub use trust::held_back;
pub use workbench::{
    CreateError, EditError, KeepError, Looking, OpenError, SaveError, ServeError, Start,
    StartError, Started, Tasks, TrustError, UndoError, Workbench, write_workspace,
};

pub use tripledash_devserver::{
    Host as SupervisorHost, Line as LogLine, Log, Page as LogPage, Phase as LogPhase,
    Stream as LogStream,
};

/// The name of every workspace file.
pub const FILE: &str = "tripledash.json";
