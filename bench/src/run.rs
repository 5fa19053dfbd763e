//! One run, from the first process to the last line.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser as _;

use crate::arguments::Arguments;
use crate::contender::{self, NAMES, Place};
use crate::failure::{Doing as _, Failure};
use crate::load::Generator;
use crate::matrix::{Effort, Load, measure};
use crate::progress::tell;
use crate::table;
use crate::upstream::Upstream;

pub(crate) fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .doing("a runtime")
        .and_then(|runtime| {
            runtime.block_on(async {
                tokio::select! {
                    outcome = run(&arguments) => outcome,
                    // What was started is dropped with the run, and so ends.
                    _ = tokio::signal::ctrl_c() => Err("interrupted".into()),
                }
            })
        });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            tell(format_args!("bench: {failure}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let folder = tempfile::tempdir().doing("a folder for the run")?;
    let upstream = Upstream::start()?;
    let place = Place {
        folder: folder.path().to_owned(),
        upstream: upstream.address,
        ..places()?
    };
    let names: Vec<_> = NAMES
        .into_iter()
        .filter(|name| arguments.only.is_empty() || arguments.only.iter().any(|only| only == name))
        .collect();
    tell("Starting");
    let contenders = contender::start(&names, &place).await?;
    let generator = Generator::start()?;
    let effort = Effort {
        rounds: arguments
            .rounds
            .unwrap_or(if arguments.quick { 3 } else { 7 }),
        warm_up: Duration::from_millis(200),
        window: Duration::from_secs_f64(arguments.slice.unwrap_or(1.0)),
    };
    let load = Load {
        size: 1024,
        connections: 32,
        document: false,
    };
    let measured = measure(&contenders, &generator, load, effort).await?;
    let mut out = std::io::stdout().lock();
    write!(out, "{}", table::load(&measured)).doing("standard output")?;
    for contender in contenders {
        if let Some(process) = contender.process {
            process.end().await;
        }
    }
    Ok(())
}

/// Where our own binaries are and where peers were installed.
fn places() -> Result<Place, Failure> {
    let binary = std::env::current_exe().doing("the bench's own place")?;
    let binaries = binary.parent().map(PathBuf::from).unwrap_or_default();
    let installed = binaries
        .parent()
        .map(PathBuf::from)
        .unwrap_or_default()
        .join("bench");
    Ok(Place {
        binaries,
        installed,
        folder: PathBuf::new(),
        upstream: std::net::SocketAddr::from(([127, 0, 0, 1], 0)),
    })
}
