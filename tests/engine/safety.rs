//! Attacks on the engine over its sockets: each really tries, and gets nothing.
//!
//! What only a browser shows is in `tests/browser/safety.spec.ts`.

mod addresses;
mod bodies;
mod embedded;
mod secrets;
mod tokens;

use serde_json::json;

use crate::support::{Message, Tripledash, Upstream, shop};

/// An engine whose workspace has a name to look for in answers.
async fn engine(upstream: &Upstream) -> Tripledash {
    let mut workspace = shop(&json!([{ "name": "main", "upstream": upstream.origin() }]));
    workspace["name"] = json!("name-to-look-for");
    Tripledash::start(&workspace).await
}

/// Nothing of the workspace, the token or the page stands in an answer.
fn tells_nothing(tripledash: &Tripledash, answer: &Message, what: &str) {
    let text = String::from_utf8_lossy(&answer.body).into_owned() + &format!("{:?}", answer.fields);
    for secret in [
        "name-to-look-for",
        tripledash.engine.token(),
        "generation",
        "<div id=\"root\"",
    ] {
        assert!(!text.contains(secret), "{what}: {secret} in {answer:?}");
    }
    for field in [
        "access-control-allow-origin",
        "set-cookie",
        "www-authenticate-token",
    ] {
        assert_eq!(answer.field(field), None, "{what}");
    }
}
