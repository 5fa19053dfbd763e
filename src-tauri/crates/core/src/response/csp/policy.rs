//! One policy, as far as script elements go (CSP level 3, sections 2.2 and 6.1).

use std::borrow::Cow;

/// A policy whose directives can be changed.
pub(super) struct Policy<'a> {
    directives: Vec<Cow<'a, str>>,
    /// Why it is not what it was.
    pub(super) reasons: Vec<&'static str>,
}

/// The sources of the directive that decides over script elements.
pub(super) struct Script<'a> {
    sources: Vec<&'a str>,
}

impl<'a> Policy<'a> {
    pub(super) fn parse(text: &'a str) -> Self {
        Self {
            directives: text
                .split(';')
                .map(|directive| directive.trim_matches(is_blank))
                .filter(|directive| !directive.is_empty())
                .map(Cow::Borrowed)
                .collect(),
            reasons: Vec::new(),
        }
    }

    /// Removes a directive, however often it is there.
    pub(super) fn remove(&mut self, name: &str, why: &'static str) {
        let count = self.directives.len();
        self.directives.retain(|directive| !is(directive, name));
        if self.directives.len() != count {
            self.reasons.push(why);
        }
    }

    /// What decides over script elements; `None` where nothing does.
    pub(super) fn script(&self) -> Option<Script<'_>> {
        let directive = &self.directives[self.deciding()?];
        let sources = directive.split_ascii_whitespace().skip(1).collect();
        Some(Script { sources })
    }

    /// Adds a source to what decides over script elements.
    pub(super) fn add(&mut self, source: &str, why: &'static str) {
        let Some(at) = self.deciding() else {
            return;
        };
        let directive = &mut self.directives[at];
        let mut words: Vec<&str> = directive.split_ascii_whitespace().collect();
        // It means nothing beside another source, and browsers complain.
        words.retain(|word| !word.eq_ignore_ascii_case("'none'"));
        words.push(source);
        let added = words.join(" ");
        *directive = Cow::Owned(added);
        self.reasons.push(why);
    }

    /// The policy as a field's value; `None` where nothing is left of it.
    pub(super) fn text(&self) -> Option<String> {
        (!self.directives.is_empty()).then(|| self.directives.join("; "))
    }

    /// Of several directives with one name, the first counts.
    fn deciding(&self) -> Option<usize> {
        ["script-src-elem", "script-src", "default-src"]
            .iter()
            .find_map(|name| self.directives.iter().position(|found| is(found, name)))
    }
}

impl<'a> Script<'a> {
    /// The nonces that may be written into a document: nothing but the base64 alphabets.
    pub(super) fn nonces(&self) -> impl Iterator<Item = &'a str> {
        self.sources.iter().filter_map(|source| {
            let inner = source.strip_prefix('\'')?.strip_suffix('\'')?;
            let (scheme, nonce) = inner.split_at_checked("nonce-".len())?;
            let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte);
            let is = scheme.eq_ignore_ascii_case("nonce-") && !nonce.is_empty();
            (is && nonce.bytes().all(safe)).then_some(nonce)
        })
    }

    /// Whether only nonces, hashes, and what such scripts load are let through.
    pub(super) fn is_strict(&self) -> bool {
        self.has("'strict-dynamic'")
    }

    /// Whether a script of the page's own origin, over http, is let through by name. Hosts that
    /// might match too are not looked at: to name the agent beside them does no harm.
    pub(super) fn allows_own_origin(&self) -> bool {
        ["'self'", "*", "http:"]
            .iter()
            .any(|source| self.has(source))
    }

    fn has(&self, source: &str) -> bool {
        self.sources
            .iter()
            .any(|found| found.eq_ignore_ascii_case(source))
    }
}

fn is(directive: &str, name: &str) -> bool {
    directive
        .split_ascii_whitespace()
        .next()
        .is_some_and(|first| first.eq_ignore_ascii_case(name))
}

fn is_blank(c: char) -> bool {
    c.is_ascii_whitespace()
}
