//! How much memory processes hold.

use std::fs;
use std::time::Duration;

/// The most and the present resident memory of some processes, in KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Memory {
    /// The highest that each has been since it was last reset, together.
    pub(crate) peak: u64,
    pub(crate) resident: u64,
    /// Shared pages counted by share, so that a process and its workers do not count them twice.
    pub(crate) proportional: u64,
}

/// How long what was freed may take to go back to the system.
const SETTLING: Duration = Duration::from_secs(2);

/// What they hold now. A process that has ended holds nothing.
pub(crate) fn held(processes: &[u32]) -> Memory {
    let mut sum = Memory::default();
    for id in processes {
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
        sum.peak += kib(&status, "VmHWM:");
        sum.resident += kib(&status, "VmRSS:");
        sum.proportional += kib(&rollup, "Pss:");
    }
    sum
}

/// Forgets the peaks so far.
pub(crate) fn reset_peak(processes: &[u32]) {
    for id in processes {
        // Where the kernel refuses, the peak stays what it was: too high, never too low.
        let _ = fs::write(format!("/proc/{id}/clear_refs"), "5");
    }
}

/// What they hold once they were left alone for a moment.
pub(crate) async fn settled(processes: &[u32]) -> Memory {
    tokio::time::sleep(SETTLING).await;
    held(processes)
}

fn kib(text: &str, name: &str) -> u64 {
    text.lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

/// As a person reads it.
pub(crate) fn mebibytes(kib: u64) -> String {
    format!("{:.1} MiB", kib as f64 / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_proc_are_read() {
        let status = "Name:\tx\nVmHWM:\t   12345 kB\nVmRSS:\t    2048 kB\n";
        assert_eq!(kib(status, "VmHWM:"), 12345);
        assert_eq!(kib(status, "VmSwap:"), 0);
        assert_eq!(mebibytes(kib(status, "VmRSS:")), "2.0 MiB");
    }

    #[test]
    fn our_own_memory_is_some() {
        let held = held(&[std::process::id()]);
        assert!(held.peak >= held.resident && held.resident > 0, "{held:?}");
    }
}
