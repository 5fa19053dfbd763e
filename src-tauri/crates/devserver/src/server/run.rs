//! The course of one server: its setup, its command, its end.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::look::{Look, View};
use crate::command::{Clock, DevCommand};
use crate::log::{Log, Phase, Stream, read};
use crate::ports::Port;
use crate::state::{Ended, Last, Remark, State};
use crate::supervise::Report;
use crate::supervised::{Host, Supervised, Told};

/// How many lines a failure shows.
const LAST_LINES: usize = 20;
/// How long output is waited for once all is over. It is at its end then, unless a process that got
/// away, which on Linux none does, holds it open.
const DRAIN: Duration = Duration::from_secs(1);

pub(super) struct Run {
    pub(super) host: Host,
    pub(super) command: DevCommand,
    pub(super) port: Port,
    pub(super) clock: Clock,
    pub(super) log: Log,
    pub(super) state: watch::Sender<State>,
    pub(super) stop: CancellationToken,
}

/// A command under its supervisor, and those who read what it prints.
struct Running {
    supervised: Supervised,
    readers: JoinSet<()>,
    ended: Option<Ended>,
    remain: Vec<u32>,
    stopping: bool,
    refused: Option<String>,
}

/// What happened to a running command.
enum Happened {
    /// Its shell has ended.
    Left,
    /// All of it has.
    Over,
    /// Something that changes nothing.
    Nothing,
}

// === impl Run ===

impl Run {
    pub(super) async fn complete(self) {
        let last = self.course().await;
        self.log.finish();
        self.state.send_replace(last);
    }

    async fn course(&self) -> State {
        let folder = self.folder().to_owned();
        let found = tokio::fs::metadata(&folder).await;
        if !found.is_ok_and(|found| found.is_dir()) {
            let reason = format!("{} is not a folder: nothing was run", folder.display());
            return self.failed(Phase::Dev, reason, None);
        }
        if let Some(line) = self.command.setup.clone()
            && let Err(state) = self.setup(line).await
        {
            return state;
        }
        self.dev().await
    }

    async fn setup(&self, line: String) -> Result<(), State> {
        let mut running = self.start(Phase::Setup, &line, None).await?;
        loop {
            tokio::select! {
                () = self.stop.cancelled(), if !running.stopping => self.end(&mut running).await,
                happened = running.next() => match happened {
                    // What it left behind is not what comes after it needs.
                    Happened::Left => running.supervised.stop().await,
                    Happened::Over => break,
                    Happened::Nothing => {}
                },
            }
        }
        let ended = running.ended;
        if running.stopping || !ended.is_some_and(Ended::is_success) {
            return Err(self.over(Phase::Setup, &line, running, false).await);
        }
        running.drain().await;
        Ok(())
    }

    async fn dev(&self) -> State {
        let line = self.command.line(self.port.number());
        self.state.send_replace(State::Starting { remark: None });
        let mut running = match self
            .start(Phase::Dev, &line, Some(self.port.number()))
            .await
        {
            Ok(running) => running,
            Err(state) => return state,
        };
        let mut look = Look::new(
            running.supervised.pid(),
            self.port.number(),
            self.command.timing,
        );
        let mut was_ready = false;
        loop {
            tokio::select! {
                () = self.stop.cancelled(), if !running.stopping => self.end(&mut running).await,
                happened = running.next() => match happened {
                    Happened::Left => look.soon(),
                    Happened::Over => break,
                    Happened::Nothing => {}
                },
                view = look.next(), if !running.stopping => {
                    self.seen(&mut running, view, &mut was_ready).await;
                }
            }
        }
        self.over(Phase::Dev, &line, running, was_ready).await
    }

    /// Takes in how the server stands.
    async fn seen(&self, running: &mut Running, view: View, was_ready: &mut bool) {
        let background = running.ended.map(|_| Remark::Background);
        let state = match view {
            View::Ready {
                port,
                families,
                secure,
                after,
                remark,
            } => {
                *was_ready = true;
                State::Ready {
                    port,
                    families,
                    secure,
                    after,
                    remark: background.or(remark),
                }
            }
            View::Starting { remark } => {
                // A server's command goes to the background by leaving a process that will listen.
                // One that failed, or whose server is gone, has left nothing of use.
                if let Some(ended) = running.ended
                    && (*was_ready || !ended.is_success())
                {
                    self.state.send_replace(State::Stopping);
                    running.supervised.stop().await;
                    return;
                }
                State::Starting {
                    remark: background.or(remark),
                }
            }
        };
        self.state.send_if_modified(|now| {
            let changed = *now != state;
            if changed {
                *now = state;
            }
            changed
        });
    }

    async fn start(&self, phase: Phase, line: &str, port: Option<u16>) -> Result<Running, State> {
        self.remark(phase, format!("$ {line}"));
        let order = self.command.order(line.to_owned(), port);
        let started = Supervised::start(&self.host, &order).await;
        let mut supervised = started.map_err(|error| {
            let reason = format!("its supervisor could not be started: {error}");
            self.failed(phase, reason, None)
        })?;
        let mut readers = JoinSet::new();
        if let Some((output, error)) = supervised.output() {
            let (log, clock) = (self.log.clone(), self.clock.clone());
            readers.spawn(read(output, Stream::Output, phase, log, clock));
            let (log, clock) = (self.log.clone(), self.clock.clone());
            readers.spawn(read(error, Stream::Error, phase, log, clock));
        }
        Ok(Running {
            supervised,
            readers,
            ended: None,
            remain: Vec::new(),
            stopping: false,
            refused: None,
        })
    }

    async fn end(&self, running: &mut Running) {
        running.stopping = true;
        self.state.send_replace(State::Stopping);
        running.supervised.stop().await;
    }

    /// The state of a server whose command is over.
    async fn over(&self, phase: Phase, line: &str, mut running: Running, was_ready: bool) -> State {
        running.drain().await;
        if let Some(why) = running.refused {
            let folder = self.folder().display();
            let reason = format!("the shell could not be run in {folder}: {why}");
            return self.failed(phase, reason, None);
        }
        let ended = running.ended.unwrap_or(Ended::Unknown);
        let last = Last {
            ended,
            stopped: running.stopping,
            at: (self.clock)(),
            lines: self.log.last(LAST_LINES),
            remain: running.remain,
        };
        if running.stopping || was_ready {
            self.remark(phase, format!("ended with {ended}"));
            return State::Exited(last);
        }
        let what = match phase {
            Phase::Setup => "so the server was not started",
            Phase::Dev => "before it answered",
        };
        let mut reason = match ended {
            Ended::Unknown => format!("the supervisor of `{line}` was ended from outside, {what}"),
            Ended::Code(_) | Ended::Signal(_) => format!("`{line}` ended with {ended}, {what}"),
        };
        if let Some(meaning) = ended.meaning() {
            reason.push_str(": ");
            reason.push_str(meaning);
        } else if last.lines.iter().any(|line| is_address_in_use(&line.text)) {
            reason.push_str(
                ": an address that it listens on is taken; start it again for another port, or give it {port}",
            );
        }
        self.failed(phase, reason, Some(last))
    }

    fn failed(&self, phase: Phase, reason: String, last: Option<Last>) -> State {
        self.remark(phase, reason.clone());
        State::Failed { reason, last }
    }
}

// === impl Running ===

impl Running {
    async fn next(&mut self) -> Happened {
        match self.supervised.next().await {
            Told::Report(Report::NotStarted { why }) => self.refused = Some(why),
            Told::Report(Report::Remain { pids }) => self.remain = pids,
            Told::Report(Report::Left { code, signal }) => {
                self.ended = Some(Ended::new(code, signal));
                return Happened::Left;
            }
            Told::Ended(code) => {
                self.ended = Some(Ended::new(code, None));
                return Happened::Over;
            }
            Told::Gone | Told::Lost => return Happened::Over,
        }
        Happened::Nothing
    }

    async fn drain(&mut self) {
        let all = async { while self.readers.join_next().await.is_some() {} };
        if timeout(DRAIN, all).await.is_err() {
            self.readers.shutdown().await;
        }
    }
}

fn is_address_in_use(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    ["eaddrinuse", "address already in use", "address in use"]
        .iter()
        .any(|words| line.contains(words))
}
