//! A proxy on a port of its own, with a workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use http::{Request, Response};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::util::BoxCloneService;
use tripledash_core::address::BaseDomain;
use tripledash_core::trace::{Answered, Event, Finished, Started};
use tripledash_core::workspace::{Certificates, parse};
use tripledash_core::{Snapshot, Timestamp, Workspace};
use tripledash_proxy::{Body, Options, Timeouts, channel, serve};

use super::{Browser, soon};

pub struct Tripledash {
    pub address: SocketAddr,
    pub events: mpsc::Receiver<Event>,
    pub shutdown: CancellationToken,
    snapshot: watch::Sender<Arc<Snapshot>>,
    served: JoinHandle<std::io::Result<()>>,
}

/// What was told of one exchange.
#[derive(Debug)]
pub struct Told {
    pub started: Started,
    pub answered: Option<Answered>,
    pub finished: Finished,
}

impl Tripledash {
    /// A proxy with one preview, `main`, whose other fields are `preview`.
    pub async fn start(upstream: &str, preview: &str) -> Self {
        Self::with(upstream, preview, |_| {}).await
    }

    /// The same, with its options changed.
    pub async fn with(upstream: &str, preview: &str, change: impl FnOnce(&mut Options)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::on(listener, upstream, preview, change)
    }

    /// A proxy whose preview names the file `ca.pem`, which holds `bundle`.
    pub async fn trusting(upstream: &str, preview: &str, bundle: Certificates) -> Self {
        let proxy = Self::start(upstream, preview).await;
        proxy.snapshot.send_modify(|snapshot| {
            let certificates = [("ca.pem".to_owned(), bundle)];
            Arc::make_mut(snapshot).certificates = Arc::new(certificates.into());
        });
        proxy
    }

    /// The same on a given listener.
    pub fn on(
        listener: TcpListener,
        upstream: &str,
        preview: &str,
        change: impl FnOnce(&mut Options),
    ) -> Self {
        let address = listener.local_addr().unwrap();
        let (snapshot, seen) = watch::channel(Arc::new(Snapshot {
            generation: 1,
            workspace: Arc::new(workspace(upstream, preview)),
            base: BaseDomain::local(address.port()),
            environment: Arc::new(BTreeMap::new()),
            unlocked: Arc::new(BTreeSet::new()),
            certificates: Arc::default(),
        }));
        let (sink, events) = channel(1024);
        let base = BoxCloneService::new(tower::service_fn(workbench));
        let mut options = Options::new(seen, sink, base, || Timestamp(1));
        // Each worker has connections of its own, and most tests count them.
        options.workers = 1;
        change(&mut options);
        let shutdown = CancellationToken::new();
        let served = tokio::spawn(serve(vec![listener], options, shutdown.clone()));
        Self {
            address,
            events,
            shutdown,
            snapshot,
            served,
        }
    }

    /// The person edits the preview.
    pub fn edit(&self, upstream: &str, preview: &str) {
        self.snapshot.send_modify(|snapshot| {
            let snapshot = Arc::make_mut(snapshot);
            snapshot.generation += 1;
            snapshot.workspace = Arc::new(workspace(upstream, preview));
        });
    }

    /// The authority of a preview host: `acme---main` gives
    /// `acme---main.tripledash.localhost:PORT`.
    pub fn host(&self, label: &str) -> String {
        self.snapshot
            .borrow()
            .base
            .authority_of(&format!("{label}.tripledash.localhost"))
    }

    /// The base domain's authority.
    pub fn base(&self) -> String {
        self.snapshot.borrow().base.authority()
    }

    pub async fn browser(&self) -> Browser {
        Browser::connect(self.address).await
    }

    /// One request on a connection of its own.
    pub async fn ask(&self, request: &str) -> super::Message {
        self.browser().await.ask(request).await
    }

    pub async fn event(&mut self) -> Event {
        soon("an event", self.events.recv()).await.unwrap()
    }

    /// Everything told of the next exchange; exchanges must not overlap.
    pub async fn told(&mut self) -> Told {
        let Event::Started(started) = self.event().await else {
            panic!("an exchange begins with its start");
        };
        let mut answered = None;
        loop {
            match self.event().await {
                Event::Started(other) => panic!("another exchange began: {other:?}"),
                Event::Answered(answer) => answered = Some(*answer),
                Event::Finished(finished) => {
                    assert_eq!(finished.id, started.id);
                    return Told {
                        started: *started,
                        answered,
                        finished,
                    };
                }
            }
        }
    }

    /// Drops what serves, and tells it nothing.
    pub fn abandon(&self) {
        self.served.abort();
    }

    /// Stops the proxy and waits for its last task.
    pub async fn stop(self) {
        self.shutdown.cancel();
        soon("the proxy's end", self.served).await.unwrap().unwrap();
    }
}

impl Told {
    pub fn answered(&self) -> &Answered {
        self.answered.as_ref().expect("the exchange was answered")
    }

    /// The failure's code, from the head or from the end.
    pub fn failure(&self) -> Option<&str> {
        let early = self
            .answered
            .as_ref()
            .and_then(|answered| answered.failure.as_ref());
        early
            .or(self.finished.failure.as_ref())
            .map(|failure| failure.code.as_ref())
    }
}

fn workspace(upstream: &str, preview: &str) -> Workspace {
    let comma = if preview.is_empty() { "" } else { ", " };
    let text = format!(
        r#"{{ "name": "test", "tenants": [{{ "id": "acme" }}],
             "previews": [{{ "name": "main", "upstream": "{upstream}"{comma}{preview} }}] }}"#
    );
    let parsed = parse(&text, "tripledash.json");
    parsed
        .workspace
        .unwrap_or_else(|| panic!("{:#?}", parsed.problems))
}

/// Short waits, for tests that wait on purpose.
pub fn impatient(timeouts: &mut Timeouts) {
    let short = std::time::Duration::from_millis(120);
    timeouts.first_byte = short;
    timeouts.upgrade = short;
    timeouts.upload = short;
    timeouts.head = short;
    timeouts.drain = short;
}

async fn workbench(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let path = request.uri().path();
    Ok(Response::new(Body::from(format!("workbench {path}"))))
}
