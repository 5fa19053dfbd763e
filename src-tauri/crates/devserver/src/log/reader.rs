//! Reads what a command prints into its log.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};

use super::lines::Lines;
use super::{Log, Phase, Stream};
use crate::command::Clock;

/// Text without a line end is shown when nothing follows it for so long: a question, mostly.
const PAUSE: Duration = Duration::from_millis(500);

/// Reads `from` to its end. Nobody who looks at the log is waited for.
pub(crate) async fn read(
    mut from: impl AsyncRead + Unpin,
    stream: Stream,
    phase: Phase,
    log: Log,
    clock: Clock,
) {
    let mut lines = Lines::new(log.bounds().line);
    let mut octets = vec![0; 64 * 1024];
    let push = |text| log.push(clock(), stream, phase, text);
    loop {
        let read = match tokio::time::timeout(PAUSE, from.read(&mut octets)).await {
            Ok(read) => read.unwrap_or(0),
            Err(_) => {
                lines.rest().into_iter().for_each(&push);
                // Now as long as it takes.
                from.read(&mut octets).await.unwrap_or(0)
            }
        };
        if read == 0 {
            break;
        }
        lines.take(&octets[..read], &push);
    }
    lines.rest().into_iter().for_each(push);
}
