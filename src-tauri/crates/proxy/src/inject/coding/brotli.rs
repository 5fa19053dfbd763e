//! Brotli by its raw decoder: a few bytes of it may stand for many megabytes, and the decoder that
//! writes would write them all at once.

use std::io;

use brotli::enc::StandardAlloc;
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};

use super::decode::Undo;

/// How much one step decodes to at most.
const STEP: usize = 32 * 1024;

/// Undoes brotli (RFC 7932).
pub(super) struct BrotliDecoder {
    state: BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>,
    total: usize,
    over: bool,
}

impl Default for BrotliDecoder {
    fn default() -> Self {
        let alloc = StandardAlloc::default;
        Self {
            // No window beyond what the content coding allows.
            state: BrotliState::new_strict(alloc(), alloc(), alloc()),
            total: 0,
            over: false,
        }
    }
}

impl Undo for BrotliDecoder {
    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> io::Result<usize> {
        if self.over {
            return Ok(0);
        }
        out.resize(STEP, 0);
        let (mut unread, mut read) = (input.len(), 0);
        let (mut room, mut written) = (STEP, 0);
        let result = BrotliDecompressStream(
            &mut unread,
            &mut read,
            input,
            &mut room,
            &mut written,
            out,
            &mut self.total,
            &mut self.state,
        );
        out.truncate(written);
        match result {
            BrotliResult::ResultSuccess => self.over = true,
            BrotliResult::ResultFailure => return Err(io::ErrorKind::InvalidData.into()),
            BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => {}
        }
        Ok(read)
    }

    fn end(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        out.clear();
        if self.over {
            Ok(())
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }
}
