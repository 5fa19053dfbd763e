//! Folders for branches to run in.

use std::fs;
use std::path::{Path, PathBuf};

use tripledash_git::{
    Changes, Checkout, CheckoutState, GitFailed, Head, NotPrepared, Repository, Work,
};

use crate::support::Place;

const DESIGN: &str = "refs/heads/design";

/// A project on `main` with another branch, and where that one is to run.
fn shop(place: &Place) -> (PathBuf, Repository, PathBuf) {
    let folder = place.project("shop");
    place.run(&folder, &["branch", "design"]);
    let repository = place.find(&folder);
    (folder, repository, place.path("ours/design"))
}

/// Commits on `design` from a checkout of its own, and gives the commit.
fn advance(place: &Place, folder: &Path, content: &str, time: i64) -> String {
    let other = place.path("elsewhere");
    let path = other.to_str().unwrap();
    place.run(folder, &["worktree", "add", "--quiet", path, "design"]);
    let id = place.change(&other, "page.txt", content, time);
    place.run(folder, &["worktree", "remove", path]);
    id
}

fn page(folder: &Path) -> String {
    fs::read_to_string(folder.join("page.txt")).unwrap()
}

fn kept(checkout: Checkout) -> Work {
    match checkout.state {
        CheckoutState::Kept { work, .. } => work,
        other => panic!("{other:?}"),
    }
}

#[test]
fn branch_that_is_checked_out_runs_in_place() {
    let place = Place::new();
    let (folder, _, ours) = shop(&place);
    fs::write(folder.join("page.txt"), "being changed\n").unwrap();
    let app = folder.join("apps/web");
    fs::create_dir_all(&app).unwrap();
    let repository = place.find(&app);
    let checkout = repository.prepare("refs/heads/main", &ours).unwrap();
    assert!(checkout.is_in_place());
    assert_eq!((&checkout.path, &checkout.folder), (&folder, &app));
    assert!(!ours.exists());
    assert_eq!(page(&folder), "being changed\n");

    // Also where the person has it in a worktree of their own.
    let theirs = place.path("theirs");
    let path = theirs.to_str().unwrap();
    place.run(&folder, &["worktree", "add", "--quiet", path, "design"]);
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert!(checkout.is_in_place());
    assert_eq!(checkout.path, theirs);
}

#[test]
fn worktree_is_made_and_moves_with_its_branch() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    let first = place.branch(&folder, "design").commit.id;
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(checkout.state, CheckoutState::Made);
    assert_eq!((&checkout.path, &checkout.commit), (&ours, &first));
    assert_eq!(page(&ours), "first\n");
    // Nobody's branch is taken, and nothing keeps it from being pruned.
    let worktree = repository.worktrees().unwrap().remove(1);
    let commit = first.clone();
    assert_eq!(worktree.head, Some(Head::Detached { commit }));
    assert_eq!(worktree.locked, None);

    let state = repository.prepare(DESIGN, &ours).unwrap().state;
    assert_eq!(state, CheckoutState::Current);

    let second = advance(&place, &folder, "second\n", 2000);
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(checkout.commit, second);
    let from = first.clone();
    assert_eq!(checkout.state, CheckoutState::Moved { from });
    assert_eq!(page(&ours), "second\n");

    // Back again, by force: the old commit is on no branch then, and was never anybody's work here.
    place.run(&folder, &["branch", "--force", "design", &first]);
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(checkout.state, CheckoutState::Moved { from: second });
    assert_eq!(page(&ours), "first\n");
}

#[test]
fn changed_file_keeps_the_worktree() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    let first = repository.prepare(DESIGN, &ours).unwrap().commit;
    let second = advance(&place, &folder, "second\n", 2000);
    fs::write(ours.join("page.txt"), "mine\n").unwrap();
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(checkout.commit, first);
    let changes = Changes {
        changed: 1,
        ..Changes::default()
    };
    let state = CheckoutState::Kept {
        wanted: second,
        work: Work::Changed(changes),
    };
    assert_eq!(checkout.state, state);
    assert_eq!(page(&ours), "mine\n");
}

#[test]
fn new_files_stay_when_the_worktree_moves_and_are_never_overwritten() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    repository.prepare(DESIGN, &ours).unwrap();
    fs::write(ours.join("notes.txt"), "mine\n").unwrap();
    advance(&place, &folder, "second\n", 2000);
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert!(matches!(checkout.state, CheckoutState::Moved { .. }));
    assert_eq!(
        fs::read_to_string(ours.join("notes.txt")).unwrap(),
        "mine\n"
    );

    let other = place.path("elsewhere");
    let path = other.to_str().unwrap();
    place.run(&folder, &["worktree", "add", "--quiet", path, "design"]);
    place.change(&other, "notes.txt", "theirs\n", 3000);
    place.run(&folder, &["worktree", "remove", path]);
    let work = kept(repository.prepare(DESIGN, &ours).unwrap());
    let Work::InTheWay { said } = &work else {
        panic!("{work:?}");
    };
    assert!(said.contains("notes.txt"), "{said}");
    assert_eq!(
        fs::read_to_string(ours.join("notes.txt")).unwrap(),
        "mine\n"
    );
    assert_eq!(page(&ours), "second\n");
}

#[test]
fn commits_that_no_branch_has_keep_the_worktree() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    repository.prepare(DESIGN, &ours).unwrap();
    let last = place.change(&ours, "page.txt", "mine\n", 2000);
    let second = advance(&place, &folder, "second\n", 3000);
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(checkout.commit, last);
    assert_eq!(kept(checkout), Work::Commits { last: last.clone() });
    assert_eq!(page(&ours), "mine\n");

    // Once a branch has them, nothing is lost.
    place.run(&folder, &["branch", "saved", &last]);
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(checkout.state, CheckoutState::Moved { from: last });
    assert_eq!(checkout.commit, second);
}

#[test]
fn branch_or_merge_in_the_worktree_keeps_it() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    repository.prepare(DESIGN, &ours).unwrap();
    advance(&place, &folder, "second\n", 2000);
    place.run(&ours, &["switch", "--quiet", "-c", "try"]);
    let work = kept(repository.prepare(DESIGN, &ours).unwrap());
    let name = "try".to_owned();
    assert_eq!(work, Work::OnBranch { name });

    // That branch runs right there.
    let checkout = repository.prepare("refs/heads/try", &place.path("ours/try"));
    assert_eq!(checkout.unwrap().path, ours);

    place.run(&ours, &["switch", "--quiet", "--detach"]);
    let private = PathBuf::from(place.run(&ours, &["rev-parse", "--git-dir"]));
    fs::write(private.join("MERGE_HEAD"), "").unwrap();
    let work = kept(repository.prepare(DESIGN, &ours).unwrap());
    assert_eq!(work, Work::Unfinished);
}

#[test]
fn folder_removed_by_hand_is_made_again() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    // Another stale one, which is not ours to forget.
    let theirs = place.path("theirs");
    let path = theirs.to_str().unwrap();
    place.run(&folder, &["worktree", "add", "--quiet", "--detach", path]);
    fs::remove_dir_all(&theirs).unwrap();

    repository.prepare(DESIGN, &ours).unwrap();
    fs::remove_dir_all(&ours).unwrap();
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(checkout.state, CheckoutState::Made);
    assert_eq!(page(&ours), "first\n");
    let worktrees = repository.worktrees().unwrap();
    let found: Vec<_> = worktrees.iter().map(|w| (&w.path, w.is_missing)).collect();
    assert_eq!(found.len(), 3, "{worktrees:#?}");
    assert!(found.contains(&(&theirs, true)) && found.contains(&(&ours, false)));
}

#[test]
fn folder_that_is_gone_and_locked_is_told() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    repository.prepare(DESIGN, &ours).unwrap();
    let path = ours.to_str().unwrap();
    place.run(
        &folder,
        &["worktree", "lock", "--reason", "on a stick", path],
    );
    fs::remove_dir_all(&ours).unwrap();
    let error = repository.prepare(DESIGN, &ours).unwrap_err();
    assert!(matches!(error, NotPrepared::Locked { .. }), "{error:?}");
    assert!(error.to_string().contains("on a stick"), "{error}");
}

#[test]
fn worktree_that_was_never_finished_is_made_anew() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    let path = ours.to_str().unwrap();
    let reason = "tripledash is making this worktree";
    let lock = [
        "worktree", "add", "--quiet", "--detach", "--lock", "--reason", reason, path,
    ];
    // As we leave it when we are ended before it is ours, with half of the files.
    place.run(&folder, &lock);
    fs::remove_file(ours.join("page.txt")).unwrap();
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(checkout.state, CheckoutState::Made);
    assert_eq!(page(&ours), "first\n");

    // And when the folder did not even come to be.
    repository.remove(&ours).unwrap();
    place.run(&folder, &lock);
    fs::remove_dir_all(&ours).unwrap();
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(checkout.state, CheckoutState::Made);
    assert_eq!(repository.worktrees().unwrap()[1].locked, None);
}

#[test]
fn two_at_once_make_one_worktree() {
    let place = Place::new();
    let (folder, _, ours) = shop(&place);
    let states = std::thread::scope(|scope| {
        let prepare = || place.find(&folder).prepare(DESIGN, &ours).unwrap().state;
        let both = [scope.spawn(prepare), scope.spawn(prepare)];
        both.map(|thread| thread.join().unwrap())
    });
    assert!(states.contains(&CheckoutState::Made), "{states:?}");
    assert!(states.contains(&CheckoutState::Current), "{states:?}");
    assert_eq!(page(&ours), "first\n");
}

#[test]
fn folder_of_somebody_else_is_not_touched() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    let taken = |at: &Path| {
        let error = repository.prepare(DESIGN, at).unwrap_err();
        assert!(matches!(error, NotPrepared::Taken { .. }), "{error:?}");
    };
    fs::create_dir_all(&ours).unwrap();
    fs::write(ours.join("letter.txt"), "mine\n").unwrap();
    taken(&ours);
    assert_eq!(
        fs::read_to_string(ours.join("letter.txt")).unwrap(),
        "mine\n"
    );
    taken(&ours.join("letter.txt"));
    // A worktree that the person made, one of another repository, and the checkout itself.
    let theirs = place.path("theirs");
    let path = theirs.to_str().unwrap();
    place.run(&folder, &["worktree", "add", "--quiet", "--detach", path]);
    taken(&theirs);
    taken(&place.project("other"));
    taken(&folder);
    // An empty folder is nobody's.
    fs::remove_file(ours.join("letter.txt")).unwrap();
    let state = repository.prepare(DESIGN, &ours).unwrap().state;
    assert_eq!(state, CheckoutState::Made);
}

#[test]
fn worktree_of_a_repository_that_is_gone_is_told() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    repository.prepare(DESIGN, &ours).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    let (_, repository, ours) = shop(&place);
    let error = repository.prepare(DESIGN, &ours).unwrap_err();
    assert!(matches!(error, NotPrepared::Orphan { .. }), "{error:?}");
    assert_eq!(page(&ours), "first\n");
}

#[test]
fn branch_deleted_meanwhile_is_told() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    repository.prepare(DESIGN, &ours).unwrap();
    place.run(&folder, &["branch", "-D", "design"]);
    for reference in [DESIGN, "design", "refs/heads/no such", "--detach"] {
        let error = repository.prepare(reference, &ours).unwrap_err();
        let is_told = matches!(error, NotPrepared::Gone { .. } | NotPrepared::Broken { .. });
        assert!(is_told, "{error:?}");
    }
    let error = repository.prepare(DESIGN, &ours).unwrap_err();
    let said = "there is no branch refs/heads/design any more: it was deleted, or renamed";
    assert_eq!(error.to_string(), said);
    assert_eq!(page(&ours), "first\n");
}

#[test]
fn names_with_slashes_and_letters_of_any_script_work() {
    let place = Place::new();
    let (folder, repository, _) = shop(&place);
    for name in ["feature/größe/✓", "-dash", "a'b$(touch${IFS}x)", "日本"] {
        let reference = format!("refs/heads/{name}");
        let main = "refs/heads/main";
        place.run(&folder, &["update-ref", &reference, main]);
        let ours = place.path("ours").join(name.replace('/', "-"));
        let checkout = repository.prepare(&reference, &ours).unwrap();
        assert_eq!(checkout.state, CheckoutState::Made, "{name}");
        assert_eq!(page(&ours), "first\n");
    }
    assert!(!folder.join("x").exists() && !place.path("ours/x").exists());
}

#[test]
fn remote_branch_bare_repository_and_submodule_get_worktrees() {
    let place = Place::new();
    let origin = place.project("origin");
    place.run(&origin, &["branch", "design"]);
    let top = place.path("");
    place.run(&top, &["clone", "--quiet", "origin", "clone"]);
    place.run(&top, &["clone", "--quiet", "--bare", "origin", "bare.git"]);
    let from = origin.to_str().unwrap();
    let around = place.project("around");
    place.run(&around, &["submodule", "--quiet", "add", from, "inside"]);
    for (number, (folder, reference)) in [
        (place.path("clone"), "refs/remotes/origin/design"),
        (place.path("bare.git"), DESIGN),
        (around.join("inside"), "refs/remotes/origin/design"),
    ]
    .into_iter()
    .enumerate()
    {
        let ours = place.path("ours").join(number.to_string());
        let repository = place.find(&folder);
        let checkout = repository.prepare(reference, &ours).unwrap();
        assert_eq!(checkout.state, CheckoutState::Made);
        assert_eq!(page(&ours), "first\n");
        assert!(repository.changes(&ours).unwrap().is_clean());
        let state = repository.prepare(reference, &ours).unwrap().state;
        assert_eq!(state, CheckoutState::Current);
        repository.remove(&ours).unwrap();
        assert!(!ours.exists());
    }
}

#[test]
fn worktree_lies_on_another_disk() {
    let memory = Path::new("/dev/shm");
    if !memory.is_dir() {
        return;
    }
    let (place, other) = (Place::new(), Place::on(memory));
    let (folder, repository, _) = shop(&place);
    let ours = other.path("design");
    let prepare = || repository.prepare(DESIGN, &ours).unwrap().state;
    assert_eq!(prepare(), CheckoutState::Made);
    advance(&place, &folder, "second\n", 2000);
    assert!(matches!(prepare(), CheckoutState::Moved { .. }));
    assert_eq!(page(&ours), "second\n");
    repository.remove(&ours).unwrap();
    assert!(!ours.exists());
}

#[cfg(unix)]
#[test]
fn folder_behind_a_link_is_the_same_folder() {
    let place = Place::new();
    let (_, repository, ours) = shop(&place);
    let link = place.path("link");
    std::os::unix::fs::symlink(place.path("ours"), &link).unwrap();
    repository.prepare(DESIGN, &ours).unwrap();
    let checkout = repository.prepare(DESIGN, &link.join("design")).unwrap();
    assert_eq!(checkout.state, CheckoutState::Current);
    assert_eq!(checkout.path, ours);
}

#[cfg(unix)]
#[test]
fn hooks_of_the_repository_do_not_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    let (hook, proof) = (folder.join(".git/hooks/post-checkout"), place.path("ran"));
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, format!("#!/bin/sh\ntouch {}\n", proof.display())).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    repository.prepare(DESIGN, &ours).unwrap();
    advance(&place, &folder, "second\n", 2000);
    // That was the fixture's own git.
    fs::remove_file(&proof).unwrap();
    let state = repository.prepare(DESIGN, &ours).unwrap().state;
    assert!(matches!(state, CheckoutState::Moved { .. }));
    assert!(!proof.exists());
}

#[cfg(unix)]
#[test]
fn git_that_never_ends_is_ended_with_all_that_it_started() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let folder = place.project("shop");
    let (program, held) = (place.path("slow-git"), place.path("held"));
    let made = std::process::Command::new("mkfifo").arg(&held).status();
    assert!(made.unwrap().success());
    // Both it and what it started hold the pipe, and none of our own.
    let script = format!(
        "#!/bin/sh\nexec 3>{}\necho begun >&3\nsleep 600 >/dev/null 2>&1 &\nsleep 600\n",
        held.display()
    );
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || tell.send(fs::read_to_string(held)));
    let git = tripledash_git::Git {
        program,
        looking: std::time::Duration::from_secs(2),
        ..place.git()
    };
    let repository = Repository::find_with(&folder, git).unwrap();
    let error = repository.changes(&folder).unwrap_err();
    assert!(matches!(error, GitFailed::TooLong { .. }), "{error:?}");
    let said = error.to_string();
    assert!(said.ends_with("took longer than 2 seconds"), "{said}");
    // The pipe ends when the last of them does.
    let read = told.recv_timeout(std::time::Duration::from_secs(20));
    assert_eq!(read.unwrap().unwrap(), "begun\n");
}
