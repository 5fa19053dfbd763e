//! A project as the documentation shows one, and what asks for it.

use tripledash_sources::Secret;
use tripledash_sources::previews::Vercel;

use crate::support::{Reply, Server, fetcher, then};

pub const TOKEN: &str = "vcp_s3cretT0ken";

const PROJECT: &str = include_str!("fixtures/project.json");
const DEPLOYMENTS: &str = include_str!("fixtures/deployments.json");
const ALIASES: &str = include_str!("fixtures/aliases.json");

/// Answers with the fixtures.
pub async fn replay() -> Server {
    let aliases: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(ALIASES).unwrap();
    Server::start(move |asked| {
        let path = asked.target.split('?').next().unwrap_or_default();
        let segments: Vec<_> = path.split('/').skip(1).collect();
        match segments.as_slice() {
            ["v9", "projects", "my-app"] => Reply::json(PROJECT),
            ["v6", "deployments"] => Reply::json(DEPLOYMENTS)
                .with("x-ratelimit-limit", "500")
                .with("x-ratelimit-remaining", "493")
                .with("x-ratelimit-reset", "1700000060"),
            ["v2", "deployments", id, "aliases"] => Reply::json(aliases[*id].to_string()),
            _ => Reply::new(
                404,
                r#"{"error": {"code": "not_found", "message": "Not found"}}"#,
            ),
        }
    })
    .await
}

/// Asks a server in the name of a team.
pub fn source(server: &Server) -> Vercel {
    let token = Some(Secret::new(TOKEN));
    Vercel::new("my-app", Some("acme"), token, fetcher(), then).at(server.url("").parse().unwrap())
}
