//! When a connection is asked for a sign of life, and when it is given up. Pure: times are passed
//! in.

use std::time::Duration;

use tokio::time::Instant;

use super::pulse::{Patience, Traffic};

/// How much longer silence may last where every PING was answered.
const MOST_PATIENT: u32 = 12;

/// What is waited for.
#[derive(Debug)]
pub(super) struct Watch {
    patience: Patience,
    /// Since when a sign of life is waited for.
    asked: Option<Instant>,
    /// How long silence may last before that.
    silence: Duration,
    /// When there was a sign of life, as far as it was looked at.
    seen: Instant,
}

impl Watch {
    pub(super) fn new(patience: Patience, now: Instant) -> Self {
        Self {
            patience,
            asked: None,
            silence: patience.silence,
            seen: now,
        }
    }

    /// Takes note of the last sign of life: whether it was a PONG, as far as is known. Whether it
    /// is news.
    pub(super) fn note(&mut self, heard: Instant, ponged: bool) -> bool {
        let news = heard > self.seen;
        if news {
            self.seen = heard;
            self.silence = if ponged {
                (self.silence * 2).min(self.patience.silence * MOST_PATIENT)
            } else {
                self.patience.silence
            };
        }
        if self.asked.is_some_and(|asked| heard >= asked) {
            self.asked = None;
        }
        news
    }

    /// A request came, which knows nothing of how patient the others are.
    pub(super) fn begin_anew(&mut self) {
        self.silence = self.patience.silence;
    }

    /// When to ask for a sign of life, or to give up where that was done; `None`: not before a
    /// request comes.
    pub(super) fn deadline(&self, traffic: &Traffic, streams: usize) -> Option<Instant> {
        match self.asked {
            Some(asked) => Some(asked + self.patience.pong + traffic.in_line()),
            None => (streams > 0).then(|| traffic.heard + self.silence),
        }
    }

    pub(super) fn is_asking(&self) -> bool {
        self.asked.is_some()
    }

    pub(super) fn ask(&mut self, now: Instant) {
        self.asked = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENCE: Duration = Duration::from_secs(5);
    const PONG: Duration = Duration::from_secs(8);

    fn watch() -> (Watch, Instant) {
        let now = Instant::now();
        let patience = Patience {
            silence: SILENCE,
            pong: PONG,
        };
        (Watch::new(patience, now), now)
    }

    fn wait(watch: &Watch, heard: Instant) -> Option<Duration> {
        let deadline = watch.deadline(&Traffic::at(heard), 1);
        deadline.map(|deadline| deadline - heard)
    }

    #[test]
    fn nobody_is_asked_where_nobody_waits() {
        let (mut watch, now) = watch();
        assert_eq!(watch.deadline(&Traffic::at(now), 0), None);
        assert_eq!(watch.deadline(&Traffic::at(now), 1), Some(now + SILENCE));
        // Whoever was asked is given up also when the one who waited has gone.
        watch.ask(now + SILENCE);
        let deadline = watch.deadline(&Traffic::at(now), 0);
        assert_eq!(deadline, Some(now + SILENCE + PONG));
    }

    #[test]
    fn any_byte_is_an_answer() {
        let (mut watch, now) = watch();
        watch.ask(now + SILENCE);
        assert!(!watch.note(now, false));
        assert!(watch.is_asking());
        let heard = now + SILENCE;
        assert!(watch.note(heard, false));
        assert!(!watch.is_asking());
        assert_eq!(wait(&watch, heard), Some(SILENCE));
    }

    #[test]
    fn each_pong_doubles_the_silence_up_to_a_minute() {
        let (mut watch, mut now) = watch();
        for seconds in [5, 10, 20, 40, 60, 60] {
            assert_eq!(wait(&watch, now), Some(Duration::from_secs(seconds)));
            watch.ask(now + Duration::from_secs(seconds));
            now += Duration::from_secs(seconds);
            assert!(watch.note(now, true));
            // To be looked at again changes nothing.
            assert!(!watch.note(now, false));
        }
        now += Duration::from_secs(1);
        watch.note(now, false);
        assert_eq!(wait(&watch, now), Some(SILENCE));
    }

    #[test]
    fn request_that_comes_waits_no_longer_than_the_first() {
        let (mut watch, now) = watch();
        for second in 1..5 {
            watch.note(now + Duration::from_secs(second), true);
        }
        assert_eq!(wait(&watch, now), Some(12 * SILENCE));
        watch.begin_anew();
        assert_eq!(wait(&watch, now), Some(SILENCE));
    }
}
