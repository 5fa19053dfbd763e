//! `cargo xtask run`: from a fresh clone to the window on the demo workspace.

use crate::command::{call, cargo};
use crate::{Failure, node, system};

pub(crate) const HELP: &str = "\
Installs what is missing, builds, and opens the window on the demo workspace. With no display, the
demo is served and its address printed.

Usage: cargo xtask run [OPTIONS]

Options:
  --release    build with optimisations
  --no-window  serve the demo for a browser, where there is a display too
  -h, --help   print this
";

pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let (mut release, mut window) = (false, system::has_display());
    for argument in arguments {
        match *argument {
            "--release" => release = true,
            "--no-window" => window = false,
            other => {
                return Err(format!("run knows --release and --no-window, found {other:?}").into());
            }
        }
    }
    system::install(system::ENGINE)?;
    if window {
        system::install(system::WINDOW)?;
    }
    node::build_ui()?;
    let profile: &[&str] = if release { &["--release"] } else { &[] };
    if window {
        println!("Building and opening the window");
        return call(cargo(
            [
                &["run", "--package", "tripledash-desktop"],
                profile,
                &["--", "--demo"],
            ]
            .concat(),
        ));
    }
    println!(
        "No display: serving the demo workspace instead; open the address below in a browser, stop with Ctrl-C"
    );
    call(cargo(
        [
            &["run", "--package", "tripledash"],
            profile,
            &["--", "serve", "--demo"],
        ]
        .concat(),
    ))
}
