//! A supervisor on Windows: a pipe for its standard input, and its exit code for its report.

use std::io;
use std::process::{ExitStatus, Stdio};

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStdin, Command};

use super::Told;
use crate::supervise::Report;

#[derive(Debug)]
pub(super) struct Connection(Option<ChildStdin>);

pub(super) fn connect(mut command: Command) -> io::Result<(Child, Connection)> {
    command.stdin(Stdio::piped());
    let mut child = command.spawn()?;
    let orders = child.stdin.take();
    Ok((child, Connection(orders)))
}

// === impl Connection ===

impl Connection {
    pub(super) async fn order(&mut self, line: &[u8]) -> io::Result<()> {
        match &mut self.0 {
            Some(orders) => {
                orders.write_all(line).await?;
                orders.flush().await
            }
            None => Ok(()),
        }
    }

    pub(super) async fn finish(&mut self) {
        self.0 = None;
    }

    // None comes: the exit code tells.
    pub(super) async fn report(&mut self) -> Option<Report> {
        None
    }
}

/// What a supervisor's end means: its job has ended with it, and its code is the command's.
pub(super) async fn last_word(status: ExitStatus, _supervisor: u32, _mark: &str) -> Told {
    Told::Ended(status.code())
}
