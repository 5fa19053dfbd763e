//! A deadline that is moved far more often than it is met.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use tokio::task::coop::unconstrained;
use tokio::time::{Instant, Sleep, sleep_until};

/// Goes off at a deadline that may be another one each time it is asked.
///
/// To move the runtime's timer costs more than all else about it. So it stays where it was set, and
/// is moved when it goes off too early.
#[derive(Debug, Default)]
pub(crate) struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// Ready at `deadline`.
    pub(crate) fn poll(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let sleep = self
            .0
            .get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() > deadline {
            sleep.as_mut().reset(deadline);
        }
        loop {
            // A task that has done enough for one turn would never be told that its time is up.
            ready!(pin!(unconstrained(sleep.as_mut())).poll(cx));
            if sleep.deadline() >= deadline {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn deadline_counts_that_is_asked_for_last() {
        let mut alarm = Alarm::default();
        let begun = Instant::now();
        for seconds in [10, 20, 5, 30] {
            let deadline = Instant::now() + Duration::from_secs(seconds);
            let set = poll_fn(|cx| Poll::Ready(alarm.poll(deadline, cx))).await;
            assert!(set.is_pending());
        }
        for seconds in [30, 10, 60] {
            let deadline = begun + Duration::from_secs(seconds);
            poll_fn(|cx| alarm.poll(deadline, cx)).await;
            assert_eq!(begun.elapsed().as_secs(), seconds.max(30));
        }
    }
}
