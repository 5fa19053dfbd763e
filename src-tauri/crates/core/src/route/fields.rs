//! The fields that every request gets on its way upstream.

use http::header::{CONNECTION, COOKIE, FORWARDED, HOST, IF_MATCH, IF_NONE_MATCH, UPGRADE, VIA};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::RequestHead;
use super::outgoing::Outgoing;
use super::plan::Asked;
use crate::edit::{Edit, Stage};
use crate::hop;
use crate::host::Authority;
use crate::redact::Secrets;
use crate::response::{cookie, unmarked_tags};
use crate::upstream::UpstreamOrigin;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");

/// The fields as they came, `Host` first, without the hop-by-hop ones; those of an upgrade are
/// put back, since the next connection is asked for the same.
pub(super) fn copy(
    head: &RequestHead<'_>,
    edits: Vec<Edit>,
    secrets: Secrets,
    host: &HeaderValue,
    arrived: &str,
) -> Outgoing {
    let mut came = head.headers.clone();
    came.remove(HOST);
    let upgrade = head.upgrade.then(|| came.get(UPGRADE).cloned()).flatten();
    let mut stripped = hop::strip_hop_by_hop(&mut came, Stage::Request, &secrets);
    let mut headers = HeaderMap::with_capacity(came.len() + 12);
    headers.insert(HOST, host.clone());
    headers.extend(came);
    if let Some(protocol) = upgrade {
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, protocol);
        stripped.retain(|edit| edit.field != "upgrade" && edit.field != "connection");
    }
    let mut outgoing = Outgoing {
        headers,
        edits,
        secrets,
    };
    if host != arrived {
        outgoing.edits.push(Edit {
            stage: Stage::Request,
            field: "host".into(),
            before: Some(arrived.to_owned()),
            after: Some(String::from_utf8_lossy(host.as_bytes()).into_owned()),
            why: "the upstream knows this tenant by this host".into(),
        });
    }
    outgoing.edits.extend(stripped);
    outgoing
}

/// `X-Forwarded-*`: for a loopback upstream the browser's own address, since its `Origin` is kept
/// too; for any other what agrees with the Host sent. What a caller claims is replaced.
pub(super) fn forwarded(
    outgoing: &mut Outgoing,
    asked: &Asked<'_>,
    origin: &UpstreamOrigin,
    host: &str,
) {
    outgoing.remove(&FORWARDED, "the X-Forwarded fields say it");
    let local = origin.host().is_loopback();
    let (authority, scheme, port) = if local {
        (
            asked.authority.to_string(),
            "http",
            asked.authority.port_or(80),
        )
    } else {
        let port = host
            .parse::<Authority>()
            .ok()
            .and_then(|host| host.port)
            .unwrap_or(origin.port());
        (host.to_owned(), origin.scheme.as_str(), port)
    };
    let why = if local {
        "as the browser has it"
    } else {
        "agrees with the Host sent"
    };
    let mut set = |name, value: String, why: &'static str| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            outgoing.set(&name, value, why);
        }
    };
    set(FORWARDED_HOST, authority, why);
    set(FORWARDED_PROTO, scheme.to_owned(), why);
    set(FORWARDED_PORT, port.to_string(), why);
    if let Some(peer) = asked.head.peer {
        let before = asked.head.headers.get_all(FORWARDED_FOR).iter();
        let mut asking: Vec<String> = before
            .filter_map(|line| line.to_str().ok().map(str::to_owned))
            .collect();
        asking.push(peer.to_string());
        set(FORWARDED_FOR, asking.join(", "), "who asked us");
    }
}

/// Gives cookies the names back that the upstream gave them.
pub(super) fn cookies(outgoing: &mut Outgoing) {
    let why = "the upstream's own name of a cookie that had to be renamed for http";
    outgoing.change_lines(&COOKIE, why, |line| cookie::restore_names(line.as_bytes()));
}

/// Gives entity tags back as the upstream made them, so that its conditions hold as they would
/// without us.
pub(super) fn conditions(outgoing: &mut Outgoing) {
    let why = "the upstream's own tag of a page that was edited on its way down";
    for name in [IF_NONE_MATCH, IF_MATCH] {
        outgoing.change_lines(&name, why, |list| unmarked_tags(list.as_bytes()));
    }
}

/// `Via` and the hop counter.
pub(super) fn trail(outgoing: &mut Outgoing, mut hops: Vec<String>, arrived: &str) {
    let mut via: Vec<String> = outgoing
        .headers
        .get_all(VIA)
        .iter()
        .filter_map(|line| line.to_str().ok().map(str::to_owned))
        .collect();
    via.push("1.1 tripledash".to_owned());
    if let Ok(via) = HeaderValue::from_str(&via.join(", ")) {
        outgoing.set(
            &VIA,
            via,
            "names every intermediary (RFC 9110, section 7.6.3)",
        );
    }
    hops.push(arrived.to_owned());
    if let Ok(hops) = HeaderValue::from_str(&hops.join(", ")) {
        outgoing.set(&hop::HOPS, hops, "lets a loop be seen");
    }
}
