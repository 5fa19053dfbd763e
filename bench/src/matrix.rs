//! Requests per second, latency and processor time: every contender in turn, several rounds.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::contender::Contender;
use crate::failure::Failure;
use crate::load::{Generator, Job, Slice};
use crate::progress::tell;
use crate::request;

/// One load: a body's size and a number of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) size: u64,
    pub(crate) connections: usize,
    /// A page to edit, and not a script.
    pub(crate) document: bool,
}

/// How long is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    pub(crate) rounds: usize,
    pub(crate) warm_up: Duration,
    pub(crate) window: Duration,
}

/// What one contender did under one load, round by round.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) slices: Vec<Slice>,
    /// Why there are none, or fewer.
    pub(crate) failure: Option<String>,
}

/// Measures every contender under one load.
pub(crate) async fn measure(
    contenders: &[Contender],
    generator: &Generator,
    load: Load,
    effort: Effort,
) -> Result<Vec<Measured>, Failure> {
    let mut measured: Vec<_> = contenders
        .iter()
        .map(|contender| Measured {
            name: contender.name,
            slices: Vec::new(),
            failure: None,
        })
        .collect();
    let rounds = load.rounds(effort);
    for round in 0..rounds {
        for turn in 0..contenders.len() {
            // Another one begins each round, so that nobody always follows the same neighbour.
            let at = (turn + round) % contenders.len();
            let (contender, measured) = (&contenders[at], &mut measured[at]);
            if measured.failure.is_some() {
                continue;
            }
            let host = contender.host();
            let request: Arc<[u8]> = if load.document {
                request::document(&host, load.size).into()
            } else {
                request::script(&host, load.size).into()
            };
            let slice = generator
                .run(Job {
                    address: contender.address,
                    request,
                    connections: load.connections,
                    warm_up: effort.warm_up,
                    window: effort.window,
                    least: load.connections as u64 * 3,
                    longest: effort.window * 10,
                    clocks: contender.clocks()?,
                })
                .await;
            match slice {
                Ok(slice) => {
                    tell(format_args!(
                        "    round {}/{rounds} {:12} {:8.0} requests/s {:8.1} µs CPU",
                        round + 1,
                        measured.name,
                        slice.rate(),
                        slice.cpu_each(),
                    ));
                    measured.slices.push(slice);
                }
                Err(failure) => {
                    tell(format_args!("    {}: {failure}", measured.name));
                    measured.failure = Some(failure.to_string());
                }
            }
        }
    }
    Ok(measured)
}

impl Load {
    /// Whether a target compares processor time under it.
    fn is_aimed_at(self) -> bool {
        self.size == 1024 && self.connections == 32 && !self.document
    }

    /// On a machine with neighbours a single turn is off by a third, so that what a target compares
    /// takes more of them.
    fn rounds(self, effort: Effort) -> usize {
        effort.rounds * if self.is_aimed_at() { 5 } else { 1 }
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = if self.size >= 1 << 20 {
            format!("{} MiB", self.size >> 20)
        } else {
            format!("{} KiB", self.size >> 10)
        };
        let connections = if self.connections == 1 {
            "1 connection".to_owned()
        } else {
            format!("{} connections", self.connections)
        };
        if self.document {
            write!(
                f,
                "{size} page that tripledash adds its script to, {connections}"
            )
        } else {
            write!(f, "{size}, {connections}")
        }
    }
}

impl Slice {
    /// Requests per second.
    pub(crate) fn rate(&self) -> f64 {
        self.requests as f64 / self.elapsed.as_secs_f64()
    }

    /// Processor time per request, in microseconds.
    pub(crate) fn cpu_each(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.requests as f64
    }

    /// The latency that this share of the requests did not pass, in microseconds.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let last = self.latencies.len() - 1;
        let at = (last as f64 * share).round() as usize;
        self.latencies[at.min(last)].as_secs_f64() * 1e6
    }
}

impl Measured {
    /// The median of something over the rounds; `None` where there were none.
    pub(crate) fn median(&self, of: impl Fn(&Slice) -> f64) -> Option<f64> {
        median(self.slices.iter().map(of).collect())
    }

    /// The least and the most of something over the rounds.
    pub(crate) fn spread(&self, of: impl Fn(&Slice) -> f64) -> Option<(f64, f64)> {
        let mut values: Vec<f64> = self.slices.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        Some((*values.first()?, *values.last()?))
    }
}

/// The median; of an even number the mean of the two in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(values[middle]),
        _ => Some(f64::midpoint(values[middle - 1], values[middle])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_is_the_one_in_the_middle_or_the_mean_of_two() {
        assert_eq!(median(vec![9.0, 1.0, 3.0]), Some(3.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 9.0]), Some(3.0));
        assert_eq!(median(vec![]), None);
    }

    #[test]
    fn quantiles_are_latencies_that_were_measured() {
        let slice = Slice {
            requests: 4,
            elapsed: Duration::from_secs(2),
            cpu: Duration::from_micros(80),
            latencies: [1, 2, 3, 40].map(Duration::from_micros).to_vec(),
            failed: 0,
        };
        assert_eq!((slice.rate(), slice.cpu_each()), (2.0, 20.0));
        assert_eq!((slice.quantile(0.0), slice.quantile(0.99)), (1.0, 40.0));
    }
}
