//! Where a repository comes from, for people.

use gix::bstr::ByteSlice as _;

use crate::{NotRead, Repository};

impl Repository {
    /// Where the repository comes from, `origin` or the only remote that there is: `github.com/acme/shop`,
    /// without the scheme, and without who asks there, which may be a secret.
    ///
    /// # Errors
    ///
    /// When the configuration cannot be read.
    pub fn remote(&self) -> Result<Option<String>, NotRead> {
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
        Ok(url.as_ref().map(shown))
    }
}

fn shown(url: &gix::Url) -> String {
    let path = url.path.to_str_lossy();
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let Some(host) = url.host() else {
        return path.to_owned();
    };
    let port = url.port.map_or(String::new(), |port| format!(":{port}"));
    format!("{host}{port}/{}", path.trim_start_matches('/'))
}
