//! A page decoded, edited and encoded again, a bounded step at a time.
//!
//! The stages form a line: decoders, the rewriter, encoders. Each decoder holds at most one piece
//! that it has not worked off, and the last busy one goes first, so that a body of zeros behind
//! two codings takes no more memory than any other.

use bytes::Bytes;
use tripledash_core::response::ContentCoding;

use super::coding::{Decoder, Encoder};
use super::rewriter::Rewriter;
use crate::body::BodyError;

/// A piece of the coded page this long is sent on without waiting for more.
const PIECE: usize = 16 * 1024;
/// How much is decoded before others get their turn.
const TURN: usize = 256 * 1024;

/// Puts a tag into a page, piece by piece.
pub(crate) struct Injector {
    decoders: Vec<Decoder>,
    rewriter: Rewriter,
    // Made with the first byte of the page, when every coding's form is known.
    encoders: Vec<Encoder>,
    out: Vec<u8>,
    // Whether the encoders may hold something back.
    dirty: bool,
    end: End,
}

/// How far the page has come to its end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// More may come.
    Open,
    /// All has come; so many decoders have ended.
    Ending(usize),
    /// All has gone on.
    Over,
}

/// What came of a turn of work.
#[derive(Debug)]
pub(super) enum Turn {
    /// These bytes can go on.
    Out(Bytes),
    /// More of the page is wanted.
    Hungry,
    /// There is more to do, and nothing to send on yet.
    Busy,
    /// The page is over, and all of it was sent on.
    Over,
}

impl Injector {
    /// An injector of `tag` into a page in these codings, in the order they were applied.
    pub(crate) fn new(tag: &str, codings: &[ContentCoding]) -> Self {
        Self {
            // The last one applied is the first to undo.
            decoders: codings.iter().rev().map(|c| Decoder::new(*c)).collect(),
            rewriter: Rewriter::new(tag),
            encoders: Vec::new(),
            out: Vec::new(),
            dirty: false,
            end: End::Open,
        }
    }

    /// Takes the page's next bytes. Only when it is [`Turn::Hungry`].
    pub(super) fn feed(&mut self, bytes: Bytes) -> Result<Option<Bytes>, BodyError> {
        match self.decoders.first_mut() {
            Some(first) => {
                first.feed(bytes);
                Ok(None)
            }
            None => {
                let page = self.rewriter.push(bytes)?;
                Ok((!page.is_empty()).then_some(page))
            }
        }
    }

    /// Says that no more comes.
    pub(super) fn close(&mut self) {
        if self.end == End::Open {
            self.end = End::Ending(0);
        }
    }

    /// Works for a while.
    pub(super) fn turn(&mut self) -> Result<Turn, BodyError> {
        let mut decoded = 0;
        while self.out.len() < PIECE {
            if decoded >= TURN {
                return Ok(self.flush()?.map_or(Turn::Busy, Turn::Out));
            }
            if let Some(at) = self.decoders.iter().rposition(Decoder::is_busy) {
                let bytes = self.decoders[at].step()?;
                decoded += bytes.len();
                self.pass(at, bytes)?;
                continue;
            }
            match self.end {
                End::Open => return Ok(Turn::Hungry),
                End::Ending(ended) if ended < self.decoders.len() => {
                    let left = self.decoders[ended].end()?;
                    self.end = End::Ending(ended + 1);
                    self.pass(ended, left)?;
                }
                End::Ending(_) => {
                    let page = self.rewriter.end()?;
                    self.emit(&page)?;
                    self.finish()?;
                    self.end = End::Over;
                }
                End::Over if self.out.is_empty() => return Ok(Turn::Over),
                End::Over => break,
            }
        }
        Ok(Turn::Out(std::mem::take(&mut self.out).into()))
    }

    /// What was taken and can go on, without waiting for more; `None` where there is nothing.
    pub(super) fn flush(&mut self) -> Result<Option<Bytes>, BodyError> {
        if self.dirty {
            let mut held = Vec::new();
            for encoder in &mut self.encoders {
                let mut bytes = encoder.push(&held)?;
                bytes.extend(encoder.flush()?);
                held = bytes;
            }
            self.out.extend(held);
            self.dirty = false;
        }
        let out = std::mem::take(&mut self.out);
        Ok((!out.is_empty()).then(|| out.into()))
    }

    /// Hands what a decoder gave to the next stage.
    fn pass(&mut self, at: usize, bytes: Bytes) -> Result<(), BodyError> {
        if bytes.is_empty() {
            return Ok(());
        }
        if let Some(next) = self.decoders.get_mut(at + 1) {
            next.feed(bytes);
            return Ok(());
        }
        let page = self.rewriter.push(bytes)?;
        self.emit(&page)
    }

    /// Encodes a piece of the edited page.
    fn emit(&mut self, page: &[u8]) -> Result<(), BodyError> {
        if page.is_empty() {
            return Ok(());
        }
        if self.encoders.is_empty() {
            let forms = self.decoders.iter().rev().map(Decoder::form);
            self.encoders = forms.map(Encoder::new).collect::<Result<_, _>>()?;
        }
        let (first, rest) = match self.encoders.split_first_mut() {
            Some((first, rest)) => (first.push(page)?, rest),
            None => {
                self.out.extend_from_slice(page);
                return Ok(());
            }
        };
        let mut bytes = first;
        for encoder in rest {
            bytes = encoder.push(&bytes)?;
        }
        self.out.extend(bytes);
        self.dirty = true;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), BodyError> {
        let mut held = Vec::new();
        for mut encoder in self.encoders.drain(..) {
            let mut bytes = encoder.push(&held)?;
            bytes.extend(encoder.finish()?);
            held = bytes;
        }
        self.out.extend(held);
        self.dirty = false;
        Ok(())
    }
}
