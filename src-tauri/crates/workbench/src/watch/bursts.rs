//! Events that come in bursts, as one call for each.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use notify::Event;

/// A burst is over when nothing happened for this long. Editors finish a save within a few
/// milliseconds, and a person should see the result at once.
const QUIET: Duration = Duration::from_millis(40);
/// A file that never rests is looked at this often.
const BURST: Duration = Duration::from_millis(200);

/// What a watcher is to call with its events. After every burst of those that are `relevant` it
/// calls `changed`, on a thread of its own, which ends with it.
pub(super) fn bursts(
    relevant: impl Fn(Event) -> bool + Send + 'static,
    changed: impl Fn() + Send + 'static,
) -> Result<impl Fn(notify::Result<Event>) + Send + 'static, notify::Error> {
    // One word that waits says as much as many.
    let (tell, told) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("watch".to_owned())
        .spawn(move || {
            while told.recv().is_ok() && settle(&told) {
                changed();
            }
        })
        .map_err(notify::Error::io)?;
    Ok(move |event: notify::Result<Event>| {
        let telling = match event {
            Ok(event) => {
                let lost = event.need_rescan();
                relevant(event) || lost
            }
            // Events may have been lost: look.
            Err(_) => true,
        };
        if telling {
            // Full: told already. Closed: nobody wants to know.
            let _ = tell.try_send(());
        }
    })
}

/// Waits for the end of a burst that has begun; `false` where nobody wants to know any more.
fn settle(told: &Receiver<()>) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < BURST {
        match told.recv_timeout(QUIET) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => break,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
    true
}
