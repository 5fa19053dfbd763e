//! `tripledash.json` as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;

use super::problem::Parsed;
use super::reader::{Fields, Place, Reader, quote};
use super::tree::Value;
use super::variables::RESERVED;
use super::{Snapshot, Template, Tenancy, Workspace, pages, previews, rules, syntax, tenants};
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
///      upstream, host, headers, access, tenants, tls, timeout (did you mean \"host\"?)",
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
    let tenant_uses = std::mem::take(&mut reader.tenant_uses);
    let source_uses = std::mem::take(&mut reader.source_uses);
    let preview_places = std::mem::take(&mut reader.preview_places);
    let (problems, environment_uses) = reader.finish();
    Parsed {
        workspace,
        problems,
        environment_uses,
        certificate_uses,
        tenant_uses,
        source_uses,
        preview_places,
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
    let at = root.key("tenants");
    let listed = fields.get("tenants");
    let tenant_source = listed.and_then(|value| tenants::elsewhere(value, &at, reader));
    let tenants = match listed {
        Some(value) if tenant_source.is_none() => tenants::tenants(value, &at, reader),
        _ => IndexMap::new(),
    };
    let any = tenant_source.is_some() || !tenants.is_empty();
    let known = match tenant_source {
        Some(_) => tenants::Known::Elsewhere,
        None => tenants::Known::Listed(&tenants),
    };
    if any && !prefix.iter().any(|part| part == "tenant") {
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
                tenants: known,
            };
            previews::previews(value, &root.key("previews"), context, reader)
        }
        None => previews::Previews::default(),
    };
    let pages = match fields.get("pages") {
        Some(value) => pages::pages(value, &root.key("pages"), known, reader),
        None => Vec::new(),
    };
    let tenancy = tenancy(&fields, reader);
    let rules = match fields.get("rules") {
        Some(value) => rules::rules(value, &root.key("rules"), &prefix, reader),
        None => Vec::new(),
    };
    Some(Workspace {
        name: name?.as_str().to_owned(),
        prefix,
        tenants: Arc::new(tenants),
        tenant_source: tenant_source.flatten(),
        tenancy,
        previews: previews.named,
        sources: previews.sources,
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

fn tenancy(fields: &Fields<'_>, reader: &mut Reader<'_>) -> Tenancy {
    let place = Place::Root.key("tenancy");
    let kind = fields.get("tenancy").and_then(|value| {
        let object = reader.object(value, &place)?;
        let fields = reader.fields(object, &place, &["kind"]);
        let kind = reader.required(&fields, "kind", &place)?;
        tenants::word(kind, &place.key("kind"), &["host", "path"], reader)
    });
    match kind {
        Some("path") => Tenancy::Path,
        _ => Tenancy::Host,
    }
}

// === impl Workspace ===

impl Workspace {
    /// A workspace with a name and nothing else, for an engine that was started without a file.
    pub fn empty(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            prefix: vec!["tenant".to_owned()],
            tenants: Arc::default(),
            tenant_source: None,
            tenancy: Tenancy::default(),
            previews: IndexMap::new(),
            sources: Vec::new(),
            pages: Vec::new(),
            rules: Vec::new(),
        }
    }

    /// Every variable of the environment that is asked for, by previews and by what finds them.
    pub fn environment_names(&self) -> BTreeSet<String> {
        let previews = self.previews.values();
        let shapes = self.sources.iter().map(|source| &source.shape);
        let in_previews = previews
            .chain(shapes)
            .flat_map(super::Preview::environment_names);
        let in_sources = self
            .sources
            .iter()
            .flat_map(super::PreviewSource::environment_names);
        let tenants = self.tenant_source.iter();
        let in_tenants = tenants.flat_map(|source| source.from.environment_names());
        in_previews
            .chain(in_sources)
            .chain(in_tenants)
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
        let in_the_clear = |upstream: &Template| {
            let scheme = upstream.as_str().get(..7);
            scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"))
        };
        self.tls.insecure && !self.upstream.template().is_some_and(in_the_clear)
    }

    /// The variables of the environment that this preview asks for, with repetitions.
    pub fn environment_names(&self) -> impl Iterator<Item = &str> {
        let headers = self.headers.iter().map(|(_, template)| template);
        let upstream = self.upstream.template().into_iter();
        let templates = upstream.chain(self.host.as_ref()).chain(headers);
        templates.flat_map(Template::environment_names)
    }
}

#[cfg(test)]
mod tests;
