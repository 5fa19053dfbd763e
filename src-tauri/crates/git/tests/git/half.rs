//! A worktree of ours that git was ended in while it went to another commit.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};

use tripledash_git::{CheckoutState, Git, NotPrepared, Repository};

use crate::support::{DESIGN, Place, advance, page, shop};

/// A branch whose next commit changes, adds and takes away files, in the midst of which git ends by
/// the signal: the filter of a file sends it.
struct Ending {
    place: Place,
    repository: Repository,
    ours: PathBuf,
    second: String,
}

impl Ending {
    fn by(signal: &str) -> Self {
        let place = Place::new();
        let (folder, _, ours) = shop(&place);
        place.change(&folder, "gone.txt", "first\n", 1200);
        place.change(&folder, ".gitattributes", "end.* filter=end\n", 1400);
        place.run(&folder, &["branch", "--force", "design", "main"]);
        let repository = place.find(&folder);
        repository.prepare(DESIGN, &ours).unwrap();

        let other = place.path("elsewhere");
        let there = other.to_str().unwrap();
        place.run(&folder, &["worktree", "add", "--quiet", there, "design"]);
        for name in ["aaa.txt", "end.txt", "zzz.txt"] {
            fs::write(other.join(name), "second\n").unwrap();
        }
        fs::write(other.join("page.txt"), "second\n").unwrap();
        fs::write(other.join("dir.txt"), "second\n").unwrap();
        fs::remove_file(other.join("gone.txt")).unwrap();
        place.run(&other, &["add", "--all"]);
        let second = place.commit(&other, "Second", 2000);
        place.run(&folder, &["worktree", "remove", there]);

        let filter = format!("kill -{signal} $PPID");
        place.run(&folder, &["config", "filter.end.smudge", &filter]);
        place.run(&folder, &["config", "filter.end.required", "true"]);
        let ended = repository.prepare(DESIGN, &ours).unwrap_err();
        assert!(matches!(ended, NotPrepared::Git { .. }), "{ended:?}");
        place.run(&folder, &["config", "--unset", "filter.end.smudge"]);
        place.run(&folder, &["config", "filter.end.required", "false"]);
        // Half of it is there.
        assert_eq!(read(&ours, "aaa.txt"), "second\n");
        assert_eq!(page(&ours), "first\n");
        Self {
            place,
            repository,
            ours,
            second,
        }
    }

    fn lock(&self) -> PathBuf {
        let private = self.place.run(&self.ours, &["rev-parse", "--git-dir"]);
        PathBuf::from(private).join("index.lock")
    }

    fn is_whole(&self) {
        let checkout = self.repository.prepare(DESIGN, &self.ours).unwrap();
        assert_eq!(checkout.commit, self.second);
        for name in ["aaa.txt", "end.txt", "zzz.txt", "page.txt", "dir.txt"] {
            assert_eq!(read(&self.ours, name), "second\n", "{name}");
        }
        assert!(!self.ours.join("gone.txt").exists());
        let status = self.place.run(&self.ours, &["status", "--porcelain"]);
        assert_eq!(status, "");
        let again = self.repository.prepare(DESIGN, &self.ours).unwrap();
        assert_eq!(again.state, CheckoutState::Current);
    }
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn what_git_left_is_brought_to_its_end() {
    let half = Ending::by("TERM");
    assert!(!half.lock().exists());
    half.is_whole();
}

#[test]
fn file_that_is_half_written_is_no_work() {
    let half = Ending::by("TERM");
    fs::write(half.ours.join("zzz.txt"), "sec").unwrap();
    fs::write(half.ours.join("page.txt"), "").unwrap();
    half.is_whole();
}

#[test]
fn lock_that_git_left_is_told_and_never_taken_away() {
    let half = Ending::by("KILL");
    let lock = half.lock();
    assert!(lock.exists());
    let refused = half.repository.prepare(DESIGN, &half.ours).unwrap_err();
    assert!(matches!(refused, NotPrepared::Moving { .. }), "{refused:?}");
    let said = refused.to_string();
    assert!(said.contains(lock.to_str().unwrap()), "{said}");
    assert!(lock.exists());

    fs::remove_file(lock).unwrap();
    half.is_whole();
}

#[test]
fn what_somebody_did_since_is_kept() {
    for (name, content) in [
        // One that both have, two that only the new one brings, one that it takes away.
        ("page.txt", "mine\n"),
        ("aaa.txt", "mine\n"),
        ("zzz.txt", "mine\n"),
        ("gone.txt", "mine\n"),
    ] {
        let half = Ending::by("TERM");
        fs::write(half.ours.join(name), content).unwrap();
        // Half a commit is not served.
        let error = half.repository.prepare(DESIGN, &half.ours).unwrap_err();
        let NotPrepared::Half { said, .. } = &error else {
            panic!("{name}: {error:?}");
        };
        assert!(said.contains(name), "{said}");
        assert_eq!(read(&half.ours, name), content);
        assert_eq!(read(&half.ours, "aaa.txt") == "second\n", name != "aaa.txt");

        // Once it is taken away, nothing is in the way of the rest.
        fs::remove_file(half.ours.join(name)).unwrap();
        half.is_whole();
    }
}

#[test]
fn change_to_a_file_that_both_have_goes_along() {
    let half = Ending::by("TERM");
    fs::write(half.ours.join(".gitattributes"), "mine\n").unwrap();
    let checkout = half.repository.prepare(DESIGN, &half.ours).unwrap();
    assert_eq!(checkout.commit, half.second);
    assert_eq!(read(&half.ours, ".gitattributes"), "mine\n");
    assert_eq!(page(&half.ours), "second\n");
}

#[test]
fn file_that_git_does_not_know_stays() {
    let half = Ending::by("TERM");
    fs::write(half.ours.join("notes.txt"), "mine\n").unwrap();
    half.repository.prepare(DESIGN, &half.ours).unwrap();
    assert_eq!(read(&half.ours, "notes.txt"), "mine\n");
    fs::remove_file(half.ours.join("notes.txt")).unwrap();
    half.is_whole();
}

#[test]
fn branch_that_went_on_is_followed() {
    let mut half = Ending::by("TERM");
    let tree = format!("{}^{{tree}}", half.second);
    let place = &half.place;
    let third = place.run(
        &half.ours,
        &["commit-tree", "-p", &half.second, "-m", "Third", &tree],
    );
    place.run(&half.ours, &["update-ref", DESIGN, &third]);
    half.second = third;
    half.is_whole();
}

#[test]
fn files_that_are_only_new_are_no_work_either() {
    let place = Place::new();
    let (folder, _, ours) = shop(&place);
    place.change(&folder, ".gitattributes", "end.* filter=end\n", 1400);
    place.run(&folder, &["branch", "--force", "design", "main"]);
    let repository = place.find(&folder);
    repository.prepare(DESIGN, &ours).unwrap();
    let other = place.path("elsewhere");
    let there = other.to_str().unwrap();
    place.run(&folder, &["worktree", "add", "--quiet", there, "design"]);
    for folder in ["app", "app-shell"] {
        fs::create_dir(other.join(folder)).unwrap();
    }
    let many = |number| format!("app/{number}.txt");
    for name in (0..100).map(many) {
        fs::write(other.join(name), "second\n").unwrap();
    }
    for name in ["aaa.txt", "end.txt", "app-shell/x.txt"] {
        fs::write(other.join(name), "second\n").unwrap();
    }
    place.run(&other, &["add", "--all"]);
    place.commit(&other, "Second", 2000);
    place.run(&folder, &["worktree", "remove", there]);
    // A filter that is not there today, as one whose server does not answer.
    for (key, value) in [("smudge", "false"), ("required", "true")] {
        place.run(&folder, &["config", &format!("filter.end.{key}"), value]);
    }
    let error = repository.prepare(DESIGN, &ours).unwrap_err();
    assert!(matches!(error, NotPrepared::Git { .. }), "{error:?}");
    assert_eq!(read(&ours, "aaa.txt"), "second\n");
    // Ended a little earlier: in the midst of the first file, before a hundred others.
    for name in (0..100).map(many) {
        fs::remove_file(ours.join(name)).unwrap();
    }
    fs::write(ours.join("app-shell/x.txt"), "sec").unwrap();
    for key in ["filter.end.smudge", "filter.end.clean"] {
        place.run(&folder, &["config", key, "cat"]);
    }
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert!(matches!(checkout.state, CheckoutState::Moved { .. }));
    for name in ["end.txt", "app-shell/x.txt", "app/99.txt"] {
        assert_eq!(read(&ours, name), "second\n");
    }
}

/// A `git` that can write no file as long as there is a file `full`.
fn on_a_full_disk(place: &Place) -> (Git, PathBuf) {
    let (program, full) = (place.path("full-git"), place.path("full"));
    let text = format!(
        "#!/bin/sh\ncase \" $* \" in *' checkout '*)\n  [ -e '{}' ] && ulimit -f 100 && trap '' XFSZ;;\nesac\nexec git \"$@\"\n",
        full.display()
    );
    fs::write(&program, text).unwrap();
    let mut permissions = fs::metadata(&program).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
    fs::set_permissions(&program, permissions).unwrap();
    let git = Git {
        program,
        ..place.git()
    };
    (git, full)
}

#[test]
fn what_git_could_not_write_is_told_and_written_once_it_can() {
    let place = Place::new();
    let (folder, _, ours) = shop(&place);
    let (git, full) = on_a_full_disk(&place);
    let repository = Repository::find_with(&folder, git).unwrap();
    repository.prepare(DESIGN, &ours).unwrap();
    let long = "second\n".repeat(40_000);
    advance(&place, &folder, "big.txt", &long, 2000);
    fs::write(&full, "").unwrap();
    for _ in 0..2 {
        let error = repository.prepare(DESIGN, &ours).unwrap_err();
        let NotPrepared::Unwritten { file, count, .. } = &error else {
            panic!("{error:?}");
        };
        assert_eq!((file.as_path(), *count), (Path::new("big.txt"), 1));
    }
    fs::remove_file(&full).unwrap();
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert!(matches!(checkout.state, CheckoutState::Moved { .. }));
    assert!(read(&ours, "big.txt") == long);
    assert_eq!(place.run(&ours, &["status", "--porcelain"]), "");
}

/// We were ended after git was done, and before we took note of it.
#[test]
fn file_that_git_keeps_now_is_no_copy_of_ours() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    repository.prepare(DESIGN, &ours).unwrap();
    fs::write(folder.join(".env"), "KEY=1\n").unwrap();
    repository.copy(&[".env".to_owned()], &ours).unwrap();
    let private = PathBuf::from(place.run(&ours, &["rev-parse", "--git-dir"]));
    let mark = fs::read(private.join("tripledash.json")).unwrap();
    fs::remove_file(folder.join(".env")).unwrap();
    let from = place.run(&ours, &["rev-parse", "HEAD"]);
    let to = advance(&place, &folder, ".env", "KEY=1\n", 2000);
    repository.prepare(DESIGN, &ours).unwrap();
    let mut mark: serde_json::Value = serde_json::from_slice(&mark).unwrap();
    mark["moving"] = serde_json::json!({ "from": from, "to": to });
    fs::write(private.join("tripledash.json"), mark.to_string()).unwrap();

    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(checkout.commit, to);
    assert_eq!(read(&ours, ".env"), "KEY=1\n");
    let again = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(again.state, CheckoutState::Current);
}
