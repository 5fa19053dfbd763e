//! The workspace of a folder, for commands that ask about it and end.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tripledash_core::address::BaseDomain;
use tripledash_core::workspace::{Certificates, Parsed, Problem, parse};
use tripledash_core::{Severity, Snapshot, Workspace};
use tripledash_workbench::{
    Asked, FILE, add_kept, certificates, dotenv, gathered, held_back, read_workspace,
};

use crate::output::{Paint, remark};

/// How long the keychain may take. One that a person has to unlock first takes longer, and then a
/// variable counts as unset: a command must not hang.
const UNLOCKED: Duration = Duration::from_secs(2);

/// A workspace file, read and checked. It holds values of variables, so it is not shown as it is.
pub(crate) struct Read {
    /// As it is shown to the person.
    pub(crate) file: String,
    /// Everything that is wrong with it; warnings about the environment come last.
    pub(crate) problems: Vec<Problem>,
    /// As a running workbench has it: without what waits for trust.
    workspace: Option<Workspace>,
    environment: BTreeMap<String, String>,
    certificates: BTreeMap<String, Certificates>,
}

/// There is no text to check.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoWorkspace {
    #[error("no {FILE} in {}: name the folder that has one, or start with `tripledash serve --demo`", folder.display())]
    Absent { folder: PathBuf },
    #[error("no folder at {}", folder.display())]
    NoFolder { folder: PathBuf },
    #[error("{} is a file, wanted the folder that has {FILE}", path.display())]
    NotAFolder { path: PathBuf },
    #[error("cannot read {}", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    NoDataFolder(#[from] tripledash::NoDataFolder),
    #[error("cannot start the runtime")]
    NoRuntime(#[source] io::Error),
    #[error("{file} is broken, see above")]
    Broken { file: String },
}

/// The folder that is meant: a path to the workspace file stands for its folder.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if path.ends_with(FILE) && !path.is_dir() => {
            if parent.as_os_str().is_empty() {
                Path::new(".")
            } else {
                parent
            }
        }
        _ => path,
    }
}

/// Reads and checks the workspace file of a folder.
pub(crate) fn read(folder: &Path) -> Result<Read, NoWorkspace> {
    let folder = folder_of(folder);
    let path = folder.join(FILE);
    let text = read_workspace(&path).and_then(|bytes| {
        String::from_utf8(bytes)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()))
    });
    let text = match text {
        Ok(text) => text,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Err(nothing_at(folder));
        }
        Err(source) => return Err(NoWorkspace::Unreadable { path, source }),
    };
    let file = path
        .strip_prefix(".")
        .unwrap_or(&path)
        .display()
        .to_string();
    let parsed = parse(&text, &file);
    // The process goes before the file, as it does in the running workbench.
    let mut environment = dotenv(folder);
    environment.extend(tripledash::environment());
    let asked = parsed.environment_uses.iter().map(|used| used.name.clone());
    let asked: BTreeSet<String> = asked.collect();
    add_kept(
        &mut environment,
        folder,
        asked,
        &tripledash::keychain(),
        UNLOCKED,
    );
    let mut problems = parsed.problems.clone();
    problems.extend(parsed.unset_variables(&environment));
    let workspace = match &parsed.workspace {
        Some(declared) => {
            let (whole, found) = gather(declared, &parsed, folder, &environment)?;
            problems.extend(found);
            problems.extend(parsed.unfit_tenants(&whole));
            let (served, held) = hold(&parsed, &whole, folder)?;
            problems.extend(held);
            Some(served)
        }
        None => None,
    };
    let certificates = workspace
        .as_ref()
        .map(|workspace| certificates(folder, workspace))
        .unwrap_or_default();
    problems.extend(parsed.unusable_certificates(&certificates));
    Ok(Read {
        file,
        problems,
        workspace,
        environment,
        certificates,
    })
}

/// The workspace without what waits for trust, and warnings about that.
fn hold(
    parsed: &Parsed,
    whole: &Workspace,
    folder: &Path,
) -> Result<(Workspace, Vec<Problem>), NoWorkspace> {
    if whole.environment_names().is_empty() {
        return Ok((whole.clone(), Vec::new()));
    }
    let folder = canonical(folder)?;
    let data_dir = tripledash::data_folder(std::env::var_os("TRIPLEDASH_DATA"))?;
    Ok(held_back(parsed, whole.clone(), &folder, &data_dir))
}

fn canonical(folder: &Path) -> Result<PathBuf, NoWorkspace> {
    // The parent of a bare file name is empty.
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    folder
        .canonicalize()
        .map_err(|source| NoWorkspace::Unreadable {
            path: folder.to_owned(),
            source,
        })
}

/// The workspace with what its sources say now.
fn gather(
    declared: &Workspace,
    parsed: &Parsed,
    folder: &Path,
    environment: &BTreeMap<String, String>,
) -> Result<(Workspace, Vec<Problem>), NoWorkspace> {
    if declared.sources.is_empty() && declared.tenant_source.is_none() {
        return Ok((declared.clone(), Vec::new()));
    }
    let folder = canonical(folder)?;
    let data_dir = tripledash::data_folder(std::env::var_os("TRIPLEDASH_DATA"))?;
    let asked = Asked {
        workspace: declared,
        folder: &folder,
        environment,
        data_dir: &data_dir,
        clock: tripledash::now,
    };
    let runtime = tokio::runtime::Runtime::new().map_err(NoWorkspace::NoRuntime)?;
    let found = runtime.block_on(gathered(asked, parsed));
    // A look at a share that hangs is not waited for: that was told by now.
    runtime.shutdown_background();
    Ok(found)
}

/// Why there is no workspace file in a folder.
fn nothing_at(folder: &Path) -> NoWorkspace {
    let here = folder.as_os_str().is_empty();
    let folder = PathBuf::from(if here { Path::new(".") } else { folder });
    match std::fs::metadata(&folder) {
        Ok(found) if found.is_dir() => NoWorkspace::Absent { folder },
        Ok(_) => NoWorkspace::NotAFolder { path: folder },
        Err(_) => NoWorkspace::NoFolder { folder },
    }
}

/// The snapshot that a request would meet, with `${env:…}` from the environment, `.env.local` and the keychain.
///
/// The errors of a broken file are told on standard error; `tripledash check` tells warnings.
pub(crate) fn snapshot(folder: &Path, port: u16) -> Result<Snapshot, NoWorkspace> {
    let read = read(folder)?;
    let Some(workspace) = read.workspace else {
        for problem in read
            .problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
        {
            remark(line(problem, Paint::stderr()));
        }
        return Err(NoWorkspace::Broken { file: read.file });
    };
    Ok(Snapshot {
        generation: 1,
        workspace: Arc::new(workspace),
        base: BaseDomain::local(port),
        environment: Arc::new(read.environment),
        unlocked: Arc::new(BTreeSet::new()),
        certificates: Arc::new(read.certificates),
    })
}

/// `file:line:column: error: message (hint)`.
pub(crate) fn line(problem: &Problem, paint: Paint) -> String {
    let Problem {
        file,
        line,
        column,
        message,
        hint,
        ..
    } = problem;
    let severity = match problem.severity {
        Severity::Error => paint.red("error"),
        Severity::Warning | Severity::Info => paint.yellow("warning"),
    };
    let place = paint.bold(&format!("{file}:{line}:{column}"));
    match hint {
        Some(hint) => format!("{place}: {severity}: {message}\n  {}", paint.faint(hint)),
        None => format!("{place}: {severity}: {message}"),
    }
}
