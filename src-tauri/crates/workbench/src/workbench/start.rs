//! Starting from nothing but an address that a person pasted.

use std::path::PathBuf;
use std::{fs, io};

use serde_json::json;
use thiserror::Error;
use tripledash_core::split::{Split, SplitKind, UnreadableAddress, split_new};
use url::Url;

use super::Workbench;
use super::create::{CreateError, skeleton, write_new};
use super::open::OpenError;
use super::opened::{Opened, Place};
use crate::document::compact;
use crate::state::OriginKind;

/// What a pasted address came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The tenant that it names.
    pub tenant: Option<String>,
    /// The preview made for it.
    pub preview: String,
}

/// Why a pasted address starts nothing.
#[derive(Debug, Error)]
pub enum StartError {
    /// It is no address.
    #[error(transparent)]
    Unreadable(#[from] UnreadableAddress),
    /// No draft could be made for it.
    #[error(transparent)]
    Draft(#[from] CreateError),
}

impl Workbench {
    /// Starts a draft with the one preview that a pasted address leads to, and the tenant if it
    /// names one.
    pub fn start_from(&self, text: &str) -> Result<Started, StartError> {
        let read = split_new(text, &self.base)?;
        let name = draft_name(&read);
        let mut opened = self.opened.lock();
        self.open_draft(
            &mut opened,
            &name,
            &draft_text(&name, &read, host_line(text, &read)),
        )?;
        Ok(Started {
            tenant: read.tenant,
            preview: read.preview,
        })
    }

    /// Makes a draft of its own folder and opens it.
    pub(super) fn open_draft(
        &self,
        opened: &mut Opened,
        name: &str,
        text: &str,
    ) -> Result<(), CreateError> {
        let folder = self.new_draft_folder(name)?;
        if let Err(error) = write_new(&folder, text) {
            // Empty, and of no use to anybody; were it not empty, it would stay.
            let _ = fs::remove_dir(&folder);
            return Err(error);
        }
        let kind = OriginKind::Draft;
        self.open_locked(opened, self.turn(), Place { kind, folder })?;
        Ok(())
    }

    fn new_draft_folder(&self, name: &str) -> Result<PathBuf, CreateError> {
        let drafts = self.drafts();
        let unwritable = |folder: &PathBuf, source| CreateError::Unwritable {
            file: folder.clone(),
            source,
        };
        fs::create_dir_all(&drafts).map_err(|source| unwritable(&drafts, source))?;
        let drafts = drafts.canonicalize().map_err(|source| {
            CreateError::Open(OpenError::Unreadable {
                folder: drafts.clone(),
                source,
            })
        })?;
        let mut number = 1_u32;
        loop {
            let folder = match number {
                1 => drafts.join(name),
                _ => drafts.join(format!("{name}-{number}")),
            };
            match fs::create_dir(&folder) {
                Ok(()) => return Ok(folder),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(source) => return Err(unwritable(&folder, source)),
            }
        }
    }
}

/// A folder's name out of the upstream's authority: `my-app-git-feature.acme.dev`,
/// `localhost-3000`.
fn draft_name(read: &Split) -> String {
    let authority = read
        .upstream
        .split_once("://")
        .map_or(read.upstream.as_str(), |(_, authority)| authority);
    let mut name = String::new();
    for character in authority.chars() {
        if character.is_ascii_alphanumeric() || character == '.' {
            name.push(character.to_ascii_lowercase());
        } else if !name.ends_with('-') && !name.is_empty() {
            name.push('-');
        }
    }
    // With a number behind it, it is still a name that every file system takes.
    name.truncate(100);
    let name = name.trim_matches(['-', '.']);
    if name.is_empty() {
        "untitled".to_owned()
    } else {
        name.to_owned()
    }
}

/// The `Host` that a dev server reads its tenant out of, where the tenant is a label of its own:
/// `{tenant}.localhost:3000`. Before `---` the host as it came says it just as well.
fn host_line(text: &str, read: &Split) -> Option<String> {
    if read.kind != SplitKind::DevServer {
        return None;
    }
    let text = text.trim().trim_matches(['"', '\'', '`', '<', '>']).trim();
    let address = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (scheme, _) = read.upstream.split_once("://")?;
    let url = Url::parse(&format!("{scheme}://{address}")).ok()?;
    let rest = url.host_str()?.strip_prefix(read.tenant.as_deref()?)?;
    let port = url
        .port()
        .map_or_else(String::new, |port| format!(":{port}"));
    rest.starts_with('.')
        .then(|| format!("{{tenant}}{rest}{port}"))
}

fn draft_text(name: &str, read: &Split, host: Option<String>) -> String {
    let tenants = read.tenant.iter();
    let tenants: Vec<String> = tenants
        .map(|tenant| compact(&[("id".to_owned(), json!(tenant))]))
        .collect();
    let mut preview = vec![
        ("name".to_owned(), json!(read.preview)),
        ("upstream".to_owned(), json!(read.upstream)),
    ];
    preview.extend(host.map(|host| ("host".to_owned(), json!(host))));
    skeleton(name, &tenants, &[compact(&preview)])
}
