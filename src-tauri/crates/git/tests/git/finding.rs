//! Which repository a folder is in, and what is said where there is none.

use std::fs;

use tripledash_git::{Git, Head, NotOpened, Repository};

use crate::support::Place;

#[test]
fn folder_inside_finds_its_repository() {
    let place = Place::new();
    let folder = place.project("shop");
    let inside = folder.join("apps/web");
    fs::create_dir_all(&inside).unwrap();
    let repository = place.find(&inside);
    assert_eq!(repository.root(), Some(folder.as_path()));
    assert_eq!(repository.prefix(), std::path::Path::new("apps/web"));
    assert_eq!(repository.common_dir(), folder.join(".git"));
}

#[test]
fn folder_without_a_repository_is_named() {
    let place = Place::new();
    let folder = place.path("plain");
    fs::create_dir(&folder).unwrap();
    let error = Repository::find_with(&folder, place.git()).unwrap_err();
    assert!(
        matches!(error, NotOpened::NotARepository { .. }),
        "{error:?}"
    );
    assert_eq!(
        error.to_string(),
        format!(
            "{} is not in a git repository: choose a folder of a clone, or run `git init` there",
            folder.display()
        )
    );
}

#[test]
fn missing_folder_and_file_are_told_from_no_repository() {
    let place = Place::new();
    let folder = place.project("shop");
    for path in [folder.join("gone"), folder.join("page.txt")] {
        let error = Repository::find_with(&path, place.git()).unwrap_err();
        assert!(matches!(error, NotOpened::NoFolder { .. }), "{error:?}");
    }
}

#[test]
fn bare_repository_lists_its_branches() {
    let place = Place::new();
    let folder = place.project("shop");
    place.run(
        &place.path(""),
        &["clone", "--quiet", "--bare", "shop", "shop.git"],
    );
    let repository = place.find(&place.path("shop.git"));
    assert_eq!(repository.root(), None);
    let branches = repository.branches(10).unwrap().branches;
    assert_eq!(branches.len(), 1);
    assert_eq!(branches[0].name, "main");
    assert_eq!(branches[0].worktree, None);
    assert!(repository.worktrees().unwrap().is_empty());
    drop(folder);
}

#[test]
fn repository_without_a_commit_has_an_unborn_branch() {
    let place = Place::new();
    let folder = place.init("shop");
    let branches = place.find(&folder).branches(10).unwrap();
    let name = "main".to_owned();
    assert_eq!(branches.head, Head::Unborn { name });
    assert!(branches.branches.is_empty());
}

#[test]
fn git_file_that_leads_nowhere_is_told_and_not_skipped() {
    let place = Place::new();
    let folder = place.project("shop");
    let inside = folder.join("module");
    fs::create_dir(&inside).unwrap();
    fs::write(inside.join(".git"), "gitdir: ../nowhere\n").unwrap();
    fs::create_dir(inside.join("src")).unwrap();
    for from in [inside.clone(), inside.join("src")] {
        let error = Repository::find_with(&from, place.git()).unwrap_err();
        let NotOpened::LeadsNowhere { file, to } = error else {
            panic!("{error:?}");
        };
        assert_eq!(file, inside.join(".git"));
        assert_eq!(to, inside.join("../nowhere"));
    }
}

#[test]
fn broken_configuration_is_unreadable() {
    let place = Place::new();
    let folder = place.project("shop");
    fs::write(folder.join(".git/config"), "[core\nbare = maybe").unwrap();
    let error = Repository::find_with(&folder, place.git()).unwrap_err();
    assert!(matches!(error, NotOpened::Unreadable { .. }), "{error:?}");
}

#[test]
fn branches_in_an_unknown_format_are_said_so() {
    let place = Place::new();
    let folder = place.project("shop");
    // As git makes it from 2.45 on.
    place.run(&folder, &["config", "core.repositoryFormatVersion", "1"]);
    let configuration = folder.join(".git/config");
    let text = fs::read_to_string(&configuration).unwrap();
    let extension = "[extensions]\nrefStorage = reftable\n";
    fs::write(configuration, text + extension).unwrap();
    let error = Repository::find_with(&folder, place.git()).unwrap_err();
    let NotOpened::UnknownFormat { format, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(format, "reftable");
}

#[test]
fn repository_with_sha256_is_read() {
    let place = Place::new();
    let folder = place.path("shop");
    fs::create_dir(&folder).unwrap();
    place.run(&folder, &["init", "--quiet", "--object-format=sha256"]);
    let id = place.change(&folder, "page.txt", "first\n", 1000);
    assert_eq!(id.len(), 64);
    assert_eq!(place.branch(&folder, "main").commit.id, id);
}

#[test]
fn submodule_is_a_repository_of_its_own() {
    let place = Place::new();
    let library = place.project("library");
    let folder = place.project("shop");
    let from = library.to_str().unwrap();
    place.run(&folder, &["submodule", "--quiet", "add", from, "library"]);
    let inside = folder.join("library");
    let repository = place.find(&inside);
    assert_eq!(repository.root(), Some(inside.as_path()));
    assert_eq!(repository.common_dir(), folder.join(".git/modules/library"));
    assert_eq!(repository.branches(10).unwrap().branches[0].name, "main");
    let [main] = &repository.worktrees().unwrap()[..] else {
        panic!("one checkout");
    };
    assert_eq!(main.path, inside);
}

#[test]
fn variables_of_another_repository_are_not_ours() {
    // A test binary's environment cannot be changed; the fixture's own git has GIT_DIR here.
    let place = Place::new();
    let folder = place.project("shop");
    let other = place.project("other");
    place.change(&other, "page.txt", "second\n", 2000);
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "finding::reads_the_named_folder", "--ignored"])
        .env("GIT_DIR", other.join(".git"))
        .env("GIT_WORK_TREE", &other)
        .env("GIT_INDEX_FILE", other.join(".git/index"))
        .env("TRIPLEDASH_TEST_FOLDER", &folder)
        .env("TRIPLEDASH_TEST_CONFIGURATION", place.configuration())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

#[test]
#[ignore = "run by the test above, in an environment of its own"]
fn reads_the_named_folder() {
    let folder = std::path::PathBuf::from(std::env::var_os("TRIPLEDASH_TEST_FOLDER").unwrap());
    let git = Git {
        configuration: std::env::var_os("TRIPLEDASH_TEST_CONFIGURATION").map(Into::into),
        ..Git::default()
    };
    let repository = Repository::find_with(&folder, git).unwrap();
    assert_eq!(repository.root(), Some(folder.as_path()));
    let branches = repository.branches(10).unwrap().branches;
    assert_eq!(branches[0].commit.subject, "First");
    fs::write(folder.join("page.txt"), "changed\n").unwrap();
    assert_eq!(repository.changes(&folder).unwrap().changed, 1);
}

#[cfg(unix)]
#[test]
fn repository_that_may_not_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    let folder = place.project("shop");
    let permit = |path: &std::path::Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    for part in [".git", ".git/HEAD", ".git/refs/heads"] {
        let path = folder.join(part);
        permit(&path, 0);
        let answer = Repository::find_with(&folder, place.git())
            .map_err(|error| format!("{error:?}"))
            .and_then(|found| found.branches(10).map_err(|error| format!("{error:?}")));
        // The superuser may read everything.
        let may_read = fs::read(&path).is_ok() || fs::read_dir(&path).is_ok();
        permit(&path, 0o755);
        let said = match answer {
            Ok(branches) => format!("{:?}", branches.broken),
            Err(said) => said,
        };
        assert!(may_read || said.contains("denied"), "{part}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn repository_of_another_owner_is_read_when_git_trusts_it() {
    let place = Place::new();
    let folder = place.project("shop");
    let another = std::os::unix::fs::MetadataExt::uid(&fs::metadata(&folder).unwrap()) + 1;
    let chown = |path: &std::path::Path| std::os::unix::fs::chown(path, Some(another), None);
    if chown(&folder).is_err() {
        // Only the superuser can give a folder away.
        return;
    }
    chown(&folder.join(".git")).unwrap();
    let error = Repository::find_with(&folder, place.git()).unwrap_err();
    let NotOpened::Unsafe { mend, said, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(
        mend,
        &format!(
            "git config --global --add safe.directory {}",
            folder.display()
        )
    );
    assert!(said.contains("dubious ownership"), "{said}");

    // With its own configuration, which may say where its files are.
    let files = place.path("files");
    fs::create_dir(&files).unwrap();
    let path = files.to_str().unwrap();
    place.run(
        &place.path(""),
        &[
            "config",
            "--file",
            "shop/.git/config",
            "core.worktree",
            path,
        ],
    );
    let configuration = place.configuration();
    let file = configuration.to_str().unwrap();
    let add = ["config", "--file", file, "--add", "safe.directory", "*"];
    place.run(&place.path(""), &add);
    let repository = place.find(&folder);
    assert_eq!(repository.root(), Some(files.as_path()));
    assert_eq!(repository.branches(10).unwrap().branches[0].name, "main");
}

#[test]
fn remote_is_named_without_its_secrets() {
    let place = Place::new();
    for (url, shown) in [
        (
            "https://ada:secret@git.example.com/acme/shop.git",
            "git.example.com/acme/shop",
        ),
        (
            "https://token@git.example.com:8443/acme/shop/",
            "git.example.com:8443/acme/shop",
        ),
        (
            "git@git.example.com:acme/shop.git",
            "git.example.com/acme/shop",
        ),
        (
            "ssh://git:secret@git.example.com/acme/shop",
            "git.example.com/acme/shop",
        ),
        ("/srv/git/sh@p.git", "/srv/git/sh@p"),
    ] {
        let folder = place.init("shop");
        place.run(&folder, &["remote", "add", "origin", url]);
        let remote = place.find(&folder).remote().unwrap();
        assert_eq!(remote.as_deref(), Some(shown));
        fs::remove_dir_all(folder).unwrap();
    }
}

#[test]
fn git_that_is_not_installed_is_said_so() {
    let place = Place::new();
    let folder = place.project("shop");
    let git = Git {
        program: "no-such-git".into(),
        ..place.git()
    };
    // Reading needs none.
    let repository = Repository::find_with(&folder, git).unwrap();
    assert_eq!(repository.branches(10).unwrap().branches.len(), 1);
    let error = repository.changes(&folder).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no-such-git was not found in PATH: install git, or add its folder to PATH"
    );
}
