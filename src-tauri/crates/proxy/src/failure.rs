//! Failures of an upstream in words: for the trace, and for the person who waits for the page.

mod tls;

use std::borrow::Cow;
use std::error::Error;
use std::net::SocketAddr;

use http::StatusCode;
use tripledash_core::told;
use tripledash_core::trace::{Failure, Kind, Side};

use crate::upgrade::UpgradeError;
use crate::upstream::{ConnectError, SendError};

/// A failure with everything that a page says of it.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) status: u16,
    pub(crate) side: Side,
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    pub(crate) message: String,
    pub(crate) tried: Vec<String>,
    pub(crate) fix: Option<String>,
}

/// What was asked of whom, for the words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The upstream's origin.
    pub(crate) origin: &'a str,
    /// The preview's name.
    pub(crate) preview: &'a str,
    pub(crate) kind: Kind,
}

impl Account {
    pub(crate) fn failure(&self) -> Failure {
        Failure {
            side: self.side,
            code: Cow::Borrowed(self.code),
            message: self.message.clone(),
        }
    }

    fn upstream(code: &'static str, title: &'static str, message: String) -> Self {
        Self {
            status: 502,
            side: Side::Upstream,
            code,
            title,
            message,
            tried: Vec::new(),
            fix: None,
        }
    }

    fn late(self) -> Self {
        Self {
            status: 504,
            ..self
        }
    }

    fn tried(self, address: SocketAddr, what: &dyn Error) -> Self {
        let tried = vec![format!("{address}: {}", told(what))];
        Self { tried, ..self }
    }

    fn fix(self, fix: String) -> Self {
        Self {
            fix: Some(fix),
            ..self
        }
    }
}

/// The account of a request that got no response.
pub(crate) fn send(error: &SendError, asked: Asked<'_>) -> Account {
    let Asked {
        origin, preview, ..
    } = asked;
    match error {
        SendError::Connect(error) => connect(error, asked),
        SendError::Silent { address, limit } => Account::upstream(
            "upstream-silent",
            "The app did not answer in time",
            format!("{origin} accepted the request and sent no response within {limit:?}."),
        )
        .late()
        .tried(*address, error),
        SendError::Lost {
            address,
            limit,
            repeatable,
            twice,
        } => {
            let (then, fix) = if *repeatable {
                (
                    if *twice {
                        "It was tried again on another connection, which was lost as well"
                    } else {
                        "It had been tried before in vain for other reasons, so it was not sent \
                         again"
                    },
                    format!("check the network or the VPN between this machine and {origin}"),
                )
            } else {
                (
                    "The app may have got it, so it was not sent again",
                    "see whether the app did what was asked before you send it again: the next \
                     request opens a new connection"
                        .to_owned(),
                )
            };
            Account::upstream(
                "upstream-lost",
                "The connection to the app was lost",
                format!(
                    "While the request waited, nothing came from {origin} any more, not even an \
                     answer to a PING within {limit:?}. A computer that slept or a network that \
                     changed leaves such connections behind; so does an app that hangs. {then}."
                ),
            )
            .late()
            .tried(*address, error)
            .fix(fix)
        }
        SendError::HungUp { address, .. } => Account::upstream(
            "upstream-hung-up",
            "The app closed the connection without an answer",
            format!(
                "{origin} accepted the request and closed the connection before it sent a \
                 response. A dev server that crashes or restarts does so; its own log says more."
            ),
        )
        .tried(*address, error),
        SendError::Reset { address, .. } => Account::upstream(
            "upstream-reset",
            "The app took the request back",
            format!("{origin} broke the request off and sent no response."),
        )
        .tried(*address, error),
        SendError::WantsHttp1 { address } => Account::upstream(
            "upstream-hung-up",
            "The app wants another version of HTTP",
            format!("{origin} agreed on HTTP/2 and then asked for this request over HTTP/1.1."),
        )
        .tried(*address, error),
        SendError::HeadTooLarge { address, .. } => Account::upstream(
            "upstream-head-too-large",
            "The app sent too many header fields",
            format!("The header fields of what {origin} answered are more than is read."),
        )
        .tried(*address, error)
        .fix("look for a field that grows, such as Set-Cookie or Link".to_owned()),
        SendError::Authority { .. } => Account {
            side: Side::Internal,
            ..Account::upstream(
                "target-unusable",
                "This host cannot be asked for",
                format!("{}.", told(error)),
            )
        }
        .fix(format!(
            "check \"host\" of preview \"{preview}\" in tripledash.json"
        )),
        SendError::Switched { address } => Account::upstream(
            "upstream-switched",
            "The app switched to another protocol",
            format!("{origin} answered with 101 Switching Protocols, which nobody asked for."),
        )
        .tried(*address, error),
        SendError::NotHttp { address, .. } => Account::upstream(
            "upstream-not-http",
            "The app answered something that is not HTTP",
            format!("What {origin} sent cannot be read as an HTTP response."),
        )
        .tried(*address, error)
        .fix(format!(
            "check the scheme and the port of \"upstream\" in preview \"{preview}\": {origin}"
        )),
        SendError::Stalled { .. } => Account {
            status: 408,
            side: Side::Downstream,
            ..Account::upstream(
                "upload-stalled",
                "The request stopped half-way",
                format!("{}.", told(error)),
            )
        },
        SendError::Upload { .. } => Account {
            status: 400,
            side: Side::Downstream,
            ..Account::upstream(
                "upload-broken",
                "The request broke off",
                format!("{}.", told(error)),
            )
        },
    }
}

/// The account of an upgrade that came to nothing.
pub(crate) fn upgrade(error: &UpgradeError, asked: Asked<'_>) -> Account {
    let origin = asked.origin;
    let code = match asked.kind {
        Kind::Hmr => "hmr-refused",
        _ => "upgrade-refused",
    };
    let title = "The app did not open the socket";
    match error {
        UpgradeError::Send(error) => send(error, asked),
        UpgradeError::Raw { address, said } => Account::upstream(
            code,
            title,
            format!("{origin} refused the upgrade with the raw bytes {said:?} in place of HTTP."),
        )
        .tried(*address, error),
        UpgradeError::Closed { address } => Account::upstream(
            code,
            title,
            format!("{origin} closed the connection without an answer to the upgrade."),
        )
        .tried(*address, error),
        UpgradeError::Silent { address, limit } => Account::upstream(
            if asked.kind == Kind::Hmr { "hmr-silent" } else { "upgrade-silent" },
            title,
            format!("{origin} said nothing to the upgrade for {limit:?}; most likely it has no socket at this path."),
        )
        .late()
        .tried(*address, error),
    }
}

/// The failure of an upgrade that the upstream answered with an ordinary response. One that only
/// goes unheard is none (RFC 9110 section 7.8), except for a socket, which then has nothing to say.
pub(crate) fn declined(status: StatusCode, asked: Asked<'_>) -> Option<Failure> {
    let socket = matches!(asked.kind, Kind::Hmr | Kind::Websocket);
    let code = match asked.kind {
        Kind::Hmr => "hmr-refused",
        _ => "upgrade-refused",
    };
    (socket || status.is_client_error() || status.is_server_error()).then(|| Failure {
        side: Side::Upstream,
        code: code.into(),
        message: format!("{} answered the upgrade with status {status}", asked.origin),
    })
}

/// The account of a request target that HTTP/1.1 cannot carry.
pub(crate) fn target(error: &http::Error, asked: Asked<'_>) -> Account {
    Account {
        side: Side::Internal,
        ..Account::upstream(
            "target-unusable",
            "This path cannot be asked for",
            format!(
                "What {} would be asked for is no request target: {error}.",
                asked.origin
            ),
        )
    }
}

fn connect(error: &ConnectError, asked: Asked<'_>) -> Account {
    let Asked {
        origin, preview, ..
    } = asked;
    let check = format!("check \"upstream\" of preview \"{preview}\" in tripledash.json: {origin}");
    match error {
        ConnectError::Refused { tried } => Account {
            tried: tried
                .iter()
                .map(|(address, error)| format!("{address}: {}", told(error)))
                .collect(),
            ..Account::upstream(
                "upstream-refused",
                "The app is not running",
                format!("Nothing accepts connections at {origin}, the upstream of preview {preview}."),
            )
        }
        .fix(format!(
            "start the app that listens on {origin}, or change \"upstream\" of preview \
             \"{preview}\" in tripledash.json"
        )),
        ConnectError::Unresolved { name, .. } => Account {
            tried: vec![told(error)],
            ..Account::upstream(
                "upstream-unresolved",
                "The app's host was not found",
                format!("The name {name} of {origin}, the upstream of preview {preview}, does not resolve."),
            )
        }
        .fix(check),
        ConnectError::TimedOut { limit } => Account::upstream(
            "upstream-unreachable",
            "The app could not be reached in time",
            format!("No connection to {origin}, the upstream of preview {preview}, within {limit:?}."),
        )
        .late()
        .fix(check),
        ConnectError::Tls {
            address,
            name,
            source,
        } => {
            let told = tls::told(source, name, asked);
            let tried = tls::reason(source).map_or_else(|| tripledash_core::told(error), |it| format!("TLS as {name}: {it}"));
            Account {
                tried: vec![format!("{address}: {tried}")],
                ..Account::upstream("upstream-tls", told.title, told.message)
            }
            .fix(told.fix)
        }
        ConnectError::ServerName { name } => Account::upstream(
            "upstream-tls",
            "No secure connection to the app",
            format!("{name:?}, the Host sent to {origin}, cannot be a TLS server name."),
        )
        .fix(format!("change \"host\" of preview \"{preview}\" in tripledash.json")),
        ConnectError::NoTrust(_) => Account {
            side: Side::Internal,
            tried: vec![told(error)],
            ..Account::upstream(
                "no-tls-roots",
                "No secure connection to the app",
                "This machine's trusted TLS roots cannot be read.".to_owned(),
            )
        },
    }
}
