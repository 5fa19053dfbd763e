//! `cargo xtask fuzz`: libFuzzer over the fuzz targets, as long as one lets it.
//!
//! - Built with coverage counters by the stable compiler: what `cargo fuzz` asks a nightly one for
//!   are sanitizers, which safe Rust does not need.
//! - In a folder of its own, for these flags would have everything else built again.
//! - What it learns stays in `target/fuzz/corpus`; what breaks a target in `fuzz/artifacts`.
//!
//! `cargo xtask test` does not build this: it replays the same targets as a plain test, in far
//! less time than the build takes.

use std::path::{Path, PathBuf};

use crate::command::{answer, call, cargo, listen, program};
use crate::{Failure, root, system, target};

pub(crate) const HELP: &str = "\
Looks for inputs that break a target; all targets, one after the other, unless some are named.

Usage: cargo xtask fuzz [TARGET]... [OPTIONS]

Targets:
  authority, address, pattern, destination, workspace, cookie, policy, redirect, inject, redact,
  wire, respond

Options:
  --seconds N   how long each; 60 unless said
  --input FILE  run this one input again, of the one target that is named
  -h, --help    print this
";

/// In the order of `TARGETS` in `fuzz/src/lib.rs`.
const TARGETS: [&str; 12] = [
    "authority",
    "address",
    "pattern",
    "destination",
    "workspace",
    "cookie",
    "policy",
    "redirect",
    "inject",
    "redact",
    "wire",
    "respond",
];
/// How long each target runs unless told.
const SECONDS: u32 = 60;

/// What cargo-fuzz gives the compiler, without its sanitizers.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
     -Cllvm-args=-sanitizer-coverage-pc-table \
     -Cllvm-args=-sanitizer-coverage-trace-compares \
     -Ccodegen-units=1 --cfg fuzzing";

struct Wanted<'a> {
    targets: Vec<&'a str>,
    seconds: u32,
    /// One input to run again.
    input: Option<&'a str>,
}

pub(crate) fn fuzz(arguments: &[&str]) -> Result<(), Failure> {
    let wanted = read(arguments)?;
    system::install(system::ENGINE)?;
    let program = build()?;
    if let (Some(input), [name]) = (wanted.input, &wanted.targets[..]) {
        return again(&program, name, input);
    }
    let mut broken = vec![];
    for name in &wanted.targets {
        println!("\n== {name}: {} seconds", wanted.seconds);
        if !run(&program, name, wanted.seconds)? {
            broken.push(*name);
        }
    }
    if broken.is_empty() {
        println!("\nnothing broke {} targets", wanted.targets.len());
        return Ok(());
    }
    Err(format!(
        "{} broke: the inputs are in fuzz/artifacts (one again: cargo xtask fuzz TARGET --input FILE); \
         keep each under fuzz/found/TARGET, where `cargo xtask test` replays it",
        broken.join(", ")
    )
    .into())
}

fn read<'a>(arguments: &[&'a str]) -> Result<Wanted<'a>, Failure> {
    let mut wanted = Wanted {
        targets: vec![],
        seconds: SECONDS,
        input: None,
    };
    let mut words = arguments.iter().copied();
    while let Some(word) = words.next() {
        match word {
            "--seconds" => {
                wanted.seconds = words
                    .next()
                    .and_then(|number| number.parse().ok())
                    .ok_or("--seconds wants a number")?;
            }
            "--input" => wanted.input = Some(words.next().ok_or("--input wants a file")?),
            name if TARGETS.contains(&name) => wanted.targets.push(name),
            other => {
                let names = TARGETS.join(", ");
                return Err(format!("no target named {other:?}: they are {names}").into());
            }
        }
    }
    if wanted.input.is_some() && wanted.targets.len() != 1 {
        return Err("--input wants one target before it".into());
    }
    if wanted.targets.is_empty() {
        wanted.targets = TARGETS.to_vec();
    }
    Ok(wanted)
}

/// Builds the fuzzer, and says where it is.
fn build() -> Result<PathBuf, Failure> {
    let rustc = answer(program("rustc", ["-vV"])).ok_or("rustc does not answer")?;
    let host = rustc
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .ok_or("rustc names no host")?;
    let folder = target().join("fuzz");
    let folder_name = folder.to_string_lossy().into_owned();
    println!("Building the fuzzer");
    let mut command = cargo([
        "build",
        "--quiet",
        "--package",
        "tripledash-fuzz",
        "--features",
        "libfuzzer",
        "--bin",
        "libfuzzer",
        // With a target named, build scripts and macros are built without the counters.
        "--target",
        host,
        "--target-dir",
        &folder_name,
    ]);
    command
        .env("RUSTFLAGS", FLAGS)
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1");
    call(command)?;
    Ok(folder.join(host).join("debug/libfuzzer"))
}

/// Runs one target, and says whether nothing broke it.
fn run(fuzzer: &Path, name: &str, seconds: u32) -> Result<bool, Failure> {
    let work = target().join("fuzz");
    let (corpus, seeds) = (
        work.join("corpus").join(name),
        work.join("seeds").join(name),
    );
    let artifacts = root().join("fuzz/artifacts").join(name);
    for folder in [&corpus, &seeds, &artifacts] {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let found = root().join("fuzz/found").join(name);
    let mut words = vec![
        format!("-max_total_time={seconds}"),
        "-max_len=4096".to_owned(),
        // One input may take this long before it counts as hung.
        "-timeout=20".to_owned(),
        "-print_final_stats=1".to_owned(),
        format!("-artifact_prefix={}/", artifacts.display()),
        corpus.display().to_string(),
        seeds.display().to_string(),
    ];
    if found.is_dir() {
        words.push(found.display().to_string());
    }
    let mut command = program(&fuzzer.to_string_lossy(), words);
    command.env("FUZZ_TARGET", name).env("FUZZ_SEEDS", &seeds);
    listen(command, |_| {})
}

/// Runs one input again, with its panic.
fn again(fuzzer: &Path, name: &str, input: &str) -> Result<(), Failure> {
    let mut command = program(&fuzzer.to_string_lossy(), [input]);
    command.env("FUZZ_TARGET", name).env("RUST_BACKTRACE", "1");
    call(command)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    #[test]
    fn the_targets_are_those_of_the_fuzz_package() {
        let source = std::fs::read_to_string(root().join("fuzz/src/lib.rs")).unwrap();
        let names = source
            .lines()
            .filter_map(|line| line.trim().strip_prefix("name: \"")?.strip_suffix("\","));
        assert_eq!(names.collect::<Vec<_>>(), TARGETS);
    }

    #[test]
    fn the_help_names_every_target() {
        let (_, rest) = HELP.split_once("Targets:").unwrap();
        let (listed, _) = rest.split_once("\n\n").unwrap();
        assert_eq!(
            listed.split(',').map(str::trim).collect::<Vec<_>>(),
            TARGETS
        );
    }

    #[test]
    fn arguments_are_read() {
        let wanted = read(&["cookie", "--seconds", "5"]).ok().unwrap();
        assert_eq!((wanted.targets, wanted.seconds), (vec!["cookie"], 5));
        assert_eq!(read(&[]).ok().unwrap().targets, TARGETS);
        for wrong in [&["no-such"][..], &["--seconds", "x"], &["--input", "file"]] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
