//! Files that git does not keep.

use std::fs;
use std::path::{Path, PathBuf};

use tripledash_git::{Copied, Git, LeftReason, NotCopied, Repository, Stop};

use crate::support::Place;

fn shop(place: &Place) -> (PathBuf, Repository, PathBuf) {
    let folder = place.project("shop");
    place.change(&folder, ".env.example", "KEY=\n", 1500);
    place.change(&folder, "apps/web/page.txt", "web\n", 1600);
    place.run(&folder, &["branch", "design"]);
    let repository = place.find(&folder);
    let ours = place.path("ours/design");
    repository.prepare("refs/heads/design", &ours).unwrap();
    (folder, repository, ours)
}

fn copy(repository: &Repository, pattern: &str, ours: &Path) -> Copied {
    repository.copy(&[pattern.to_owned()], ours).unwrap()
}

fn reason(copied: &Copied, path: &str) -> LeftReason {
    let left = copied.left.iter().find(|left| left.path == Path::new(path));
    left.unwrap_or_else(|| panic!("{path} was not left: {copied:?}"))
        .reason
        .clone()
}

#[test]
fn file_goes_along_until_somebody_edits_it() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    let (here, there) = (folder.join(".env"), ours.join(".env"));
    let read = || fs::read_to_string(&there).unwrap();
    fs::write(&here, "KEY=1\n").unwrap();

    let copied = copy(&repository, ".env*", &ours);
    assert_eq!(copied.copied, [Path::new(".env")]);
    assert_eq!(reason(&copied, ".env.example"), LeftReason::Tracked);
    assert_eq!(read(), "KEY=1\n");

    assert_eq!(copy(&repository, ".env", &ours).same, [Path::new(".env")]);

    fs::write(&here, "KEY=2\n").unwrap();
    assert_eq!(copy(&repository, ".env", &ours).copied.len(), 1);
    assert_eq!(read(), "KEY=2\n");

    fs::write(&there, "KEY=mine\n").unwrap();
    fs::write(&here, "KEY=3\n").unwrap();
    let copied = copy(&repository, ".env", &ours);
    assert_eq!(reason(&copied, ".env"), LeftReason::Edited);
    assert_eq!(read(), "KEY=mine\n");

    fs::remove_file(&there).unwrap();
    assert_eq!(copy(&repository, ".env", &ours).copied.len(), 1);
    assert_eq!(read(), "KEY=3\n");
}

#[test]
fn file_that_was_there_before_stays() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    fs::write(folder.join(".env"), "KEY=1\n").unwrap();
    fs::write(ours.join(".env"), "KEY=mine\n").unwrap();
    let copied = copy(&repository, ".env", &ours);
    assert_eq!(reason(&copied, ".env"), LeftReason::Foreign);

    // The same content by chance does not make it ours.
    fs::write(ours.join(".env"), "KEY=1\n").unwrap();
    assert_eq!(copy(&repository, ".env", &ours).same.len(), 1);
    fs::write(folder.join(".env"), "KEY=2\n").unwrap();
    let copied = copy(&repository, ".env", &ours);
    assert_eq!(reason(&copied, ".env"), LeftReason::Foreign);
}

#[test]
fn patterns_begin_at_the_apps_folder() {
    let place = Place::new();
    let (folder, _, ours) = shop(&place);
    let app = folder.join("apps/web");
    fs::write(folder.join(".env"), "top\n").unwrap();
    fs::write(app.join(".env"), "app\n").unwrap();
    fs::create_dir(app.join("certs")).unwrap();
    fs::write(app.join("certs/a.pem"), "pem\n").unwrap();
    let patterns = [".env".to_owned(), "certs/".to_owned()];
    let copied = place.find(&app).copy(&patterns, &ours).unwrap();
    let expected = ["apps/web/.env", "apps/web/certs/a.pem"].map(PathBuf::from);
    assert_eq!(copied.copied, expected);
    assert!(!ours.join(".env").exists());
    let pem = fs::read_to_string(ours.join("apps/web/certs/a.pem"));
    assert_eq!(pem.unwrap(), "pem\n");
}

#[cfg(unix)]
#[test]
fn modes_are_kept_and_links_do_not_lead_out() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    let secret = place.path("secret");
    fs::create_dir(&secret).unwrap();
    fs::write(secret.join("key"), "secret\n").unwrap();

    fs::write(folder.join("a.local"), "#!/bin/sh\n").unwrap();
    fs::set_permissions(folder.join("a.local"), fs::Permissions::from_mode(0o740)).unwrap();
    symlink("a.local", folder.join("b.local")).unwrap();
    symlink(secret.join("key"), folder.join("c.local")).unwrap();
    symlink("nowhere", folder.join("d.local")).unwrap();
    fs::write(folder.join("e.local"), "mine\n").unwrap();
    symlink(secret.join("key"), ours.join("e.local")).unwrap();
    let copied = copy(&repository, "*.local", &ours);
    let expected = ["a.local", "b.local"].map(PathBuf::from);
    assert_eq!(copied.copied, expected);
    assert_eq!(reason(&copied, "c.local"), LeftReason::LeadsOut);
    assert_eq!(reason(&copied, "e.local"), LeftReason::Foreign);
    assert_eq!(copied.left.len(), 2, "{copied:?}");
    let mode = fs::metadata(ours.join("a.local"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o740);
    // The file that the link led to, and no link.
    let b = fs::symlink_metadata(ours.join("b.local")).unwrap();
    assert!(b.is_file());

    // The branch has a link where the file's folder is.
    fs::create_dir(folder.join("conf")).unwrap();
    fs::write(folder.join("conf/key"), "mine\n").unwrap();
    symlink(&secret, ours.join("conf")).unwrap();
    let copied = copy(&repository, "conf/key", &ours);
    assert_eq!(reason(&copied, "conf/key"), LeftReason::LeadsOutThere);
    assert_eq!(fs::read_to_string(secret.join("key")).unwrap(), "secret\n");
}

#[cfg(unix)]
#[test]
fn link_that_goes_on_and_on_may_lead_anywhere() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    let secret = place.path("secret");
    fs::create_dir(&secret).unwrap();
    fs::create_dir(folder.join("conf")).unwrap();
    fs::write(folder.join("conf/key"), "mine\n").unwrap();
    // More links than some who follow them count, and fewer than the system does.
    for number in 0..35 {
        let next = format!("link-{}", number + 1);
        symlink(next, ours.join(format!("link-{number}"))).unwrap();
    }
    symlink(&secret, ours.join("link-35")).unwrap();
    symlink("link-0", ours.join("conf")).unwrap();
    let copied = copy(&repository, "conf/key", &ours);
    assert_eq!(reason(&copied, "conf/key"), LeftReason::LeadsOutThere);
    assert!(!secret.join("key").exists());
}

#[test]
fn copy_that_was_cut_short_is_known_as_ours() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    fs::write(folder.join(".env"), "KEY=1\n").unwrap();
    assert_eq!(copy(&repository, ".env", &ours).copied.len(), 1);
    // As we leave it when we are ended between a file and the word that it is copied.
    let private = PathBuf::from(place.run(&ours, &["rev-parse", "--git-dir"]));
    let mark = private.join("tripledash.json");
    let text = fs::read_to_string(&mark).unwrap();
    let text = text.replace("\"copying\": {}", "\"\": {}");
    let text = text.replace("\"copied\"", "\"copying\"");
    assert!(!text.contains("copied"), "{text}");
    fs::write(&mark, text).unwrap();

    fs::write(folder.join(".env"), "KEY=2\n").unwrap();
    assert_eq!(copy(&repository, ".env", &ours).copied.len(), 1);
    fs::write(ours.join(".env"), "KEY=mine\n").unwrap();
    let copied = copy(&repository, ".env", &ours);
    assert_eq!(reason(&copied, ".env"), LeftReason::Edited);
}

#[test]
fn nothing_is_copied_where_it_cannot_be() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    let pattern = |pattern: &str| [pattern.to_owned()];
    let error = repository.copy(&pattern("../*"), &ours).unwrap_err();
    assert!(matches!(error, NotCopied::InvalidPattern(_)), "{error:?}");
    let error = repository.copy(&pattern("*"), &folder).unwrap_err();
    assert!(matches!(error, NotCopied::NotOurs { .. }), "{error:?}");
    fs::remove_dir_all(&ours).unwrap();
    let error = repository.copy(&pattern("*"), &ours).unwrap_err();
    assert!(matches!(error, NotCopied::NotOurs { .. }), "{error:?}");
    let clone = ["clone", "--quiet", "--bare", "shop", "bare.git"];
    place.run(&place.path(""), &clone);
    let bare = place.find(&place.path("bare.git"));
    let error = bare.copy(&pattern("*"), &ours).unwrap_err();
    assert!(matches!(error, NotCopied::Bare { .. }), "{error:?}");
}

#[test]
fn copying_stops_when_asked_and_goes_on_the_next_time() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    for number in 0..20 {
        fs::write(folder.join(format!(".env.{number:02}")), "KEY=1\n").unwrap();
    }
    let there = ours.join(".env.04");
    let seen = there.clone();
    let stopping = Git {
        stop: Stop::when(move || seen.exists()),
        ..place.git()
    };
    let stopping = Repository::find_with(&folder, stopping).unwrap();
    let patterns = [".env*".to_owned()];
    let error = stopping.copy(&patterns, &ours).unwrap_err();
    assert!(matches!(error, NotCopied::Stopped), "{error:?}");
    assert!(there.exists());
    assert!(!ours.join(".env.05").exists());

    // What was copied is known as ours.
    fs::write(folder.join(".env.04"), "KEY=2\n").unwrap();
    let copied = copy(&repository, ".env*", &ours);
    assert_eq!(copied.copied.len(), 16);
    assert_eq!(fs::read_to_string(there).unwrap(), "KEY=2\n");
}
