//! Reading and replacing one file so that nobody ever sees half of it.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use tripledash_core::workspace::LONGEST;

/// Reads a workspace file's bytes. One that is longer than [`LONGEST`] is
/// [`io::ErrorKind::FileTooLarge`], and is not read.
pub fn read_workspace(path: &Path) -> io::Result<Vec<u8>> {
    read_ordinary(path, LONGEST as u64)
}

/// Opens an ordinary file. Opening a named pipe would wait for its writer, and reading a device
/// never ends.
pub(crate) fn ordinary(path: &Path) -> io::Result<File> {
    if fs::metadata(path)?.is_file() {
        File::open(path)
    } else {
        Err(io::Error::other("it is no ordinary file"))
    }
}

/// Reads an ordinary file. One that is longer is [`io::ErrorKind::FileTooLarge`], and is not read.
pub(crate) fn read_ordinary(path: &Path, longest: u64) -> io::Result<Vec<u8>> {
    let file = ordinary(path)?;
    let size = file.metadata()?.len();
    let mut bytes = Vec::new();
    if size <= longest {
        bytes.try_reserve_exact(size as usize)?;
        // What has no size, or grows meanwhile, ends there too.
        file.take(longest + 1).read_to_end(&mut bytes)?;
    }
    let found = size.max(bytes.len() as u64);
    if found > longest {
        let message =
            format!("the file is too long: found {found} octets, wanted at most {longest}");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

/// Replaces a file's contents in one step: a temporary file in the same folder, synced, renamed
/// over it. A symbolic link is followed, so the link stays and its target is replaced; the
/// target's permissions and, where we may, its group are kept.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    put(path, text, |_| true).map(|_| ())
}

/// The same for a workspace file that holds `before`. `false`: somebody wrote it meanwhile, and it
/// is as they left it.
pub(crate) fn exchange(path: &Path, before: &str, after: &str) -> io::Result<bool> {
    put(path, after, |target| {
        read_workspace(target).is_ok_and(|bytes| bytes == before.as_bytes())
    })
}

fn put(path: &Path, text: &str, is_known: impl FnOnce(&Path) -> bool) -> io::Result<bool> {
    let target = follow(path)?;
    let folder = folder_of(&target);
    let before = match fs::metadata(&target) {
        Ok(metadata) => Some(metadata),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if before
        .as_ref()
        .is_some_and(|it| it.permissions().readonly())
    {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "the file is read-only",
        ));
    }
    let written = written(folder, text, before.as_ref())?;
    // As late as can be: writing and syncing take their time.
    if !is_known(&target) {
        return Ok(false);
    }
    written
        .persist(&target)
        .map_err(|lost| match lost.error.kind() {
            io::ErrorKind::ResourceBusy => io::Error::new(
                io::ErrorKind::ResourceBusy,
                "the file is a mount of its own, which cannot be replaced: mount its folder",
            ),
            _ => lost.error,
        })?;
    sync_folder(folder);
    Ok(true)
}

/// Writes a file that is not there yet, whole or not at all. Whatever has its name by then, a link
/// to nothing too, is left alone: [`io::ErrorKind::AlreadyExists`].
pub(crate) fn create(path: &Path, text: &str) -> io::Result<()> {
    let folder = folder_of(path);
    match written(folder, text, None)?.persist_noclobber(path) {
        Ok(_) => {}
        // Not every file system can rename so. There, a look has to do.
        Err(lost) if fs::symlink_metadata(path).is_err() => {
            lost.file.persist(path).map_err(|error| error.error)?;
        }
        Err(_) => return Err(io::ErrorKind::AlreadyExists.into()),
    }
    sync_folder(folder);
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// A folder's own name.
pub(crate) fn name_of(folder: &Path) -> String {
    folder.file_name().map_or_else(
        || "workspace".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// A synced temporary file beside the one to be, as the one before it.
fn written(folder: &Path, text: &str, before: Option<&fs::Metadata>) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tripledash-").suffix(".tmp");
    #[cfg(unix)]
    if before.is_none() {
        use std::os::unix::fs::PermissionsExt as _;
        // What a new file would get: the process's mask applies when it is made.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut temporary = builder.tempfile_in(folder)?;
    temporary.write_all(text.as_bytes())?;
    if let Some(before) = before {
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt as _, fchown};
            // Whoever shares the file by its group goes on doing so. Not everybody may say that.
            let _ = fchown(temporary.as_file(), None, Some(before.gid()));
        }
        temporary.as_file().set_permissions(before.permissions())?;
    }
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

/// The file behind a symbolic link, or the path itself. A link to nothing is followed too.
pub(crate) fn follow(path: &Path) -> io::Result<PathBuf> {
    /// As many as Linux follows.
    const LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.file_type().is_symlink() => {
                let target = fs::read_link(&path)?;
                path = match path.parent() {
                    Some(folder) => folder.join(target),
                    None => target,
                };
            }
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(path),
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("too many levels of symbolic links"))
}

/// Makes the rename itself durable. Not every file system lets a folder be opened and synced;
/// the contents are safe either way, so an error is of no consequence.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{create, exchange, replace};

    fn names(folder: &std::path::Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn writes_a_new_file_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tripledash.json");
        replace(&path, "{}").unwrap();
        replace(&path, "{ }").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "{ }");
        assert_eq!(names(folder.path()), ["tripledash.json"]);
    }

    #[test]
    fn a_new_file_takes_nobodys_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tripledash.json");
        create(&path, "ours").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "ours");
        let refused = create(&path, "another").unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "ours");
        assert_eq!(names(folder.path()), ["tripledash.json"]);
        assert!(create(&folder.path().join("gone/x"), "").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn keeps_permissions() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tripledash.json");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        replace(&path, "new").unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }

    /// One of the groups that a file of ours may be of, another than a new file has.
    #[cfg(unix)]
    fn another_group(path: &std::path::Path) -> Option<u32> {
        use std::os::unix::fs::{MetadataExt as _, chown};
        let own = fs::metadata(path).unwrap().gid();
        let ours = std::process::Command::new("id").arg("-G").output().unwrap();
        let ours = String::from_utf8(ours.stdout).unwrap();
        let ours = ours.split_whitespace().map(|id| id.parse().unwrap());
        // Whoever may do anything may take any.
        let mut groups = ours.chain([12_345]).filter(|id| *id != own);
        groups.find(|id| chown(path, None, Some(*id)).is_ok())
    }

    #[cfg(unix)]
    #[test]
    fn keeps_the_group() {
        use std::os::unix::fs::MetadataExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tripledash.json");
        fs::write(&path, "old").unwrap();
        // Somebody who is in one group only has no other to lose.
        let group = another_group(&path).unwrap_or(fs::metadata(&path).unwrap().gid());
        replace(&path, "new").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().gid(), group);
    }

    #[test]
    fn what_somebody_else_wrote_meanwhile_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tripledash.json");
        fs::write(&path, "one").unwrap();
        assert!(exchange(&path, "one", "two").unwrap());
        assert!(!exchange(&path, "one", "three").unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        fs::remove_file(&path).unwrap();
        assert!(!exchange(&path, "two", "three").unwrap());
        assert!(names(folder.path()).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("real")).unwrap();
        let real = folder.path().join("real/workspace.json");
        fs::write(&real, "old").unwrap();
        let link = folder.path().join("tripledash.json");
        std::os::unix::fs::symlink("real/workspace.json", &link).unwrap();
        replace(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(names(folder.path()), ["real", "tripledash.json"]);
    }

    #[test]
    fn a_read_only_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tripledash.json");
        fs::write(&path, "old").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        assert!(replace(&path, "new").is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    }
}
