//! Bodies for the API that break off, lie about their size, or hold another request.

use serde_json::Value;

use super::{engine, tells_nothing};
use crate::support::{Upstream, soon};

#[tokio::test]
async fn no_broken_body_changes_anything_and_nothing_behind_it_is_read() {
    let upstream = Upstream::page().await;
    let tripledash = engine(&upstream).await;
    let before = tripledash.done("GET", "workspace", &Value::Null).await;
    let base = tripledash.base();
    let head = |path: &str| {
        format!(
            "POST /api/v1/{path} HTTP/1.1\r\nhost: {base}\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\n",
            tripledash.engine.token()
        )
    };
    let tenant = r#"{"id":"smuggled"}"#;
    let size = tenant.len();
    // A whole request, which would change something if it were read as one.
    let whole = format!(
        "{}content-length: {size}\r\n\r\n{tenant}",
        head("workspace/tenants")
    );
    for body in [
        format!("{size:x}\r\n{tenant}x\r\n0\r\n\r\n"),
        format!("{:x}\r\n{tenant}\r\n0\r\n\r\n", size - 1),
        format!("{size:x}\r\n{tenant}\n0\r\n\r\n"),
        format!("{size:x}\n{tenant}\r\n0\r\n\r\n"),
        format!("0x{size:x}\r\n{tenant}\r\n0\r\n\r\n"),
        format!("-1\r\n{tenant}\r\n0\r\n\r\n"),
        format!("ffffffffffffffffff\r\n{tenant}\r\n0\r\n\r\n"),
        format!("{size:x}\r\n{tenant}\r\n0\r\nnot a field\r\n\r\n"),
        format!("{size:x}\r\n{tenant}\r\nzz\r\n\r\n"),
        format!("\r\n{tenant}\r\n0\r\n\r\n"),
    ] {
        let request = format!(
            "{}transfer-encoding: chunked\r\n\r\n{body}{whole}",
            head("workspace/tenants")
        );
        let mut connection = tripledash.connect().await;
        connection.send(&request).await;
        let answer = soon("an answer or the end", connection.response(false)).await;
        if let Some(answer) = answer {
            assert_eq!(answer.status(), 400, "{body:?}: {answer:?}");
            tells_nothing(&tripledash, &answer, &body);
            assert_eq!(answer.json()["code"], "unreadable-body", "{answer:?}");
            let next = soon("the end", connection.response(false)).await;
            assert!(next.is_none(), "{body:?}: {next:?}");
        }
        let after = tripledash.done("GET", "workspace", &Value::Null).await;
        assert_eq!(after, before, "{body:?}");
    }

    // One that ends with its connection, in the middle of a chunk or of what was promised.
    for rest in [
        format!("transfer-encoding: chunked\r\n\r\n{size:x}\r\n{tenant}"),
        format!("transfer-encoding: chunked\r\n\r\n{size:x}\r\n{tenant}\r\n"),
        format!("content-length: {}\r\n\r\n{tenant}", size + 1),
    ] {
        let mut connection = tripledash.connect().await;
        connection
            .send(&format!("{}{rest}", head("workspace/tenants")))
            .await;
        connection.finish().await;
        let answer = soon("an answer or the end", connection.response(false)).await;
        let status = answer.map(|answer| answer.status());
        assert!(matches!(status, None | Some(400)), "{rest:?}: {status:?}");
        let after = tripledash.done("GET", "workspace", &Value::Null).await;
        assert_eq!(after, before, "{rest:?}");
    }

    // The same, whole, is taken: what was refused above was refused for its form.
    let good = format!(
        "{}transfer-encoding: chunked\r\n\r\n5\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        head("workspace/tenants"),
        &tenant[..5],
        size - 5,
        &tenant[5..]
    );
    assert_eq!(tripledash.ask(&good).await.status(), 200);
    tripledash.stop().await;
}
