//! One dev server, from its checkout to its end.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use tripledash_core::slug::Slug;
use tripledash_core::told;
use tripledash_core::workspace::GitSource;
use tripledash_devserver::{Clock, DevCommand, DevServer, Host, Ports, State};
use tripledash_git::{Checkout, CheckoutState, Copied, LockFiles, Repository};

use super::{Phase, ServerKey, ServerNews};
use crate::file;

/// What it takes to start the dev server of a branch.
pub(crate) struct Order {
    pub(crate) key: ServerKey,
    pub(crate) id: u64,
    /// The branch's full name: `refs/heads/main`.
    pub(crate) reference: String,
    /// What the file says of it.
    pub(crate) source: GitSource,
    /// The app's folder in the person's checkout.
    pub(crate) app: PathBuf,
    /// Where we keep checkouts and what we know of them.
    pub(crate) data_dir: PathBuf,
    /// What supervises it.
    pub(crate) host: Host,
    /// Where its port comes from.
    pub(crate) ports: Ports,
    pub(crate) clock: Clock,
}

/// A checkout, and whether its setup has to run.
struct Ready {
    checkout: Checkout,
    /// Its setup has to run, and is good for this lock file afterwards.
    setup: Option<Installed>,
    /// Where that is kept.
    stamp: PathBuf,
    remark: Option<String>,
}

/// What a checkout's packages were installed by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Installed {
    /// The command.
    setup: String,
    /// The lock files' fingerprint; none where there are none.
    lock: Option<String>,
}

/// Starts a dev server and tells how it goes, until it has ended.
pub(crate) async fn run(order: Order, stop: CancellationToken, tell: impl Fn(ServerNews)) {
    let news = |phase: Phase, server: Option<&DevServer>, remark: Option<String>| {
        tell(ServerNews {
            key: order.key.clone(),
            id: order.id,
            phase,
            log: server.map(|server| server.log().clone()),
            remark,
        });
    };
    let wanted = Wanted::of(&order);
    let prepared = tokio::task::spawn_blocking(move || wanted.prepare()).await;
    let ready = match prepared {
        Ok(Ok(ready)) => ready,
        Ok(Err(reason)) => return news(Phase::NotPrepared { reason }, None, None),
        Err(error) => {
            let reason = error.to_string();
            return news(Phase::NotPrepared { reason }, None, None);
        }
    };
    if stop.is_cancelled() {
        return news(Phase::Canceled, None, None);
    }
    let dev = order.source.dev.clone().unwrap_or_default();
    let mut command = DevCommand::new(&ready.checkout.folder, dev);
    command.setup = ready
        .setup
        .as_ref()
        .map(|installed| installed.setup.clone());
    // Whoever has it may do with the workbench what its page may.
    command.unset = vec!["TRIPLEDASH_TOKEN".to_owned()];
    let started = DevServer::start(
        order.host.clone(),
        command,
        &order.ports,
        order.clock.clone(),
    );
    let server = match started {
        Ok(server) => server,
        Err(error) => {
            let reason = error.to_string();
            return news(Phase::NotPrepared { reason }, None, ready.remark);
        }
    };
    let mut state = server.state();
    let mut unstamped = ready.setup;
    let mut remark = ready.remark;
    loop {
        let now = state.borrow_and_update().clone();
        if matches!(now, State::Starting { .. } | State::Ready { .. })
            && let Some(installed) = unstamped.take()
            && let Err(error) = keep(&ready.stamp, &installed)
        {
            tracing::warn!(%error, stamp = %ready.stamp.display(), "setup will run again");
        }
        let over = now.is_final();
        news(Phase::Runs(now), Some(&server), remark.take());
        if over {
            return;
        }
        tokio::select! {
            changed = state.changed() => if changed.is_err() { return },
            () = stop.cancelled(), if !matches!(*state.borrow(), State::Stopping) => {
                server.stop();
                if state.changed().await.is_err() {
                    return;
                }
            }
        }
    }
}

/// The part of an order that is prepared where blocking is allowed.
struct Wanted {
    key: ServerKey,
    reference: String,
    source: GitSource,
    app: PathBuf,
    data_dir: PathBuf,
}

impl Wanted {
    fn of(order: &Order) -> Self {
        Self {
            key: order.key.clone(),
            reference: order.reference.clone(),
            source: order.source.clone(),
            app: order.app.clone(),
            data_dir: order.data_dir.clone(),
        }
    }

    /// Makes the checkout, brings the files along that git does not keep, and sees whether the
    /// setup has to run.
    fn prepare(self) -> Result<Ready, String> {
        let repository = Repository::find(&self.app).map_err(|error| told(&error))?;
        let own = self
            .data_dir
            .join("worktrees")
            .join(name_of(&self.key.repository));
        // Two branches may have one slug, and each has a checkout of its own.
        let branch = &self.key.branch;
        let branch = format!("{}-{}", Slug::of(branch), Slug::digest(branch));
        let folder = own.join(&branch);
        fs::create_dir_all(&own)
            .map_err(|error| format!("cannot make {}: {error}", own.display()))?;
        let checkout = repository
            .prepare(&self.reference, &folder)
            .map_err(|error| told(&error))?;
        let mut remarks = Vec::new();
        if let CheckoutState::Kept { work, .. } = &checkout.state {
            remarks.push(format!("its checkout stays behind the branch: {work}"));
        }
        if !checkout.is_in_place() && !self.source.copy.is_empty() {
            let copied = repository
                .copy(&self.source.copy, &checkout.path)
                .map_err(|error| told(&error))?;
            remarks.extend(left_alone(&copied));
        }
        if !checkout.folder.is_dir() {
            let app = repository.prefix().display();
            return Err(format!(
                "the branch {} has no folder {app}",
                self.key.branch
            ));
        }
        let lock = LockFiles::nearest(&checkout.folder, &checkout.path)
            .map_err(|error| format!("cannot read the lock file: {error}"))?;
        let stamp = own.join(format!("{branch}.json"));
        let setup = self.source.setup.and_then(|setup| {
            let installed = Installed {
                setup,
                lock: lock.map(|lock| lock.fingerprint),
            };
            needs_setup(&stamp, &installed, &checkout).then_some(installed)
        });
        Ok(Ready {
            checkout,
            setup,
            stamp,
            remark: (!remarks.is_empty()).then(|| remarks.join("; ")),
        })
    }
}

/// Whether the setup has to run. In the person's own checkout, what they have installed themselves
/// is good until the lock file changes.
fn needs_setup(stamp: &Path, wanted: &Installed, checkout: &Checkout) -> bool {
    let kept: Option<Installed> = fs::read(stamp)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    match kept {
        Some(kept) => kept != *wanted,
        None if checkout.is_in_place() => {
            let installed = ["node_modules", ".pnp.cjs", "vendor", ".venv"];
            let has = |name: &&str| {
                checkout.folder.join(name).exists() || checkout.path.join(name).exists()
            };
            let found = installed.iter().any(has);
            if found && let Err(error) = keep(stamp, wanted) {
                tracing::warn!(%error, stamp = %stamp.display(), "cannot be kept");
            }
            !found
        }
        None => true,
    }
}

fn keep(stamp: &Path, installed: &Installed) -> io::Result<()> {
    let text = serde_json::to_string(installed).map_err(io::Error::other)?;
    file::replace(stamp, &text)
}

/// The folder of a repository's checkouts: its name, and what tells it from others of that name.
fn name_of(repository: &Path) -> String {
    let folder = match repository.file_name() {
        Some(name) if name == ".git" => repository.parent().and_then(Path::file_name),
        name => name,
    };
    let name = folder.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let name = Slug::of(&name);
    let digest = Slug::digest(&repository.to_string_lossy());
    format!("{name}-{digest}")
}

/// What was not brought along, in one line.
fn left_alone(copied: &Copied) -> Option<String> {
    let tell = |left: &tripledash_git::LeftAlone| {
        format!("{} was not copied: {}", left.path.display(), left.reason)
    };
    let tracked = |left: &&tripledash_git::LeftAlone| {
        !matches!(left.reason, tripledash_git::LeftReason::Tracked)
    };
    let all: Vec<String> = copied.left.iter().filter(tracked).map(tell).collect();
    (!all.is_empty()).then(|| all.join("; "))
}
