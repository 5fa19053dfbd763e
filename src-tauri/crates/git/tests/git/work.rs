//! Work in a worktree of ours: it is never lost.

use std::fs;
use std::path::{Path, PathBuf};

use tripledash_git::{Changes, Checkout, CheckoutState, Work};

use crate::support::{DESIGN, Place, advance, page, shop};

fn kept(checkout: Checkout) -> Work {
    match checkout.state {
        CheckoutState::Kept { work, .. } => work,
        other => panic!("{other:?}"),
    }
}

#[test]
fn changed_file_keeps_the_worktree() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    let first = repository.prepare(DESIGN, &ours).unwrap().commit;
    let second = advance(&place, &folder, "page.txt", "second\n", 2000);
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
    advance(&place, &folder, "page.txt", "second\n", 2000);
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert!(matches!(checkout.state, CheckoutState::Moved { .. }));
    assert_eq!(
        fs::read_to_string(ours.join("notes.txt")).unwrap(),
        "mine\n"
    );

    advance(&place, &folder, "notes.txt", "theirs\n", 3000);
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
    let second = advance(&place, &folder, "page.txt", "second\n", 3000);
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
    advance(&place, &folder, "page.txt", "second\n", 2000);
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
fn ignored_file_that_somebody_edited_is_never_overwritten() {
    let place = Place::new();
    let (folder, _, ours) = shop(&place);
    place.change(&folder, ".gitignore", ".env\n", 1500);
    place.run(&folder, &["branch", "--force", "design", "main"]);
    let repository = place.find(&folder);
    let first = repository.prepare(DESIGN, &ours).unwrap().commit;
    fs::write(ours.join(".env"), "KEY=mine\n").unwrap();
    commit_ignored(&place, &folder, &[(".env".to_owned(), "KEY=theirs\n")]);

    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(checkout.commit, first);
    let work = kept(checkout);
    let Work::InTheWay { said } = &work else {
        panic!("{work:?}");
    };
    assert!(said.contains(".env"), "{said}");
    let env = || fs::read_to_string(ours.join(".env")).unwrap();
    assert_eq!(env(), "KEY=mine\n");

    // One that is just as we copied it is nobody's work.
    fs::remove_file(ours.join(".env")).unwrap();
    fs::write(folder.join(".env"), "KEY=1\n").unwrap();
    let copied = repository.copy(&[".env".to_owned()], &ours).unwrap();
    assert_eq!(copied.copied.len(), 1);
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(checkout.state, CheckoutState::Moved { from: first });
    assert_eq!(env(), "KEY=theirs\n");
}

#[test]
fn commit_that_only_a_stash_leads_to_keeps_the_worktree() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    repository.prepare(DESIGN, &ours).unwrap();
    let last = place.change(&ours, "page.txt", "mine\n", 2000);
    fs::write(ours.join("page.txt"), "for later\n").unwrap();
    place.run(&ours, &["stash", "--quiet"]);
    advance(&place, &folder, "page.txt", "second\n", 3000);
    let work = kept(repository.prepare(DESIGN, &ours).unwrap());
    assert_eq!(work, Work::Commits { last });
}

/// A branch whose last commit has these files, which are ignored, made elsewhere.
fn commit_ignored(place: &Place, folder: &Path, files: &[(String, &str)]) {
    let other = place.path("elsewhere");
    let path = other.to_str().unwrap();
    place.run(folder, &["worktree", "add", "--quiet", path, "design"]);
    for (name, content) in files {
        let file = other.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }
    place.run(&other, &["add", "--force", "--all"]);
    place.commit(&other, "Adds what is ignored", 2000);
    place.run(folder, &["worktree", "remove", "--force", path]);
}

#[test]
fn what_is_in_the_way_is_told_however_much_there_is() {
    let place = Place::new();
    let (folder, _, ours) = shop(&place);
    place.change(&folder, ".gitignore", "generated\nplan\n", 1500);
    place.run(&folder, &["branch", "--force", "design", "main"]);
    let repository = place.find(&folder);
    let first = repository.prepare(DESIGN, &ours).unwrap().commit;
    let name = |number: usize| format!("generated/a-file-with-a-long-name-{number:04}.txt");
    fs::create_dir(ours.join("generated")).unwrap();
    for number in 0..300 {
        fs::write(ours.join(name(number)), "mine\n").unwrap();
    }
    let theirs: Vec<_> = (0..300).map(|number| (name(number), "theirs\n")).collect();
    commit_ignored(&place, &folder, &theirs);
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(checkout.commit, first);
    let Work::InTheWay { said } = kept(checkout) else {
        panic!("nothing is in the way");
    };
    assert!(
        said.contains(&name(0)) && said.ends_with("Aborting"),
        "{said}"
    );
    assert!(said.len() < 2100, "{}", said.len());
    let mine = fs::read_to_string(ours.join(name(150))).unwrap();
    assert_eq!(mine, "mine\n");

    // A folder where the branch has a file.
    fs::remove_dir_all(ours.join("generated")).unwrap();
    fs::create_dir(ours.join("plan")).unwrap();
    fs::write(ours.join("plan/a.txt"), "mine\n").unwrap();
    commit_ignored(&place, &folder, &[("plan".to_owned(), "theirs\n")]);
    let work = kept(repository.prepare(DESIGN, &ours).unwrap());
    assert!(matches!(work, Work::InTheWay { .. }), "{work:?}");
    assert_eq!(
        fs::read_to_string(ours.join("plan/a.txt")).unwrap(),
        "mine\n"
    );
}

#[test]
fn copies_are_put_back_where_the_worktree_stays() {
    let place = Place::new();
    let (folder, _, ours) = shop(&place);
    place.change(&folder, ".gitignore", ".env*\n", 1500);
    place.run(&folder, &["branch", "--force", "design", "main"]);
    fs::write(folder.join(".env"), "KEY=1\n").unwrap();
    let repository = place.find(&folder);
    repository.prepare(DESIGN, &ours).unwrap();
    let copied = repository.copy(&[".env".to_owned()], &ours).unwrap();
    assert_eq!(copied.copied.len(), 1);
    fs::write(ours.join(".env.mine"), "KEY=mine\n").unwrap();
    let theirs = [".env", ".env.mine"].map(|name| (name.to_owned(), "KEY=theirs\n"));
    commit_ignored(&place, &folder, &theirs);
    let work = kept(repository.prepare(DESIGN, &ours).unwrap());
    assert!(matches!(work, Work::InTheWay { .. }), "{work:?}");
    let read = |name: &str| fs::read_to_string(ours.join(name)).unwrap();
    assert_eq!(
        (read(".env"), read(".env.mine")),
        ("KEY=1\n".to_owned(), "KEY=mine\n".to_owned())
    );

    // It is a copy still, so it is no hindrance once the other one is gone.
    fs::remove_file(ours.join(".env.mine")).unwrap();
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert!(matches!(checkout.state, CheckoutState::Moved { .. }));
    assert_eq!(read(".env"), "KEY=theirs\n");
}

#[cfg(unix)]
#[test]
fn no_copy_is_taken_away_through_a_link() {
    let place = Place::new();
    let (folder, _, ours) = shop(&place);
    place.change(&folder, ".gitignore", "certs\n", 1500);
    place.run(&folder, &["branch", "--force", "design", "main"]);
    fs::create_dir(folder.join("certs")).unwrap();
    fs::write(folder.join("certs/a.pem"), "a key\n").unwrap();
    let repository = place.find(&folder);
    repository.prepare(DESIGN, &ours).unwrap();
    let copied = repository.copy(&["certs/".to_owned()], &ours).unwrap();
    assert_eq!(copied.copied.len(), 1);
    fs::remove_dir_all(ours.join("certs")).unwrap();
    std::os::unix::fs::symlink(folder.join("certs"), ours.join("certs")).unwrap();
    commit_ignored(&place, &folder, &[("certs/a.pem".to_owned(), "another\n")]);
    let work = kept(repository.prepare(DESIGN, &ours).unwrap());
    assert!(matches!(work, Work::InTheWay { .. }), "{work:?}");
    let own = fs::read_to_string(folder.join("certs/a.pem")).unwrap();
    assert_eq!(own, "a key\n");
}
