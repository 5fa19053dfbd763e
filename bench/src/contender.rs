//! Who is measured, and how each is started. Their configurations are in `bench/peers`.

mod peers;
mod tripledash;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use crate::cpu::Clocks;
use crate::failure::{Doing as _, Failure};
use crate::keeper::Notes;
use crate::progress::tell;
use crate::started::Started;

pub(crate) use self::tripledash::{Serving, serve, workspace};

/// What every start needs to know.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Where our release binaries are.
    pub(crate) binaries: PathBuf,
    /// What `--install` fetched.
    pub(crate) installed: PathBuf,
    /// Files of this run; gone with it.
    pub(crate) folder: PathBuf,
    pub(crate) upstream: SocketAddr,
    /// Who hears of what is started.
    pub(crate) notes: Notes,
}

/// One of those that are measured.
#[derive(Debug)]
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) version: String,
    pub(crate) address: SocketAddr,
    /// Absent: the upstream itself.
    pub(crate) process: Option<Started>,
}

/// Every name, in the order of the tables.
pub(crate) const NAMES: [&str; 8] = [
    "direct",
    "tripledash",
    "plain hyper",
    "nginx",
    "haproxy",
    "caddy",
    "http-proxy",
    "mitmproxy",
];

impl Contender {
    /// The authority that the browser asks for. The same for all but for its port, so that every
    /// proxy reads the same number of bytes.
    pub(crate) fn host(&self) -> String {
        format!("acme---main.tripledash.localhost:{}", self.address.port())
    }

    /// What runs, where something does.
    pub(crate) fn into_process(self) -> Option<Started> {
        self.process
    }

    pub(crate) fn clocks(&self) -> Result<Clocks, Failure> {
        self.process
            .as_ref()
            .map_or(Ok(Clocks::default()), Started::clocks)
    }
}

/// Starts those of the names that are installed.
pub(crate) async fn start(
    names: &[&'static str],
    place: &Place,
) -> Result<Vec<Contender>, Failure> {
    let mut started = Vec::new();
    for name in names {
        match one(name, place).await {
            Ok(Some(contender)) => {
                tell(format_args!("  {name}: {}", contender.version));
                started.push(contender);
            }
            Ok(None) => tell(format_args!(
                "  {name}: not installed (cargo xtask bench --install)"
            )),
            Err(failure) => return Err(format!("{name}: {failure}").into()),
        }
    }
    Ok(started)
}

async fn one(name: &'static str, place: &Place) -> Result<Option<Contender>, Failure> {
    match name {
        "direct" => Ok(Some(Contender {
            name,
            version: "the bench's own upstream".into(),
            address: place.upstream,
            process: None,
        })),
        "tripledash" => {
            let folder = place.folder.join("workspace");
            workspace(&folder, place.upstream.port())?;
            let (serving, _) = serve(place, &folder).await?;
            Ok(Some(Contender {
                name,
                version: serving.version,
                address: SocketAddr::from((Ipv4Addr::LOCALHOST, serving.port)),
                process: Some(serving.started),
            }))
        }
        peer => peers::start(peer, place).await,
    }
}

/// Fills in a configuration and writes it into the run's folder.
fn configure(
    name: &str,
    text: &str,
    folder: &Path,
    values: &[(&str, &str)],
) -> Result<PathBuf, Failure> {
    let text = values.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(name, value)
    });
    let file = folder.join(name);
    std::fs::write(&file, text).doing(file.display())?;
    Ok(file)
}
