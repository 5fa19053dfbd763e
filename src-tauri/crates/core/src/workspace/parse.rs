//! `tripledash.json` as a whole.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::problem::Parsed;
use super::reader::{Fields, Place, Reader, describe, quote};
use super::tree::Value;
use super::variables::RESERVED;
use super::{Snapshot, Workspace, pages, previews, rules, syntax, tenants};
use crate::template::is_name;

const KEYS: [&str; 8] = [
    "$schema", "name", "prefix", "tenants", "previews", "pages", "tenancy", "rules",
];

/// Reads a workspace file, and collects everything that is wrong with it.
///
/// ```
/// use tripledash_core::workspace::parse;
///
/// let text = r#"{
///   "name": "acme-platform",
///   "tenants": [{ "id": "acme" }],
///   "previews": [{ "name": "main", "upstream": "http://localhost:3000", "hosts": "{tenant}.localhost" }]
/// }"#;
/// let parsed = parse(text, "tripledash.json");
/// assert!(parsed.workspace.is_none());
/// assert_eq!(
///     parsed.problems[0].to_string(),
///     "tripledash.json:4:71: error: previews[0]: found the unknown key \"hosts\", wanted one of name, branch, \
///      upstream, host, headers, access, tenants, tls, timeout, git, setup, dev, copy, vercel (did you \
///      mean \"host\"?)",
/// );
/// ```
pub fn parse(text: &str, file: &str) -> Parsed {
    let (behind_mark, marked) = match text.strip_prefix('\u{feff}') {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let mut reader = Reader::new(behind_mark, file);
    if marked {
        // RFC 8259 section 8.1.
        let message = "the file starts with a byte order mark, which JSON must not".to_owned();
        let hint = "save it as UTF-8 without BOM".to_owned();
        reader.tell(
            crate::Severity::Error,
            0,
            "a byte order mark",
            "{",
            message,
            Some(hint),
        );
    }
    let tree = syntax::tree(behind_mark, &mut reader);
    let workspace = tree
        .as_ref()
        .and_then(|tree| workspace(tree.root(), &mut reader));
    let workspace = workspace.filter(|_| !reader.has_errors());
    let certificate_uses = std::mem::take(&mut reader.certificate_uses);
    let (problems, environment_uses) = reader.finish();
    Parsed {
        workspace,
        problems,
        environment_uses,
        certificate_uses,
        file: file.to_owned(),
    }
}

fn workspace(tree: Value<'_>, reader: &mut Reader<'_>) -> Option<Workspace> {
    let root = Place::Root;
    let object = reader.object(tree, &root)?;
    let fields = reader.fields(object, &root, &KEYS);
    if let Some(value) = fields.get("$schema") {
        reader.string(value, &root.key("$schema"));
    }
    let name = reader
        .required(&fields, "name", &root)
        .and_then(|value| reader.text(value, &root.key("name")));
    let prefix = match fields.get("prefix") {
        Some(value) => prefix(value, &root.key("prefix"), reader),
        None => vec!["tenant".to_owned()],
    };
    let tenants = match fields.get("tenants") {
        Some(value) => tenants::tenants(value, &root.key("tenants"), reader),
        None => IndexMap::new(),
    };
    if !tenants.is_empty() && !prefix.iter().any(|part| part == "tenant") {
        let value = fields.get("prefix").map_or(fields.range(), Value::range);
        let found = if prefix.is_empty() {
            "no parts".to_owned()
        } else {
            prefix.join(", ")
        };
        let hint = "without a part called \"tenant\", no address can name one".to_owned();
        reader.warn(
            value,
            &root.key("prefix"),
            &found,
            "a part called \"tenant\"",
            Some(hint),
        );
    }
    let previews = match fields.get("previews") {
        Some(value) => {
            let context = previews::Context {
                prefix: &prefix,
                tenants: &tenants,
            };
            previews::previews(value, &root.key("previews"), context, reader)
        }
        None => IndexMap::new(),
    };
    let pages = match fields.get("pages") {
        Some(value) => pages::pages(value, &root.key("pages"), &tenants, reader),
        None => Vec::new(),
    };
    tenancy(&fields, reader);
    let rules = match fields.get("rules") {
        Some(value) => rules::rules(value, &root.key("rules"), &prefix, reader),
        None => Vec::new(),
    };
    Some(Workspace {
        name: name?.as_str().to_owned(),
        prefix,
        tenants,
        previews,
        pages,
        rules,
    })
}

fn prefix(value: Value<'_>, place: &Place<'_>, reader: &mut Reader<'_>) -> Vec<String> {
    let Some(array) = reader.array(value, place) else {
        return Vec::new();
    };
    let mut prefix: Vec<String> = Vec::with_capacity(array.len());
    for (index, element) in array.elements().enumerate() {
        let place = place.item(index);
        let Some(string) = reader.string(element, &place) else {
            continue;
        };
        let name = string.as_str();
        if !is_name(name) {
            reader.error(
                string.range(),
                &place,
                &quote(name),
                "a name of letters, digits, - and _",
                None,
            );
        } else if RESERVED.contains(&name) {
            reader.error(
                string.range(),
                &place,
                &quote(name),
                "a name that does not stand for something else",
                None,
            );
        } else if prefix.iter().any(|other| other == name) {
            reader.error(
                string.range(),
                &place,
                &format!("{name:?} a second time"),
                "each name once",
                None,
            );
        } else {
            prefix.push(name.to_owned());
        }
    }
    prefix
}

fn tenancy(fields: &Fields<'_>, reader: &mut Reader<'_>) {
    let root = Place::Root;
    let place = root.key("tenancy");
    let Some(value) = fields.get("tenancy") else {
        return;
    };
    let Some(object) = reader.object(value, &place) else {
        return;
    };
    let fields = reader.fields(object, &place, &["kind"]);
    let Some(kind) = reader.required(&fields, "kind", &place) else {
        return;
    };
    let place = place.key("kind");
    match kind.as_text().map(|string| string.as_str()) {
        Some("host") => {}
        Some("path") => {
            let wanted = "\"host\": tenants as path segments are not supported by this version";
            reader.error(kind.range(), &place, "\"path\"", wanted, None);
        }
        _ => reader.error(kind.range(), &place, &describe(kind), "\"host\"", None),
    }
}

// === impl Workspace ===

impl Workspace {
    /// A workspace with a name and nothing else, for an engine that was started without a file.
    pub fn empty(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            prefix: vec!["tenant".to_owned()],
            tenants: IndexMap::new(),
            previews: IndexMap::new(),
            pages: Vec::new(),
            rules: Vec::new(),
        }
    }

    /// Every variable of the environment that any preview asks for.
    pub fn environment_names(&self) -> BTreeSet<String> {
        self.previews
            .values()
            .flat_map(super::Preview::environment_names)
            .map(str::to_owned)
            .collect()
    }

    /// The variables that a preview asks for and the snapshot's environment does not set. Such a
    /// preview answers 503 until they are.
    pub fn missing_variables(&self, snapshot: &Snapshot, preview: &str) -> Vec<String> {
        self.unset_variables(&snapshot.environment, preview)
    }

    /// Like [`Self::missing_variables`], before there is a snapshot.
    pub fn unset_variables(
        &self,
        environment: &BTreeMap<String, String>,
        preview: &str,
    ) -> Vec<String> {
        let asked = self
            .previews
            .get(preview)
            .into_iter()
            .flat_map(super::Preview::environment_names);
        let unset: BTreeSet<&str> = asked
            .filter(|name| !environment.contains_key(*name))
            .collect();
        unset.into_iter().map(str::to_owned).collect()
    }
}

impl super::Preview {
    /// Whether its upstream is reached over TLS whose certificate nobody verifies.
    pub fn is_unverified(&self) -> bool {
        self.tls.insecure
            && !self
                .upstream
                .as_str()
                .get(..7)
                .is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"))
    }

    /// The variables of the environment that this preview asks for, with repetitions.
    pub fn environment_names(&self) -> impl Iterator<Item = &str> {
        let headers = self.headers.iter().map(|(_, template)| template);
        let templates = std::iter::once(&self.upstream)
            .chain(self.host.as_ref())
            .chain(headers);
        templates.flat_map(crate::template::Template::environment_names)
    }
}

#[cfg(test)]
mod tests;
