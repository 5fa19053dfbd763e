//! The threads that serve, each with connections of its own from both sides.
//!
//! A request is read, sent on, answered and handed back without leaving its thread: what one
//! thread leaves to another must be woken there, and on a small request that costs more than all
//! the rest. So each worker has a runtime, a pool of upstream connections and a memory of hosts
//! that it shares with nobody. What is shared is what must be: the snapshot, the trace's queue,
//! and the count that exchanges are named by.
//!
//! Requests for the base domain are answered on the runtime of whoever called [`serve`]: the
//! workbench may take its time, and no pane waits for it.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::accept::{Stop, connection};
use crate::exchange::{Proxy, Shared};
use crate::wire::Connection;
use crate::{Alive, Options};

/// How long to wait when the machine has no room for another connection.
const BREATH: Duration = Duration::from_millis(50);

/// Connections that may wait for a worker. The system keeps the others.
const WAITING: usize = 64;

/// A connection on its way to a worker.
struct Accepted {
    socket: TcpStream,
    peer: SocketAddr,
    load: Load,
}

/// One of a worker's connections, counted for as long as it lasts.
struct Load(Arc<AtomicUsize>);

/// The near end of a worker.
struct Worker {
    accepted: mpsc::Sender<Accepted>,
    connections: Arc<AtomicUsize>,
    thread: JoinHandle<()>,
}

/// Serves every listener until `shutdown` is cancelled, then lets responses that are under way
/// come to their end (for [`Timeouts::drain`](crate::Timeouts::drain) at most). When it returns,
/// no task and no thread of its is left, but for one that still looks a name up.
///
/// # Errors
///
/// The system has no room for a thread.
pub async fn serve(
    listeners: Vec<TcpListener>,
    options: Options,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let stop = Stop {
        gently: shutdown.child_token(),
        now: CancellationToken::new(),
        last: CancellationToken::new(),
    };
    // Whoever drops this future wants nothing more of it: tasks wait for one or for the other.
    let dropped = [&stop.now, &stop.gently].map(|token| token.clone().drop_guard());
    let count = options.workers.max(1);
    let alive = options.alive.clone();
    let shared = Arc::new(Shared::new(options, Handle::current()));
    let workers = (0..count)
        .map(|number| Worker::start(number, Arc::clone(&shared), stop.clone(), &alive))
        .collect::<io::Result<Vec<_>>>()?;
    let workers = Arc::new(workers);
    let accepting = TaskTracker::new();
    for listener in listeners {
        accepting.spawn(accept(listener, Arc::clone(&workers), stop.gently.clone()));
    }
    accepting.close();
    accepting.wait().await;
    let workers = Arc::into_inner(workers).expect("only the accepting tasks had the others");
    // Each ends by itself, within the time for draining; only the wait must not hold a runtime up.
    let joined = tokio::task::spawn_blocking(move || join(workers)).await;
    for guard in dropped {
        guard.disarm();
    }
    joined.map_err(io::Error::other)
}

async fn accept(listener: TcpListener, workers: Arc<Vec<Worker>>, stop: CancellationToken) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => return,
        };
        match accepted.and_then(|(socket, peer)| Ok((socket.into_std()?, peer))) {
            // Whoever binds another address than loopback still serves nobody else.
            Ok((_, peer)) if !peer.ip().to_canonical().is_loopback() => {
                tracing::warn!(%peer, "refused a connection that is not from this machine");
            }
            Ok((socket, peer)) => {
                let open = || workers.iter().filter(|worker| !worker.accepted.is_closed());
                let idlest = open()
                    .filter(|worker| worker.accepted.capacity() > 0)
                    .min_by_key(|worker| worker.connections.load(Ordering::Relaxed));
                // Where all have more than they get to, whoever connects waits.
                if let Some(worker) = idlest.or_else(|| open().next()) {
                    worker.take(socket, peer).await;
                }
            }
            // Out of file descriptors, most likely: they come back when connections end.
            Err(error) => {
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

impl Worker {
    fn start(number: usize, shared: Arc<Shared>, stop: Stop, alive: &Alive) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let watched = alive.watch(runtime.handle());
        let (accepted, queue) = mpsc::channel(WAITING);
        let work = move || {
            run(runtime, work(queue, shared, stop));
            drop(watched);
        };
        Ok(Self {
            accepted,
            connections: Arc::default(),
            thread: thread::Builder::new()
                .name(format!("proxy-{number}"))
                .spawn(work)?,
        })
    }

    async fn take(&self, socket: TcpStream, peer: SocketAddr) {
        self.connections.fetch_add(1, Ordering::Relaxed);
        let accepted = Accepted {
            socket,
            peer,
            load: Load(Arc::clone(&self.connections)),
        };
        // Fails once the worker is stopping: the connection is then closed, as the listener is.
        let _ = self.accepted.send(accepted).await;
    }

    fn join(self) -> thread::Result<()> {
        drop(self.accepted);
        self.thread.join()
    }
}

/// Waits for all workers, and then goes down with the first that panicked.
fn join(workers: Vec<Worker>) {
    let ended: Vec<_> = workers.into_iter().map(Worker::join).collect();
    if let Some(panic) = ended.into_iter().find_map(Result::err) {
        std::panic::resume_unwind(panic);
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Runs a worker to its end.
fn run(runtime: Runtime, work: impl Future<Output = ()>) {
    runtime.block_on(work);
    // All its tasks have ended. Only the lookup of a name may still go on, which nothing can end
    // and nobody waits for.
    runtime.shutdown_background();
}

/// What a worker does: it serves what it is given until it is told to stop.
async fn work(mut queue: mpsc::Receiver<Accepted>, shared: Arc<Shared>, stop: Stop) {
    let (tasks, connections) = (TaskTracker::new(), TaskTracker::new());
    let stop = Stop {
        last: CancellationToken::new(),
        ..stop
    };
    let proxy = Arc::new(Proxy::new(shared, tasks.clone(), stop.clone()));
    tasks.spawn(Arc::clone(&proxy).follow());
    loop {
        let accepted = tokio::select! {
            accepted = queue.recv() => accepted,
            () = stop.gently.cancelled() => break,
            () = stop.now.cancelled() => break,
        };
        let Some(Accepted { socket, peer, load }) = accepted else {
            break;
        };
        match tokio::net::TcpStream::from_std(socket) {
            Ok(socket) => {
                // Fails on a socket that is closed already, which reading finds out.
                let _ = socket.set_nodelay(true);
                let serving = connection(socket, peer, Arc::clone(&proxy), Connection::default());
                tasks.spawn(connections.track_future(async move {
                    serving.await;
                    drop(load);
                }));
            }
            Err(error) => tracing::warn!(%error, "could not serve a connection"),
        }
    }
    // Whoever waits with another connection waits no longer.
    drop(queue);
    tasks.close();
    connections.close();
    proxy.close_pool();
    let drained = tokio::time::timeout(proxy.timeouts().drain, tasks.wait()).await;
    if drained.is_err() {
        stop.now.cancel();
        // Browsers first, so that a response which is cut off is not blamed on its upstream.
        connections.wait().await;
        stop.last.cancel();
    }
    tasks.wait().await;
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn name_that_is_looked_up_holds_no_end_up() {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let (ends, ended) = channel();
        let (answer, answered) = channel::<()>();
        let (begins, begun) = channel();
        let worker = thread::spawn(move || {
            run(runtime, async move {
                // As the lookup of a name does, and it has no deadline.
                tokio::task::spawn_blocking(move || {
                    begins.send(()).unwrap();
                    answered.recv().ok();
                });
                tokio::task::spawn_blocking(move || begun.recv().unwrap())
                    .await
                    .unwrap();
            });
            ends.send(()).unwrap();
        });
        let end = ended.recv_timeout(Duration::from_secs(10));
        drop(answer);
        worker.join().unwrap();
        assert_eq!(end, Ok(()));
    }
}
