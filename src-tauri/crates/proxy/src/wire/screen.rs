//! One connection's requests in a row, followed byte by byte without input or output.

use std::ops::Range;

use super::chunked::Chunked;
use super::framing::Framing;
use super::head::Head;
use super::known::KnownLines;
use super::{Plain, Violation};

/// Where a connection's bytes stand.
#[derive(Debug)]
pub(crate) struct Screen {
    state: State,
    heads: u64,
    known: KnownLines,
    /// The last head's length and what it asks, where that is plain and was not asked for yet.
    last: Option<(usize, Plain)>,
}

#[derive(Debug)]
enum State {
    Head(Head),
    Sized(u64),
    Chunked(Chunked),
    /// The last head asked for another protocol, and was not answered yet.
    Switch,
    /// Something was wrong; nothing more is read.
    Refused,
}

/// What becomes of the bytes that were looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Followed {
    /// How many of them, from the first, are in order and may go on.
    pub(crate) passed: usize,
    pub(crate) then: Then,
}

/// What becomes of those after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Then {
    /// They are the beginning of a head, of which more must come.
    Wait,
    /// The last head that passed asks for `*` in another form; then they are looked at.
    Star,
    /// They wait for the answer to the last head.
    Switch,
    /// This part of what passed is to be written over with spaces; then they are looked at.
    Mend(Range<usize>),
    /// They are a head that is refused.
    Refuse(Violation),
    /// They break off a body.
    Break(Violation),
}

impl Screen {
    pub(crate) fn new() -> Self {
        Self {
            state: State::Head(Head::default()),
            heads: 0,
            known: KnownLines::default(),
            last: None,
        }
    }

    /// How many heads passed.
    pub(crate) fn heads(&self) -> u64 {
        self.heads
    }

    /// Whether the last message came to its end, and no other began.
    pub(crate) fn is_between(&self) -> bool {
        matches!(&self.state, State::Head(head) if head.is_untouched())
    }

    /// What the last head asks, and what knows its fields: where it is plain, was this long, and
    /// nothing came behind it. Told once.
    pub(crate) fn plain(&mut self, length: usize) -> Option<(Plain, &mut KnownLines)> {
        let (read, plain) = self.last.take()?;
        (read == length && self.is_between()).then_some((plain, &mut self.known))
    }

    /// Says whether anybody asks for what is plain.
    pub(crate) fn attend(&mut self, attended: bool) {
        self.known.attend(attended);
    }

    /// Whether a head comes next, or the rest of one.
    pub(crate) fn is_at_head(&self) -> bool {
        matches!(self.state, State::Head(_))
    }

    /// Goes on after an answer that did not switch.
    pub(crate) fn go_on(&mut self) {
        self.state = State::Head(Head::default());
    }

    /// Follows `bytes`. Those that did not pass come again, with more behind them.
    pub(crate) fn follow(&mut self, bytes: &[u8]) -> Followed {
        let mut passed = 0;
        let then = loop {
            let rest = &bytes[passed..];
            match &mut self.state {
                State::Head(_) if rest.is_empty() => break Then::Wait,
                State::Head(head) => match head.read(rest, &mut self.known) {
                    Ok(None) => break Then::Wait,
                    Ok(Some(read)) => {
                        self.begin(read.body);
                        self.last = read.plain.map(|plain| (read.length, plain));
                        let from = passed;
                        passed += read.length;
                        if let Some(part) = read.mend {
                            break Then::Mend(from + part.start..from + part.end);
                        }
                        if read.star {
                            break Then::Star;
                        }
                    }
                    Err(violation) => {
                        self.state = State::Refused;
                        break Then::Refuse(violation);
                    }
                },
                State::Sized(left) => {
                    let step = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
                    *left -= step as u64;
                    passed += step;
                    if *left > 0 {
                        break Then::Wait;
                    }
                    self.state = State::Head(Head::default());
                }
                State::Chunked(chunked) => match chunked.read(rest) {
                    Ok((step, whole)) => {
                        passed += step;
                        if !whole {
                            break Then::Wait;
                        }
                        self.state = State::Head(Head::default());
                    }
                    Err((step, violation)) => {
                        passed += step;
                        self.state = State::Refused;
                        break Then::Break(violation);
                    }
                },
                State::Switch => break Then::Switch,
                // Whoever was told so asks no more.
                State::Refused => break Then::Wait,
            }
        };
        Followed { passed, then }
    }

    fn begin(&mut self, body: Framing) {
        self.heads += 1;
        self.state = match body {
            Framing::None => State::Head(Head::default()),
            Framing::Sized(length) => State::Sized(length),
            Framing::Chunked => State::Chunked(Chunked::default()),
            Framing::Switch => State::Switch,
        };
    }
}
