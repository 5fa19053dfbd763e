//! The `git` command, as the workbench runs it.

use tokio_util::sync::CancellationToken;
use tripledash_git::{Git, Stop};

/// Whoever has it may do with the workbench what its page may, so nothing that a workspace makes us
/// start gets to see it.
pub(crate) const TOKEN: &str = "TRIPLEDASH_TOKEN";

/// A `git` that ends when `stop` is cancelled.
pub(crate) fn git(stop: &CancellationToken) -> Git {
    let stop = stop.clone();
    Git {
        unset: vec![TOKEN.to_owned()],
        stop: Stop::when(move || stop.is_cancelled()),
        ..Git::default()
    }
}
