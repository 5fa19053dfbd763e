//! An exchange's request as a command line.

use serde::Serialize;
use tripledash_core::redact::REDACTED;
use tripledash_core::trace::Exchange;
use tripledash_core::{Edit, Stage};
use utoipa::ToSchema;

/// A request as a curl command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Curl {
    /// Ready for a POSIX shell.
    command: String,
    /// What the request had and the command has not, because it is not kept: fields with secrets,
    /// `url` where the address held one, and `body`.
    left_out: Vec<String>,
}

/// Fields that curl makes itself, or that only mean something on the connection they came on.
const OF_THE_CONNECTION: [&str; 12] = [
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// The command that sends the request again as the browser sent it: to the preview host, with the
/// fields as they were before we changed them.
pub(crate) fn command(exchange: &Exchange) -> Curl {
    let mut command = String::from("curl");
    match exchange.method.as_str() {
        "GET" => {}
        "HEAD" => command.push_str(" --head"),
        method => {
            command.push_str(" --request ");
            command.push_str(&quote(method));
        }
    }
    command.push(' ');
    command.push_str(&quote(&exchange.url()));
    let mut left_out: Vec<String> = Vec::new();
    if exchange.path.contains(REDACTED) {
        // The address is still given, so that the person sees where the secret goes.
        left_out.push("url".to_owned());
    }
    let mut compressed = false;
    for (name, value) in as_asked(exchange) {
        if name == "accept-encoding" {
            compressed = true;
        }
        if OF_THE_CONNECTION.contains(&name.as_str()) {
            continue;
        }
        if value.contains(REDACTED) {
            if !left_out.contains(&name) {
                left_out.push(name);
            }
            continue;
        }
        command.push_str(" \\\n  --header ");
        // curl takes `Name;` for a field with an empty value, and `Name:` to leave one out.
        let field = if value.is_empty() {
            format!("{name};")
        } else {
            format!("{name}: {value}")
        };
        command.push_str(&quote(&field));
    }
    if compressed {
        command.push_str(" \\\n  --compressed");
    }
    if exchange.request_bytes > 0 {
        left_out.push("body".to_owned());
    }
    Curl { command, left_out }
}

/// The request's fields as they came: those sent upstream, with our edits taken back.
pub(crate) fn as_asked(exchange: &Exchange) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = exchange
        .request_headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let ours =
        |edit: &&Edit| edit.stage == Stage::Request && !matches!(&*edit.field, "path" | "body");
    for edit in exchange.request_edits.iter().rev().filter(ours) {
        if edit.after.is_some() {
            fields.retain(|(name, _)| *name != *edit.field);
        }
        if let Some(before) = &edit.before {
            fields.push((edit.field.to_string(), before.clone()));
        }
    }
    fields
}

/// One word of a POSIX shell.
fn quote(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::Method;
    use tripledash_core::trace::{ExchangeId, Kind, Resolution, Started};
    use tripledash_core::{Edit, Exchange, Stage, Timestamp};

    use super::{command, quote};

    fn line(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn the_request_is_as_it_was_asked_and_secrets_are_named() {
        let edit = |field: &'static str, before: Option<&str>, after: Option<&str>| Edit {
            stage: Stage::Request,
            field: field.into(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
            why: "".into(),
        };
        let exchange = Exchange::start(Started {
            id: ExchangeId(1),
            at: Timestamp(0),
            kind: Kind::Document,
            method: Method::GET,
            origin: "http://acme---main.tripledash.localhost:7333".into(),
            path: "/a?b=it's&c=$d".into(),
            resolution: Arc::new(Resolution::Workbench),
            rules: Arc::default(),
            predicted: None,
            upstream: None,
            edits: vec![
                edit(
                    "host",
                    Some("acme---main.tripledash.localhost:7333"),
                    Some("acme.localhost:3000"),
                ),
                edit(
                    "origin",
                    Some("http://acme---main.tripledash.localhost:7333"),
                    Some("http://localhost:3000"),
                ),
                edit("x-forwarded-host", None, Some("x")),
            ]
            .into(),
            request_headers: [
                line("host", "acme.localhost:3000"),
                line("accept", "text/html"),
                line("accept-encoding", "gzip"),
                line("cookie", "sid=[redacted]"),
                line("x-forwarded-host", "x"),
                line("origin", "http://localhost:3000"),
            ]
            .into_iter()
            .collect(),
        });
        let curl = command(&exchange);
        assert_eq!(
            curl.command,
            "curl 'http://acme---main.tripledash.localhost:7333/a?b=it'\\''s&c=$d' \\\n  \
             --header 'accept: text/html' \\\n  \
             --header 'origin: http://acme---main.tripledash.localhost:7333' \\\n  \
             --compressed"
        );
        assert_eq!(curl.left_out, ["cookie"]);
    }

    #[test]
    fn words_are_quoted_where_the_shell_would_read_them() {
        assert_eq!(quote("POST"), "POST");
        assert_eq!(quote(""), "''");
        assert_eq!(quote("$(rm -rf)"), "'$(rm -rf)'");
        assert_eq!(quote("a'b"), r"'a'\''b'");
    }
}
