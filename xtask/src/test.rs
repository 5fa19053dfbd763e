//! `cargo xtask test`: every check and every test, each step whatever the others said.
//!
//! The last line counts what ran: a test program counts its tests, a check counts as one.

use std::process::Command;
use std::time::Instant;

use crate::command::{call, cargo, find, listen, program};
use crate::tally::Tally;
use crate::{Failure, build, gen_api, node, system, target};

pub(crate) const HELP: &str = "\
Installs what tests need, and runs every check and test there is.

Usage: cargo xtask test [OPTIONS]

Options:
  --list       name the steps and run none
  --only NAME  run this step; may be given more than once
  -h, --help   print this
";

type Run = fn() -> Result<Tally, Failure>;

struct Step {
    name: &'static str,
    about: &'static str,
    run: Run,
}

/// In the order that tells most soonest; the page is built before the tests that open it.
const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        about: "Rust sources are formatted",
        run: fmt,
    },
    Step {
        name: "ui-types",
        about: "TypeScript compiles",
        run: ui_types,
    },
    Step {
        name: "ui-lint",
        about: "ESLint finds nothing",
        run: ui_lint,
    },
    Step {
        name: "ui-unit",
        about: "the UI's unit tests",
        run: ui_unit,
    },
    Step {
        name: "ui-build",
        about: "the page builds",
        run: ui_build,
    },
    Step {
        name: "clippy",
        about: "clippy finds nothing",
        run: clippy,
    },
    Step {
        name: "doc",
        about: "the documentation builds without a warning",
        run: doc,
    },
    Step {
        name: "rust",
        about: "Rust unit, integration and documentation tests",
        run: rust,
    },
    Step {
        name: "gen",
        about: "the UI's types and the workspace file's schema agree with the code",
        run: drift,
    },
    Step {
        name: "browser-types",
        about: "the journeys' TypeScript compiles",
        run: browser_types,
    },
    Step {
        name: "browser",
        about: "journeys in Chromium",
        run: browser,
    },
    Step {
        name: "desktop",
        about: "journeys in the window",
        run: desktop,
    },
];

pub(crate) fn test(arguments: &[&str]) -> Result<(), Failure> {
    let mut only = vec![];
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match *word {
            "--list" => {
                for step in STEPS {
                    println!("{:14} {}", step.name, step.about);
                }
                return Ok(());
            }
            "--only" => only.push(*words.next().ok_or("--only wants the name of a step")?),
            other => return Err(format!("test knows --list and --only, found {other:?}").into()),
        }
    }
    if let Some(unknown) = only
        .iter()
        .find(|name| STEPS.iter().all(|step| step.name != **name))
    {
        return Err(format!("no step named {unknown:?}: see `cargo xtask test --list`").into());
    }
    system::install(&[system::ENGINE, system::WINDOW].concat())?;

    let mut total = Tally::default();
    let mut failed = vec![];
    for step in STEPS
        .iter()
        .filter(|step| only.is_empty() || only.contains(&step.name))
    {
        println!("\n== {}: {}", step.name, step.about);
        let start = Instant::now();
        let mut tally = (step.run)().unwrap_or_else(|Failure(message)| {
            println!("{message}");
            Tally {
                passed: 0,
                failed: 1,
            }
        });
        if tally == Tally::default() {
            println!("nothing ran, which is no way to pass");
            tally.failed = 1;
        }
        println!(
            "-- {}: {} passed, {} failed, {:.1} s",
            step.name,
            tally.passed,
            tally.failed,
            start.elapsed().as_secs_f32()
        );
        if tally.failed > 0 {
            failed.push(step.name);
        }
        total.add(tally);
    }
    println!();
    for name in &failed {
        println!("failed: {name} (again alone: cargo xtask test --only {name})");
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("{} failed", failed.join(", ")).into())
    }
}

/// A check: one that passes or one that fails.
fn check(command: Command) -> Result<Tally, Failure> {
    let passed = listen(command, |_| {})?;
    Ok(Tally {
        passed: u64::from(passed),
        failed: u64::from(!passed),
    })
}

/// A test program: counts what it says, and one failure more when it ends badly without saying why.
fn count(command: Command) -> Result<Tally, Failure> {
    let mut tally = Tally::default();
    let passed = listen(command, |line| tally.add(Tally::of_line(line)))?;
    if !passed && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

fn fmt() -> Result<Tally, Failure> {
    check(cargo(["fmt", "--all", "--check"]))
}

fn clippy() -> Result<Tally, Failure> {
    check(cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]))
}

fn doc() -> Result<Tally, Failure> {
    let mut command = cargo([
        "doc",
        "--workspace",
        "--no-deps",
        "--document-private-items",
        "--quiet",
    ]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    check(command)
}

fn rust() -> Result<Tally, Failure> {
    // Without `--no-fail-fast` the count would depend on which crate failed first.
    count(cargo(["test", "--workspace", "--no-fail-fast", "--quiet"]))
}

fn ui_types() -> Result<Tally, Failure> {
    node::install("ui")?;
    check(node::npm("ui", ["run", "--silent", "typecheck"]))
}

fn ui_lint() -> Result<Tally, Failure> {
    node::install("ui")?;
    check(node::npm("ui", ["run", "--silent", "lint"]))
}

fn ui_unit() -> Result<Tally, Failure> {
    node::install("ui")?;
    count(node::npm("ui", ["run", "--silent", "test"]))
}

fn ui_build() -> Result<Tally, Failure> {
    node::install("ui")?;
    check(node::npm("ui", ["run", "--silent", "build"]))
}

fn drift() -> Result<Tally, Failure> {
    gen_api::generate(&["--check"])?;
    Ok(Tally {
        passed: 1,
        failed: 0,
    })
}

fn browser_types() -> Result<Tally, Failure> {
    node::install("tests/browser")?;
    check(node::npm("tests/browser", ["run", "--silent", "typecheck"]))
}

fn browser() -> Result<Tally, Failure> {
    system::install(system::TESTS)?;
    let chromium = system::chromium()?;
    node::build_ui()?;
    node::install("tests/browser")?;
    // One real app with three versions of Next.js, which journeys take for upstreams.
    for packages in ["next-app", "next-16-2", "next-15"] {
        node::install(&format!("tests/fixtures/{packages}"))?;
    }
    build::everything()?;
    let mut command = node::tool("tests/browser", ["playwright", "test"]);
    command
        .env("CHROMIUM", chromium)
        .env("TRIPLEDASH", build::program("tripledash"));
    count(command)
}

fn desktop() -> Result<Tally, Failure> {
    if !cfg!(target_os = "linux") {
        return Err("the journeys in the window run on Linux only".into());
    }
    system::install(system::TESTS)?;
    for name in ["xvfb-run", "WebKitWebDriver"] {
        if find(name).is_none() {
            return Err(
                format!("{name} is missing: install Xvfb and WebKitGTK's WebDriver").into(),
            );
        }
    }
    node::build_ui()?;
    let driver = tauri_driver()?;
    build::everything()?;
    let test = [
        "test",
        "--quiet",
        // As the step of all Rust tests builds it.
        "--workspace",
        "--test",
        "desktop",
        "--",
        "--ignored",
        "--test-threads=1",
    ];
    let screen = "-screen 0 1440x900x24 -nolisten tcp";
    let cargo_path = cargo([""; 0]).get_program().to_string_lossy().into_owned();
    let mut command = program(
        "xvfb-run",
        [&["-a", "-s", screen, &cargo_path], &test[..]].concat(),
    );
    command
        .env("TAURI_DRIVER", driver)
        .env("TRIPLEDASH_DESKTOP", build::program("tripledash-desktop"));
    count(command)
}

/// The WebDriver for Tauri windows, built once into the target folder.
fn tauri_driver() -> Result<std::path::PathBuf, Failure> {
    let tools = target().join("tools");
    let driver = tools.join("bin/tauri-driver");
    if !driver.is_file() {
        println!("Building tauri-driver");
        let tools = tools.to_string_lossy().into_owned();
        // Version 2 by name: an unpinned look-up picks an alpha of 3.
        call(cargo([
            "install",
            "tauri-driver",
            "--version",
            "^2",
            "--locked",
            "--root",
            &tools,
        ]))?;
    }
    Ok(driver)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_a_name_of_its_own() {
        let mut names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STEPS.len());
    }
}
