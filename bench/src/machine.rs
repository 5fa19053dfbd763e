//! Where it was measured.

use std::fmt::Write as _;
use std::fs;

use tokio::process::Command;

use crate::contender::Contender;

/// The machine's facts and everybody's versions, as a Markdown list.
pub(crate) async fn facts(contenders: &[Contender]) -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let cores = cpu
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    let memory: f64 = after(&memory, "MemTotal")
        .trim_end_matches("kB")
        .trim()
        .parse()
        .unwrap_or(0.0);
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "- Date: {}", said("date", &["-u", "+%Y-%m-%d"]).await);
    let _ = writeln!(
        text,
        "- Processor: {}, {cores} cores",
        after(&cpu, "model name")
    );
    let _ = writeln!(text, "- Memory: {:.0} GiB", memory / f64::from(1 << 20));
    let _ = writeln!(text, "- Kernel: Linux {}", kernel.trim());
    let of_load = load.split_whitespace().next().unwrap_or("unknown");
    let _ = writeln!(
        text,
        "- Load average when it ended, our own included: {of_load}"
    );
    for contender in contenders {
        let _ = writeln!(text, "- {}: {}", contender.name, contender.version);
    }
    text
}

fn after<'a>(text: &'a str, key: &str) -> &'a str {
    text.lines()
        .find(|line| line.starts_with(key))
        .and_then(|line| line.split_once(':'))
        .map_or("unknown", |(_, value)| value.trim())
}

async fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .kill_on_drop(true)
        .output()
        .await;
    output.map_or_else(
        |_| "unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}
