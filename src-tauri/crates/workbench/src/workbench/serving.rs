//! Dev servers of branches, and the trust that it takes to start them.

use std::io;
use std::path::PathBuf;

use thiserror::Error;
use tripledash_core::workspace::SourceKind;
use tripledash_devserver::Log;

use super::Workbench;
use super::gathering::Told;
use super::opened::Opened;
use crate::gather::Reading;
use crate::gather::found::Detail;
use crate::servers::{CheckoutOrder, Order, ServerKey, run};
use crate::state::TrustedCommand;

/// Why a dev server is not started or stopped.
#[derive(Debug, Error)]
pub enum ServeError {
    /// No such preview.
    #[error("no preview named \"{name}\"")]
    NoPreview {
        /// The name asked for.
        name: String,
    },
    /// It has no dev server.
    #[error("\"{name}\" is no branch that a dev server can be started for: {reason}")]
    NoServer {
        /// The preview's name.
        name: String,
        /// Why not.
        reason: String,
    },
    /// A person has to say first that the commands may run.
    #[error("the commands of {} may not run yet: look at them, and trust the folder", folder.display())]
    Untrusted {
        /// The workspace's folder.
        folder: PathBuf,
        /// What would run.
        commands: Vec<TrustedCommand>,
    },
    /// One runs already.
    #[error("the dev server of \"{name}\" {how}")]
    Runs {
        /// The preview's name.
        name: String,
        /// How it runs: `runs already`.
        how: String,
    },
    /// One was asked to end, and has not yet.
    #[error("the dev server of \"{name}\" is still ending: start it again once it has ended")]
    Ends {
        /// The preview's name.
        name: String,
    },
    /// None runs that was started here.
    #[error("no dev server of \"{name}\" was started here")]
    RunsNot {
        /// The preview's name.
        name: String,
    },
}

/// Why a folder is not trusted.
#[derive(Debug, Error)]
pub enum TrustError {
    /// Nothing would run, and nothing would be sent.
    #[error("the workspace runs no commands, and sends nothing of the environment elsewhere")]
    Nothing,
    /// The commands are others than those that the person has seen.
    #[error("the commands are others by now: look at them again")]
    Changed,
    /// It cannot be kept.
    #[error("cannot keep that the folder is trusted")]
    Unwritable(#[from] io::Error),
}

impl Workbench {
    /// Lets the workspace's commands run, just those that a person has `seen`, or no longer any.
    /// What runs goes on.
    pub fn trust(&self, trusted: bool, seen: &[TrustedCommand]) -> Result<(), TrustError> {
        let mut opened = self.opened.lock();
        let trust = opened.trust().ok_or(TrustError::Nothing)?;
        if trusted && trust.commands != seen {
            return Err(TrustError::Changed);
        }
        let place = opened.place.clone().ok_or(TrustError::Nothing)?;
        opened
            .trusted
            .set(&place.folder, &trust.commands, trusted)?;
        self.watch_again(&mut opened, &place);
        self.publish(&mut opened);
        Ok(())
    }

    /// Starts the dev server of a branch. How it goes is in the state.
    pub fn start_server(&self, name: &str) -> Result<(), ServeError> {
        let mut opened = self.opened.lock();
        let key = key_of(&opened, name)?;
        let order = self.order(&opened, name, &key)?;
        let Some((id, stop)) = opened.servers.begin(&key, &self.stop) else {
            let name = name.to_owned();
            return Err(if opened.servers.is_ending(&key) {
                ServeError::Ends { name }
            } else {
                let how = "runs already".to_owned();
                ServeError::Runs { name, how }
            });
        };
        let tell = self.tell.clone();
        let run = run(order, id, stop, move |news| {
            // Closed: the workbench is ending, and nobody wants to know.
            let _ = tell.send(Told::Server(Box::new(news)));
        });
        self.tracker.spawn_on(run, &self.runtime);
        self.publish(&mut opened);
        Ok(())
    }

    /// Asks the dev server of a branch to end.
    pub fn stop_server(&self, name: &str) -> Result<(), ServeError> {
        let mut opened = self.opened.lock();
        let key = key_of(&opened, name)?;
        if opened.servers.stop(&key) {
            Ok(())
        } else {
            Err(ServeError::RunsNot {
                name: name.to_owned(),
            })
        }
    }

    /// What the dev server of a branch printed.
    pub fn server_log(&self, name: &str) -> Result<Log, ServeError> {
        let opened = self.opened.lock();
        let key = key_of(&opened, name)?;
        opened.servers.log(&key).ok_or_else(|| ServeError::RunsNot {
            name: name.to_owned(),
        })
    }

    fn order(&self, opened: &Opened, name: &str, key: &ServerKey) -> Result<Order, ServeError> {
        let none = |reason: &str| ServeError::NoServer {
            name: name.to_owned(),
            reason: reason.to_owned(),
        };
        let preview = opened.whole.previews.get(name);
        let index = preview
            .and_then(|preview| preview.source)
            .ok_or_else(|| none("the file gives its upstream"))?;
        let SourceKind::Git(source) = &opened.workspace.sources[index].kind else {
            return Err(none("its source is no git repository"));
        };
        if source.dev.is_none() {
            let at = opened.workspace.sources[index].at;
            let reason = format!("previews[{at}] has no \"dev\" command");
            return Err(none(&reason));
        }
        let place = opened
            .place
            .as_ref()
            .ok_or_else(|| none("nothing is open"))?;
        match opened.trust() {
            Some(trust) if !trust.trusted => {
                return Err(ServeError::Untrusted {
                    folder: place.folder.clone(),
                    commands: trust.commands,
                });
            }
            _ => {}
        }
        let server = opened
            .details
            .get(name)
            .and_then(|known| known.server.as_ref());
        if let Some(server) = server.filter(|server| server.adopted) {
            // A setup would change what it runs from, and a second one would meet its files.
            let port = server
                .port
                .map_or(String::new(), |port| format!(" on port {port}"));
            return Err(ServeError::Runs {
                name: name.to_owned(),
                how: format!("runs already{port}, started elsewhere"),
            });
        }
        let reading = opened.looks.previews.get(index).map(|look| &look.reading);
        let Some(Some(Reading::Git(reading))) = reading else {
            return Err(none("its repository was not read yet"));
        };
        let mut branches = reading.branches.branches.iter();
        let branch = branches
            .find(|branch| branch.reference == key.reference)
            .ok_or_else(|| none("the branch is gone"))?;
        let host = self.supervisor.clone();
        Ok(Order {
            checkout: CheckoutOrder {
                key: key.clone(),
                branch: branch.title.clone(),
                app: place.folder.join(&source.folder),
                source: source.clone(),
                data_dir: self.data_dir.clone(),
            },
            host: host.ok_or_else(|| none("this program cannot supervise processes"))?,
            ports: self.ports.clone(),
            clock: self.system_clock(),
        })
    }
}

/// What a preview's dev server is known by.
fn key_of(opened: &Opened, name: &str) -> Result<ServerKey, ServeError> {
    if !opened.whole.previews.contains_key(name) {
        return Err(ServeError::NoPreview {
            name: name.to_owned(),
        });
    }
    let detail = opened.details.get(name);
    let key = detail.and_then(|detail| detail.key.clone());
    key.ok_or_else(|| ServeError::NoServer {
        name: name.to_owned(),
        reason: match detail {
            Some(Detail { checkout: Some(checkout), .. }) if checkout.working_copy => {
                "no branch is checked out there: check one out, or start it in its folder, and it is found by itself"
            }
            _ => "it is no branch of a git repository",
        }
        .to_owned(),
    })
}
