//! The engine's own numbers: memory, start, and large workspaces. No peer has them.

mod million;
mod start;
mod stream;
mod workspace;

use std::fmt;

use crate::contender::Place;
use crate::failure::Failure;
use crate::load::Generator;
use crate::progress::tell;

/// One target and what was measured.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) target: &'static str,
    pub(crate) measured: String,
    pub(crate) reached: bool,
}

/// Every row's name.
pub(crate) const NAMES: [&str; 4] = ["stream", "million", "start", "workspace"];

/// Measures the named rows.
pub(crate) async fn measure(
    names: &[&str],
    place: &Place,
    generator: &Generator,
    quick: bool,
) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    for name in names {
        tell(format_args!("{name}"));
        let measured = match *name {
            "stream" => stream::measure(place, quick).await,
            "million" => million::measure(place, generator, quick).await,
            "start" => start::measure(place).await,
            "workspace" => workspace::measure(place).await,
            other => return Err(format!("there is no row named {other:?}").into()),
        };
        match measured {
            Ok(measured) => {
                for row in &measured {
                    tell(format_args!("    {row}"));
                }
                rows.extend(measured);
            }
            Err(failure) => return Err(format!("{name}: {failure}").into()),
        }
    }
    Ok(rows)
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reached = if self.reached {
            "reached"
        } else {
            "**not reached**"
        };
        write!(
            f,
            "| {} | {} | {} | {reached} |",
            self.what, self.target, self.measured
        )
    }
}
