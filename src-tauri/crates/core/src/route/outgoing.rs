//! A request's header fields on their way upstream: every change leaves an edit.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::edit::{Edit, Edits, Stage};
use crate::redact::Secrets;

pub(super) struct Outgoing {
    pub(super) headers: HeaderMap,
    pub(super) edits: Edits,
    pub(super) secrets: Secrets,
}

impl Outgoing {
    /// Sets a field to one value. A field that has the value already is left alone, and no edit
    /// is made.
    pub(super) fn set(
        &mut self,
        name: &HeaderName,
        value: HeaderValue,
        why: impl Into<Cow<'static, str>>,
    ) {
        let before = self.shown(name);
        let mut present = self.headers.get_all(name).iter();
        if present.next() == Some(&value) && present.next().is_none() {
            return;
        }
        let after = self.secrets.field(name, &value);
        self.headers.insert(name.clone(), value);
        self.record(name, before, Some(after), why);
    }

    /// Changes those lines of a field for which `change` has other bytes, each in its place.
    pub(super) fn change_lines(
        &mut self,
        name: &HeaderName,
        why: &'static str,
        change: impl Fn(&HeaderValue) -> Option<Vec<u8>>,
    ) {
        let changed = |line: &HeaderValue| HeaderValue::from_bytes(&change(line)?).ok();
        let lines = self.headers.get_all(name);
        if lines.iter().all(|line| changed(line).is_none()) {
            return;
        }
        let lines: Vec<HeaderValue> = lines
            .iter()
            .map(|line| changed(line).unwrap_or_else(|| line.clone()))
            .collect();
        let before = self.shown(name);
        self.headers.remove(name);
        for line in lines {
            self.headers.append(name.clone(), line);
        }
        let after = self.shown(name);
        self.record(name, before, after, why);
    }

    /// Removes a field.
    pub(super) fn remove(&mut self, name: &HeaderName, why: impl Into<Cow<'static, str>>) {
        let before = self.shown(name);
        if self.headers.remove(name).is_some() {
            self.record(name, before, None, why);
        }
    }

    /// The value that a trace shows, `None` where there is no such field.
    fn shown(&self, name: &HeaderName) -> Option<String> {
        let lines: Vec<String> = self
            .headers
            .get_all(name)
            .iter()
            .map(|value| self.secrets.field(name, value))
            .collect();
        (!lines.is_empty()).then(|| lines.join(", "))
    }

    fn record(
        &mut self,
        name: &HeaderName,
        before: Option<String>,
        after: Option<String>,
        why: impl Into<Cow<'static, str>>,
    ) {
        let field = name.as_str().to_owned().into();
        self.edits.push(Edit {
            stage: Stage::Request,
            field,
            before,
            after,
            why: why.into(),
        });
    }
}
