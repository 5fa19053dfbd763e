//! `cargo xtask gen`: the API's description, and the UI's types made from it.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::command::{call, cargo, spelled};
use crate::{Failure, node, root, target};

pub(crate) const HELP: &str = "\
Writes the API's description (OpenAPI) and the UI's types made from it.

Usage: cargo xtask gen [OPTIONS]

Options:
  --check     write nothing, and fail where what is committed differs
  -h, --help  print this
";

const DESCRIPTION: &str = "ui/src/api/openapi.json";
const TYPES: &str = "ui/src/api/schema.ts";

pub(crate) fn generate(arguments: &[&str]) -> Result<(), Failure> {
    let check = match arguments {
        [] => false,
        ["--check"] => true,
        other => return Err(format!("gen knows --check, found {other:?}").into()),
    };
    node::install("ui")?;
    let folder = target().join("gen");
    fs::create_dir_all(&folder)
        .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    let description = folder.join("openapi.json");
    let types = folder.join("schema.ts");
    write(&description, &describe()?)?;
    let (from, to) = (description.to_string_lossy(), types.to_string_lossy());
    call(node::tool(
        "ui",
        ["openapi-typescript", &from, "--output", &to],
    ))?;

    let drifted: Vec<&str> = [(&description, DESCRIPTION), (&types, TYPES)]
        .into_iter()
        .filter(|(made, kept)| fs::read(made).ok() != fs::read(root().join(kept)).ok())
        .map(|(_, kept)| kept)
        .collect();
    if drifted.is_empty() {
        println!("the API description and the UI's types agree with the code");
        return Ok(());
    }
    if check {
        return Err(format!(
            "{} drifted from the code: call `cargo xtask gen` and commit",
            drifted.join(" and ")
        )
        .into());
    }
    for (made, kept) in [(&description, DESCRIPTION), (&types, TYPES)] {
        fs::copy(made, root().join(kept))
            .map_err(|error| format!("cannot write {kept}: {error}"))?;
        println!("wrote {kept}");
    }
    Ok(())
}

/// The OpenAPI document, as the command line prints it.
fn describe() -> Result<Vec<u8>, Failure> {
    let mut command = cargo(["run", "--quiet", "--package", "tripledash", "--", "openapi"]);
    let line = spelled(&command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot start `{line}`: {error}"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("`{line}` ended with {}", output.status).into())
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    fs::write(path, bytes)
        .map_err(|error| format!("cannot write {}: {error}", path.display()).into())
}
