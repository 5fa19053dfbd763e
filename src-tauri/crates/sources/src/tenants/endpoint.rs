//! Tenants that something answers over HTTP.
//!
//! What it answered last is kept on disk, so that a workspace opens without a network; it is asked
//! again with `If-None-Match` and `If-Modified-Since` (RFC 9110 section 13.1). What one account was
//! answered is nothing to another: answers are kept by URL and header fields.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use http::header::{
    CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RETRY_AFTER,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tripledash_core::Timestamp;
use url::Url;

use super::kept::{self, Kept};
use super::{Cached, Format, InvalidHeader, LoadError, Loaded, Unusable, read_aside};
use crate::fetch::{Answer, Ask, check, fields, shown};
use crate::{Clock, FetchError, Fetcher, Secret};

const ACCEPT: &str = "application/json, text/csv;q=0.9";

/// An endpoint that lists tenants. Shown without its query and without its header fields.
#[derive(Clone)]
pub struct Endpoint {
    url: Url,
    fields: HeaderMap,
    /// The file that its last answer is kept in.
    kept: Option<PathBuf>,
}

/// An endpoint that cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum InvalidEndpoint {
    /// It is no URL.
    #[error(
        "found something that is no URL ({0}), wanted one like https://api.example.com/tenants"
    )]
    Url(#[from] url::ParseError),
    /// It is a URL that is not asked.
    #[error(transparent)]
    Refused(#[from] FetchError),
    /// One of its header fields cannot be sent.
    #[error(transparent)]
    Header(#[from] InvalidHeader),
}

/// Why an endpoint gave no tenants.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// Nothing came.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It said no.
    #[error("{url} {what} ({})", status.as_u16())]
    Refused {
        /// Without its query.
        url: String,
        /// What it answered.
        status: StatusCode,
        /// The same in words.
        what: &'static str,
        /// When it wants to be asked again.
        retry_after: Option<Duration>,
    },
    /// What came is no list of tenants.
    #[error("{url}: {unusable}")]
    Unusable {
        /// Without its query.
        url: String,
        /// What is wrong with it.
        unusable: Unusable,
    },
}

// === impl Endpoint ===

impl Endpoint {
    /// `headers` are names and values, the values resolved. In `folder` its answers are kept.
    ///
    /// # Errors
    ///
    /// A URL that is not asked, or a field that cannot be sent.
    pub fn new<'a>(
        url: &str,
        headers: impl IntoIterator<Item = (&'a str, &'a Secret)>,
        folder: Option<PathBuf>,
    ) -> Result<Self, InvalidEndpoint> {
        let url = Url::parse(url)?;
        let fields = fields(headers)?;
        check(&url, &fields)?;
        let kept = folder.map(|folder| kept::place(&folder, &url, &fields));
        Ok(Self { url, fields, kept })
    }

    /// The URL without its query.
    pub fn shown(&self) -> String {
        shown(&self.url)
    }

    pub(super) async fn load(&self, fetcher: &Fetcher, clock: Clock) -> Result<Loaded, LoadError> {
        let kept = match &self.kept {
            Some(file) => Kept::read(file.clone()).await,
            None => None,
        };
        match self.ask(fetcher, clock, kept.as_ref()).await {
            Ok(loaded) => Ok(loaded),
            Err(error) => {
                let Some(kept) = kept else {
                    return Err(Box::new(error).into());
                };
                let cached = Cached {
                    why: error.to_string(),
                    hint: error.hint(),
                    retry_after: error.retry_after(),
                };
                let mut loaded = self
                    .read(&kept, kept.fetched_at)
                    .await
                    .map_err(|_| Box::new(error))?;
                loaded.cached = Some(cached);
                Ok(loaded)
            }
        }
    }

    async fn ask(
        &self,
        fetcher: &Fetcher,
        clock: Clock,
        kept: Option<&Kept>,
    ) -> Result<Loaded, EndpointError> {
        let mut fields = self.fields.clone();
        let mut condition = |name: HeaderName, value: &Option<String>| {
            let value = value
                .as_deref()
                .and_then(|text| HeaderValue::from_str(text).ok());
            fields.extend(value.map(|value| (name, value)));
        };
        if let Some(kept) = kept {
            condition(IF_NONE_MATCH, &kept.etag);
            condition(IF_MODIFIED_SINCE, &kept.last_modified);
        }
        let ask = Ask {
            url: &self.url,
            accept: ACCEPT,
            fields: &fields,
        };
        let answer = fetcher.get(ask).await?;
        let now = clock();
        let (loaded, written) = match (answer.status, kept) {
            (StatusCode::NOT_MODIFIED, Some(kept)) => {
                let loaded = self.read(kept, now).await?;
                let written = match &self.kept {
                    Some(file) => Kept::confirm(file.clone(), now).await,
                    None => Ok(()),
                };
                (loaded, written)
            }
            (StatusCode::OK, _) => {
                let kept = keep(&answer, now);
                let loaded = self.read(&kept, now).await?;
                let written = match &self.kept {
                    Some(file) => kept.write(file.clone()).await,
                    None => Ok(()),
                };
                (loaded, written)
            }
            _ => return Err(refused(&answer)),
        };
        // A disk that is full must not keep tenants from being shown.
        if let Err(error) = written {
            tracing::warn!(%error, "the answer of a tenants' endpoint cannot be kept");
        }
        Ok(loaded)
    }

    async fn read(&self, kept: &Kept, fetched_at: Timestamp) -> Result<Loaded, EndpointError> {
        let unusable = |unusable| EndpointError::Unusable {
            url: self.shown(),
            unusable,
        };
        let media_type = kept.media_type.as_deref().unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("text/html") {
            return Err(unusable(Unusable::new(
                "it is a page of HTML, wanted JSON or CSV",
                "this is what a login page looks like: is a token missing, or is it the address of a page?",
            )));
        }
        let format = Format::of_media_type(media_type);
        read_aside(kept.body.clone(), format, self.shown(), fetched_at)
            .await
            .map_err(unusable)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("url", &self.shown())
            .field("kept", &self.kept)
            .finish_non_exhaustive()
    }
}

fn keep(answer: &Answer, fetched_at: Timestamp) -> Kept {
    let text = |name: HeaderName| {
        let value = answer.fields.get(name)?;
        value.to_str().ok().map(str::to_owned)
    };
    Kept {
        etag: text(ETAG),
        last_modified: text(LAST_MODIFIED),
        media_type: text(CONTENT_TYPE),
        fetched_at,
        body: answer.body.clone(),
    }
}

fn refused(answer: &Answer) -> EndpointError {
    let what = match answer.status.as_u16() {
        304 => "says that nothing changed, and nobody asked that",
        400 => "does not understand what it is asked",
        401 => "wants to know who asks",
        403 => "does not let us see the tenants",
        404 | 410 => "is not there",
        406 | 415 => "has neither JSON nor CSV",
        407 => "wants a login for a proxy",
        429 => "was asked too often",
        500..=599 => "has a fault of its own",
        200..=299 => "answers without a list",
        _ => "answers something else",
    };
    EndpointError::Refused {
        url: shown(&answer.url),
        status: answer.status,
        what,
        retry_after: retry_after(&answer.fields),
    }
}

/// In seconds (RFC 9110 section 10.2.3). A date would need a clock that agrees with theirs.
fn retry_after(fields: &HeaderMap) -> Option<Duration> {
    let seconds = fields
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds))
}

// === impl EndpointError ===

impl EndpointError {
    /// What would mend it, where that can be told.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Fetch(error) => error.hint().map(str::to_owned),
            Self::Refused { status, .. } => Some(match status.as_u16() {
                401 => "give a header field with a token, like \"Authorization\": \"Bearer ${env:TENANTS_TOKEN}\"".to_owned(),
                403 => "the token is known and may not do this: ask for one that may".to_owned(),
                404 | 410 => "check the path of the URL".to_owned(),
                429 => "a longer \"refresh\" asks less often".to_owned(),
                500..=599 => "look into the endpoint's own log".to_owned(),
                _ => return None,
            }),
            Self::Unusable { unusable, .. } => unusable.hint.clone(),
        }
    }

    /// When it wants to be asked again, where it says so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            Self::Fetch(_) | Self::Unusable { .. } => None,
        }
    }
}
