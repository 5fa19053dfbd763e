//! What git runs, and how it ends.
#![cfg(unix)]

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use tripledash_git::{Changes, CheckoutState, Git, GitFailed, NotPrepared, Repository, Stop};

use crate::support::{DESIGN, Place, advance, page, shop};

/// No wait here is as long as this.
const LONG: Duration = Duration::from_secs(20);

fn script(path: &Path, lines: &str) {
    fs::write(path, format!("#!/bin/sh\n{lines}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A pipe with a name. Each of its lines is told, and `None` once nobody holds it any more.
fn pipe(path: &Path) -> Receiver<Option<String>> {
    use std::io::{BufRead as _, BufReader};
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
    let (tell, told) = mpsc::channel();
    let path = path.to_owned();
    thread::spawn(move || {
        let lines = BufReader::new(File::open(path).unwrap()).lines();
        for line in lines {
            let _ = tell.send(Some(line.unwrap()));
        }
        let _ = tell.send(None);
    });
    told
}

/// A `git` that, and all that it starts, holds the pipe, and does not end.
fn endless(place: &Place, held: &Path) -> PathBuf {
    let program = place.path("slow-git");
    let held = held.display();
    let lines = format!("exec 3>{held}\necho begun >&3\nsleep 600 >/dev/null 2>&1 &\nsleep 600");
    script(&program, &lines);
    program
}

/// What stops git, and its switch.
fn switch() -> (Stop, Arc<AtomicBool>) {
    let asked = Arc::new(AtomicBool::new(false));
    let reading = Arc::clone(&asked);
    (Stop::when(move || reading.load(Ordering::SeqCst)), asked)
}

#[test]
fn hooks_of_the_repository_do_not_run() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    let (hook, proof) = (folder.join(".git/hooks/post-checkout"), place.path("ran"));
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    script(&hook, &format!("touch {}", proof.display()));
    repository.prepare(DESIGN, &ours).unwrap();
    advance(&place, &folder, "page.txt", "second\n", 2000);
    // That was the fixture's own git.
    fs::remove_file(&proof).unwrap();
    let state = repository.prepare(DESIGN, &ours).unwrap().state;
    assert!(matches!(state, CheckoutState::Moved { .. }));
    assert!(!proof.exists());
}

#[test]
fn git_that_never_ends_is_ended_at_its_deadline() {
    let place = Place::new();
    let folder = place.project("shop");
    let program = place.path("slow-git");
    script(&program, "sleep 600");
    let looking = Duration::from_millis(1);
    let git = Git {
        program,
        looking,
        ..place.git()
    };
    let repository = Repository::find_with(&folder, git).unwrap();
    let error = repository.changes(&folder).unwrap_err();
    assert!(
        matches!(error, GitFailed::TooLong { deadline, .. } if deadline == looking),
        "{error:?}"
    );
}

#[test]
fn git_that_is_asked_to_stop_ends_with_all_that_it_started() {
    let place = Place::new();
    let (folder, held) = (place.project("shop"), place.path("held"));
    let told = pipe(&held);
    let (stop, asked) = switch();
    let git = Git {
        program: endless(&place, &held),
        stop,
        ..place.git()
    };
    let repository = Repository::find_with(&folder, git).unwrap();
    let error = thread::scope(|scope| {
        let changes = scope.spawn(|| repository.changes(&folder).unwrap_err());
        let begun = told.recv_timeout(LONG).unwrap();
        assert_eq!(begun.as_deref(), Some("begun"));
        asked.store(true, Ordering::SeqCst);
        changes.join().unwrap()
    });
    assert!(matches!(error, GitFailed::Stopped { .. }), "{error:?}");
    // The pipe ends when the last of them does.
    assert_eq!(told.recv_timeout(LONG).unwrap(), None);
    // And from now on nothing is begun.
    let error = repository.changes(&folder).unwrap_err();
    assert!(matches!(error, GitFailed::Stopped { .. }), "{error:?}");
}

#[test]
fn what_a_filter_leaves_behind_is_not_waited_for() {
    let place = Place::new();
    let (folder, repository, ours) = shop(&place);
    let (filter, held) = (place.path("filter"), place.path("held"));
    let told = pipe(&held);
    // It leaves a process that holds git's stderr, and the pipe by which we know of it.
    let lines = format!(
        "exec 3>{}\nsleep 600 >/dev/null &\necho $! >&3\nexec cat 3>&-",
        held.display()
    );
    script(&filter, &lines);
    let program = filter.to_str().unwrap();
    place.run(&folder, &["config", "filter.slow.smudge", program]);
    fs::create_dir_all(folder.join(".git/info")).unwrap();
    fs::write(folder.join(".git/info/attributes"), "* filter=slow\n").unwrap();
    let checkout = repository.prepare(DESIGN, &ours).unwrap();
    assert_eq!(checkout.state, CheckoutState::Made);
    // It goes on, as an ssh that stays connected would.
    let left = told.recv_timeout(LONG).unwrap().unwrap();
    assert!(told.try_recv().is_err(), "{left} has ended");
    place.run(&folder, &["config", "--remove-section", "filter.slow"]);
    assert!(Command::new("kill").arg(&left).status().unwrap().success());
    assert_eq!(told.recv_timeout(LONG).unwrap(), None);
}

#[test]
fn worktrees_that_another_makes_are_waited_for_with_an_end() {
    let place = Place::new();
    let (folder, _, ours) = shop(&place);
    let lock = File::create(folder.join(".git/tripledash.lock")).unwrap();
    lock.lock().unwrap();
    let git = |stop| Git {
        changing: LONG,
        stop,
        ..place.git()
    };
    let impatient = Git {
        changing: Duration::ZERO,
        ..place.git()
    };
    let repository = Repository::find_with(&folder, impatient).unwrap();
    let error = repository.prepare(DESIGN, &ours).unwrap_err();
    assert!(matches!(error, NotPrepared::Busy { .. }), "{error:?}");

    let stopped = Repository::find_with(&folder, git(Stop::when(|| true))).unwrap();
    let error = stopped.prepare(DESIGN, &ours).unwrap_err();
    assert!(matches!(error, NotPrepared::Stopped), "{error:?}");
    assert!(!ours.exists());

    // What is in place is nobody else's.
    let checkout = repository.prepare("refs/heads/main", &ours).unwrap();
    assert!(checkout.is_in_place());

    // The branch goes on while it is waited for, which asks again and again whether to stop.
    let (ask, asked) = mpsc::sync_channel(0);
    let waiting = git(Stop::when(move || {
        let _ = ask.send(());
        false
    }));
    let repository = Repository::find_with(&folder, waiting).unwrap();
    let (checkout, second) = thread::scope(|scope| {
        let prepare = scope.spawn(|| repository.prepare(DESIGN, &ours).unwrap());
        asked.recv_timeout(LONG).unwrap();
        let second = advance(&place, &folder, "page.txt", "second\n", 2000);
        drop((lock, asked));
        (prepare.join().unwrap(), second)
    });
    assert_eq!(checkout.commit, second);
    assert_eq!(page(&ours), "second\n");
}

#[test]
fn git_does_not_see_the_variables_that_are_named() {
    let place = Place::new();
    let folder = place.project("shop");
    let (program, seen) = (place.path("seeing-git"), place.path("seen"));
    script(&program, &format!("env > {}", seen.display()));
    // Any that this process has: it must not be set by a test that others run beside.
    let name = "CARGO_MANIFEST_DIR";
    let sees = |unset: &[&str]| {
        let git = Git {
            program: program.clone(),
            unset: unset.iter().map(|&name| name.to_owned()).collect(),
            ..place.git()
        };
        let repository = Repository::find_with(&folder, git).unwrap();
        repository.changes(&folder).unwrap();
        let seen = fs::read_to_string(&seen).unwrap();
        seen.lines()
            .any(|line| line.starts_with(&format!("{name}=")))
    };
    assert!(sees(&[]));
    assert!(!sees(&[name]));
}

#[test]
fn changes_are_counted_without_running_anything_of_the_repository() {
    let place = Place::new();
    let folder = place.project("shop");
    let proof = place.path("ran");
    let program = place.path("program");
    script(&program, &format!("touch {}\nexec cat", proof.display()));
    let program = program.to_str().unwrap();
    for (name, value) in [
        ("filter.one.clean", program),
        ("filter.one.required", "true"),
        ("filter.Two.x.process", program),
        ("core.fsmonitor", program),
        ("core.sshCommand", program),
    ] {
        place.run(&folder, &["config", name, value]);
    }
    // As an included file has it, too.
    place.run(&folder, &["config", "include.path", "more"]);
    let more = format!("[filter \"three\"]\n\tclean = {program}\n");
    fs::write(folder.join(".git/more"), more).unwrap();
    for (number, filter) in ["one", "Two.x", "three"].into_iter().enumerate() {
        let name = format!("{number}.txt");
        place.change(&folder, &name, "before\n", 2000);
        fs::write(folder.join(&name), "after!\n").unwrap();
        let attributes = format!("{name} filter={filter}\n");
        let path = folder.join(".git/info/attributes");
        let before = fs::read_to_string(&path).unwrap_or_default();
        fs::write(path, before + &attributes).unwrap();
    }
    // The fixture's own git ran the monitor.
    fs::remove_file(&proof).unwrap();
    let repository = place.find(&folder);
    let changes = repository.changes_unfiltered(&folder).unwrap();
    assert!(!proof.exists(), "something ran");
    let changed = 3;
    let expected = Changes {
        changed,
        ..Changes::default()
    };
    assert_eq!(changes, expected);
    // With trust they do run.
    repository.changes(&folder).unwrap();
    assert!(proof.exists());

    // What cannot be turned off is not run either.
    fs::remove_file(&proof).unwrap();
    place.run(&folder, &["config", "filter.a=b.clean", program]);
    let error = repository.changes_unfiltered(&folder).unwrap_err();
    assert!(
        error.to_string().contains("no command can turn off"),
        "{error}"
    );
    assert!(!proof.exists());
}
