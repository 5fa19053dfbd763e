//! What stands where a worktree is to be.

use std::fs;
use std::path::Path;

use tripledash_git::{CheckoutState, NotPrepared};

use crate::support::{DESIGN, Place, page, shop};

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
    place.run(&folder, &["worktree", "remove", path]);
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
fn worktree_that_was_only_to_be_unlocked_is_whole() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    let path = ours.to_str().unwrap();
    let reason = "tripledash is making this worktree";
    let lock = ["worktree", "lock", "--reason", reason, path];
    repository.prepare(DESIGN, &ours).unwrap();
    // As we leave it when we are ended after it is ours.
    place.run(&folder, &lock);
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(checkout.state, CheckoutState::Current);
    assert_eq!(repository.worktrees().unwrap()[1].locked, None);

    place.run(&folder, &lock);
    fs::remove_dir_all(&ours).unwrap();
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(checkout.state, CheckoutState::Made);
}
