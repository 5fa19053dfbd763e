//! Cookies that a local http host can keep.
//!
//! Browsers refuse a cookie for another domain, and WebKit one that is `Secure` or has a
//! `__Host-` or `__Secure-` name over http. `SameSite=None` without `Secure` is refused
//! everywhere; since panes and workbench are same-site, `Lax` does its work.

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};

use crate::edit::Edit;
use crate::redact;

/// The upstream's prefixes, and what stands for each in the browser.
const PREFIXES: [(&str, &str); 2] = [
    ("__Host-", "tripledash-host-"),
    ("__Secure-", "tripledash-secure-"),
];

/// Gives the cookies of a `Cookie` value their upstream names back; `None` where none was renamed.
///
/// ```
/// use tripledash_core::response::cookie::restore_names;
///
/// assert_eq!(restore_names("a=1; tripledash-host-sid=2").as_deref(), Some("a=1; __Host-sid=2"));
/// assert_eq!(restore_names("a=1"), None);
/// ```
pub fn restore_names(line: &str) -> Option<String> {
    if !PREFIXES.iter().any(|(_, ours)| line.contains(ours)) {
        return None;
    }
    let mut changed = false;
    let pairs: Vec<String> = line
        .split(';')
        .map(str::trim)
        .map(|pair| {
            let renamed = restore_name(pair);
            changed |= renamed.is_some();
            renamed.unwrap_or_else(|| pair.to_owned())
        })
        .collect();
    changed.then(|| pairs.join("; "))
}

/// The upstream's name of a cookie, or of a `name=value` pair, that was renamed.
pub(crate) fn restore_name(name: &str) -> Option<String> {
    PREFIXES
        .iter()
        .find_map(|(theirs, ours)| Some(format!("{theirs}{}", name.strip_prefix(ours)?)))
}

pub(super) fn edit(headers: &mut HeaderMap, edits: &mut Vec<Edit>) {
    let lines: Vec<HeaderValue> = headers.get_all(SET_COOKIE).iter().cloned().collect();
    if lines.is_empty() {
        return;
    }
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

/// A field's bytes, each as one character, so that those outside ASCII come back as they were: what
/// they mean is between the app and the browser.
fn characters(value: &HeaderValue) -> String {
    value.as_bytes().iter().copied().map(char::from).collect()
}

/// The field that [`characters`] came from, or one made of them.
fn value(characters: &str) -> Option<HeaderValue> {
    let bytes: Option<Vec<u8>> = characters.chars().map(|c| u8::try_from(c).ok()).collect();
    HeaderValue::from_bytes(&bytes?).ok()
}

struct Cookie {
    pair: String,
    attributes: Vec<String>,
}

impl Cookie {
    fn parse(line: &str) -> Self {
        let mut pieces = line.split(';').map(str::trim);
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
                    let value = attribute.split_once('=').map(|(_, value)| value.trim());
                    if attribute_is(attribute, "SameSite") && value.is_some_and(|value| value.eq_ignore_ascii_case("none")) {
                        "SameSite=Lax".clone_into(attribute);
                        changed = true;
                    }
                }
                changed
            },
        );
        for (theirs, ours) in PREFIXES {
            let named = self
                .pair
                .get(..theirs.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(theirs));
            if named {
                let why = |_: &Self| {
                    format!("{theirs} names need https; the upstream gets its own name back")
                };
                self.change(why, edits, |cookie| {
                    cookie.pair.replace_range(..theirs.len(), ours);
                    true
                });
            }
        }
    }
}

fn attribute_is(attribute: &str, name: &str) -> bool {
    attribute
        .split('=')
        .next()
        .is_some_and(|found| found.trim().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::super::text;
    use super::*;

    #[test]
    fn cookies_are_made_local() {
        for (line, wanted, edits) in [
            (
                "sid=1; Path=/; HttpOnly; SameSite=Lax",
                "sid=1; Path=/; HttpOnly; SameSite=Lax",
                0,
            ),
            ("sid=1; Domain=.acme.com; Path=/", "sid=1; Path=/", 1),
            (
                "sid=1; secure; SameSite=none; Partitioned",
                "sid=1; SameSite=Lax",
                3,
            ),
            (
                "__Host-sid=1; Path=/; Secure",
                "tripledash-host-sid=1; Path=/",
                2,
            ),
            ("__secure-sid=1; Secure", "tripledash-secure-sid=1", 2),
            ("sid=; Max-Age=0; domain=x", "sid=; Max-Age=0", 1),
            ("sid=1; SameSite=Strict", "sid=1; SameSite=Strict", 0),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(SET_COOKIE, HeaderValue::from_static(line));
            let mut made = Vec::new();
            edit(&mut headers, &mut made);
            assert_eq!(
                (text(&headers[SET_COOKIE]).as_str(), made.len()),
                (wanted, edits),
                "{line}"
            );
            assert!(
                made.iter()
                    .all(|edit| !edit.before.as_deref().unwrap_or_default().contains("=1")),
                "{made:?}"
            );
        }
    }

    #[test]
    fn bytes_outside_ascii_stay_as_they_came() {
        for value in ["a=Zürich; Domain=x".as_bytes(), b"a=Z\xfcrich; Domain=x"] {
            let mut headers = HeaderMap::new();
            headers.insert(SET_COOKIE, HeaderValue::from_bytes(value).unwrap());
            edit(&mut headers, &mut Vec::new());
            let kept = &value[..value.len() - "; Domain=x".len()];
            assert_eq!(headers[SET_COOKIE].as_bytes(), kept);
        }
    }

    #[test]
    fn every_line_is_kept_in_order() {
        let mut headers = HeaderMap::new();
        for line in ["a=1", "b=2; Domain=x", "c=3"] {
            headers.append(SET_COOKIE, HeaderValue::from_static(line));
        }
        edit(&mut headers, &mut Vec::new());
        let lines: Vec<String> = headers.get_all(SET_COOKIE).iter().map(text).collect();
        assert_eq!(lines, ["a=1", "b=2", "c=3"]);
    }

    #[test]
    fn names_go_out_and_come_back() {
        let mut headers = HeaderMap::new();
        headers.insert(
            SET_COOKIE,
            HeaderValue::from_static("__Host-sid=1; Secure; Path=/"),
        );
        edit(&mut headers, &mut Vec::new());
        let kept = text(&headers[SET_COOKIE]);
        let pair = kept.split(';').next().unwrap();
        assert_eq!(restore_names(pair).as_deref(), Some("__Host-sid=1"));
    }
}
