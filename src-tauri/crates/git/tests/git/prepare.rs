//! Folders for branches to run in.

use std::fs;
#[cfg(target_os = "linux")]
use std::path::Path;

use tripledash_git::{Changes, CheckoutState, Head, NotPrepared};

use crate::support::{DESIGN, Place, advance, page, shop};

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

    let second = advance(&place, &folder, "page.txt", "second\n", 2000);
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
        assert_eq!(repository.changes(&ours).unwrap(), Changes::default());
        let state = repository.prepare(reference, &ours).unwrap().state;
        assert_eq!(state, CheckoutState::Current);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn worktree_lies_on_another_disk() {
    use std::os::unix::fs::MetadataExt as _;
    // In memory, so never the disk that holds temporary folders beside it.
    let (place, other) = (Place::new(), Place::on(Path::new("/dev/shm")));
    let disk = |place: &Place| fs::metadata(place.path("")).unwrap().dev();
    assert_ne!(disk(&place), disk(&other), "both are on one disk");
    let (folder, repository, _) = shop(&place);
    let ours = other.path("design");
    let prepare = || repository.prepare(DESIGN, &ours).unwrap().state;
    assert_eq!(prepare(), CheckoutState::Made);
    advance(&place, &folder, "page.txt", "second\n", 2000);
    assert!(matches!(prepare(), CheckoutState::Moved { .. }));
    assert_eq!(page(&ours), "second\n");
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
