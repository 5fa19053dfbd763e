//! Tenants one by one, checked the same however they were written.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::BuildHasher as _;

use indexmap::IndexMap;
use tripledash_core::tenant::{self, InvalidField};
use tripledash_core::workspace::{Problem, Severity};
use tripledash_core::{Tenant, Timestamp};

use super::place::Lines;
use super::{Loaded, MOST};

/// More problems than anyone reads; a broken table could have fifty thousand.
const MOST_PROBLEMS: usize = 100;
/// What room is made for beforehand: how many there seem to be is for whoever wrote the text to say.
const ROOM: usize = 65_536;

/// The fields of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Field {
    Id,
    Name,
    Color,
    Domains,
    Locale,
    Tags,
}

/// One tenant as it is written. An empty text stands for nothing.
#[derive(Debug, Default)]
pub(super) struct Draft<'t> {
    pub(super) id: Cow<'t, str>,
    pub(super) name: Cow<'t, str>,
    pub(super) color: Cow<'t, str>,
    pub(super) domains: Vec<Cow<'t, str>>,
    pub(super) locale: Cow<'t, str>,
    pub(super) tags: Vec<Cow<'t, str>>,
}

/// Tells where a field of the tenant at hand stands, as an offset. Asked only where it is wrong.
pub(super) type Where<'w> = &'w dyn Fn(Field) -> usize;

/// What was read so far.
#[derive(Debug)]
pub(super) struct Collected<'t> {
    name: &'t str,
    lines: Lines<'t>,
    tenants: IndexMap<String, Tenant>,
    /// The record that each tenant of the list was, from 1.
    records: Vec<u32>,
    /// The tenant of the list that each domain stood at first, by the domain's hash: a copy of
    /// every domain takes longer than all the rest.
    domains: HashMap<u64, u32>,
    problems: Vec<Problem>,
    unlisted: usize,
    left_out: usize,
    /// Where the first tenant stands that is one too many, and how many there are.
    surplus: Option<(usize, usize)>,
}

// === impl Field ===

impl Field {
    pub(super) const ALL: [Self; 6] = [
        Self::Id,
        Self::Name,
        Self::Color,
        Self::Domains,
        Self::Locale,
        Self::Tags,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Name => "name",
            Self::Color => "color",
            Self::Domains => "domains",
            Self::Locale => "locale",
            Self::Tags => "tags",
        }
    }
}

// === impl Collected ===

impl<'t> Collected<'t> {
    /// `expected`: how many there seem to be.
    pub(super) fn new(text: &'t str, name: &'t str, expected: usize) -> Self {
        let expected = expected.min(ROOM);
        Self {
            name,
            lines: Lines::of(text),
            tenants: IndexMap::with_capacity(expected),
            records: Vec::with_capacity(expected),
            domains: HashMap::with_capacity(expected),
            problems: Vec::new(),
            unlisted: 0,
            left_out: 0,
            surplus: None,
        }
    }

    /// Takes one tenant in, the `record`th of the source, from 1.
    pub(super) fn add(&mut self, record: u32, draft: &Draft<'_>, place: Where<'_>) {
        if self.tenants.len() >= MOST {
            let (_, count) = self.surplus.get_or_insert_with(|| (place(Field::Id), 0));
            *count += 1;
            self.left_out += 1;
            return;
        }
        let id = draft.id.trim();
        if let Err(invalid) = tenant::check_id(id) {
            let invalid = if id.is_empty() {
                InvalidField {
                    found: String::new(),
                    wanted: "an id".to_owned(),
                    hint: tripledash_core::label::propose(&draft.name)
                        .map(|proposal| format!("{proposal:?} would do")),
                }
            } else {
                invalid
            };
            self.refuse(record, id, Field::Id, invalid, LEFT_OUT, place);
            self.left_out += 1;
            return;
        }
        if let Some(known) = self.tenants.get_index_of(id) {
            let first = self.records[known];
            let invalid = InvalidField {
                found: id.to_owned(),
                wanted: "each id once".to_owned(),
                hint: Some(format!("tenant {first} has it already")),
            };
            self.refuse(record, id, Field::Id, invalid, LEFT_OUT, place);
            self.left_out += 1;
            return;
        }
        let tenant = self.tenant(record, id, draft, place);
        self.tenants.insert(tenant.id.clone(), tenant);
        self.records.push(record);
    }

    fn tenant(&mut self, record: u32, id: &str, draft: &Draft<'_>, place: Where<'_>) -> Tenant {
        let mut checked = |field, text: &str, good: Result<String, InvalidField>| {
            if text.is_empty() {
                return None;
            }
            good.map_err(|invalid| self.refuse(record, id, field, invalid, EMPTY, place))
                .ok()
        };
        let name = draft.name.trim();
        let name = checked(Field::Name, name, one_line(name));
        let color = draft.color.trim();
        let color = checked(Field::Color, color, tenant::color(color));
        let locale = draft.locale.trim();
        let good = tenant::check_locale(locale).map(|()| locale.to_owned());
        let locale = checked(Field::Locale, locale, good);
        let mut tags = Vec::with_capacity(draft.tags.len());
        for tag in draft.tags.iter().map(|tag| tag.trim()) {
            tags.extend(checked(Field::Tags, tag, one_line(tag)));
        }
        let mut domains = Vec::with_capacity(draft.domains.len());
        for domain in draft.domains.iter().map(|domain| domain.trim()) {
            domains.extend(checked(Field::Domains, domain, tenant::domain(domain)));
        }
        for domain in &domains {
            self.once(record, id, domain, place);
        }
        Tenant {
            id: id.to_owned(),
            name: name.unwrap_or_else(|| id.to_owned()),
            color,
            domains,
            locale,
            tags,
        }
    }

    /// Tells of a domain that another tenant has. It stays: `{domain}` is the tenant's own affair.
    fn once(&mut self, record: u32, id: &str, domain: &str, place: Where<'_>) {
        let next = u32::try_from(self.tenants.len()).unwrap_or(u32::MAX);
        let hash = self.domains.hasher().hash_one(domain);
        let first = match self.domains.entry(hash) {
            Entry::Vacant(new) => {
                new.insert(next);
                return;
            }
            Entry::Occupied(known) => *known.get() as usize,
        };
        let has_it = |tenant: &Tenant| tenant.domains.iter().any(|known| known == domain);
        let hint = match self.tenants.get_index(first) {
            // Two domains of one hash.
            Some((_, tenant)) if !has_it(tenant) => return,
            Some(_) => format!("tenant {} has it already", self.records[first]),
            None => "it is there twice".to_owned(),
        };
        let invalid = InvalidField {
            found: domain.to_owned(),
            wanted: "one tenant for each domain".to_owned(),
            hint: Some(hint),
        };
        self.refuse(record, id, Field::Domains, invalid, "", place);
    }

    fn refuse(
        &mut self,
        record: u32,
        id: &str,
        field: Field,
        invalid: InvalidField,
        outcome: &str,
        place: Where<'_>,
    ) {
        if self.is_full() {
            return;
        }
        let who = match (field, id) {
            (Field::Id, _) | (_, "") => format!("tenant {record}"),
            (_, id) => format!("tenant {record} ({id})"),
        };
        let found = match invalid.found.as_str() {
            "" => "nothing".to_owned(),
            found => quote(found),
        };
        let (field_name, wanted) = (field.name(), &invalid.wanted);
        let message = format!("{who}: {field_name}: found {found}, wanted {wanted}{outcome}");
        let offset = place(field);
        self.push(offset, found, invalid.wanted, message, invalid.hint);
    }

    /// Tells of something that is no field of a tenant.
    pub(super) fn tell(
        &mut self,
        offset: usize,
        found: &str,
        wanted: &str,
        outcome: &str,
        hint: Option<String>,
    ) {
        if !self.is_full() {
            let message = format!("found {found}, wanted {wanted}{outcome}");
            self.push(offset, found.to_owned(), wanted.to_owned(), message, hint);
        }
    }

    /// Like [`Self::tell`], of a tenant that is left out altogether.
    pub(super) fn leave_out(
        &mut self,
        record: u32,
        offset: usize,
        found: &str,
        wanted: &str,
        hint: Option<String>,
    ) {
        self.left_out += 1;
        if !self.is_full() {
            let message = format!("tenant {record}: found {found}, wanted {wanted}{LEFT_OUT}");
            self.push(offset, found.to_owned(), wanted.to_owned(), message, hint);
        }
    }

    /// Like [`Self::tell`], of a field whose value is of a wrong type.
    pub(super) fn leave_empty(
        &mut self,
        record: u32,
        offset: usize,
        field: Field,
        found: &str,
        wanted: &str,
    ) {
        if !self.is_full() {
            let field = field.name();
            let message =
                format!("tenant {record}: {field}: found {found}, wanted {wanted}{EMPTY}");
            self.push(offset, found.to_owned(), wanted.to_owned(), message, None);
        }
    }

    /// Whether another problem is only counted. Counts it.
    fn is_full(&mut self) -> bool {
        let full = self.problems.len() >= MOST_PROBLEMS;
        self.unlisted += usize::from(full);
        full
    }

    fn push(
        &mut self,
        offset: usize,
        found: String,
        wanted: String,
        message: String,
        hint: Option<String>,
    ) {
        let (line, column) = self.lines.position(offset);
        self.problems.push(Problem {
            // The rest works.
            severity: Severity::Warning,
            file: self.name.to_owned(),
            line,
            column,
            found,
            wanted,
            message,
            hint,
        });
    }

    pub(super) fn loaded(mut self, fetched_at: Timestamp, fingerprint: u64) -> Loaded {
        if let Some((offset, count)) = self.surplus {
            // Told whatever else is wrong.
            let found = format!("{} tenants", self.tenants.len() + count);
            let wanted = format!("at most {MOST}");
            let message = format!("found {found}, wanted {wanted}; the rest is left out");
            let hint = "ask for those that are worked on, by a query of the URL or of the command";
            self.push(offset, found, wanted, message, Some(hint.to_owned()));
        }
        self.problems
            .sort_by_key(|problem| (problem.line, problem.column));
        if let (Some(last), more @ 1..) = (self.problems.last_mut(), self.unlisted) {
            let more = format!("and {more} more problems, not listed");
            last.hint = Some(match last.hint.take() {
                Some(hint) => format!("{hint}; {more}"),
                None => more,
            });
        }
        Loaded {
            tenants: self.tenants,
            problems: self.problems,
            unlisted: self.unlisted,
            left_out: self.left_out,
            fetched_at,
            cached: None,
            fingerprint,
        }
    }
}

const LEFT_OUT: &str = "; the tenant is left out";
const EMPTY: &str = "; it is left out";

fn one_line(text: &str) -> Result<String, InvalidField> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Ok(text.to_owned());
    }
    match text.chars().find(|c| c.is_control()) {
        None => Ok(text.to_owned()),
        Some(control) => Err(InvalidField {
            found: text.to_owned(),
            wanted: format!("a text on one line: it has the control character {control:?}"),
            hint: None,
        }),
    }
}

/// A text in quotes, shortened to what a message can bear.
pub(super) fn quote(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}", format!("{}…", &text[..end])),
        None => format!("{text:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_made_for_what_comes_not_for_what_a_text_seems_to_hold() {
        let collected = Collected::new("", "t", usize::MAX);
        assert!(collected.tenants.capacity() < 2 * ROOM);
    }
}
