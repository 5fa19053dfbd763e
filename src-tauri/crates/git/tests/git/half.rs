//! A worktree of ours that git was ended in while it went to another commit.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};

use tripledash_git::{CheckoutState, NotPrepared, Repository, Work};

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
fn what_somebody_did_since_is_kept_and_no_half_is_served() {
    for (name, content) in [
        // One that both have, two that only the new one brings, one that it takes away.
        ("page.txt", "mine\n"),
        ("aaa.txt", "mine\n"),
        ("zzz.txt", "mine\n"),
        ("gone.txt", "mine\n"),
        // One that is the same in both.
        (".gitattributes", "mine\n"),
    ] {
        let half = Ending::by("TERM");
        fs::write(half.ours.join(name), content).unwrap();
        let checkout = half.repository.prepare(DESIGN, &half.ours).unwrap();
        let CheckoutState::Kept { work, .. } = &checkout.state else {
            panic!("{name}: {checkout:?}");
        };
        let is_new = ["aaa.txt", "zzz.txt"].contains(&name);
        assert_eq!(matches!(work, Work::InTheWay { .. }), is_new, "{work:?}");
        assert_eq!(read(&half.ours, name), content);
        // All the rest is as it was before.
        let sign = if is_new { "??" } else { "M" };
        let status = half.place.run(&half.ours, &["status", "--porcelain"]);
        assert_eq!(status, format!("{sign} {name}"));

        if is_new {
            fs::remove_file(half.ours.join(name)).unwrap();
        } else {
            half.place.run(&half.ours, &["checkout", "--", name]);
        }
        half.is_whole();
    }
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

/// What the commit wants may never come: its author takes it back, or mends it.
#[test]
fn commit_that_cannot_be_written_is_left_for_the_next_one() {
    let half = Ending::by("TERM");
    let (place, ours) = (&half.place, &half.ours);
    let folder = place.path("shop");
    place.run(&folder, &["config", "filter.end.smudge", "false"]);
    place.run(&folder, &["config", "filter.end.required", "true"]);
    let error = half.repository.prepare(DESIGN, ours).unwrap_err();
    assert!(matches!(error, NotPrepared::Git { .. }), "{error:?}");
    let first = place.run(ours, &["rev-parse", "HEAD"]);
    place.run(&folder, &["branch", "--force", "design", &first]);
    let checkout = half.repository.prepare(DESIGN, ours).unwrap();
    assert_eq!(checkout.commit, first);
    assert_eq!(place.run(ours, &["status", "--porcelain"]), "");
    assert_eq!((page(ours), read(ours, "gone.txt")), pair("first\n"));
    let again = half.repository.prepare(DESIGN, ours).unwrap();
    assert_eq!(again.state, CheckoutState::Current);
}

#[test]
fn branch_that_somebody_made_of_a_half_is_whole() {
    let half = Ending::by("TERM");
    half.place
        .run(&half.ours, &["switch", "--quiet", "-c", "try"]);
    let checkout = half.repository.prepare(DESIGN, &half.ours).unwrap();
    let name = "try".to_owned();
    let work = Work::OnBranch { name };
    let wanted = half.second.clone();
    assert_eq!(checkout.state, CheckoutState::Kept { wanted, work });
    let status = half.place.run(&half.ours, &["status", "--porcelain"]);
    assert_eq!(status, "");
}

fn pair(content: &str) -> (String, String) {
    (content.to_owned(), content.to_owned())
}

#[test]
fn half_of_a_commit_that_is_gone_is_not_served() {
    let half = Ending::by("TERM");
    let (place, ours) = (&half.place, &half.ours);
    let folder = place.path("shop");
    let first = place.run(ours, &["rev-parse", "HEAD"]);
    place.run(&folder, &["branch", "--force", "design", &first]);
    place.run(&folder, &["reflog", "expire", "--expire=all", "--all"]);
    place.run(&folder, &["prune", "--expire=now"]);
    for _ in 0..2 {
        let error = half.repository.prepare(DESIGN, ours).unwrap_err();
        assert!(matches!(error, NotPrepared::Half { .. }), "{error:?}");
        assert!(error.to_string().contains(&half.second), "{error}");
    }
    // As it says.
    let restore = ["restore", "--source=HEAD", "--staged", "--worktree", ":/"];
    place.run(ours, &restore);
    half.repository.prepare(DESIGN, ours).unwrap();
    let again = half.repository.prepare(DESIGN, ours).unwrap();
    assert_eq!(again.state, CheckoutState::Current);
}

#[test]
fn copy_that_a_commit_has_too_stays_when_that_is_taken_back() {
    let place = Place::new();
    let (folder, _, ours) = shop(&place);
    place.change(&folder, ".gitattributes", "end.* filter=end\n", 1400);
    place.run(&folder, &["branch", "--force", "design", "main"]);
    let repository = place.find(&folder);
    let first = repository.prepare(DESIGN, &ours).unwrap().commit;
    fs::write(folder.join(".env"), "KEY=1\n").unwrap();
    repository.copy(&[".env".to_owned()], &ours).unwrap();
    fs::remove_file(folder.join(".env")).unwrap();
    advance(&place, &folder, ".env", "KEY=1\n", 2000);
    advance(&place, &folder, "end.txt", "second\n", 2100);
    for (key, value) in [("smudge", "false"), ("required", "true")] {
        place.run(&folder, &["config", &format!("filter.end.{key}"), value]);
    }
    repository.prepare(DESIGN, &ours).unwrap_err();
    place.run(&folder, &["branch", "--force", "design", &first]);
    repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(read(&ours, ".env"), "KEY=1\n");
    assert_eq!(place.run(&ours, &["status", "--porcelain"]), "?? .env");
}
