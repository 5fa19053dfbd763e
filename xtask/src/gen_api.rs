//! `cargo xtask gen`: the API's description, the UI's types made from it, and the workspace file's
//! JSON Schema.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::command::{call, spelled};
use crate::{Failure, build, node, root, target};

pub(crate) const HELP: &str = "\
Writes the API's description (OpenAPI), the UI's types made from it, and the JSON Schema of
tripledash.json.

Usage: cargo xtask gen [OPTIONS]

Options:
  --check     write nothing, and fail where what is committed differs
  -h, --help  print this
";

const DESCRIPTION: &str = "ui/src/api/openapi.json";
const TYPES: &str = "ui/src/api/schema.ts";
const SCHEMA: &str = "docs/tripledash.schema.json";

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
    let schema = folder.join("tripledash.schema.json");
    build::everything()?;
    write(&schema, &output_of("examples/schema", &[])?)?;
    // The command line has the schema in it, so that is written before it is built for good.
    if !check && !is_kept(&schema, SCHEMA) {
        keep(&schema, SCHEMA)?;
        build::everything()?;
    }
    write(&description, &output_of("tripledash", &["openapi"])?)?;
    let (from, to) = (description.to_string_lossy(), types.to_string_lossy());
    call(node::tool(
        "ui",
        ["openapi-typescript", &from, "--output", &to],
    ))?;

    let made = [
        (&description, DESCRIPTION),
        (&types, TYPES),
        (&schema, SCHEMA),
    ];
    let drifted = made.into_iter().filter(|(made, kept)| !is_kept(made, kept));
    let drifted: Vec<_> = drifted.collect();
    if drifted.is_empty() {
        println!(
            "the API description, the UI's types and the workspace file's schema agree with the code"
        );
        return Ok(());
    }
    if check {
        let names: Vec<&str> = drifted.into_iter().map(|(_, kept)| kept).collect();
        return Err(format!(
            "{} drifted from the code: call `cargo xtask gen` and commit",
            names.join(" and ")
        )
        .into());
    }
    drifted
        .into_iter()
        .try_for_each(|(made, kept)| keep(made, kept))
}

fn is_kept(made: &Path, kept: &str) -> bool {
    fs::read(made).ok() == fs::read(root().join(kept)).ok()
}

/// Takes a file over where it differs from what is committed.
fn keep(made: &Path, kept: &str) -> Result<(), Failure> {
    if is_kept(made, kept) {
        return Ok(());
    }
    fs::copy(made, root().join(kept)).map_err(|error| format!("cannot write {kept}: {error}"))?;
    println!("wrote {kept}");
    Ok(())
}

fn output_of(program: &str, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
    let mut command = Command::new(build::program(program));
    command.args(arguments);
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
