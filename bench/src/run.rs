//! One run, from the first process to the last line.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};

use crate::arguments::Arguments;
use crate::contender::{self, Contender, Place};
use crate::failure::{Doing as _, Failure};
use crate::keeper::{Keeper, Notes, keep};
use crate::load::Generator;
use crate::matrix::{Effort, Load, measure};
use crate::memory::settled;
use crate::progress::tell;
use crate::report::Report;
use crate::started::Started;
use crate::upstream::Upstream;
use crate::{machine, rows};

pub(crate) fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(folder) = &arguments.keep {
        keep(std::io::stdin().lock(), folder);
        return ExitCode::SUCCESS;
    }
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .doing("a runtime")
        .and_then(|runtime| {
            runtime.block_on(async {
                let stopped = stopped()?;
                tokio::select! {
                    outcome = run(&arguments) => outcome.map(|()| ExitCode::SUCCESS),
                    // What was started is dropped with the run, and so ends.
                    code = stopped => {
                        tell("bench: stopped");
                        Ok(ExitCode::from(code))
                    }
                }
            })
        });
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            tell(format_args!("bench: {failure}"));
            ExitCode::FAILURE
        }
    }
}

/// Waits for a signal that asks us to stop, and gives the exit code that a shell makes of it.
fn stopped() -> Result<impl Future<Output = u8>, Failure> {
    let listen = |kind| signal(kind).doing("listening for signals");
    let mut hang_up = listen(SignalKind::hangup())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = hang_up.recv() => 129,
            _ = interrupt.recv() => 130,
            _ = terminate.recv() => 143,
        }
    })
}

async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let contenders = chosen(&contender::NAMES, &arguments.only);
    let rows = chosen(&rows::NAMES, &arguments.only);
    if let Some(unknown) = arguments
        .only
        .iter()
        .find(|name| !contenders.contains(&name.as_str()) && !rows.contains(&name.as_str()))
    {
        return Err(format!("there is no contender or row named {unknown:?}: see --help").into());
    }
    let folder = tempfile::tempdir().doing("a folder for the run")?;
    let keeper = Keeper::start(folder.path())?;
    let upstream = Upstream::start()?;
    let place = place(folder.path(), upstream.address, keeper.notes())?;
    let generator = Generator::start()?;
    let effort = Effort {
        rounds: arguments
            .rounds
            .unwrap_or(if arguments.quick { 3 } else { 5 }),
        warm_up: Duration::from_millis(300),
        window: Duration::from_secs_f64(arguments.slice.unwrap_or(1.0)),
    };
    let mut report = Report::default();
    if !contenders.is_empty() {
        tell("Starting");
        let contenders = contender::start(&contenders, &place).await?;
        for load in loads(arguments) {
            tell(load);
            let measured = measure(&contenders, &generator, load, effort).await?;
            report.loads.push((load, measured));
        }
        for contender in &contenders {
            if let Some(process) = &contender.process {
                let memory = settled(&process.processes()).await;
                report.memory.push((contender.name, memory));
            }
        }
        report.facts = machine::facts(&contenders).await;
        for process in contenders.into_iter().filter_map(Contender::into_process) {
            Started::end(process).await;
        }
    }
    report.rows = rows::measure(&rows, &place, &generator, arguments.quick).await?;
    if arguments.quick || !arguments.only.is_empty() {
        let mut out = std::io::stdout().lock();
        return write!(out, "{}", report.measurements()).doing("standard output");
    }
    let file = root().join("BENCHMARKS.md");
    std::fs::write(&file, report.page(effort)).doing(file.display())?;
    tell(format_args!("Wrote {}", file.display()));
    Ok(())
}

/// All of the names, or those of them that were asked for.
fn chosen(names: &[&'static str], only: &[String]) -> Vec<&'static str> {
    names
        .iter()
        .copied()
        .filter(|name| only.is_empty() || only.iter().any(|only| only == name))
        .collect()
}

fn loads(arguments: &Arguments) -> Vec<Load> {
    let script = |size, connections| Load {
        size,
        connections,
        document: false,
    };
    if !arguments.only.is_empty() {
        return vec![script(1024, 32)];
    }
    let sizes: &[u64] = if arguments.quick {
        &[1024]
    } else {
        &[1024, 64 * 1024, 1024 * 1024]
    };
    let connections: &[usize] = if arguments.quick {
        &[1, 32]
    } else {
        &[1, 32, 256]
    };
    let mut loads: Vec<Load> = sizes
        .iter()
        .flat_map(|size| {
            connections
                .iter()
                .map(|connections| script(*size, *connections))
        })
        .collect();
    if !arguments.quick {
        loads.push(Load {
            size: 64 * 1024,
            connections: 32,
            document: true,
        });
    }
    loads
}

/// Where our own binaries are, and where peers were installed.
fn place(folder: &Path, upstream: SocketAddr, notes: Notes) -> Result<Place, Failure> {
    let binary = std::env::current_exe().doing("the bench's own place")?;
    let binaries = binary.parent().map(PathBuf::from).unwrap_or_default();
    let target = binaries.parent().map(PathBuf::from).unwrap_or_default();
    Ok(Place {
        binaries,
        installed: target.join("bench"),
        folder: folder.to_owned(),
        upstream,
        notes,
    })
}

/// The repository's root.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the bench package lies in a folder of the repository")
}
