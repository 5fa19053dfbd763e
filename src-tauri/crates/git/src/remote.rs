//! Where a repository comes from, for naming things after it.

use gix::bstr::ByteSlice as _;

use crate::{NotRead, Repository};

/// Where a repository comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// What it is called here.
    pub name: String,
    /// Its address, without a password or token.
    pub url: String,
    /// The host in it; none for a folder.
    pub host: Option<String>,
    /// The path in it without slashes at its ends and without `.git`: `acme/shop`.
    pub path: String,
}

// === impl Remote ===

impl Remote {
    fn new(name: String, mut url: gix::Url) -> Self {
        use gix::url::Scheme;
        // The user of ssh is part of the address; that of http is half of a login, or a token.
        if matches!(url.scheme, Scheme::Http | Scheme::Https) {
            url.set_user(None);
        }
        url.set_password(None);
        let path = url.path.to_str_lossy();
        let path = path.trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        Self {
            name,
            host: url.host().map(str::to_owned),
            path: path.trim_end_matches('/').to_owned(),
            url: url.to_bstring().to_str_lossy().into_owned(),
        }
    }
}

impl Repository {
    /// Where the repository comes from: `origin`, or the only remote that there is.
    ///
    /// # Errors
    ///
    /// When the configuration cannot be read.
    pub fn remote(&self) -> Result<Option<Remote>, NotRead> {
        let repository = self.open()?;
        let names = repository.remote_names();
        let name = match names.iter().find(|name| name.as_bstr() == "origin") {
            Some(origin) => origin,
            None if names.len() == 1 => match names.first() {
                Some(only) => only,
                None => return Ok(None),
            },
            None => return Ok(None),
        };
        let key = format!("remote.{}.url", name.to_str_lossy());
        let url = repository.config_snapshot().string(&key);
        let url = url.and_then(|url| gix::url::parse(url.as_bstr()).ok());
        Ok(url.map(|url| Remote::new(name.to_str_lossy().into_owned(), url)))
    }
}
