//! Cookies that a local http host can keep.
//!
//! Browsers refuse a cookie for another domain, and WebKit one over http that is `Secure`, or whose
//! name says that it is. `SameSite=None` without `Secure` is refused everywhere; since panes and
//! workbench are same-site, `Lax` does its work.

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};

use super::bytes::{characters, value};
use crate::edit::Edit;
use crate::redact;

/// Name prefixes that browsers take over https only, in any case (RFC 6265bis section 4.1.3, and
/// `__Http-` of its later drafts; those of `__Host-Http-` begin with the first).
const PREFIXES: [&str; 4] = ["__Host-", "__Secure-", "__Http-", "__HostHttp-"];

/// What stands before such a name in the browser. Before a name that begins so already, it stands
/// once more: no two names become one.
const OURS: &str = "tripledash-";

/// Gives the cookies of a `Cookie` value their upstream names back; `None` where none was renamed.
/// Everything else in it stays as it is.
///
/// ```
/// use tripledash_core::response::cookie::restore_names;
///
/// let restored = restore_names(b"a=1; tripledash-__Host-sid=2");
/// assert_eq!(restored.as_deref(), Some(&b"a=1; __Host-sid=2"[..]));
/// assert_eq!(restore_names(b"a=1"), None);
/// ```
pub fn restore_names(line: &[u8]) -> Option<Vec<u8>> {
    let ours = OURS.as_bytes();
    // By its dash, which few cookies have.
    let mut dashes = memchr::memchr_iter(b'-', line);
    if !dashes.any(|dash| line[..=dash].ends_with(ours)) {
        return None;
    }
    let mut out = Vec::with_capacity(line.len());
    for (at, pair) in line.split(|byte| *byte == b';').enumerate() {
        if at > 0 {
            out.push(b';');
        }
        let name = pair.trim_ascii_start();
        // Without a name it is a value, which is the app's.
        let renamed = name.strip_prefix(ours).filter(|name| name.contains(&b'='));
        match renamed.filter(|name| needs_ours(name)) {
            Some(theirs) => {
                out.extend_from_slice(&pair[..pair.len() - name.len()]);
                out.extend_from_slice(theirs);
            }
            None => out.extend_from_slice(pair),
        }
    }
    (out.len() != line.len()).then_some(out)
}

/// The upstream's name of a cookie that was renamed.
pub(crate) fn restore_name(name: &str) -> Option<&str> {
    name.strip_prefix(OURS)
        .filter(|name| needs_ours(name.as_bytes()))
}

/// Whether a name cannot be kept over http, or looks like one that we renamed.
fn needs_ours(mut name: &[u8]) -> bool {
    while let Some(rest) = name.strip_prefix(OURS.as_bytes()) {
        name = rest;
    }
    PREFIXES.iter().any(|prefix| {
        name.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
    })
}

pub(super) fn edit(headers: &mut HeaderMap, edits: &mut Vec<Edit>) {
    if !headers.contains_key(SET_COOKIE) {
        return;
    }
    let lines: Vec<HeaderValue> = headers.get_all(SET_COOKIE).iter().cloned().collect();
    headers.remove(SET_COOKIE);
    for line in lines {
        let mut cookie = Cookie::parse(&characters(&line));
        let count = edits.len();
        cookie.localise(edits);
        let value = if edits.len() == count {
            Some(line)
        } else {
            value(&cookie.line())
        };
        if let Some(value) = value {
            headers.append(SET_COOKIE, value);
        }
    }
}

/// Without the blanks around it, as browsers cut them (RFC 6265bis section 5.6). Each character is
/// a byte here, and the last byte of "à" would count as one of Unicode's.
fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

struct Cookie {
    pair: String,
    attributes: Vec<String>,
}

impl Cookie {
    fn parse(line: &str) -> Self {
        let mut pieces = line.split(';').map(trim);
        let pair = pieces.next().unwrap_or_default().to_owned();
        Self {
            pair,
            attributes: pieces
                .filter(|piece| !piece.is_empty())
                .map(str::to_owned)
                .collect(),
        }
    }

    fn line(&self) -> String {
        let mut line = self.pair.clone();
        for attribute in &self.attributes {
            line.push_str("; ");
            line.push_str(attribute);
        }
        line
    }

    /// Makes one change, and one edit where it changes anything.
    fn change(
        &mut self,
        why: impl FnOnce(&Self) -> String,
        edits: &mut Vec<Edit>,
        with: impl FnOnce(&mut Self) -> bool,
    ) {
        let before = redact::set_cookie(&self.line());
        let why = why(self);
        if with(self) {
            let after = redact::set_cookie(&self.line());
            edits.push(super::edit("set-cookie", Some(before), Some(after), why));
        }
    }

    fn drop_attribute(&mut self, name: &'static str, why: &'static str, edits: &mut Vec<Edit>) {
        let why = move |_: &Self| format!("{name} dropped: {why}");
        self.change(why, edits, |cookie| {
            let count = cookie.attributes.len();
            cookie
                .attributes
                .retain(|attribute| !attribute_is(attribute, name));
            cookie.attributes.len() != count
        });
    }

    fn localise(&mut self, edits: &mut Vec<Edit>) {
        self.drop_attribute(
            "Domain",
            "the cookie is kept for this pane's own host",
            edits,
        );
        self.drop_attribute("Secure", "panes are served over http", edits);
        self.drop_attribute(
            "Partitioned",
            "it needs Secure, and panes are served over http",
            edits,
        );
        self.change(
            |_| "SameSite=None becomes Lax: None needs Secure, and panes are same-site with the workbench".to_owned(),
            edits,
            |cookie| {
                let mut changed = false;
                for attribute in &mut cookie.attributes {
                    let value = attribute.split_once('=').map(|(_, value)| trim(value));
                    if attribute_is(attribute, "SameSite") && value.is_some_and(|value| value.eq_ignore_ascii_case("none")) {
                        "SameSite=Lax".clone_into(attribute);
                        changed = true;
                    }
                }
                changed
            },
        );
        // Without an equals sign all of it is a value, and the cookie has no name.
        let name = self.pair.split_once('=').map(|(name, _)| trim(name));
        if let Some(name) = name.filter(|name| needs_ours(name.as_bytes())) {
            let end = name.find('-').map_or(name.len(), |hyphen| hyphen + 1);
            let prefix = name[..end].to_owned();
            let why = |_: &Self| match prefix.as_str() {
                OURS => format!("names with {OURS} are ours; the upstream gets its own name back"),
                _ => format!("{prefix} names need https; the upstream gets its own name back"),
            };
            self.change(why, edits, |cookie| {
                cookie.pair.insert_str(0, OURS);
                true
            });
        }
    }
}

fn attribute_is(attribute: &str, name: &str) -> bool {
    attribute
        .split('=')
        .next()
        .is_some_and(|found| trim(found).eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests;
