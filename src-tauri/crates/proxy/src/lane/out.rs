//! What is on its way to the browser, and how much of it may wait.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use tokio::io::AsyncWrite;

/// A part of a body that has at most so many bytes is copied behind what it follows, which costs
/// less than to hand the system two places in memory.
const COPIED: usize = 4 * 1024;
/// Bytes that may be copied before some are written.
const MAX_TEXT: usize = 64 * 1024;
/// Bytes in parts that are not copied. One more may be added, of any size, where there are fewer.
const MAX_HELD: usize = 128 * 1024;
/// How many of these.
const MAX_PIECES: usize = 8;
/// Places in memory that are written at once: each piece and what stands before it, and the rest.
const PLACES: usize = 2 * MAX_PIECES + 1;
/// How much room is kept between two answers.
const KEPT: usize = 8 * 1024;

/// Bytes in the order in which they are written.
#[derive(Debug, Default)]
pub(super) struct Out {
    text: Vec<u8>,
    /// How much of it was written.
    from: usize,
    pieces: VecDeque<Piece>,
    /// Bytes in the pieces.
    held: usize,
    unflushed: bool,
}

/// A part of a body where it lies.
#[derive(Debug)]
struct Piece {
    /// How much of the text comes before it.
    at: usize,
    bytes: Bytes,
}

impl Out {
    /// Where to write what is short.
    pub(super) fn text(&mut self) -> &mut Vec<u8> {
        &mut self.text
    }

    /// Adds a part of a body.
    pub(super) fn data(&mut self, bytes: Bytes) {
        if bytes.len() <= COPIED {
            self.text.extend_from_slice(&bytes);
            return;
        }
        self.held += bytes.len();
        self.pieces.push_back(Piece {
            at: self.text.len(),
            bytes,
        });
    }

    /// Whether more may be added before some is written.
    pub(super) fn has_room(&self) -> bool {
        self.text.len() < MAX_TEXT && self.held < MAX_HELD && self.pieces.len() < MAX_PIECES
    }

    /// Writes all of it.
    pub(super) fn poll_write<W>(
        &mut self,
        cx: &mut Context<'_>,
        mut writer: Pin<&mut W>,
    ) -> Poll<io::Result<()>>
    where
        W: AsyncWrite,
    {
        while self.from < self.text.len() || !self.pieces.is_empty() {
            let writer = writer.as_mut();
            let written = if self.pieces.is_empty() {
                ready!(writer.poll_write(cx, &self.text[self.from..]))?
            } else {
                let mut places = [IoSlice::new(&[]); PLACES];
                let count = self.places(&mut places);
                ready!(writer.poll_write_vectored(cx, &places[..count]))?
            };
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.unflushed = true;
            self.advance(written);
        }
        if self.unflushed {
            ready!(writer.poll_flush(cx))?;
            self.unflushed = false;
        }
        self.from = 0;
        self.text.clear();
        if self.text.capacity() > KEPT {
            self.text = Vec::new();
        }
        Poll::Ready(Ok(()))
    }

    /// Lists what is left to be written; how many places that are.
    fn places<'a>(&'a self, places: &mut [IoSlice<'a>; PLACES]) -> usize {
        let (mut from, mut count) = (self.from, 0);
        let mut list = |bytes: &'a [u8]| {
            if !bytes.is_empty() {
                places[count] = IoSlice::new(bytes);
                count += 1;
            }
        };
        for piece in &self.pieces {
            list(&self.text[from..piece.at]);
            list(&piece.bytes);
            from = piece.at;
        }
        list(&self.text[from..]);
        count
    }

    fn advance(&mut self, mut written: usize) {
        loop {
            let end = self
                .pieces
                .front()
                .map_or(self.text.len(), |piece| piece.at);
            let step = written.min(end - self.from);
            self.from += step;
            written -= step;
            let Some(piece) = self.pieces.front_mut() else {
                return;
            };
            let step = written.min(piece.bytes.len());
            piece.bytes.advance(step);
            self.held -= step;
            written -= step;
            if !piece.bytes.is_empty() {
                return;
            }
            self.pieces.pop_front();
        }
    }
}

#[cfg(test)]
mod tests;
