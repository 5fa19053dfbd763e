//! The live feed under load: a snapshot, then changes, with no row lost and none told twice.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Connection, Feed, Tripledash, Upstream, get, shop};

const CONNECTIONS: usize = 25;
const EACH: usize = 20;

/// Asks for `/{kind}/0` and on, over many connections at once.
async fn load(tripledash: &Tripledash, kind: &'static str) {
    let mut tasks = JoinSet::new();
    for connection in 0..CONNECTIONS {
        let tenant = if connection % 2 == 0 {
            "acme"
        } else {
            "globex"
        };
        let (port, host) = (
            tripledash.port(),
            tripledash.host(&format!("{tenant}---main")),
        );
        tasks.spawn(async move {
            let mut open = Connection::open(port).await;
            for number in 0..EACH {
                let path = format!("/{kind}/{}", connection * EACH + number);
                assert_eq!(open.ask(&get(&host, &path, &[])).await.status(), 200);
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
}

/// Rows as a page keeps them: the last word about each id.
#[derive(Default)]
struct Rows(BTreeMap<String, Value>);

impl Rows {
    fn take(&mut self, items: &Value) {
        let mut told = Vec::new();
        for item in items.as_array().unwrap() {
            let id = item["row"]["id"].as_str().unwrap().to_owned();
            assert!(!told.contains(&id), "{id} stands twice in one line");
            told.push(id.clone());
            let before = self.0.insert(id, item.clone());
            if let Some(before) = before {
                assert_eq!(
                    before["row"]["path"], item["row"]["path"],
                    "an id is one exchange"
                );
                // A row may be told again as it is; it never goes back.
                let (before, after) = (&before["row"]["state"], &item["row"]["state"]);
                assert!(before == after || before == "open", "{before}, then {item}");
            }
        }
    }

    fn done(&self, kind: &str) -> usize {
        let rows = self.0.values();
        rows.filter(|item| {
            item["row"]["state"] == "done"
                && item["row"]["path"]
                    .as_str()
                    .unwrap()
                    .starts_with(&format!("/{kind}/"))
        })
        .count()
    }

    /// Reads on until every exchange of a load is done.
    async fn read(&mut self, feed: &mut Feed, kind: &str) {
        while self.done(kind) < CONNECTIONS * EACH {
            let line = feed.line().await;
            match line["kind"].as_str().unwrap() {
                "reset" => self.0.clear(),
                "snapshot" => self.take(&line["exchanges"]),
                "exchanges" => self.take(&line["items"]),
                "workspace" | "previews" => {}
                other => panic!("no line of kind {other}: {line}"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_opened_amid_five_hundred_requests_has_each_of_them_once() {
    let upstream = Upstream::page().await;
    let tripledash = Tripledash::start(&shop(&json!([
        { "name": "main", "upstream": upstream.origin() },
    ])))
    .await;
    let mut early = Feed::open(tripledash.port(), tripledash.engine.token(), "").await;
    let mut rows = Rows::default();
    let late = async {
        let mut late =
            Feed::open(tripledash.port(), tripledash.engine.token(), "?limit=10000").await;
        let mut rows = Rows::default();
        rows.read(&mut late, "a").await;
        rows
    };
    let ((), (), late) = tokio::join!(load(&tripledash, "a"), rows.read(&mut early, "a"), late);
    assert_eq!(rows.0.len(), CONNECTIONS * EACH);
    let paths: std::collections::BTreeSet<_> = rows
        .0
        .values()
        .map(|item| item["row"]["path"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(paths.len(), CONNECTIONS * EACH);
    assert_eq!(
        rows.0, late.0,
        "whenever it is opened, a feed ends with the same rows"
    );
    let list = tripledash
        .done("GET", "exchanges?limit=10000", &Value::Null)
        .await;
    assert_eq!(list["items"].as_array().unwrap().len(), CONNECTIONS * EACH);
    assert_eq!(list["dropped"], 0);
    tripledash.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_say_whether_they_fit_the_filter_and_clearing_is_told() {
    let upstream = Upstream::page().await;
    let tripledash = Tripledash::start(&shop(&json!([
        { "name": "main", "upstream": upstream.origin() },
    ])))
    .await;
    let query = "?filter=tenant%3Aglobex%20%2Fb%2F";
    let mut feed = Feed::open(tripledash.port(), tripledash.engine.token(), query).await;
    let mut rows = Rows::default();
    let ((), ()) = tokio::join!(load(&tripledash, "b"), rows.read(&mut feed, "b"));
    for item in rows.0.values() {
        let fits = item["row"]["tenant"] == "globex";
        assert_eq!(item["matches"], fits, "{item}");
    }
    assert_eq!(
        rows.0
            .values()
            .filter(|item| item["matches"] == true)
            .count(),
        CONNECTIONS / 2 * EACH
    );
    let (status, _) = tripledash.api("DELETE", "exchanges", &Value::Null).await;
    assert_eq!(status, 204);
    feed.line_of("cleared").await;
    let line = feed.line_of("exchanges").await;
    assert_eq!(
        (&line["items"], &line["stats"]["kept"]),
        (&json!([]), &json!(0))
    );
    let ((), ()) = {
        let mut rows = Rows::default();
        let after = async move { rows.read(&mut feed, "c").await };
        tokio::join!(load(&tripledash, "c"), after)
    };
    let (status, refused) = tripledash
        .api("GET", "stream?filter=status%3Anonsense", &Value::Null)
        .await;
    assert_eq!((status, &refused["code"]), (400, &json!("bad-filter")));
    assert!(refused["column"].is_u64(), "{refused}");
    tripledash.stop().await;
}
