//! What the bench is asked.

use clap::Parser;

/// Measures the engine beside other proxies and writes BENCHMARKS.md.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench")]
pub(crate) struct Arguments {
    /// A short run of the loads that the targets speak of; writes nothing unless --write is given.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only these contenders or rows; may be given more than once.
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,
    /// How many rounds.
    #[arg(long, value_name = "N")]
    pub(crate) rounds: Option<usize>,
    /// Seconds of one slice.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) slice: Option<f64>,
}
