//! A body, whole and bounded.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use url::Url;

use super::error::FetchError;
use super::shown;

/// Reads a body to its end and unpacks it.
pub(super) async fn read(
    body: Incoming,
    fields: &HeaderMap,
    limit: usize,
    url: &Url,
) -> Result<Bytes, FetchError> {
    let too_large = || FetchError::TooLarge {
        url: shown(url),
        limit,
    };
    let packed = |why: String| FetchError::Packed {
        url: shown(url),
        why,
    };
    let is_packed = match coding(fields).as_str() {
        "" | "identity" => false,
        "gzip" | "x-gzip" => true,
        other => return Err(packed(format!("it says {other:?}, and gzip was asked for"))),
    };
    let whole = match Limited::new(body, limit).collect().await {
        Ok(whole) => whole.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Err(too_large()),
        Err(error) => {
            let why = error
                .source()
                .map_or_else(|| error.to_string(), ToString::to_string);
            return Err(FetchError::BrokeOff {
                url: shown(url),
                why,
            });
        }
    };
    if !is_packed || whole.is_empty() {
        return Ok(whole);
    }
    // A second of work, at the limit.
    let unpacking = tokio::task::spawn_blocking(move || unpack(&whole, limit));
    match unpacking.await {
        Ok(Ok(Some(unpacked))) => Ok(unpacked),
        Ok(Ok(None)) => Err(too_large()),
        Ok(Err(error)) => Err(packed(error.to_string())),
        Err(error) => Err(packed(error.to_string())),
    }
}

fn coding(fields: &HeaderMap) -> String {
    let lines = fields.get_all(CONTENT_ENCODING).iter();
    let texts: Vec<_> = lines
        .map(|value| {
            String::from_utf8_lossy(value.as_bytes())
                .trim()
                .to_ascii_lowercase()
        })
        .collect();
    texts.join(", ")
}

/// `None`: more than the limit.
fn unpack(packed: &[u8], limit: usize) -> std::io::Result<Option<Bytes>> {
    let mut unpacked = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(packed)
        .take(most)
        .read_to_end(&mut unpacked)?;
    Ok((unpacked.len() <= limit).then(|| unpacked.into()))
}
