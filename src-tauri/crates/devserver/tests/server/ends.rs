//! Nothing of a server is left, however it or its program ends.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::retry_on_intr;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use tripledash_devserver::{Ended, Remark, State};

use crate::support::{
    DEADLINE, Fixture, HOST, is_alive, log, number_after, processes_in, ready, state, within,
};

/// Starts itself anew in a session of its own, twice over, and leaves: what a daemon does.
const DAEMON: &str = r#"
import os, sys
if os.fork():
    os._exit(0)
os.setsid()
if os.fork():
    os._exit(0)
os.execvp("python3", ["python3", "serve.py", sys.argv[1]])
"#;

const STUBBORN: &str = r#"
import os, signal
for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(each, signal.SIG_IGN)
print("stubborn, process", os.getpid(), flush=True)
while True:
    signal.pause()
"#;

async fn stop(server: &tripledash_devserver::DevServer) -> State {
    server.stop();
    within("the end", server.ended()).await
}

#[tokio::test]
async fn stop_ends_the_whole_tree() {
    let fixture = Fixture::new();
    // As npm does: a shell that runs a tool that runs a server, and one more beside it.
    let server = fixture.start("sh -c 'python3 serve.py {port}; true' & sleep 1000; true");
    ready(&server).await;
    assert!(processes_in(fixture.path()).len() >= 4);
    stop(&server).await;
    assert_eq!(processes_in(fixture.path()), [].into());
}

#[tokio::test]
async fn a_daemon_is_a_server_and_is_ended() {
    let fixture = Fixture::new();
    fixture.write("daemon.py", DAEMON);
    let server = fixture.start("python3 daemon.py {port}");
    ready(&server).await;
    let pid = number_after(&server, "listening, process ").await;
    let background = |state: &State| {
        matches!(
            state,
            State::Ready {
                remark: Some(Remark::Background),
                ..
            }
        )
    };
    state(&server, background).await;
    assert!(is_alive(pid));
    let last = stop(&server).await;
    assert!(!is_alive(pid));
    assert!(
        matches!(last, State::Exited(ref last) if last.ended == Ended::Code(0) && last.stopped),
        "{last:?}"
    );
}

#[tokio::test]
async fn a_background_server_that_goes_is_the_end() {
    let fixture = Fixture::new();
    fixture.write("daemon.py", DAEMON);
    let server = fixture.start("sleep 1000 & python3 daemon.py {port}");
    ready(&server).await;
    let pid = number_after(&server, "listening, process ").await;
    assert!(
        Command::new("kill")
            .arg(pid.to_string())
            .status()
            .unwrap()
            .success()
    );
    let last = within("the end", server.ended()).await;
    assert!(
        matches!(last, State::Exited(ref last) if !last.stopped),
        "{last:?}"
    );
    assert_eq!(processes_in(fixture.path()), [].into());
}

#[tokio::test]
async fn what_ignores_the_request_is_killed() {
    let fixture = Fixture::new();
    fixture.write("stubborn.py", STUBBORN);
    let mut command = fixture.command("exec python3 stubborn.py");
    command.timing.grace = Duration::from_millis(100);
    let server = fixture.start_command(command);
    let pid = number_after(&server, "stubborn, process ").await;
    let last = stop(&server).await;
    assert!(!is_alive(pid));
    assert!(
        matches!(last, State::Exited(ref last) if last.ended == Ended::Signal(9)),
        "{last:?}"
    );
}

#[tokio::test]
async fn a_stopped_process_is_ended_in_peace() {
    let fixture = Fixture::new();
    let server = fixture.start("echo pid $$; kill -STOP $$; sleep 1000");
    let pid = number_after(&server, "pid ").await;
    let last = stop(&server).await;
    assert!(!is_alive(pid));
    assert!(
        matches!(last, State::Exited(ref last) if last.ended == Ended::Signal(15)),
        "{last:?}"
    );
}

#[tokio::test]
async fn a_crash_is_told_with_the_last_lines() {
    let fixture = Fixture::new();
    let server = fixture.start("python3 serve.py {port}; echo it fell over; exit 4");
    ready(&server).await;
    let pid = number_after(&server, "listening, process ").await;
    assert!(
        Command::new("kill")
            .args(["-KILL", &pid.to_string()])
            .status()
            .unwrap()
            .success()
    );
    let last = within("the end", server.ended()).await;
    let State::Exited(last) = last else {
        panic!("found {last:?}");
    };
    assert_eq!((last.ended, last.stopped), (Ended::Code(4), false));
    assert!(last.lines.iter().any(|line| line.text == "it fell over"));
}

#[tokio::test]
async fn fifty_megabytes_of_output_stall_nothing() {
    let fixture = Fixture::new();
    fixture.write(
        "loud.py",
        "import os, sys\nline = b'x' * 99 + b'\\n'\nfor _ in range(500):\n    sys.stdout.buffer.write(line * 1024)\n\
         sys.stdout.flush()\nos.execvp('python3', ['python3', 'serve.py', sys.argv[1]])\n",
    );
    let server = fixture.start("exec python3 loud.py {port}");
    ready(&server).await;
    number_after(&server, "listening, process ").await;
    let page = server.log().page(0, usize::MAX);
    assert!(page.lines.len() <= 5_000);
    assert!(page.lines.iter().map(|line| line.text.len()).sum::<usize>() <= 1024 * 1024);
    // The command line, the 512,000 and the last.
    assert_eq!(page.next, 512_002);
    assert_eq!(page.missed, page.next - page.lines.len() as u64);
    stop(&server).await;
}

#[tokio::test]
async fn a_line_without_end_is_cut() {
    let fixture = Fixture::new();
    let server = fixture.start("head -c 3000000 /dev/zero | tr '\\0' x; echo; exit 1");
    within("the end", server.ended()).await;
    let long = log(&server).into_iter().find(|line| line.starts_with('x'));
    let long = long.unwrap();
    assert!(
        long.ends_with("(2991808 more octets were cut off)"),
        "{}",
        &long[8000..]
    );
}

#[tokio::test]
async fn a_question_is_shown_before_its_line_ends() {
    let fixture = Fixture::new();
    let server = fixture.start("printf 'proceed? (y) '; sleep 1000");
    let mut follow = server.log().follow(0);
    within("the question", async {
        loop {
            let page = follow.next(10).await.unwrap();
            if page.lines.iter().any(|line| line.text == "proceed? (y)") {
                break;
            }
        }
    })
    .await;
    stop(&server).await;
}

/// A whole program with one server in `fixture`; the first state with `words` has come.
fn program(fixture: &Fixture, line: &str, words: &str) -> std::process::Child {
    let mut program = Command::new(HOST)
        .arg("run")
        .arg(fixture.path())
        .arg(line)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let states = BufReader::new(program.stdout.take().unwrap());
    let found = states
        .lines()
        .map(Result::unwrap)
        .any(|state| state.contains(words));
    assert!(found, "the program ended without {words}");
    program
}

/// Waits until a process has ended.
async fn end_of(pid: u32) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    // An error: it is gone already.
    if let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) {
        let waiting = tokio::task::spawn_blocking(move || {
            // Bounded, since a thread that waits holds up the end of a test that has failed.
            let deadline = DEADLINE.try_into().unwrap();
            let wait = || poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&deadline));
            retry_on_intr(wait).unwrap();
        });
        waiting.await.unwrap();
    }
}

async fn nothing_is_left(fixture: &Fixture) {
    within("the end of every process", async {
        loop {
            let left = processes_in(fixture.path());
            if left.is_empty() {
                break;
            }
            for pid in left {
                end_of(pid).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_is_left_when_the_program_is_killed() {
    let fixture = Fixture::new();
    fixture.write("daemon.py", DAEMON);
    fixture.write("stubborn.py", STUBBORN);
    let line = "(python3 stubborn.py &) ; setsid sleep 1000 & python3 daemon.py {port}; wait";
    let mut program = program(&fixture, line, "Ready");
    assert!(processes_in(fixture.path()).len() >= 4);
    program.kill().unwrap();
    program.wait().unwrap();
    nothing_is_left(&fixture).await;
}

#[tokio::test]
async fn nothing_is_left_when_the_supervisor_is_killed() {
    let fixture = Fixture::new();
    let server = fixture.start("setsid -f sleep 1000 & exec python3 serve.py {port}");
    ready(&server).await;
    let pid = number_after(&server, "listening, process ").await;
    let supervisor = standing(pid)[0].to_string();
    // What an earlier supervisor of that number left running is nobody's to end.
    let mut stranger = Command::new("sleep")
        .arg("1000")
        .env("TRIPLEDASH_SUPERVISOR", &supervisor)
        .spawn()
        .unwrap();
    assert!(
        Command::new("kill")
            .args(["-KILL", &supervisor])
            .status()
            .unwrap()
            .success()
    );
    let last = within("the end", server.ended()).await;
    assert!(
        matches!(last, State::Exited(ref last) if last.ended == Ended::Unknown),
        "{last:?}"
    );
    let lives = stranger.try_wait().unwrap().is_none();
    stranger.kill().unwrap();
    stranger.wait().unwrap();
    assert!(lives);
    nothing_is_left(&fixture).await;
}

#[tokio::test]
async fn what_starts_anew_whenever_it_is_ended_is_ended() {
    let fixture = Fixture::new();
    let mut command = fixture.command(
        "trap '' TERM; (trap '' TERM; while :; do sleep 1000; done) & \
         echo there $$; while :; do python3 serve.py {port}; done",
    );
    command.timing.grace = Duration::from_millis(300);
    let server = fixture.start_command(command);
    ready(&server).await;
    stop(&server).await;
    assert_eq!(processes_in(fixture.path()), [].into());
}

#[tokio::test]
async fn a_server_under_npm_is_ended_with_it() {
    let fixture = Fixture::new();
    fixture.write(
        "package.json",
        r#"{ "scripts": { "dev": "node server.js" } }"#,
    );
    fixture.write(
        "server.js",
        "require('http').createServer((_, answer) => answer.end('hi')).listen(+process.argv[3]);\n\
         console.log('listening, process', process.pid)\n",
    );
    let mut command = fixture.command("npm run dev -- --port {port}");
    // No question to a registry whether there is a newer npm.
    command.set = vec![("NO_UPDATE_NOTIFIER".to_owned(), "1".to_owned())];
    let server = fixture.start_command(command);
    assert_eq!(ready(&server).await, server.given());
    let State::Ready { families, .. } = server.state().borrow().clone() else {
        panic!("it stays ready");
    };
    assert!(families.v4 && families.v6, "node listens on `::`, for both");
    let pid = number_after(&server, "listening, process ").await;
    assert!(is_alive(pid));
    let before = processes_in(fixture.path());
    assert!(before.len() >= 3, "npm, a shell and node: {before:?}");
    stop(&server).await;
    assert_eq!(processes_in(fixture.path()), [].into());
}

#[tokio::test]
async fn a_supervisor_is_out_of_reach_of_the_terminal_and_holds_none_of_our_sockets() {
    let ours = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let fixture = Fixture::new();
    let server = fixture.start("exec python3 serve.py {port}");
    ready(&server).await;
    let pid = number_after(&server, "listening, process ").await;
    let [parent, group, _] = standing(pid);
    let [_, supervisors_group, session] = standing(parent);
    assert_eq!(group, pid, "the command leads a group of its own");
    assert_eq!((supervisors_group, session), (parent, parent));
    assert_ne!(session, standing(std::process::id())[2]);
    let descriptor = std::os::fd::AsRawFd::as_raw_fd(&ours);
    let socket = std::fs::read_link(format!("/proc/self/fd/{descriptor}")).unwrap();
    for process in [parent, pid] {
        let held = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap();
        let mut held = held.map(|entry| std::fs::read_link(entry.unwrap().path()));
        assert!(held.all(|held| held.unwrap() != socket));
    }
    stop(&server).await;
}

/// The parent, the group and the session of a process.
fn standing(pid: u32) -> [u32; 3] {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let mut fields = stat.rsplit_once(") ").unwrap().1.split(' ').skip(1);
    [(); 3].map(|()| fields.next().unwrap().parse().unwrap())
}
