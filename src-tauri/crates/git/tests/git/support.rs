//! Repositories in temporary folders.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;
use tripledash_git::{Branch, Git, Repository};

/// A folder for repositories, gone with its value.
pub struct Place {
    folder: TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self::on(&std::env::temp_dir())
    }

    pub fn on(disk: &Path) -> Self {
        let folder = tempfile::Builder::new().prefix("git-").tempdir_in(disk);
        let place = Self {
            folder: folder.unwrap(),
        };
        fs::write(
            place.configuration(),
            "[user]\nname = Ada\nemail = ada@example.com\n[init]\ndefaultBranch = main\n\
             [protocol \"file\"]\nallow = always\n",
        )
        .unwrap();
        place
    }

    /// As the system names it, without links.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    pub fn configuration(&self) -> PathBuf {
        self.path("gitconfig")
    }

    /// The `git` that only this place's configuration reaches.
    pub fn git(&self) -> Git {
        Git {
            configuration: Some(self.configuration()),
            ..Git::default()
        }
    }

    /// Runs git, and gives what it printed.
    pub fn run(&self, folder: &Path, arguments: &[&str]) -> String {
        self.feed(folder, arguments, "")
    }

    pub fn feed(&self, folder: &Path, arguments: &[&str], input: &str) -> String {
        let mut command = Command::new("git");
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("GIT_") {
                command.env_remove(name);
            }
        }
        let mut child = command
            .env("GIT_CONFIG_GLOBAL", self.configuration())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .arg("-C")
            .arg(folder)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// A repository without a commit.
    pub fn init(&self, name: &str) -> PathBuf {
        let folder = self.path(name);
        fs::create_dir_all(&folder).unwrap();
        self.run(&folder, &["init", "--quiet"]);
        folder
    }

    /// A repository with a commit on `main`.
    pub fn project(&self, name: &str) -> PathBuf {
        let folder = self.init(name);
        fs::write(folder.join("page.txt"), "first\n").unwrap();
        self.run(&folder, &["add", "."]);
        self.commit(&folder, "First", 1000);
        folder
    }

    /// Commits what is staged, at a time of its own, and gives its id.
    pub fn commit(&self, folder: &Path, subject: &str, time: i64) -> String {
        let date = format!("{time} +0000");
        // Made from its parts, so that its time and its author are the test's own.
        let tree = self.run(folder, &["write-tree"]);
        let parent = self.run(folder, &["rev-parse", "--revs-only", "HEAD"]);
        let parents = match parent.as_str() {
            "" => String::new(),
            id => format!("parent {id}\n"),
        };
        let author = format!("Author of {subject}");
        let text = format!(
            "tree {tree}\n{parents}author {author} <a@example.com> {date}\n\
             committer {author} <a@example.com> {date}\n\n{subject}\n"
        );
        let hash = ["hash-object", "-t", "commit", "-w", "--stdin"];
        let id = self.feed(folder, &hash, &text);
        self.run(folder, &["update-ref", "HEAD", &id]);
        id
    }

    /// Writes a file and commits it.
    pub fn change(&self, folder: &Path, file: &str, content: &str, time: i64) -> String {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self.run(folder, &["add", "--", file]);
        self.commit(folder, content.lines().next().unwrap_or_default(), time)
    }

    pub fn find(&self, folder: &Path) -> Repository {
        Repository::find_with(folder, self.git()).unwrap()
    }

    pub fn branch(&self, folder: &Path, name: &str) -> Branch {
        let branches = self.find(folder).branches(1000).unwrap().branches;
        let found = branches.iter().find(|branch| branch.name == name);
        found
            .unwrap_or_else(|| panic!("no {name} in {branches:#?}"))
            .clone()
    }
}

/// The branch that most of this is about.
pub const DESIGN: &str = "refs/heads/design";

/// A project on `main` with another branch, and where that one is to run.
pub fn shop(place: &Place) -> (PathBuf, Repository, PathBuf) {
    let folder = place.project("shop");
    place.run(&folder, &["branch", "design"]);
    let repository = place.find(&folder);
    (folder, repository, place.path("ours/design"))
}

/// Commits on `design` from a checkout of its own, and gives the commit.
pub fn advance(place: &Place, folder: &Path, file: &str, content: &str, time: i64) -> String {
    let other = place.path("elsewhere");
    let path = other.to_str().unwrap();
    place.run(folder, &["worktree", "add", "--quiet", path, "design"]);
    let id = place.change(&other, file, content, time);
    place.run(folder, &["worktree", "remove", path]);
    id
}

/// The file that every project begins with.
pub fn page(folder: &Path) -> String {
    fs::read_to_string(folder.join("page.txt")).unwrap()
}
