//! What the bench is asked.

use std::path::PathBuf;

use clap::Parser;

/// Measures the engine beside other proxies and writes BENCHMARKS.md.
///
/// `cargo xtask bench --install` gets the peers first: nginx, haproxy and caddy from the system's
/// packages (which may start as services of their own: stop them), http-proxy from npm, mitmproxy
/// from pip.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench")]
pub(crate) struct Arguments {
    /// A short run: 1 KiB, 1 and 32 connections, smaller streams; the tables go to standard output
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only these contenders or rows, to standard output; may be given more than once. A
    /// contender: direct, tripledash, "plain hyper", nginx, haproxy, caddy, http-proxy, mitmproxy
    /// (1 KiB, 32 connections). A row: stream, million, start, workspace
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,
    /// How many rounds; 5 unless said, 3 in a short run
    #[arg(long, value_name = "N")]
    pub(crate) rounds: Option<usize>,
    /// How long one slice is, in seconds; 1 unless said
    #[arg(long, value_name = "SECONDS")]
    pub(crate) slice: Option<f64>,
    /// What the bench starts itself with: clears up after it (`keeper`)
    #[arg(long, hide = true, value_name = "FOLDER")]
    pub(crate) keep: Option<PathBuf>,
}
