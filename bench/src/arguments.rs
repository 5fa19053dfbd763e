//! What the bench is asked.

use std::path::PathBuf;

use clap::Parser;

/// The command line, as `bench/help.txt` describes it.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", override_help = include_str!("../help.txt"))]
pub(crate) struct Arguments {
    #[arg(long)]
    pub(crate) quick: bool,
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,
    #[arg(long, value_name = "N")]
    pub(crate) rounds: Option<usize>,
    #[arg(long, value_name = "SECONDS")]
    pub(crate) slice: Option<f64>,
    /// What the bench starts itself with: clears up after it (`keeper`).
    #[arg(long, hide = true, value_name = "FOLDER")]
    pub(crate) keep: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::{contender, rows};

    const HELP: &str = include_str!("../help.txt");

    #[test]
    fn the_help_names_every_option_and_no_other() {
        let command = Arguments::command();
        let mut known: Vec<String> = command
            .get_arguments()
            .filter(|argument| !argument.is_hide_set())
            .filter_map(|argument| Some(format!("--{}", argument.get_long()?)))
            // Of xtask, which takes it out.
            .chain(["--install", "--help"].map(str::to_owned))
            .collect();
        known.sort();
        let mut named: Vec<String> = HELP
            .split_whitespace()
            .filter(|word| word.starts_with("--"))
            .map(str::to_owned)
            .collect();
        named.sort();
        assert_eq!(named, known);
    }

    #[test]
    fn the_help_names_every_contender_and_row() {
        let flat = HELP.split_whitespace().collect::<Vec<_>>().join(" ");
        for name in contender::NAMES.iter().chain(&rows::NAMES) {
            assert!(flat.contains(name), "{name}");
        }
    }
}
