//! Tenants from a table, an endpoint or a command.
//!
//! All three come as one text, CSV or JSON, and are read by [`read`]:
//!
//! - CSV has a header row that names its columns: `id`, and if there are any `name`, `color`,
//!   `domains`, `locale`, `tags`, in any order. Fields are separated by commas, semicolons or
//!   tabs; domains and tags inside their field by semicolons, commas or spaces.
//! - JSON is an array of objects as `tripledash.json` has them, or an object with such an array at
//!   `tenants`. Keys that are not ours are passed over: an endpoint has its own.
//! - A tenant that cannot be is left out, an optional field that cannot be is left empty; both are
//!   told with their place, and the rest works.

mod collect;
mod command;
mod csv;
mod endpoint;
mod error;
mod file;
mod json;
mod kept;
mod place;
mod text;

use std::path::PathBuf;
use std::time::Duration;

use indexmap::IndexMap;
use tripledash_core::workspace::Problem;
use tripledash_core::{Tenant, Timestamp};

pub use crate::fetch::InvalidHeader;
pub use command::{Command, CommandError};
pub use endpoint::{Endpoint, EndpointError, InvalidEndpoint};
pub use error::LoadError;
pub use file::Unreadable;
pub use text::{Format, Unusable};

use crate::{Clock, Fetcher};

/// The longest text that is read, in octets.
pub const LONGEST: usize = tripledash_core::workspace::LONGEST;

/// The most tenants that are kept of a list. More are told of, and left out: a text of [`LONGEST`]
/// octets could hold ten million.
pub const MOST: usize = 200_000;

/// Where tenants come from, with everything resolved that it takes to ask.
#[derive(Debug, Clone)]
pub enum TenantSource {
    /// A table beside the workspace.
    File {
        /// Where it is.
        path: PathBuf,
        /// What problems call it: the path as the workspace writes it.
        shown: String,
    },
    /// Something that answers HTTP.
    Endpoint(Box<Endpoint>),
    /// A program's output. Only of a folder that is trusted: that is the caller's to ask.
    Command(Command),
}

/// Tenants, and what was wrong with others.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// By id, in the order of the source.
    pub tenants: IndexMap<String, Tenant>,
    /// What was left out, in the order of the source; the first hundred. All are warnings: the
    /// rest works.
    pub problems: Vec<Problem>,
    /// How many problems there are beside those.
    pub unlisted: usize,
    /// How many tenants were left out.
    pub left_out: usize,
    /// When the source last said so.
    pub fetched_at: Timestamp,
    /// Where the source could not be asked, and this is what it said before.
    pub cached: Option<Cached>,
    /// Differs where the text differs. Means nothing to another run of the program.
    pub fingerprint: u64,
}

/// Why an older answer is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cached {
    /// Why the source could not be asked, in a sentence.
    pub why: String,
    /// What would mend it, where that can be told.
    pub hint: Option<String>,
    /// When the source wants to be asked again, where it says so.
    pub retry_after: Option<Duration>,
}

impl TenantSource {
    /// Loads the tenants. A disk or a share that hangs keeps it waiting: beginning anew would wait
    /// once more, so that whoever calls says so and goes on waiting.
    ///
    /// # Errors
    ///
    /// Why there are none at all.
    pub async fn load(&self, fetcher: &Fetcher, clock: Clock) -> Result<Loaded, LoadError> {
        match self {
            Self::File { path, shown } => file::load(path, shown, clock).await,
            Self::Endpoint(endpoint) => endpoint.load(fetcher, clock).await,
            Self::Command(command) => command.load(clock).await,
        }
    }

    /// What problems call it.
    pub fn shown(&self) -> String {
        match self {
            Self::File { shown, .. } => shown.clone(),
            Self::Endpoint(endpoint) => endpoint.shown(),
            Self::Command(command) => command.shown(),
        }
    }
}

/// Reads tenants out of a text. `name` is what problems call it.
///
/// ```
/// use tripledash_core::Timestamp;
/// use tripledash_sources::tenants::{Format, read};
///
/// let table = b"id;name;domains\nacme;Acme;shop.acme.com\nBad Id;Bad;\n";
/// let loaded = read(table, Format::Any, "tenants.csv", Timestamp(0)).unwrap();
/// assert_eq!(loaded.tenants["acme"].domains, ["shop.acme.com"]);
/// assert_eq!(
///     loaded.problems[0].to_string(),
///     "tenants.csv:3:1: warning: tenant 2: id: found \"Bad Id\", wanted lower-case letters, digits and hyphens, \
///      not 'B'; the tenant is left out (\"bad-id\" would do)",
/// );
/// ```
///
/// # Errors
///
/// What cannot be read as tenants at all.
pub fn read(
    bytes: &[u8],
    format: Format,
    name: &str,
    fetched_at: Timestamp,
) -> Result<Loaded, Unusable> {
    let text = text::decode(bytes)?;
    let collected = match format.of(text)? {
        text::Written::Json => json::read(text, name)?,
        text::Written::Csv => csv::read(text, name)?,
    };
    Ok(collected.loaded(fetched_at, text::fingerprint(bytes)))
}

/// [`read`], where it keeps nobody waiting.
async fn read_aside(
    bytes: impl AsRef<[u8]> + Send + 'static,
    format: Format,
    name: String,
    fetched_at: Timestamp,
) -> Result<Loaded, Unusable> {
    let reading =
        tokio::task::spawn_blocking(move || read(bytes.as_ref(), format, &name, fetched_at));
    reading.await.unwrap_or_else(|error| {
        // The runtime ends.
        Err(Unusable {
            message: format!("it was not read: {error}"),
            at: None,
            hint: None,
        })
    })
}
