//! gzip, which may have several members.

use std::io::{self, Write as _};
use std::mem;

use flate2::write::GzDecoder;

use super::decode::Undo;

/// The byte that every member begins with (RFC 1952 section 2.3.1).
const FIRST: u8 = 0x1f;

/// Undoes gzip. "A gzip file consists of a series of members", which follow each other; what
/// begins like none is ignored, as gzip and browsers do.
pub(super) struct GzipDecoder {
    member: GzDecoder<Vec<u8>>,
    over: bool,
}

impl Default for GzipDecoder {
    fn default() -> Self {
        Self {
            member: GzDecoder::new(Vec::new()),
            over: false,
        }
    }
}

impl Undo for GzipDecoder {
    fn step(&mut self, input: &[u8], out: &mut Vec<u8>) -> io::Result<usize> {
        if self.over {
            return Ok(0);
        }
        let taken = self.member.write(input)?;
        *out = mem::take(self.member.get_mut());
        if taken > 0 || !out.is_empty() {
            return Ok(taken);
        }
        let Some(next) = input.first() else {
            return Ok(0);
        };
        // It takes no more: the member is whole.
        self.member.try_finish()?;
        *out = mem::take(self.member.get_mut());
        if *next != FIRST {
            self.over = true;
            return Ok(input.len());
        }
        self.member = GzDecoder::new(Vec::new());
        let taken = self.member.write(input)?;
        out.append(self.member.get_mut());
        Ok(taken)
    }

    fn end(&mut self, out: &mut Vec<u8>) -> io::Result<()> {
        if !self.over {
            self.member.try_finish()?;
            *out = mem::take(self.member.get_mut());
        }
        Ok(())
    }
}
