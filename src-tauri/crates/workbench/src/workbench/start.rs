//! Starting from nothing but an address that a person pasted.

use std::path::PathBuf;
use std::{fs, io};

use serde_json::json;
use thiserror::Error;
use tripledash_core::split::{Split, UnreadableAddress, split_new};

use super::Workbench;
use super::open::{CreateError, OpenError, write_new};
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
        self.open_draft(&mut opened, &name, &draft_text(&name, &read))?;
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
        write_new(&folder, text)?;
        self.open_locked(
            opened,
            Place {
                kind: OriginKind::Draft,
                folder,
            },
        )?;
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
    let name = name.trim_matches(['-', '.']);
    if name.is_empty() {
        "untitled".to_owned()
    } else {
        name.to_owned()
    }
}

fn draft_text(name: &str, read: &Split) -> String {
    let tenants = match &read.tenant {
        Some(tenant) => format!(
            "[\n    {}\n  ]",
            compact(&[("id".to_owned(), json!(tenant))])
        ),
        None => "[]".to_owned(),
    };
    let preview = compact(&[
        ("name".to_owned(), json!(read.preview)),
        ("upstream".to_owned(), json!(read.upstream)),
    ]);
    let name = json!(name);
    format!(
        "{{\n  \"name\": {name},\n  \"prefix\": [\"tenant\"],\n  \"tenants\": {tenants},\n  \"previews\": [\n    {preview}\n  ]\n}}\n"
    )
}
