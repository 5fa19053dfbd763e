//! A million exchanges, recorded with the default bounds.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Row;
use crate::api;
use crate::contender::{Place, serve, workspace};
use crate::failure::Failure;
use crate::load::{Generator, Job};
use crate::memory::{held, mebibytes, settled};
use crate::progress::tell;
use crate::request;

const EXCHANGES: u64 = 1_000_000;
const QUICK: u64 = 100_000;
const TARGET_KIB: u64 = 150 * 1024;
/// A machine that needs longer than this is too slow to say anything.
const PATIENCE: Duration = Duration::from_secs(900);

pub(super) async fn measure(
    place: &Place,
    generator: &Generator,
    quick: bool,
) -> Result<Vec<Row>, Failure> {
    let wanted = if quick { QUICK } else { EXCHANGES };
    let folder = place.folder.join("million");
    workspace(&folder, place.upstream.port())?;
    let (serving, _) = serve(place, &folder).await?;
    let host = format!("acme---main.tripledash.localhost:{}", serving.port);
    let begun = Instant::now();
    let (mut seen, mut kept) = (0, 0);
    // What the queue had no room for does not count, so the log is asked how many it got.
    while seen < wanted {
        if begun.elapsed() > PATIENCE {
            return Err(format!("only {seen} exchanges were recorded in {PATIENCE:?}").into());
        }
        generator
            .run(Job {
                address: SocketAddr::from((Ipv4Addr::LOCALHOST, serving.port)),
                request: Arc::from(request::script(&host, 1024)),
                connections: 32,
                warm_up: Duration::ZERO,
                window: Duration::from_secs(5),
                least: 0,
                longest: Duration::from_secs(5),
                clocks: serving.started.clocks()?,
            })
            .await?;
        (seen, kept) = api::counts(&serving).await?;
        let resident = held(&serving.started.processes()).resident;
        tell(format_args!(
            "    {seen} of {wanted} exchanges, {} resident",
            mebibytes(resident)
        ));
    }
    let memory = settled(&serving.started.processes()).await;
    serving.started.end().await;
    Ok(vec![Row {
        what: format!("{} exchanges recorded, memory in all", thousands(wanted)),
        target: "under 150 MiB",
        measured: format!(
            "{} at its peak, {} settled, {} of them exclusive or shared in part; {kept} exchanges kept",
            mebibytes(memory.peak),
            mebibytes(memory.resident),
            mebibytes(memory.proportional),
        ),
        reached: memory.peak < TARGET_KIB,
    }])
}

fn thousands(count: u64) -> String {
    if count == EXCHANGES {
        "one million".to_owned()
    } else {
        format!("{},000", count / 1000)
    }
}
