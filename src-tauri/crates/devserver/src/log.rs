//! What a command printed: the last of it, in lines, and a way to follow it that never holds it up.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::Mutex;
use tokio::sync::watch;

mod lines;
mod reader;

pub(crate) use reader::read;

/// How much of a log is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The most lines.
    pub lines: usize,
    /// The most octets of their text, all together.
    pub octets: usize,
    /// The most octets of one line; the rest of it is cut off, and the line says so.
    pub line: usize,
}

/// Where a line was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
    /// Not printed by the command at all: a word of ours about it.
    Remark,
}

/// What was going on when a line was printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The command that comes before the server, such as `npm ci`.
    Setup,
    /// The server's command.
    Dev,
}

/// One line of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number in the log, from 0, without gaps.
    pub number: u64,
    /// When it was complete.
    pub at: SystemTime,
    /// Where it was printed.
    pub stream: Stream,
    /// What was going on.
    pub phase: Phase,
    /// Its text: no colours or other control sequences, no line end, what was not UTF-8 replaced.
    pub text: String,
}

/// Lines of a log from a number on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// How many lines that were asked for are not kept any more.
    pub missed: u64,
    /// The lines, in order.
    pub lines: Vec<Arc<Line>>,
    /// The number to ask for next.
    pub next: u64,
}

/// A bounded log. Clones are the same log.
#[derive(Clone, Debug)]
pub struct Log(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    bounds: Bounds,
    kept: Mutex<Kept>,
    progress: watch::Sender<Progress>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    /// The number of the line that comes next.
    next: u64,
    /// None comes any more.
    finished: bool,
}

#[derive(Debug, Default)]
struct Kept {
    lines: VecDeque<Arc<Line>>,
    octets: usize,
    next: u64,
}

/// A reader's place in a log.
#[derive(Debug)]
pub struct Follow {
    log: Log,
    from: u64,
    progress: watch::Receiver<Progress>,
}

// === impl Bounds ===

impl Default for Bounds {
    fn default() -> Self {
        Self {
            lines: 5_000,
            octets: 1024 * 1024,
            line: 8 * 1024,
        }
    }
}

// === impl Log ===

impl Log {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self(Arc::new(Shared {
            bounds,
            kept: Mutex::default(),
            progress: watch::Sender::default(),
        }))
    }

    /// The lines that are kept, from number `from` on, at most `limit`.
    pub fn page(&self, from: u64, limit: usize) -> Page {
        let kept = self.0.kept.lock();
        let first = kept.next - kept.lines.len() as u64;
        let start = from.clamp(first, kept.next);
        let skip = usize::try_from(start - first).unwrap_or(usize::MAX);
        let lines: Vec<_> = kept.lines.iter().skip(skip).take(limit).cloned().collect();
        Page {
            missed: start.saturating_sub(from),
            next: start + lines.len() as u64,
            lines,
        }
    }

    /// The texts of the last lines, at most `count`.
    pub fn last(&self, count: usize) -> Vec<Arc<Line>> {
        let kept = self.0.kept.lock();
        let skip = kept.lines.len().saturating_sub(count);
        kept.lines.iter().skip(skip).cloned().collect()
    }

    /// Reads on from number `from` for as long as the log grows.
    pub fn follow(&self, from: u64) -> Follow {
        Follow {
            log: self.clone(),
            from,
            progress: self.0.progress.subscribe(),
        }
    }

    pub(crate) fn push(&self, at: SystemTime, stream: Stream, phase: Phase, text: String) {
        let mut kept = self.0.kept.lock();
        let number = kept.next;
        kept.next += 1;
        kept.octets += text.len();
        kept.lines.push_back(Arc::new(Line {
            number,
            at,
            stream,
            phase,
            text,
        }));
        let bounds = self.0.bounds;
        while kept.lines.len() > bounds.lines || kept.octets > bounds.octets {
            let Some(line) = kept.lines.pop_front() else {
                break;
            };
            kept.octets -= line.text.len();
        }
        let next = kept.next;
        self.0.progress.send_modify(|progress| progress.next = next);
    }

    /// Nothing comes any more: followers end.
    pub(crate) fn finish(&self) {
        let finish = |progress: &mut Progress| progress.finished = true;
        self.0.progress.send_modify(finish);
    }

    pub(crate) fn bounds(&self) -> Bounds {
        self.0.bounds
    }
}

// === impl Follow ===

impl Follow {
    /// The lines that came since the last call, at most `limit`; waits until there is one.
    ///
    /// A reader that is slower than the log misses lines, and is told how many. Dropping the future
    /// loses nothing. `None`: the log is finished, and all of it was read.
    pub async fn next(&mut self, limit: usize) -> Option<Page> {
        loop {
            let seen = *self.progress.borrow_and_update();
            if self.from < seen.next {
                let page = self.log.page(self.from, limit);
                self.from = page.next;
                return Some(page);
            }
            if seen.finished {
                return None;
            }
            self.progress.changed().await.ok()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn push(log: &Log, text: &str) {
        log.push(UNIX_EPOCH, Stream::Output, Phase::Dev, text.to_owned());
    }

    fn texts(page: &Page) -> Vec<&str> {
        page.lines.iter().map(|line| line.text.as_str()).collect()
    }

    fn log(lines: usize, octets: usize) -> Log {
        Log::new(Bounds {
            lines,
            octets,
            line: 100,
        })
    }

    #[test]
    fn keeps_the_last_lines() {
        let log = log(3, 1000);
        for text in ["a", "b", "c", "d", "e"] {
            push(&log, text);
        }
        let page = log.page(0, 10);
        assert_eq!((page.missed, page.next), (2, 5));
        assert_eq!(texts(&page), ["c", "d", "e"]);
        assert_eq!(page.lines[0].number, 2);
        assert_eq!(texts(&log.page(4, 10)), ["e"]);
        assert_eq!(
            log.page(9, 10),
            Page {
                missed: 0,
                lines: vec![],
                next: 5
            }
        );
        let page = log.page(2, 2);
        assert_eq!((texts(&page), page.next), (vec!["c", "d"], 4));
    }

    #[test]
    fn keeps_no_more_octets_than_allowed() {
        let log = log(100, 10);
        for text in ["1234", "5678", "9abc"] {
            push(&log, text);
        }
        assert_eq!(texts(&log.page(0, 10)), ["5678", "9abc"]);
        assert_eq!(log.page(0, 10).missed, 1);
    }

    #[tokio::test]
    async fn a_follower_is_told_what_it_missed() {
        let log = log(2, 1000);
        let mut follow = log.follow(0);
        push(&log, "a");
        assert_eq!(texts(&follow.next(10).await.unwrap()), ["a"]);
        for text in ["b", "c", "d"] {
            push(&log, text);
        }
        let page = follow.next(10).await.unwrap();
        assert_eq!((page.missed, texts(&page)), (1, vec!["c", "d"]));
    }

    #[tokio::test]
    async fn a_follower_waits_for_the_next_line() {
        let log = log(2, 1000);
        let mut follow = log.follow(0);
        let (page, ()) = tokio::join!(follow.next(10), async { push(&log, "late") });
        assert_eq!(texts(&page.unwrap()), ["late"]);
        log.finish();
        assert_eq!(follow.next(10).await, None);
    }
}
