//! `cargo xtask soak`: mixed traffic for minutes, and what is left of it afterwards.
//!
//! Half of the time goes to the program itself, half to an engine inside the test, where its
//! tasks can be counted.

use crate::command::{call, cargo};
use crate::{Failure, target};

pub(crate) const HELP: &str = "\
Mixed traffic through the program, then through an engine inside the test; nothing may be left of it.

Usage: cargo xtask soak [OPTIONS]

Options:
  --minutes N  how long, both together; 10 unless said
  --seed N     another traffic
  --release    the program as it is released
  -h, --help   print this
";

const MINUTES: f64 = 10.0;

pub(crate) fn soak(arguments: &[&str]) -> Result<(), Failure> {
    let mut minutes = MINUTES;
    let mut release = false;
    let mut seed = None;
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match *word {
            "--minutes" => {
                let number = words.next().and_then(|word| word.parse().ok());
                minutes = number.ok_or("--minutes wants a number")?;
            }
            "--seed" => {
                let number = words.next().and_then(|word| word.parse::<u64>().ok());
                seed = Some(number.ok_or("--seed wants a number")?.to_string());
            }
            "--release" => release = true,
            other => {
                return Err(
                    format!("soak knows --minutes, --seed and --release, found {other:?}").into(),
                );
            }
        }
    }
    if !cfg!(target_os = "linux") {
        return Err(
            "the soak reads what a process holds in Linux's way, and runs there only".into(),
        );
    }
    let seconds = (minutes * 30.0).max(1.0).round();
    let mut build = cargo(["build", "--quiet", "--package", "tripledash"]);
    let folder = if release {
        build.arg("--release");
        "release"
    } else {
        "debug"
    };
    call(build)?;
    let program = target().join(folder).join("tripledash");
    for (name, program) in [
        ("the program", Some(program)),
        ("an engine in the test", None),
    ] {
        println!("\n== {name}, {seconds} s of traffic");
        let mut test = cargo(["test", "--quiet", "--package", "tripledash-tests"]);
        test.args(["--test", "soak", "--", "--nocapture"])
            .env("SOAK_SECONDS", seconds.to_string());
        if let Some(seed) = &seed {
            test.env("SOAK_SEED", seed);
        }
        match program {
            Some(program) => test.env("TRIPLEDASH", program),
            None => test.env_remove("TRIPLEDASH"),
        };
        call(test)?;
    }
    Ok(())
}
