//! What a run says in the end: BENCHMARKS.md, or the same on standard output.

use std::fmt::Write as _;

use crate::load::Slice;
use crate::matrix::{Effort, Load, Measured};
use crate::memory::{Memory, mebibytes};
use crate::rows::Row;
use crate::table;

const HOW: &str = include_str!("../HOW.md");
const TRIED: &str = include_str!("../TRIED.md");

/// Everything that was measured.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) facts: String,
    pub(crate) loads: Vec<(Load, Vec<Measured>)>,
    pub(crate) memory: Vec<(&'static str, Memory)>,
    pub(crate) rows: Vec<Row>,
}

impl Report {
    /// The whole page.
    pub(crate) fn page(&self, effort: Effort) -> String {
        let mut page = String::from("# Benchmarks\n\n");
        page.push_str("Written by `cargo xtask bench`; see [CONTRIBUTING.md](CONTRIBUTING.md) for how to run it.\n\n");
        let _ = write!(page, "## Where\n\n{}\n", self.facts);
        page.push_str(&self.measurements());
        let _ = write!(
            page,
            "## How\n\n{HOW}\nThis run: {} rounds, slices of {:.1} s after {:.1} s of the same load.\n\n{TRIED}",
            effort.rounds,
            effort.window.as_secs_f64(),
            effort.warm_up.as_secs_f64(),
        );
        page
    }

    /// The tables alone.
    pub(crate) fn measurements(&self) -> String {
        let mut text = String::new();
        let rows: Vec<Row> = self
            .compared()
            .into_iter()
            .chain(self.rows.iter().cloned())
            .collect();
        if !rows.is_empty() {
            text.push_str("## Targets\n\n| what | target | measured | |\n|---|---|---|---|\n");
            for row in rows {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "{row}");
            }
            text.push('\n');
        }
        if !self.loads.is_empty() {
            text.push_str("## Beside other proxies\n\n");
        }
        for (load, measured) in &self.loads {
            let _ = write!(text, "### {load}\n\n{}\n", table::load(measured));
        }
        if !self.memory.is_empty() {
            text.push_str("### Memory after all of it\n\n| | peak | resident | proportional |\n|---|---:|---:|---:|\n");
            for (name, memory) in &self.memory {
                let _ = writeln!(
                    text,
                    "| {name} | {} | {} | {} |",
                    mebibytes(memory.peak),
                    mebibytes(memory.resident),
                    mebibytes(memory.proportional)
                );
            }
            text.push('\n');
        }
        text
    }

    /// The targets that speak of peers.
    fn compared(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        if let Some(of) = self.measured(32) {
            let cpu = |name| median(of, name, Slice::cpu_each);
            if let (Some(ours), Some(nginx)) = (cpu("tripledash"), cpu("nginx")) {
                rows.push(Row {
                    what: "CPU per request beside nginx (1 KiB, 32 connections)".to_owned(),
                    target: "at most 1.5 times",
                    measured: format!(
                        "{:.2} times ({ours:.1} µs, nginx {nginx:.1} µs)",
                        ours / nginx
                    ),
                    reached: ours <= nginx * 1.5,
                });
            }
            if let (Some(ours), Some(node)) = (cpu("tripledash"), cpu("http-proxy")) {
                rows.push(Row {
                    what: "CPU per request beside Node's http-proxy".to_owned(),
                    target: "at most a third",
                    measured: format!(
                        "{:.2} of it ({ours:.1} µs, http-proxy {node:.1} µs)",
                        ours / node
                    ),
                    reached: ours <= node / 3.0,
                });
            }
        }
        if let Some(of) = self.measured(1) {
            let half = |name| median(of, name, |slice: &Slice| slice.quantile(0.5));
            if let (Some(ours), Some(direct)) = (half("tripledash"), half("direct")) {
                rows.push(Row {
                    what: "added latency at one connection, against direct (1 KiB, median)"
                        .to_owned(),
                    target: "at most 0.3 ms",
                    measured: format!(
                        "{:.3} ms ({ours:.0} µs, direct {direct:.0} µs)",
                        (ours - direct) / 1e3
                    ),
                    reached: ours - direct <= 300.0,
                });
            }
        }
        rows
    }

    fn measured(&self, connections: usize) -> Option<&[Measured]> {
        self.loads
            .iter()
            .find(|(load, _)| {
                load.size == 1024 && load.connections == connections && !load.document
            })
            .map(|(_, measured)| measured.as_slice())
    }
}

fn median(of: &[Measured], name: &str, what: impl Fn(&Slice) -> f64) -> Option<f64> {
    of.iter().find(|one| one.name == name)?.median(what)
}
