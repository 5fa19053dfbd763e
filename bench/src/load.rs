//! The browsers: connections that each send a request, read the answer whole, and begin again.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinSet, LocalSet};

use crate::cpu::Clocks;
use crate::failure::{Doing as _, Failure};
use crate::upstream::field;
use crate::upstream::find;

/// How many failed requests end a slice.
const PATIENCE: u64 = 100;
/// How long the last requests of a slice may take to end.
const LAST: Duration = Duration::from_secs(20);

/// One slice of load.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) address: SocketAddr,
    /// The request, whole.
    pub(crate) request: Arc<[u8]>,
    pub(crate) connections: usize,
    /// Load before the window opens: connections are made and pools filled.
    pub(crate) warm_up: Duration,
    /// How long requests are counted.
    pub(crate) window: Duration,
    /// The window stays open until so many requests ended …
    pub(crate) least: u64,
    /// … but never longer than this.
    pub(crate) longest: Duration,
    /// The clocks of who serves it.
    pub(crate) clocks: Clocks,
}

/// What a slice gave.
#[derive(Debug, Clone)]
pub(crate) struct Slice {
    pub(crate) requests: u64,
    pub(crate) elapsed: Duration,
    /// Processor time of the contender in the window.
    pub(crate) cpu: Duration,
    /// Sorted.
    pub(crate) latencies: Vec<Duration>,
    pub(crate) failed: u64,
}

/// The thread that makes load.
#[derive(Debug)]
pub(crate) struct Generator {
    jobs: mpsc::UnboundedSender<(Job, oneshot::Sender<Result<Slice, Failure>>)>,
}

impl Generator {
    pub(crate) fn start() -> Result<Self, Failure> {
        let (jobs, mut asked) = mpsc::unbounded_channel::<(Job, oneshot::Sender<_>)>();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .doing("a runtime for the load")?;
        // It ends when the last handle is dropped, at the latest with the process.
        thread::Builder::new()
            .name("load".into())
            .spawn(move || {
                LocalSet::new().block_on(&runtime, async {
                    while let Some((job, answer)) = asked.recv().await {
                        // Nobody waits any more after an interrupt.
                        let _ = answer.send(slice(job).await);
                    }
                });
            })
            .doing("a thread for the load")?;
        Ok(Self { jobs })
    }

    /// Runs one slice to its end.
    pub(crate) async fn run(&self, job: Job) -> Result<Slice, Failure> {
        let (answer, answered) = oneshot::channel();
        self.jobs
            .send((job, answer))
            .map_err(|_| "the load's thread has ended")?;
        answered.await.map_err(|_| "the load's thread has ended")?
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    WarmUp,
    Window,
    Over,
}

#[derive(Debug)]
struct Shared {
    phase: Cell<Phase>,
    latencies: RefCell<Vec<Duration>>,
    failed: Cell<u64>,
    failure: RefCell<Option<Failure>>,
}

async fn slice(job: Job) -> Result<Slice, Failure> {
    let shared = Rc::new(Shared {
        phase: Cell::new(Phase::WarmUp),
        latencies: RefCell::new(Vec::with_capacity(64 * 1024)),
        failed: Cell::new(0),
        failure: RefCell::new(None),
    });
    let mut browsers = JoinSet::new();
    for _ in 0..job.connections {
        browsers.spawn_local(browse(
            job.address,
            Arc::clone(&job.request),
            Rc::clone(&shared),
        ));
    }
    tokio::time::sleep(job.warm_up).await;
    let before = job.clocks.read()?;
    let begun = Instant::now();
    shared.phase.set(Phase::Window);
    tokio::time::sleep(job.window).await;
    while (shared.latencies.borrow().len() as u64) < job.least
        && begun.elapsed() < job.longest
        && shared.failed.get() < PATIENCE
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    shared.phase.set(Phase::Over);
    let elapsed = begun.elapsed();
    let cpu = job.clocks.read()?.saturating_sub(before);
    // What does not end by itself is dropped with the set.
    let _ = tokio::time::timeout(LAST, async {
        while browsers.join_next().await.is_some() {}
    })
    .await;
    let mut latencies = shared.latencies.take();
    latencies.sort_unstable();
    if latencies.is_empty() {
        let failure = shared.failure.take();
        return Err(failure.unwrap_or_else(|| "no request ended in the window".into()));
    }
    Ok(Slice {
        requests: latencies.len() as u64,
        elapsed,
        cpu,
        latencies,
        failed: shared.failed.get(),
    })
}

async fn browse(address: SocketAddr, request: Arc<[u8]>, shared: Rc<Shared>) {
    while shared.phase.get() != Phase::Over && shared.failed.get() < PATIENCE {
        if let Err(failure) = connection(address, &request, &shared).await {
            shared.failed.set(shared.failed.get() + 1);
            shared.failure.replace(Some(failure));
        }
    }
}

/// Sends requests on one connection until the slice is over.
async fn connection(address: SocketAddr, request: &[u8], shared: &Shared) -> Result<(), Failure> {
    let mut socket = TcpStream::connect(address).await.doing("connecting")?;
    socket.set_nodelay(true).doing("a socket's option")?;
    let mut buffer = vec![0; 256 * 1024];
    while shared.phase.get() != Phase::Over {
        let begun = Instant::now();
        socket.write_all(request).await.doing("sending a request")?;
        answer(&mut socket, &mut buffer).await?;
        if shared.phase.get() == Phase::Window {
            shared.latencies.borrow_mut().push(begun.elapsed());
        }
    }
    Ok(())
}

/// Reads one answer to its end, and gives the size of its body.
pub(crate) async fn answer(socket: &mut TcpStream, buffer: &mut [u8]) -> Result<u64, Failure> {
    let mut filled = 0;
    let end = loop {
        let read = socket.read(&mut buffer[filled..]).await.doing("reading")?;
        if read == 0 {
            return Err("the connection was closed before an answer".into());
        }
        filled += read;
        if let Some(at) = find(&buffer[..filled], b"\r\n\r\n") {
            break at + 4;
        }
    };
    let head = &buffer[..end];
    if head.get(9..12) != Some(b"200") {
        return Err(format!("not the answer wanted: {}", String::from_utf8_lossy(head)).into());
    }
    if let Some(length) = field(head, b"content-length") {
        let mut left = length.saturating_sub((filled - end) as u64);
        while left > 0 {
            let read = socket.read(buffer).await.doing("reading a body")?;
            if read == 0 {
                return Err("the connection was closed within a body".into());
            }
            left = left.saturating_sub(read as u64);
        }
        return Ok(length);
    }
    // Chunked: nothing follows before our next request, and the bodies of the bench hold no zeros.
    let mut size = (filled - end) as u64;
    let mut tail: Vec<u8> = buffer[end..filled]
        .iter()
        .rev()
        .take(5)
        .rev()
        .copied()
        .collect();
    while !tail.ends_with(b"0\r\n\r\n") {
        let read = socket.read(buffer).await.doing("reading a body")?;
        if read == 0 {
            return Err("the connection was closed within a body".into());
        }
        size += read as u64;
        tail.extend_from_slice(&buffer[..read]);
        let surplus = tail.len().saturating_sub(5);
        tail.drain(..surplus);
    }
    Ok(size)
}
