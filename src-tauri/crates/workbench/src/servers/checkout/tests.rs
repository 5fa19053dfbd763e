//! With real repositories.

use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::testing::git;

/// A repository with the branches `main`, which is checked out, and `design`, and a folder for us.
struct Shop {
    home: TempDir,
}

impl Shop {
    fn new() -> Self {
        let shop = Self {
            home: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(shop.app()).unwrap();
        fs::write(shop.app().join("package-lock.json"), "{}").unwrap();
        shop.git(&["init", "-q"]);
        shop.git(&["add", "-A"]);
        shop.git(&["commit", "-qm", "the first"]);
        shop.git(&["branch", "design"]);
        shop
    }

    fn app(&self) -> PathBuf {
        self.home.path().join("shop")
    }

    fn git(&self, arguments: &[&str]) {
        git(&self.app(), arguments);
    }

    fn order(&self, reference: &str) -> CheckoutOrder {
        let (_, branch) = reference.rsplit_once('/').unwrap();
        CheckoutOrder {
            key: ServerKey {
                repository: self.app().join(".git"),
                app: PathBuf::new(),
                reference: reference.to_owned(),
            },
            branch: branch.to_owned(),
            source: GitSource {
                folder: ".".to_owned(),
                setup: Some("install".to_owned()),
                dev: Some("serve".to_owned()),
                copy: Vec::new(),
            },
            app: self.app(),
            data_dir: self.home.path().join("data"),
        }
    }

    fn prepare(&self, reference: &str) -> Ready {
        let git = crate::git::git(&CancellationToken::new());
        self.order(reference).prepare(git).unwrap()
    }

    /// Prepares a branch, and its setup runs well where it has to. Whether it had to.
    fn set_up(&self, reference: &str) -> bool {
        let ready = self.break_off(reference);
        if let Some(installed) = &ready.setup {
            keep(&ready.stamp, installed).unwrap();
        }
        ready.setup.is_some()
    }

    /// Prepares a branch, and its setup begins where it has to, and does not come to its end.
    fn break_off(&self, reference: &str) -> Ready {
        let ready = self.prepare(reference);
        if let Some(installed) = &ready.setup {
            begin(&ready.stamp, installed).unwrap();
        }
        ready
    }
}

const MAIN: &str = "refs/heads/main";
const DESIGN: &str = "refs/heads/design";

#[test]
fn worktree_that_was_made_anew_is_set_up_anew() {
    let shop = Shop::new();
    assert!(shop.set_up(DESIGN));
    assert!(!shop.set_up(DESIGN));
    // Somebody wants its place on the disk.
    fs::remove_dir_all(shop.prepare(DESIGN).checkout.path).unwrap();
    let ready = shop.prepare(DESIGN);
    assert_eq!(ready.checkout.state, CheckoutState::Made);
    assert!(ready.setup.is_some());
    // It came to nothing, so it runs again, though the worktree is there.
    let ready = shop.prepare(DESIGN);
    assert_eq!(ready.checkout.state, CheckoutState::Current);
    assert!(ready.setup.is_some());
}

#[test]
fn what_was_installed_in_place_is_not_in_a_worktree() {
    let shop = Shop::new();
    fs::create_dir(shop.app().join("node_modules")).unwrap();
    assert!(!shop.set_up(MAIN));
    shop.git(&["checkout", "-q", "-b", "other"]);
    assert!(shop.set_up(MAIN));
}

#[test]
fn setup_that_came_to_nothing_runs_again_for_what_was_installed_before() {
    let shop = Shop::new();
    let worktree = shop.prepare(DESIGN).checkout.path;
    assert!(shop.set_up(DESIGN));
    let lock = worktree.join("package-lock.json");
    fs::write(&lock, "{ }").unwrap();
    // This one deletes what was there, and is ended.
    assert!(shop.break_off(DESIGN).setup.is_some());
    fs::write(&lock, "{}").unwrap();
    assert!(shop.prepare(DESIGN).setup.is_some());
}

#[test]
fn setup_that_came_to_nothing_in_place_runs_again() {
    let shop = Shop::new();
    fs::create_dir(shop.app().join("node_modules")).unwrap();
    assert!(!shop.set_up(MAIN));
    fs::write(shop.app().join("package-lock.json"), "{ }").unwrap();
    // One that is only prepared has undone nothing.
    assert!(shop.prepare(MAIN).setup.is_some());
    assert!(shop.break_off(MAIN).setup.is_some());
    // The folder is there still, with half of what belongs into it.
    assert!(shop.break_off(MAIN).setup.is_some());
    assert!(shop.set_up(MAIN));
    assert!(!shop.set_up(MAIN));
}

/// What lies in the person's own checkout is of the folder, whatever branch is there.
#[test]
fn what_is_installed_in_place_is_the_folders() {
    let shop = Shop::new();
    fs::create_dir(shop.app().join("node_modules")).unwrap();
    assert!(!shop.set_up(MAIN));
    shop.git(&["checkout", "-q", "-b", "other"]);
    // Its lock file is another than the one that the packages are of.
    fs::write(shop.app().join("package-lock.json"), "{ }").unwrap();
    assert!(shop.break_off("refs/heads/other").setup.is_some());
    // And half of them is there now, also for the other branch.
    fs::write(shop.app().join("package-lock.json"), "{}").unwrap();
    shop.git(&["checkout", "-q", "main"]);
    assert!(shop.set_up(MAIN));
    assert!(!shop.set_up(MAIN));
}

/// The start of a worktree that was made anew ends before anything is known of its setup.
#[test]
fn worktree_that_was_made_anew_is_set_up_though_its_start_broke_off() {
    let shop = Shop::new();
    assert!(shop.set_up(DESIGN));
    fs::remove_dir_all(shop.prepare(DESIGN).checkout.path).unwrap();
    let mut order = shop.order(DESIGN);
    order.source.copy = vec!["../outside".to_owned()];
    let git = crate::git::git(&CancellationToken::new());
    order.prepare(git).unwrap_err();
    let ready = shop.prepare(DESIGN);
    assert_eq!(ready.checkout.state, CheckoutState::Current);
    assert!(ready.setup.is_some());
}

#[test]
fn what_was_installed_in_a_worktree_says_nothing_of_the_persons_own() {
    let shop = Shop::new();
    assert!(shop.set_up(DESIGN));
    fs::remove_dir_all(shop.prepare(DESIGN).checkout.path).unwrap();
    shop.git(&["worktree", "prune"]);
    fs::create_dir(shop.app().join("node_modules")).unwrap();
    shop.git(&["checkout", "-q", "design"]);
    assert!(!shop.set_up(DESIGN));
    shop.git(&["checkout", "-q", "main"]);
    assert!(!shop.set_up(MAIN));
}

#[test]
fn branches_of_one_name_have_checkouts_of_their_own() {
    let shop = Shop::new();
    let remote = "refs/remotes/origin/design";
    shop.git(&["update-ref", remote, "main"]);
    let local = shop.prepare(DESIGN);
    let remote = shop.prepare(remote);
    assert_ne!(local.checkout.path, remote.checkout.path);
    assert_ne!(local.stamp, remote.stamp);
    assert_eq!(remote.checkout.state, CheckoutState::Made);
}

#[test]
fn search_that_was_given_up_is_told_of() {
    let copied = Copied {
        is_incomplete: true,
        ..Copied::default()
    };
    let remark = left_alone(&copied).unwrap();
    assert!(remark.contains("not every folder was searched"), "{remark}");
    assert_eq!(left_alone(&Copied::default()), None);
}
