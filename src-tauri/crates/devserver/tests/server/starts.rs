//! How servers come up, and how they do not.

use std::time::Duration;

use tripledash_devserver::{Ended, Phase, Remark, State, Stream};

use crate::support::{Fixture, log, number_after, processes_in, ready, state, within};

#[tokio::test]
async fn a_server_is_ready_when_it_answers_on_its_port() {
    let fixture = Fixture::new();
    let server = fixture.start("exec python3 serve.py {port}");
    let port = ready(&server).await;
    assert_eq!(port, server.given());
    let State::Ready {
        families,
        secure,
        remark,
        ..
    } = server.state().borrow().clone()
    else {
        panic!("it stays ready");
    };
    assert!(families.v4 && !families.v6 && !secure);
    assert_eq!(remark, None);
    server.stop();
    let last = within("the end", server.ended()).await;
    let State::Exited(last) = last else {
        panic!("found {last:?}");
    };
    assert!(last.stopped);
    assert_eq!(last.ended, Ended::Signal(15));
    assert!(processes_in(fixture.path()).is_empty());
}

#[tokio::test]
async fn the_port_comes_as_a_variable_too() {
    let fixture = Fixture::new();
    let server = fixture.start(r#"python3 serve.py "$PORT""#);
    assert_eq!(ready(&server).await, server.given());
    server.stop();
    within("the end", server.ended()).await;
}

#[tokio::test]
async fn two_servers_run_side_by_side() {
    let fixture = Fixture::new();
    let one = fixture.start("python3 serve.py {port}");
    let other = fixture.start("python3 serve.py {port}");
    let (first, second) = (ready(&one).await, ready(&other).await);
    assert_ne!(first, second);
    let pid = number_after(&other, "listening, process ").await;
    one.stop();
    within("the end of one", one.ended()).await;
    assert!(crate::support::is_alive(pid));
    assert_eq!(other.state().borrow().port(), Some(second));
    let mut states = other.state();
    drop(other);
    let ended = within("the end of the other", states.wait_for(State::is_final)).await;
    ended.unwrap();
    assert!(!crate::support::is_alive(pid));
}

#[tokio::test]
async fn setup_runs_first_and_is_a_phase_of_its_own() {
    let fixture = Fixture::new();
    let mut command = fixture.command("cat made; exec python3 serve.py {port}");
    command.setup = Some("echo installing; echo from-setup > made".to_owned());
    let server = fixture.start_command(command);
    ready(&server).await;
    let lines = server.log().page(0, 100).lines;
    let found: Vec<_> = lines
        .iter()
        .map(|line| (line.phase, line.stream, line.text.as_str()))
        .take(4)
        .collect();
    let port = server.given();
    assert_eq!(found[0].2, "$ echo installing; echo from-setup > made");
    assert_eq!(found[0].1, Stream::Remark);
    assert_eq!(found[1], (Phase::Setup, Stream::Output, "installing"));
    assert_eq!(
        found[2].2,
        format!("$ cat made; exec python3 serve.py {port}")
    );
    assert_eq!(found[3], (Phase::Dev, Stream::Output, "from-setup"));
    server.stop();
    within("the end", server.ended()).await;
}

#[tokio::test]
async fn a_setup_that_fails_is_the_end() {
    let fixture = Fixture::new();
    let mut command = fixture.command("echo never");
    command.setup = Some("echo no such package >&2; exit 7".to_owned());
    let server = fixture.start_command(command);
    let last = within("the end", server.ended()).await;
    let State::Failed { reason, last } = last else {
        panic!("found {last:?}");
    };
    assert_eq!(
        reason,
        "`echo no such package >&2; exit 7` ended with code 7, so the server was not started"
    );
    let told = server.log().page(0, usize::MAX).lines;
    let told = told.last().unwrap();
    assert_eq!((told.phase, told.text.as_str()), (Phase::Setup, &*reason));
    let last = last.unwrap();
    assert_eq!(last.ended, Ended::Code(7));
    assert!(last.lines.iter().any(|line| line.text == "no such package"));
    assert!(!log(&server).iter().any(|line| line == "never"));
}

#[tokio::test]
async fn a_setup_can_be_cancelled() {
    let fixture = Fixture::new();
    let mut command = fixture.command("echo never");
    command.setup = Some("echo pid $$; while :; do read -r line < fifo; done".to_owned());
    let made = std::process::Command::new("mkfifo")
        .arg(fixture.path().join("fifo"))
        .status();
    assert!(made.unwrap().success());
    let server = fixture.start_command(command);
    let pid = number_after(&server, "pid ").await;
    assert_eq!(*server.state().borrow(), State::Setup);
    server.stop();
    let last = within("the end", server.ended()).await;
    assert!(
        matches!(last, State::Exited(ref last) if last.stopped),
        "{last:?}"
    );
    assert!(!crate::support::is_alive(pid));
    assert!(!log(&server).iter().any(|line| line == "never"));
}

#[tokio::test]
async fn a_command_that_ends_at_once_is_told_with_its_last_lines() {
    let fixture = Fixture::new();
    let server = fixture.start("echo starting; echo no config found >&2; exit 3");
    let last = within("the end", server.ended()).await;
    let State::Failed { reason, last } = last else {
        panic!("found {last:?}");
    };
    assert!(
        reason.ends_with("ended with code 3, before it answered"),
        "{reason}"
    );
    let lines = last.unwrap().lines;
    let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
    assert!(
        texts.contains(&"starting") && texts.contains(&"no config found"),
        "{texts:?}"
    );
}

#[tokio::test]
async fn a_command_that_is_not_there_is_told() {
    let fixture = Fixture::new();
    let server = fixture.start("no-such-tool dev");
    let last = within("the end", server.ended()).await;
    let State::Failed { reason, .. } = last else {
        panic!("found {last:?}");
    };
    assert!(reason.contains("did not find the command"), "{reason}");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told() {
    let fixture = Fixture::new();
    let mut command = fixture.command("echo never");
    command.folder = fixture.path().join("gone");
    let server = fixture.start_command(command);
    let last = within("the end", server.ended()).await;
    let State::Failed { reason, last: None } = last else {
        panic!("found {last:?}");
    };
    assert!(reason.contains("gone is not a folder"), "{reason}");
}

#[tokio::test]
async fn a_host_that_is_not_there_is_told() {
    let fixture = Fixture::new();
    let server = tripledash_devserver::DevServer::start(
        tripledash_devserver::Host::new(fixture.path().join("no-host")),
        fixture.command("echo never"),
        &fixture.ports,
        std::sync::Arc::new(|| std::time::UNIX_EPOCH),
    );
    let last = within("the end", server.unwrap().ended()).await;
    let State::Failed { reason, last: None } = last else {
        panic!("found {last:?}");
    };
    assert!(
        reason.contains("supervisor could not be started"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_server_that_never_listens_is_late_and_goes_on() {
    let fixture = Fixture::new();
    let mut command = fixture.command("echo pid $$; exec sleep 1000");
    command.timing.ready = Duration::from_millis(100);
    let server = fixture.start_command(command);
    let pid = number_after(&server, "pid ").await;
    let silent = Remark::Silent {
        port: server.given(),
        after: Duration::from_millis(100),
    };
    let late = State::Starting {
        remark: Some(silent),
    };
    state(&server, |state| *state == late).await;
    assert!(crate::support::is_alive(pid));
    server.stop();
    within("the end", server.ended()).await;
    assert!(!crate::support::is_alive(pid));
}

#[tokio::test]
async fn a_server_that_listens_elsewhere_is_found_there() {
    let fixture = Fixture::new();
    // What Vite and Next.js do where their port is taken, or is not looked at.
    let server = fixture.start("exec python3 serve.py 0 # not {port}");
    let port = ready(&server).await;
    assert_ne!(port, server.given());
    let State::Ready { remark, .. } = server.state().borrow().clone() else {
        panic!("it stays ready");
    };
    let given = server.given();
    assert_eq!(remark, Some(Remark::Elsewhere { given }));
    server.stop();
    within("the end", server.ended()).await;
}

#[tokio::test]
async fn a_server_that_listens_and_says_nothing_is_told_and_can_be_stopped() {
    let fixture = Fixture::new();
    let server = fixture.start(
        "exec python3 -c \"import signal, socket; s = socket.create_server(('127.0.0.1', {port})); signal.pause()\"",
    );
    let port = server.given();
    let silent = State::Starting {
        remark: Some(Remark::NoAnswer { port }),
    };
    state(&server, |state| *state == silent).await;
    server.stop();
    let last = within("the end", server.ended()).await;
    assert!(
        matches!(last, State::Exited(ref last) if last.stopped),
        "{last:?}"
    );
    assert!(processes_in(fixture.path()).is_empty());
}

#[tokio::test]
async fn a_server_with_https_is_ready_and_says_so() {
    let fixture = Fixture::new();
    fixture.write_secure();
    let server = fixture.start("exec node secure.js {port}");
    assert_eq!(ready(&server).await, server.given());
    let now = server.state().borrow().clone();
    assert!(matches!(now, State::Ready { secure: true, .. }), "{now:?}");
    server.stop();
    within("the end", server.ended()).await;
}

#[tokio::test]
async fn a_port_that_does_not_speak_http_is_left_alone_longer_each_time() {
    // The one that it was given, and another.
    for port in ["int(os.environ['PORT'])", "0"] {
        let fixture = Fixture::new();
        let lines = format!(
            "import os, socket, time\nlistener = socket.create_server(('127.0.0.1', {port}))\n"
        );
        fixture.write(
            "database.py",
            &(lines
                + "def question():\n\
                   \tstream, _ = listener.accept()\n\
                   \tnow = time.monotonic()\n\
                   \t# Nothing: only whether somebody listens was tried.\n\
                   \tif not stream.recv(1024): return question()\n\
                   \tstream.sendall(b'-ERR unknown command\\r\\n')\n\
                   \tstream.close()\n\
                   \treturn now\n\
                   times = [question() for _ in range(6)]\n\
                   print('milliseconds', int((times[5] - times[0]) * 1000), flush=True)\n\
                   while True: question()\n"),
        );
        let server = fixture.start("exec python3 database.py");
        // 20, 40, 80, 160 and 320 at the least, however slow the machine is: each is counted from an
        // answer, which is given after the time was taken.
        let elapsed = number_after(&server, "milliseconds ").await;
        assert!(elapsed >= 600, "{port}: {elapsed} ms");
        server.stop();
        within("the end", server.ended()).await;
    }
}

#[tokio::test]
async fn a_port_that_says_nothing_keeps_no_other_waiting() {
    let fixture = Fixture::new();
    fixture.write(
        "two.py",
        "import os, socket\n\
         first, second = sorted((socket.create_server(('127.0.0.1', 0)) for _ in '12'),\n\
         \tkey=lambda it: it.getsockname()[1])\n\
         first.set_inheritable(True)\n\
         port = second.getsockname()[1]\n\
         second.close()\n\
         os.execvp('python3', ['python3', 'serve.py', str(port)])\n",
    );
    let server = fixture.start("exec python3 two.py");
    ready(&server).await;
    let State::Ready { after, .. } = server.state().borrow().clone() else {
        panic!("it stays ready");
    };
    // One answer may take 30 s.
    assert!(after < Duration::from_secs(25), "{after:?}");
    server.stop();
    within("the end", server.ended()).await;
}

#[tokio::test]
async fn a_debugger_is_not_taken_for_the_server() {
    let fixture = Fixture::new();
    // It listens first, as a debugger does, and the server only once the debugger was asked.
    fixture.write(
        "app.js",
        "const http = require('http');\n\
         const server = http.createServer((_, answer) => answer.end('hi'));\n\
         http.createServer((_, answer) => {\n\
           answer.writeHead(400).end('WebSockets request was expected\\r\\n');\n\
           if (!server.listening) server.listen(+process.argv[2], '127.0.0.1');\n\
         }).listen(0, '127.0.0.1');\n",
    );
    let server = fixture.start("exec node app.js {port}");
    let first = state(&server, |state| matches!(state, State::Ready { .. })).await;
    let State::Ready { port, remark, .. } = first else {
        panic!("found {first:?}");
    };
    assert_eq!((port, remark), (server.given(), None));
    server.stop();
    within("the end", server.ended()).await;
}

#[tokio::test]
async fn a_port_change_is_seen() {
    let fixture = Fixture::new();
    let server = fixture.start(
        "python3 serve.py {port} & read -r line < /dev/null; mkfifo go; read -r line < go; \
         kill $!; wait $!; exec python3 serve.py 0",
    );
    let first = ready(&server).await;
    tokio::fs::write(fixture.path().join("go"), "go\n")
        .await
        .unwrap();
    let moved = state(&server, |state| {
        state.port().is_some_and(|port| port != first)
    })
    .await;
    let State::Ready { remark, .. } = moved else {
        panic!("found {moved:?}");
    };
    assert_eq!(remark, Some(Remark::Moved { from: first }));
    server.stop();
    within("the end", server.ended()).await;
}

#[tokio::test]
async fn a_port_that_somebody_took_is_told() {
    let fixture = Fixture::new();
    let go = fixture.path().join("go");
    let made = std::process::Command::new("mkfifo").arg(&go).status();
    assert!(made.unwrap().success());
    let server = fixture.start("read -r line < go; exec python3 serve.py {port}");
    let port = server.given();
    let taken = tokio::net::TcpListener::bind(("127.0.0.1", port)).await;
    let taken = taken.unwrap();
    state(&server, |state| {
        matches!(state, State::Starting { remark: Some(Remark::Taken { port: found, .. }) } if *found == port)
    })
    .await;
    tokio::fs::write(go, "go\n").await.unwrap();
    let last = within("the end", server.ended()).await;
    let State::Failed { reason, .. } = last else {
        panic!("found {last:?}");
    };
    assert!(reason.contains("is taken"), "{reason}");
    drop(taken);
}
