//! The words of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use http::{HeaderName, HeaderValue};
use tripledash_core::template::Template;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "tripledash",
    version,
    about = "A workbench for multi-tenant web apps: every tenant on every preview, and why each request went where it went",
    after_help = "Examples:
  tripledash serve --demo
  tripledash serve ~/code/my-app --port 8000 --open
  tripledash url --tenant acme --preview main --path /products/42
  tripledash explain http://acme---main.tripledash.localhost:7333/about
  tripledash init
  tripledash probe main
  tripledash check --json",
    disable_help_subcommand = true
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// One of the commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the engine and the page, without a window
    Serve(Serve),
    /// Print the address of a tenant on a preview
    Url(Url),
    /// Say what would happen to a request, without sending it
    Explain(Explain),
    /// Check a workspace file
    Check(Check),
    /// Start the dev server of a branch, and wait until it answers
    Start(Start),
    /// Stop the dev server of a branch
    Stop(Stop),
    /// Look at a folder, and write a first workspace file
    Init(Init),
    /// Find out which form of Host a preview's app understands
    Probe(Probe),
    /// Print the completions of a shell
    #[command(after_help = "Example:
  tripledash completions bash > ~/.local/share/bash-completion/completions/tripledash")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the API's description (OpenAPI, JSON)
    Openapi,
    /// Print the JSON Schema of tripledash.json, which editors complete it by
    #[command(after_help = "Example:
  tripledash schema > tripledash.schema.json

and \"$schema\": \"./tripledash.schema.json\" as the first key of tripledash.json beside it.")]
    Schema,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tripledash serve                 the workspace in this folder
  tripledash serve --demo --open   the demo, opened in the browser
  tripledash serve --port 0 --json any free port, and one line of JSON once listening

Without --port: 7333, or the next port that is free.
TRIPLEDASH_DATA names the folder for token and recent workspaces, TRIPLEDASH_TOKEN a token
for this run, TRIPLEDASH_LOG what is logged (as in `info` or `tripledash_proxy=debug`).
TRIPLEDASH_KEYCHAIN=off keeps it from asking the system's keychain for variables.")]
pub(crate) struct Serve {
    /// The folder with tripledash.json
    #[arg(default_value = ".", value_name = "FOLDER", conflicts_with = "demo")]
    pub(crate) folder: PathBuf,
    /// Serve the demo workspace
    #[arg(long)]
    pub(crate) demo: bool,
    /// The port to listen on, 0 for any that is free
    #[arg(long, value_name = "N")]
    pub(crate) port: Option<u16>,
    /// Open the page in the browser
    #[arg(long)]
    pub(crate) open: bool,
    /// Print one line of JSON once listening: url, port, token
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tripledash url --tenant acme --preview main
  tripledash url --tenant acme --preview feature --remote
  tripledash url --tenant acme --part locale=de --preview main
  tripledash url --preview main --path '/search?q=tea' ~/code/my-app")]
pub(crate) struct Url {
    /// The tenant's id; without it, the host that names no tenant
    #[arg(long, value_name = "ID")]
    pub(crate) tenant: Option<String>,
    /// The value of another part of the prefix, may be given often
    #[arg(long = "part", value_name = "NAME=VALUE", value_parser = part)]
    pub(crate) parts: Vec<(String, String)>,
    /// The preview's name
    #[arg(long, value_name = "NAME")]
    pub(crate) preview: String,
    /// A cookie jar of its own
    #[arg(long, value_name = "NAME")]
    pub(crate) session: Option<String>,
    /// Path and query
    #[arg(long, value_name = "PATH", default_value = "/")]
    pub(crate) path: String,
    /// The port of the engine; without it, that of the engine which has the folder open, else 7333
    #[arg(long, value_name = "N")]
    pub(crate) port: Option<u16>,
    /// Print the address that a teammate can open
    #[arg(long)]
    pub(crate) remote: bool,
    /// The folder with tripledash.json
    #[arg(default_value = ".", value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tripledash explain http://acme---main.tripledash.localhost:7333/about
  tripledash explain https://acme---my-app-git-feature.acme.dev/ --json
  tripledash explain -H 'RSC: 1' --method POST http://main.tripledash.localhost/")]
pub(crate) struct Explain {
    /// The address, local or remote; its port says nothing of what is meant
    #[arg(value_name = "URL")]
    pub(crate) url: String,
    /// The method
    #[arg(long, value_name = "M", default_value = "GET")]
    pub(crate) method: String,
    /// A header field of the request, may be given often
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub(crate) headers: Vec<(String, String)>,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// The folder with tripledash.json
    #[arg(default_value = ".", value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tripledash check
  tripledash check ~/code/my-app --json

Ends with 1 when there is an error, with 0 when there are warnings only.")]
pub(crate) struct Check {
    /// The folder with tripledash.json
    #[arg(default_value = ".", value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tripledash start feature/new-header
  tripledash start main ~/code/my-app --trust

The branch gets a checkout of its own under Tripledash's data folder, unless you have it checked
out yourself. The engine that has the folder open runs it; where there is none, this command is
one, until Ctrl-C. Prints the preview's address once it answers.")]
pub(crate) struct Start {
    /// The branch, or the name of its preview
    #[arg(value_name = "BRANCH")]
    pub(crate) branch: String,
    /// The folder with tripledash.json
    #[arg(default_value = ".", value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    /// Let the commands of this folder run, as they are now
    #[arg(long)]
    pub(crate) trust: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  tripledash stop feature/new-header")]
pub(crate) struct Stop {
    /// The branch, or the name of its preview
    #[arg(value_name = "BRANCH")]
    pub(crate) branch: String,
    /// The folder with tripledash.json
    #[arg(default_value = ".", value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tripledash init                  look at this folder, and write ./tripledash.json
  tripledash init --print          print it, and write nothing
  tripledash init ~/code/my-app

A file that is there already is never touched. Nothing of the folder is run.")]
pub(crate) struct Init {
    /// The app's folder
    #[arg(default_value = ".", value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    /// Print the file instead of writing it
    #[arg(long)]
    pub(crate) print: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  tripledash probe main
  tripledash probe main --tenant acme --tenant globex --path /about
  tripledash probe main --host '{tenant}.my-app.com'
  tripledash probe main --write

Asks the preview's upstream for a page with several forms of Host, as two tenants and as one that
does not exist, and compares the answers. Only GET is sent, redirects are not followed.
Ends with 0 when there is a line to write, or none is needed; else with 1.")]
pub(crate) struct Probe {
    /// The preview's name
    #[arg(value_name = "PREVIEW")]
    pub(crate) preview: String,
    /// The folder with tripledash.json
    #[arg(default_value = ".", value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    /// A tenant to ask as, may be given often; without it the first two
    #[arg(long = "tenant", value_name = "ID")]
    pub(crate) tenants: Vec<String>,
    /// The value of another part of the prefix, may be given often
    #[arg(long = "part", value_name = "NAME=VALUE", value_parser = part)]
    pub(crate) parts: Vec<(String, String)>,
    /// A form of Host to try as well, may be given often
    #[arg(long = "host", value_name = "TEMPLATE")]
    pub(crate) hosts: Vec<Template>,
    /// Path and query
    #[arg(long, value_name = "PATH", default_value = "/")]
    pub(crate) path: String,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the line into tripledash.json
    #[arg(long)]
    pub(crate) write: bool,
}

/// Reads `name=value`.
fn part(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("wanted a name, = and a value")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Reads `name: value`, as curl has it.
fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or("wanted a name, a colon and a value")?;
    let (name, value) = (name.trim(), value.trim());
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("{name:?} is no header name"))?;
    HeaderValue::from_str(value).map_err(|_| format!("{value:?} is no header value"))?;
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn header_fields_are_read_as_curl_has_them() {
        assert_eq!(header("RSC: 1"), Ok(("RSC".to_owned(), "1".to_owned())));
        assert_eq!(
            header("Cookie:a=b:c"),
            Ok(("Cookie".to_owned(), "a=b:c".to_owned()))
        );
        for bad in ["RSC", "a b: c", ": c", "a: b\nc"] {
            assert!(header(bad).is_err(), "{bad}");
        }
    }
}
