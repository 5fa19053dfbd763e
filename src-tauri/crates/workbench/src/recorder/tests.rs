use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tripledash_core::address::BaseDomain;
use tripledash_core::edit::Edits;
use tripledash_core::trace::{
    Answered, Event, ExchangeId, Finished, HeaderLines, Kind, Resolution, Started, State, Timings,
};
use tripledash_core::{Snapshot, Timestamp, Workspace};

use super::{Bounds, Change, Recorder};
use crate::health::Health;

fn started(id: u64, path: &str) -> Event {
    Event::Started(Box::new(Started {
        id: ExchangeId(id),
        at: Timestamp(0),
        kind: Kind::Document,
        method: "GET".parse().unwrap(),
        origin: "http://acme---main.tripledash.localhost:7333".into(),
        path: path.into(),
        resolution: Arc::new(Resolution::Preview {
            tenant: Some("acme".to_owned()),
            preview: "main".to_owned(),
            session: None,
            parts: [("tenant".to_owned(), "acme".to_owned())].into(),
        }),
        rules: Arc::default(),
        predicted: None,
        upstream: None,
        edits: Edits::default(),
        request_headers: HeaderLines::default(),
    }))
}

fn answered(id: u64, status: u16) -> Event {
    Event::Answered(Box::new(Answered {
        id: ExchangeId(id),
        status,
        from_upstream: true,
        actual: None,
        address: "127.0.0.1:3000".parse().ok(),
        timings: Timings::default(),
        edits: Edits::default(),
        response_headers: HeaderLines::default(),
        failure: None,
    }))
}

fn finished(id: u64) -> Event {
    Event::Finished(Finished {
        id: ExchangeId(id),
        total_us: 5,
        request_bytes: 0,
        response_bytes: 7,
        failure: None,
    })
}

struct Recording {
    recorder: Recorder,
    events: mpsc::Sender<Event>,
    task: tokio::task::JoinHandle<()>,
    _snapshot: watch::Sender<Arc<Snapshot>>,
}

fn record(bounds: Bounds, lost: impl Fn() -> u64 + Send + Sync + 'static) -> Recording {
    let recorder = Recorder::new(bounds, lost);
    let (events, receiver) = mpsc::channel(64);
    let snapshot = watch::Sender::new(Arc::new(Snapshot {
        generation: 0,
        workspace: Arc::new(Workspace::empty("test")),
        base: BaseDomain::local(7333),
        environment: Arc::default(),
        unlocked: Arc::default(),
        certificates: Arc::default(),
    }));
    let task = tokio::spawn(recorder.clone().record(
        receiver,
        snapshot.subscribe(),
        Health::default(),
        CancellationToken::new(),
    ));
    Recording {
        recorder,
        events,
        task,
        _snapshot: snapshot,
    }
}

impl Recording {
    /// Ends the recording once everything sent is folded.
    async fn finish(self) -> Recorder {
        drop(self.events);
        timeout(Duration::from_secs(20), self.task)
            .await
            .expect("the recorder did not end in time")
            .unwrap();
        self.recorder
    }
}

#[tokio::test]
async fn three_events_become_one_exchange() {
    let recording = record(Bounds::default(), || 0);
    let mut changes = recording.recorder.subscribe();
    recording.events.send(started(1, "/a")).await.unwrap();
    let Change::Exchanges { ids, .. } = timeout(Duration::from_secs(10), changes.recv())
        .await
        .unwrap()
        .unwrap()
    else {
        panic!("nothing was cleared");
    };
    assert_eq!(*ids, [ExchangeId(1)]);
    assert_eq!(
        recording.recorder.get(ExchangeId(1)).unwrap().state,
        State::Open
    );
    recording.events.send(answered(1, 200)).await.unwrap();
    recording.events.send(finished(1)).await.unwrap();
    let recorder = recording.finish().await;
    let exchange = recorder.get(ExchangeId(1)).unwrap();
    assert_eq!(exchange.state, State::Done);
    assert_eq!(exchange.status, Some(200));
    assert_eq!(exchange.response_bytes, 7);
}

#[tokio::test]
async fn ten_thousand_are_kept_and_the_oldest_go() {
    let recording = record(Bounds::default(), || 3);
    for id in 0..12_345 {
        recording.events.send(started(id, "/")).await.unwrap();
        recording.events.send(answered(id, 200)).await.unwrap();
        recording.events.send(finished(id)).await.unwrap();
    }
    let recorder = recording.finish().await;
    let kept = recorder.kept();
    assert_eq!(kept.stats.kept, 10_000);
    assert_eq!(kept.stats.seen, 12_345);
    // Those that made room, and those that the queue had lost.
    assert_eq!(kept.stats.dropped, 2_345 + 3);
    assert_eq!(kept.exchanges[0].id, ExchangeId(2_345));
    assert_eq!(kept.exchanges[9_999].id, ExchangeId(12_344));
    assert!(recorder.get(ExchangeId(2_344)).is_none());
    let all_done = kept.exchanges.iter().all(|one| one.state == State::Done);
    assert!(all_done);
}

#[tokio::test]
async fn bytes_bound_the_log_too() {
    let bounds = Bounds {
        count: 10_000,
        bytes: 256 * 1024,
    };
    let recording = record(bounds, || 0);
    let long = format!("/{}", "x".repeat(8_000));
    for id in 0..200 {
        recording.events.send(started(id, &long)).await.unwrap();
    }
    let recorder = recording.finish().await;
    let stats = recorder.stats();
    assert!(stats.bytes <= 256 * 1024, "{stats:?}");
    assert!((5..40).contains(&stats.kept), "{stats:?}");
    assert_eq!(stats.dropped, 200 - stats.kept);
    // The end of one that is gone changes nothing.
    assert!(recorder.get(ExchangeId(0)).is_none());
}

#[tokio::test]
async fn events_of_exchanges_that_are_gone_are_passed_over() {
    let recording = record(
        Bounds {
            count: 1,
            bytes: usize::MAX,
        },
        || 0,
    );
    for event in [
        started(1, "/a"),
        started(2, "/b"),
        answered(1, 500),
        finished(1),
        finished(2),
    ] {
        recording.events.send(event).await.unwrap();
    }
    let recorder = recording.finish().await;
    let kept = recorder.kept();
    assert_eq!(kept.exchanges.len(), 1);
    assert_eq!(kept.exchanges[0].id, ExchangeId(2));
    assert_eq!(kept.exchanges[0].state, State::Done);
}

#[tokio::test]
async fn a_snapshot_and_the_changes_after_it_make_the_whole() {
    let recording = record(Bounds::default(), || 0);
    let recorder = recording.recorder.clone();
    let events = recording.events.clone();
    let sender = tokio::spawn(async move {
        for id in 0..2_000 {
            events.send(started(id, "/")).await.unwrap();
        }
    });
    let mut changes = recorder.subscribe();
    // Somewhere in the middle of it all.
    changes.recv().await.unwrap();
    let kept = recorder.kept();
    let mut seen: Vec<_> = kept.exchanges.iter().map(|one| one.id).collect();
    while seen.len() < 2_000 {
        let change = timeout(Duration::from_secs(10), changes.recv())
            .await
            .expect("a row was lost")
            .unwrap();
        if let Change::Exchanges { sequence, ids } = change
            && sequence > kept.sequence
        {
            seen.extend(ids.iter());
        }
    }
    sender.await.unwrap();
    recording.finish().await;
    let all: Vec<_> = (0..2_000).map(ExchangeId).collect();
    assert_eq!(seen, all);
}

#[tokio::test]
async fn clearing_is_told_and_starts_the_counts_anew() {
    let recording = record(
        Bounds {
            count: 2,
            bytes: usize::MAX,
        },
        || 9,
    );
    for id in 0..5 {
        recording.events.send(started(id, "/")).await.unwrap();
    }
    let recorder = recording.finish().await;
    let mut changes = recorder.subscribe();
    recorder.clear();
    assert!(matches!(changes.try_recv(), Ok(Change::Cleared { .. })));
    assert_eq!(recorder.stats(), super::Stats::default());
    assert!(recorder.get(ExchangeId(4)).is_none());
}

#[tokio::test]
async fn a_listener_that_lags_is_told_so() {
    let recording = record(Bounds::default(), || 0);
    let mut changes = recording.recorder.subscribe();
    for _ in 0..super::BACKLOG + 1 {
        recording.recorder.clear();
    }
    assert!(matches!(
        changes.recv().await,
        Err(broadcast::error::RecvError::Lagged(_))
    ));
    recording.finish().await;
}
