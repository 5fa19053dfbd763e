//! Tables in Markdown.

use std::fmt::Write as _;

use crate::load::Slice;
use crate::matrix::Measured;

/// One load's table: a row per contender.
pub(crate) fn load(measured: &[Measured]) -> String {
    let base = measured
        .iter()
        .find(|one| one.name == "nginx")
        .and_then(|one| one.median(Slice::cpu_each));
    let mut table = String::from(
        "| | requests/s | p50 µs | p99 µs | CPU µs per request | least to most | of nginx |\n\
         |---|---:|---:|---:|---:|---:|---:|\n",
    );
    for one in measured {
        // Writing to a string cannot fail.
        let _ = writeln!(table, "{}", row(one, base));
    }
    table
}

fn row(one: &Measured, base: Option<f64>) -> String {
    let (Some(rate), Some(p50), Some(p99)) = (
        one.median(Slice::rate),
        one.median(|slice| slice.quantile(0.5)),
        one.median(|slice| slice.quantile(0.99)),
    ) else {
        let why = one.failure.as_deref().unwrap_or("not measured");
        return format!("| {} | {why} | | | | | |", one.name);
    };
    let mut row = format!("| {} | {rate:.0} | {p50:.0} | {p99:.0} |", one.name);
    match (one.median(Slice::cpu_each), one.spread(Slice::cpu_each)) {
        (Some(cpu), Some((least, most))) if cpu > 0.0 => {
            let of = base.map_or_else(String::new, |base| format!("{:.2}", cpu / base));
            let _ = write!(row, " {cpu:.1} | {least:.1} to {most:.1} | {of} |");
        }
        _ => row.push_str(" | | |"),
    }
    let failed: u64 = one.slices.iter().map(|slice| slice.failed).sum();
    if failed > 0 {
        let _ = write!(row, " {failed} requests failed");
    }
    row
}
