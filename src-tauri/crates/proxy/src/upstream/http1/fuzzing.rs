//! What fuzz targets reach: responses without a connection.

use bytes::BytesMut;
use http::Method;

use super::body::Coding;
use super::chunked::Part;
use super::head::Heads;

/// What an upstream's bytes are read as.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Responded {
    /// The interim statuses and then the final one.
    pub statuses: Vec<u16>,
    /// As much of the body as came.
    pub body: Vec<u8>,
    /// Names of trailer fields.
    pub trailers: Vec<String>,
    /// Whether the body came to its end before the connection did.
    pub whole: bool,
    /// Bytes behind it.
    pub behind: Vec<u8>,
    /// Why it cannot be read on.
    pub broken: Option<String>,
}

/// Reads the response to a request with this method, which comes in pieces.
pub fn respond(method: &Method, pieces: &[&[u8]]) -> Responded {
    let mut unread = BytesMut::new();
    let mut reader = Reader::default();
    for piece in pieces {
        unread.extend_from_slice(piece);
        if let Err(reason) = reader.read(method, &mut unread) {
            reader.responded.broken = Some(reason);
            return reader.responded;
        }
    }
    if reader.coding.is_none() && !reader.responded.whole {
        let ended = reader.heads.end(&mut unread, method);
        reader.responded.broken = ended.err().map(|error| error.to_string());
    }
    reader.responded.behind = unread.to_vec();
    reader.responded
}

#[derive(Default)]
struct Reader {
    heads: Heads,
    coding: Option<Coding>,
    responded: Responded,
}

impl Reader {
    /// Reads on, as far as it goes.
    fn read(&mut self, method: &Method, unread: &mut BytesMut) -> Result<(), String> {
        let responded = &mut self.responded;
        while self.coding.is_none() && !responded.whole {
            let head = self.heads.read(unread, method);
            let Some(head) = head.map_err(|error| error.to_string())? else {
                return Ok(());
            };
            let status = head.response.status();
            responded.statuses.push(status.as_u16());
            if !status.is_informational() {
                self.coding = Coding::of(head.framing);
                responded.whole = self.coding.is_none();
            }
        }
        while let Some(coding) = &mut self.coding {
            match coding.read(unread).map_err(|error| error.to_string())? {
                Some(Part::Data(bytes)) => responded.body.extend_from_slice(&bytes),
                Some(Part::Trailers(fields)) => {
                    let names = fields.keys().map(|name| name.as_str().to_owned());
                    responded.trailers.extend(names);
                }
                Some(Part::End) => {
                    self.coding = None;
                    responded.whole = true;
                }
                None => return Ok(()),
            }
        }
        Ok(())
    }
}
