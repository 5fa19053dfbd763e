//! Where Tripledash keeps what is not part of any workspace: token, recent workspaces, the demo.

use std::ffi::OsString;
use std::path::PathBuf;

/// No folder to keep things in.
#[derive(Debug, thiserror::Error)]
#[error("this system names no folder for a program's own files: name one in TRIPLEDASH_DATA")]
pub struct NoDataFolder(());

/// The folder named by `TRIPLEDASH_DATA`, else the platform's own.
pub fn data_folder(named: Option<OsString>) -> Result<PathBuf, NoDataFolder> {
    match named.filter(|name| !name.is_empty()) {
        Some(name) => Ok(PathBuf::from(name)),
        None => dirs::data_dir()
            .map(|folder| folder.join("tripledash"))
            .ok_or(NoDataFolder(())),
    }
}
