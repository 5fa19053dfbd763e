//! A chunked body (RFC 9112 section 7.1), byte by byte but for the data, which is passed over.
//!
//! Stricter than what hyper reads: no space round a size but before an extension, no bare LF, and
//! less room for extensions and trailers.

use super::Violation;
use super::bytes::{is_text, is_token};
use crate::fields::MAX_LENGTH;

/// Bytes of chunk extensions in one body. Nobody is known to send any.
pub(crate) const MAX_EXTENSIONS: usize = 8 * 1024;
/// Bytes of trailer fields.
pub(crate) const MAX_TRAILERS: usize = 8 * 1024;
/// Trailer fields.
const MAX_TRAILER_FIELDS: usize = 64;

/// A chunked body that is being read.
#[derive(Debug, Default)]
pub(crate) struct Chunked {
    at: At,
    size: u64,
    extensions: usize,
    trailers: usize,
    trailer_fields: usize,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Before a size's first digit.
    #[default]
    Size,
    Digits,
    /// A space after the size, which only an extension may follow.
    Space,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    /// Before a trailer field, or the line that ends them.
    Trailer,
    TrailerName,
    TrailerValue,
    TrailerLf,
    EndLf,
    End,
}

impl Chunked {
    /// Reads on. The number of bytes that belong to the body, and whether it came to its end.
    pub(crate) fn read(&mut self, bytes: &[u8]) -> Result<(usize, bool), (usize, Violation)> {
        let mut at = 0;
        while at < bytes.len() {
            if self.at == At::Data {
                let left = usize::try_from(self.size).unwrap_or(usize::MAX);
                let step = left.min(bytes.len() - at);
                at += step;
                self.size -= step as u64;
                if self.size == 0 {
                    self.at = At::DataCr;
                }
                continue;
            }
            self.at = self.step(bytes[at]).map_err(|violation| (at, violation))?;
            at += 1;
            if self.at == At::End {
                return Ok((at, true));
            }
        }
        Ok((at, false))
    }

    fn step(&mut self, byte: u8) -> Result<At, Violation> {
        match (self.at, byte) {
            (At::Size | At::Digits, _) if byte.is_ascii_hexdigit() => self.digit(byte),
            (At::Digits, b' ' | b'\t') | (At::Space, b' ' | b'\t') => self.extend(At::Space),
            (At::Digits | At::Space, b';') => self.extend(At::Extension),
            (At::Digits | At::Extension, b'\r') => Ok(At::SizeLf),
            (At::Digits, b'\n') | (At::Extension, b'\n') => Err(Violation::ChunkLine),
            (At::Size | At::Digits | At::Space, _) => Err(Violation::ChunkSize),
            (At::Extension, _) if is_text(byte) => self.extend(At::Extension),
            (At::Extension, _) => Err(Violation::Control(byte)),
            (At::SizeLf, b'\n') => Ok(if self.size == 0 {
                At::Trailer
            } else {
                At::Data
            }),
            (At::DataCr, b'\r') => Ok(At::DataLf),
            (At::DataLf, b'\n') => Ok(At::Size),
            (At::DataCr | At::DataLf, _) => Err(Violation::ChunkEnd),
            (At::Trailer, b'\r') => Ok(At::EndLf),
            (At::Trailer, _) if is_token(byte) => {
                self.trailer_fields += 1;
                if self.trailer_fields > MAX_TRAILER_FIELDS {
                    return Err(Violation::Trailers);
                }
                self.trail(At::TrailerName)
            }
            (At::TrailerName, b':') => self.trail(At::TrailerValue),
            (At::TrailerName, _) if is_token(byte) => self.trail(At::TrailerName),
            (At::TrailerValue, b'\r') => Ok(At::TrailerLf),
            (At::TrailerValue, _) if is_text(byte) => self.trail(At::TrailerValue),
            (At::TrailerLf, b'\n') => Ok(At::Trailer),
            (At::EndLf, b'\n') => Ok(At::End),
            (At::SizeLf | At::TrailerLf | At::EndLf, _) => Err(Violation::ChunkLine),
            (At::Trailer | At::TrailerName | At::TrailerValue, _) => Err(Violation::Trailer),
            (At::Data | At::End, _) => Ok(self.at),
        }
    }

    fn digit(&mut self, byte: u8) -> Result<At, Violation> {
        let before = if self.at == At::Size { 0 } else { self.size };
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            _ => (byte | 0x20) - b'a' + 10,
        };
        let size = before.checked_mul(16).map(|size| size | u64::from(digit));
        // Zeros in front add up to nothing, and are bounded with the extensions.
        self.size = size
            .filter(|size| *size <= MAX_LENGTH)
            .ok_or(Violation::ChunkSize)?;
        if self.at == At::Digits && before == 0 {
            return self.extend(At::Digits);
        }
        Ok(At::Digits)
    }

    fn extend(&mut self, at: At) -> Result<At, Violation> {
        self.extensions += 1;
        if self.extensions > MAX_EXTENSIONS {
            Err(Violation::Extensions)
        } else {
            Ok(at)
        }
    }

    fn trail(&mut self, at: At) -> Result<At, Violation> {
        self.trailers += 1;
        if self.trailers > MAX_TRAILERS {
            Err(Violation::Trailers)
        } else {
            Ok(at)
        }
    }
}

#[cfg(test)]
mod tests;
