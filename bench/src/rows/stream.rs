//! One gibibyte through the engine, each way: its memory must not follow.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Instant;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::Row;
use crate::contender::{Place, Serving, serve, workspace};
use crate::failure::{Doing as _, Failure};
use crate::load::answer;
use crate::memory::{held, mebibytes, reset_peak, settled};
use crate::request;

const SIZE: u64 = 1 << 30;
const QUICK: u64 = 1 << 28;
const PIECE: usize = 64 * 1024;
const TARGET_KIB: u64 = 8 * 1024;

pub(super) async fn measure(place: &Place, quick: bool) -> Result<Vec<Row>, Failure> {
    let size = if quick { QUICK } else { SIZE };
    let folder = place.folder.join("stream");
    workspace(&folder, place.upstream.port())?;
    let (serving, _) = serve(place, &folder).await?;
    let mut rows = Vec::new();
    for (what, upload) in [("downloaded", false), ("uploaded", true)] {
        // What the first exchange of its kind needs once and for all is not growth.
        carry(&serving, 1 << 20, upload).await?;
        let before = settled(&serving.started.processes()).await.resident;
        reset_peak(&serving.started.processes());
        let begun = Instant::now();
        carry(&serving, size, upload).await?;
        let took = begun.elapsed().as_secs_f64();
        let grown = held(&serving.started.processes())
            .peak
            .saturating_sub(before);
        rows.push(Row {
            what: format!("{} {what}, growth of memory at its peak", gibibytes(size)),
            target: "under 8 MiB",
            measured: format!(
                "{} (from {}, {:.0} MiB/s)",
                mebibytes(grown),
                mebibytes(before),
                size as f64 / took / f64::from(1 << 20)
            ),
            reached: grown < TARGET_KIB,
        });
    }
    serving.started.end().await;
    Ok(rows)
}

fn gibibytes(size: u64) -> String {
    if size >= 1 << 30 {
        format!("{} GiB", size >> 30)
    } else {
        format!("{} MiB", size >> 20)
    }
}

async fn carry(serving: &Serving, size: u64, upload: bool) -> Result<(), Failure> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, serving.port));
    let host = format!("acme---main.tripledash.localhost:{}", serving.port);
    let mut socket = TcpStream::connect(address).await.doing("connecting")?;
    if upload {
        let head = request::upload(&host, size);
        socket.write_all(&head).await.doing("sending a head")?;
        let piece = vec![b'x'; PIECE];
        let mut left = size;
        while left > 0 {
            let now = left.min(PIECE as u64);
            socket
                .write_all(&piece[..now as usize])
                .await
                .doing("sending a body")?;
            left -= now;
        }
    } else {
        let head = request::script(&host, size);
        socket.write_all(&head).await.doing("sending a request")?;
    }
    let mut buffer = vec![0; 256 * 1024];
    let came = answer(&mut socket, &mut buffer).await?;
    let wanted = if upload { 0 } else { size };
    if came != wanted {
        return Err(format!("{came} bytes came, wanted {wanted}").into());
    }
    Ok(())
}
