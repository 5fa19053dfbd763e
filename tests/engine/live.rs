//! Edits of `tripledash.json` on disk, while requests are under way.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::Semaphore;

use crate::support::{Tripledash, Upstream, get, reply, shop, soon};

#[tokio::test]
async fn new_requests_follow_the_file_and_a_running_one_keeps_its_snapshot() {
    // The upstream answers `/slow` when it is told to, with a redirect to its own host.
    let gate = Arc::new(Semaphore::new(0));
    let opened = Arc::clone(&gate);
    let mut upstream = Upstream::serve(move |mut connection, received| {
        let gate = Arc::clone(&opened);
        async move {
            while let Some(request) = connection.request().await {
                let slow = request.target() == "/slow";
                let host = request.field("host").unwrap().to_owned();
                // The test may have ended already.
                let _ = received.send(request);
                if slow {
                    gate.acquire().await.unwrap().forget();
                }
                let head = format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{host}/to");
                connection.send(&reply(&head, "")).await;
            }
        }
    })
    .await;
    let workspace = |host: &str| {
        shop(&json!([{ "name": "main", "upstream": upstream.origin(), "host": host }])).to_string()
    };
    let (before, after) = (
        workspace("{tenant}.before.example"),
        workspace("{tenant}.after.example"),
    );
    let mut tripledash = Tripledash::with(&before, &[]).await;
    let host = tripledash.host("acme---main");

    let mut slow = tripledash.connect().await;
    slow.send(&get(&host, "/slow", &[])).await;
    let received = upstream.received().await;
    assert_eq!(received.field("host"), Some("acme.before.example"));

    std::fs::write(tripledash.file(), after).unwrap();
    tripledash
        .workspace(|state| state["previews"][0]["host"] == "{tenant}.after.example")
        .await;
    tripledash.ask(&get(&host, "/new", &[])).await;
    let received = upstream.received().await;
    assert_eq!(received.field("host"), Some("acme.after.example"));

    gate.add_permits(1);
    let answer = soon("the slow answer", slow.response(false)).await.unwrap();
    // Under the new template the old host is foreign; under its own snapshot it is the pane's.
    assert_eq!(
        answer.field("location"),
        Some(&*format!("http://{host}/to"))
    );
    let exchange = tripledash.exchange("/slow").await;
    assert_eq!(exchange["upstream"]["host"], "acme.before.example");
    tripledash.stop().await;
}

#[tokio::test]
async fn a_preview_that_is_taken_out_answers_no_more() {
    let mut upstream = Upstream::page().await;
    let preview = |name: &str| json!({ "name": name, "upstream": upstream.origin() });
    let both = shop(&json!([preview("main"), preview("feature")]));
    let one = shop(&json!([preview("main")]));
    let mut tripledash = Tripledash::start(&both).await;
    assert_eq!(
        tripledash.get("acme---feature", "/", &[]).await.status(),
        200
    );
    upstream.received().await;
    // As editors write: a new file in the old one's place.
    let other = tripledash.folder.path().join(".tripledash.json.swp");
    std::fs::write(&other, one.to_string()).unwrap();
    std::fs::rename(&other, tripledash.file()).unwrap();
    tripledash
        .workspace(|state| state["previews"].as_array().unwrap().len() == 1)
        .await;
    assert_eq!(
        tripledash.get("acme---feature", "/", &[]).await.status(),
        404
    );
    assert!(upstream.is_idle());
    tripledash.stop().await;
}

#[tokio::test]
async fn many_saves_in_a_row_end_with_the_last() {
    let upstream = Upstream::page().await;
    let mut tripledash = Tripledash::start(&shop(&json!([]))).await;
    for number in 0..40 {
        let text = shop(&json!([{ "name": format!("p{number}"), "upstream": upstream.origin() }]));
        std::fs::write(tripledash.file(), text.to_string()).unwrap();
    }
    let state = tripledash
        .workspace(|state| state["previews"][0]["name"] == "p39")
        .await;
    assert_eq!(state["problems"], json!([]));
    assert_eq!(tripledash.get("acme---p39", "/", &[]).await.status(), 200);
    tripledash.stop().await;
}
