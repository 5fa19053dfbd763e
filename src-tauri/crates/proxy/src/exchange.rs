//! One exchange, from the request's head to the response's: what core decided is carried out
//! here, and told.

mod answer;
mod outgoing;
mod own;
mod refused;
mod upstreams;

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use http::header::TE;
use http::{Method, Request, Response};
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};
use tower::ServiceExt as _;
use tripledash_core::address::BaseDomain;
use tripledash_core::route::{Forward, RequestHead, Route, Sites, route_among};
use tripledash_core::trace::Resolution;
use tripledash_core::{ExchangeId, Snapshot, Timestamp};

use crate::accept::{Stop, tunnelled};
use crate::body::{Body, Received};
use crate::events::Sink;
use crate::failure::{self, Asked};
use crate::measure::Upload;
use crate::open::OpenExchange;
use crate::respond::Form;
use crate::upstream::{Names, Pool, Upstream, Verifiers};
use crate::wire::Connection;
use crate::{Base, Options, Timeouts, agent, respond, upgrade};

pub use upstreams::{Unanswered, Upstreams};

/// What every exchange shares, whichever thread it is on.
pub(crate) struct Shared {
    snapshot: watch::Receiver<Arc<Snapshot>>,
    events: Sink,
    clock: fn() -> Timestamp,
    names: Names,
    verifiers: Verifiers,
    timeouts: Timeouts,
    lane: bool,
    base: Mutex<Base>,
    /// Where `base` runs.
    workbench: Handle,
    next: AtomicU64,
}

/// What the exchanges of one thread share.
pub(crate) struct Proxy {
    shared: Arc<Shared>,
    upstream: Upstream,
    stop: Stop,
    sites: Mutex<Sites>,
}

/// What the answer to a forwarded request depends on.
#[derive(Clone, Copy)]
struct Context<'a> {
    forward: &'a Forward,
    method: &'a Method,
    form: Form,
    base: &'a BaseDomain,
}

/// What is known of a request's fields once the plan has taken them.
#[derive(Clone, Copy)]
struct Asking {
    /// Another protocol is asked for.
    upgrade: bool,
    /// Trailer fields are.
    trailers: bool,
    /// In which form we answer by ourselves.
    form: Form,
}

impl Shared {
    /// `workbench` is where the base domain is answered.
    pub(crate) fn new(options: Options, workbench: Handle) -> Self {
        Self {
            snapshot: options.snapshot,
            events: options.events,
            clock: options.clock,
            names: options.names,
            verifiers: Verifiers::new(options.tls),
            timeouts: options.timeouts,
            lane: options.lane,
            base: Mutex::new(options.base),
            workbench,
            next: AtomicU64::new(1),
        }
    }
}

impl Proxy {
    pub(crate) fn new(shared: Arc<Shared>, tasks: TaskTracker, stop: Stop) -> Self {
        Self {
            upstream: Upstream {
                pool: Pool::new(shared.timeouts.idle, tasks.clone()),
                names: shared.names.clone(),
                verifiers: shared.verifiers.clone(),
                timeouts: shared.timeouts,
                tasks,
                stop: stop.last.clone(),
            },
            shared,
            stop,
            sites: Mutex::default(),
        }
    }

    pub(crate) fn timeouts(&self) -> &Timeouts {
        &self.upstream.timeouts
    }

    /// The time of day.
    pub(crate) fn now(&self) -> Timestamp {
        (self.shared.clock)()
    }

    /// Whether plain requests go past hyper.
    pub(crate) fn has_lane(&self) -> bool {
        self.shared.lane
    }

    pub(crate) fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Closes connections to upstreams as the workspace drops them, until it is time to stop.
    pub(crate) async fn follow(self: Arc<Self>) {
        let mut snapshot = self.shared.snapshot.clone();
        loop {
            tokio::select! {
                changed = snapshot.changed() => if changed.is_err() { return },
                () = self.stop.gently.cancelled() => return,
            }
            let snapshot = Arc::clone(&snapshot.borrow_and_update());
            self.upstream.follow(&snapshot);
        }
    }

    pub(crate) fn close_pool(&self) {
        self.upstream.pool.close();
    }

    /// Answers one request, whatever it is.
    pub(crate) async fn exchange(
        self: &Arc<Self>,
        mut request: Request<Received>,
        peer: SocketAddr,
        connection: &Arc<Connection>,
    ) -> Response<Body> {
        let begun = Instant::now();
        // Held to the end: a workspace that changes meanwhile changes the next request.
        let snapshot = Arc::clone(&self.shared.snapshot.borrow());
        if request.method() == Method::CONNECT {
            // Tunnels in tunnels would be polled each in the one before, as deep as a stack goes.
            if connection.is_tunnelled() || !own::is_ours(&request, &snapshot) {
                return respond::refuse(&own::connect(&request), Form::of(request.headers()), None);
            }
            // A browser with a proxy asks so for its sockets (RFC 6455 section 4.1), even those
            // to us: what comes through the tunnel are requests like any other.
            let tunnel = hyper::upgrade::on(&mut request);
            let inner = tunnelled(tunnel, peer, Arc::clone(self));
            self.upstream.tasks.spawn(inner);
            return Response::new(Body::empty());
        }
        let asking = Asking::of(&request);
        let headers = std::mem::take(request.headers_mut());
        let mut head = RequestHead {
            method: request.method(),
            uri: request.uri(),
            headers: Cow::Owned(headers),
            peer: Some(peer.ip().to_canonical()),
            upgrade: asking.upgrade,
        };
        let route = route_among(&mut self.sites.lock(), &mut head, &snapshot);
        // Empty by now, if the request is sent on.
        *request.headers_mut() = head.headers.into_owned();
        match route {
            // What is seldom waited for takes no room in the future of every request.
            Route::Workbench => Box::pin(self.workbench(request)).await,
            Route::Forward(_) if request.uri().path() == agent::PATH => {
                agent::serve(request.method())
            }
            Route::Forward(forward) => {
                let open = (begun, connection);
                self.forward(request, forward, open, asking, &snapshot)
                    .await
            }
            Route::Refuse(refusal)
                if own::is_preview(&refusal) && request.uri().path() == agent::PATH =>
            {
                agent::serve(request.method())
            }
            Route::Refuse(refusal) => {
                let id = self.id();
                let started =
                    own::started(id, (self.shared.clock)(), &refusal, &request, &snapshot);
                let open = OpenExchange::begin(id, begun, &self.shared.events, started);
                let tag = own::is_preview(&refusal).then(|| agent::tag(&snapshot.base, None));
                own::refuse(&refusal, open, &request, tag.as_deref())
            }
        }
    }

    /// Answers a request for the base domain, on the workbench's own runtime.
    async fn workbench(&self, request: Request<Received>) -> Response<Body> {
        let base = self.shared.base.lock().clone();
        let limit = self.upstream.timeouts.upload;
        let request = request.map(|body| Upload::new(body, Arc::default(), limit).into());
        let answer = base.oneshot(request);
        let answer = self.shared.workbench.spawn(answer);
        // A browser that goes away takes its question with it.
        let answer = AbortOnDropHandle::new(answer).await;
        match answer {
            Ok(Ok(response)) => response,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // Its runtime is gone, and so shall we be.
            Err(_) => respond::stopped(),
        }
    }

    async fn forward(
        &self,
        mut request: Request<Received>,
        mut forward: Box<Forward>,
        (begun, connection): (Instant, &Arc<Connection>),
        asking: Asking,
        snapshot: &Snapshot,
    ) -> Response<Body> {
        let id = self.id();
        let downstream = asking.upgrade.then(|| hyper::upgrade::on(&mut request));
        let (parts, incoming) = request.into_parts();
        outgoing::settle(&mut forward, asking.trailers);
        let started = outgoing::started(id, (self.shared.clock)(), &mut forward, &parts.method);
        let open = OpenExchange::begin(id, begun, &self.shared.events, Some(started))
            .on(Arc::clone(connection));
        let progress = Arc::clone(open.upload());
        let upload = Upload::new(incoming, progress, self.upstream.timeouts.upload);
        let outgoing = outgoing::request(&mut forward, &parts, upload.into());
        let context = Context {
            forward: &forward,
            method: &parts.method,
            form: asking.form,
            base: &snapshot.base,
        };
        let outgoing = match outgoing {
            Ok(outgoing) => outgoing,
            Err(error) => {
                return own::fail(&failure::target(&error, context.asked()), open, &context);
            }
        };
        let destination = outgoing::destination(&forward.upstream);
        let Some(downstream) = downstream else {
            let limit = forward.upstream.timeout;
            // Waited for in place: a future that is moved takes its room twice.
            return match self
                .upstream
                .send(destination, outgoing, limit, &open)
                .await
            {
                Ok(got) => answer::answer(got, None, open, &context),
                Err(error) => own::fail(&failure::send(&error, context.asked()), open, &context),
            };
        };
        let upgraded = self.upstream.upgrade(destination, outgoing, &open);
        match Box::pin(upgraded).await {
            Ok(mut got) => match got.switched.take() {
                Some(upstream) => {
                    let response = answer::switch(got, &open, &context);
                    let shutdown = self.stop.gently.clone();
                    let tunnel = upgrade::tunnel(downstream, upstream, open, shutdown);
                    self.upstream.tasks.spawn(tunnel);
                    response
                }
                None => {
                    let declined = failure::declined(got.response.status(), context.asked());
                    answer::answer(got, declined, open, &context)
                }
            },
            Err(error) => own::fail(&failure::upgrade(&error, context.asked()), open, &context),
        }
    }

    fn id(&self) -> ExchangeId {
        ExchangeId(self.shared.next.fetch_add(1, Ordering::Relaxed))
    }
}

impl Asking {
    fn of(request: &Request<Received>) -> Self {
        let mut codings = request.headers().get_all(TE).iter();
        Self {
            upgrade: upgrade::asked(request),
            trailers: codings.any(|line| line.as_bytes().eq_ignore_ascii_case(b"trailers")),
            form: Form::of(request.headers()),
        }
    }
}

impl<'a> Context<'a> {
    /// What was asked of whom, for the words of a failure.
    fn asked(&self) -> Asked<'a> {
        let preview = match &*self.forward.resolution {
            Resolution::Preview { preview, .. } => preview,
            Resolution::Workbench | Resolution::Unknown { .. } => "",
        };
        Asked {
            origin: &self.forward.upstream.target.origin,
            preview,
            kind: self.forward.kind,
        }
    }
}
