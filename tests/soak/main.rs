//! Mixed traffic through a real engine, and then quiet: tasks, file descriptors and memory must
//! come back to where they were.
//!
//! - By itself it is short, and the engine runs in this process, where its tasks can be counted.
//! - `cargo xtask soak` makes it long, and also runs it against the program: `TRIPLEDASH` names it.
//! - `SOAK_SECONDS` says how long the traffic lasts, `SOAK_SEED` which traffic it is.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(
    clippy::print_stderr,
    reason = "a long run says what it does to whoever waits"
)]

mod app;
mod browser;
mod subject;
mod traffic;

use std::time::Duration;

use tokio::time::Instant;

use crate::app::App;
use crate::subject::{State, Subject};
use crate::traffic::Traffic;

/// How long tasks and sockets may take to end once nobody asks for anything.
const QUIET: Duration = Duration::from_secs(60);
/// How often a state is looked at: it has no event of its own.
const LOOK: Duration = Duration::from_millis(100);
/// How much more memory may be resident than after the warm-up. The log is cleared before; what
/// is left is the allocator's.
const GROWTH_KIB: u64 = 64 * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_comes_back_after_mixed_traffic() {
    let seconds = number("SOAK_SECONDS").unwrap_or(4);
    let seed = number("SOAK_SEED").unwrap_or(7);
    let app = App::start().await;
    let subject = Subject::start(app.port).await;
    let before = quiet(&app, &subject, None).await;
    eprintln!("seed {seed}, {seconds} s; before: {before:?}");

    // As much memory as this traffic needs; tasks and files come back even from the first of it.
    let warm_up = Duration::from_secs((seconds / 5).clamp(2, 60));
    Traffic::new(&subject, seed).run(warm_up).await;
    let warm = quiet(&app, &subject, Some(before)).await;
    eprintln!("after the warm-up: {warm:?}");

    let done = Traffic::new(&subject, seed + 1)
        .run(Duration::from_secs(seconds))
        .await;
    eprintln!("{done}");
    done.assert_every_kind_was_there();
    let after = quiet(&app, &subject, Some(before)).await;
    eprintln!("after: {after:?}");
    assert!(
        after.resident <= warm.resident + GROWTH_KIB,
        "memory grew from {} to {} KiB",
        warm.resident,
        after.resident
    );
    subject.stop().await;
}

/// The state once nothing is under way; with `wanted`, once it is no more than that.
async fn quiet(app: &App, subject: &Subject, wanted: Option<State>) -> State {
    subject.clear_log().await;
    let deadline = Instant::now() + QUIET;
    let mut last = subject.state();
    let mut same = 0;
    loop {
        // The pool keeps what the upstream keeps; a dev server closes idle connections too.
        app.close_idle();
        tokio::time::sleep(LOOK).await;
        let state = subject.state();
        same = if state.is_as_busy_as(last) {
            same + 1
        } else {
            0
        };
        last = state;
        match wanted {
            None if same >= 15 => return state,
            Some(wanted) if same >= 5 && !state.is_busier_than(wanted) => return state,
            _ => assert!(
                Instant::now() < deadline,
                "not quiet within {QUIET:?}: {state:?}, wanted {wanted:?}; connections at the upstream: {:?}",
                app.connections()
            ),
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|error| panic!("{variable}: {error}")),
    )
}
