//! The supervisor on Windows: a job object holds the command and all that it starts, and ends with
//! its last handle, which is ours.

use std::io::Write as _;
use std::process::ExitCode;

use process_wrap::tokio::{CommandWrap, JobObject, KillOnDrop};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

use super::{Order, shell};

pub(super) async fn run() -> ExitCode {
    let mut connection = BufReader::new(tokio::io::stdin());
    let mut line = String::new();
    if connection.read_line(&mut line).await.is_err() {
        return ExitCode::FAILURE;
    }
    let Ok(order) = serde_json::from_str::<Order>(&line) else {
        return ExitCode::from(2);
    };
    let mut command = CommandWrap::from(tokio::process::Command::from(shell(&order)));
    // With KillOnDrop the job is made so that Windows ends its processes when our handle closes, which
    // it does also where we are ended.
    command.wrap(KillOnDrop).wrap(JobObject);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            // There are no reports here, and standard error is the command's log.
            let folder = order.folder.display();
            let _ = writeln!(
                std::io::stderr(),
                "the shell could not be run in {folder}: {error}"
            );
            return ExitCode::FAILURE;
        }
    };
    let mut octet = [0; 1];
    let status = tokio::select! {
        status = child.wait() => status.ok(),
        _ = connection.read(&mut octet) => None,
    };
    if status.is_none() {
        // There is no request to end that every program understands: the job is ended whole.
        let _ = child.start_kill();
        let _ = child.wait().await;
    }
    let code = status.and_then(|status| status.code()).unwrap_or(1);
    // A thread of the runtime may still wait for standard input, and would hold up an ordinary return.
    std::process::exit(code)
}
