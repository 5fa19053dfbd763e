//! From the start of the process to the line that says it listens, and to its first answer.

use std::time::Instant;

use super::Row;
use crate::api;
use crate::contender::{Place, serve, workspace};
use crate::failure::Failure;
use crate::matrix::median;

const RUNS: usize = 15;
const TARGET_MS: f64 = 100.0;

pub(super) async fn measure(place: &Place) -> Result<Vec<Row>, Failure> {
    let folder = place.folder.join("start");
    workspace(&folder, place.upstream.port())?;
    let (mut lines, mut answers) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let begun = Instant::now();
        let (serving, took) = serve(place, &folder).await?;
        let status = api::status(serving.port, "acme---main").await?;
        answers.push(begun.elapsed().as_secs_f64() * 1e3);
        lines.push(took.as_secs_f64() * 1e3);
        serving.started.end().await;
        if status != 200 {
            return Err(format!("the first answer was {status}").into());
        }
    }
    let most = lines.iter().copied().fold(0.0, f64::max);
    let line = median(lines).unwrap_or(f64::INFINITY);
    let answer = median(answers).unwrap_or(f64::INFINITY);
    Ok(vec![Row {
        what: "`tripledash serve`, from start to listening".to_owned(),
        target: "under 100 ms",
        measured: format!(
            "{line:.0} ms, at most {most:.0} ms in {RUNS} runs (first page through it after {answer:.0} ms, with the version asked first)"
        ),
        reached: line < TARGET_MS,
    }])
}
