//! One at a time in a repository, whatever the process.

use std::fs;
use std::time::Instant;

use super::NotPrepared;
use crate::Repository;
use crate::command::{LOOK, pause};

impl Repository {
    /// Waits until nobody else makes worktrees of ours in this repository, and keeps others away as
    /// long as it is kept: one that is being made looks like one that was left. The system gives it
    /// back when we are killed.
    pub(super) fn alone(&self) -> Result<Option<fs::File>, NotPrepared> {
        let path = self.common_dir().join("tripledash.lock");
        let mut options = fs::OpenOptions::new();
        let Ok(file) = options.create(true).append(true).open(path) else {
            return Ok(None);
        };
        let waited = self.git().changing;
        let until = Instant::now() + waited;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(file)),
                // Where the file system knows no such locks we go on without.
                Err(fs::TryLockError::Error(_)) => return Ok(None),
                Err(fs::TryLockError::WouldBlock) => {}
            }
            if self.git().stop.is_asked() {
                return Err(NotPrepared::Stopped);
            }
            if Instant::now() >= until {
                return Err(NotPrepared::Busy {
                    repository: self.common_dir().to_owned(),
                    waited,
                });
            }
            pause(LOOK);
        }
    }
}
