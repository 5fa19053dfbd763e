//! What of the environment leaves this machine, and previews that are held back until a person has
//! agreed to that.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use tripledash_core::upstream::UpstreamOrigin;
use tripledash_core::workspace::{
    Absence, Parsed, Preview, PreviewSource, Problem, SourceKind, Template, TenantsFrom, Upstream,
};
use tripledash_core::{Severity, Workspace};

use super::{FIX, TrustedFolders};

/// Variables of the environment, and where their values are sent.
struct Sending<'w> {
    names: BTreeSet<&'w str>,
    to: String,
}

/// What an endpoint is sent of the environment to list the tenants, where it is sent any: `sends TOKEN
/// to https://a.example`.
pub(crate) fn sent(from: &TenantsFrom) -> Option<String> {
    let TenantsFrom::Url { url, .. } = from else {
        return None;
    };
    let names: BTreeSet<&str> = from.environment_names().collect();
    let to = origin(url).to_owned();
    (!names.is_empty()).then(|| Sending { names, to }.line())
}

/// What previews send of the environment to other machines, once for every origin.
pub(super) fn by_previews(workspace: &Workspace) -> impl Iterator<Item = String> {
    let named = workspace.previews.values();
    let named = named.filter_map(|preview| match &preview.upstream {
        Upstream::At(upstream) => Sending::of(preview.environment_names(), upstream),
        Upstream::Absent(_) => None,
    });
    let found = workspace.sources.iter().filter_map(Sending::of_source);
    let mut all: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for Sending { names, to } in named.chain(found) {
        all.entry(to).or_default().extend(names);
    }
    all.into_iter()
        .map(|(to, names)| Sending { names, to }.line())
}

/// Takes from previews where they lead, as long as nobody has agreed to what they would send there of
/// the environment. Says which, and what each would send.
pub(crate) fn hold_back(whole: &mut Arc<Workspace>) -> HashMap<String, String> {
    let held: HashMap<String, String> = whole
        .previews
        .values()
        .filter_map(|preview| Some((preview.name.clone(), Sending::by(preview, whole)?.line())))
        .collect();
    if !held.is_empty() {
        let workspace = Arc::make_mut(whole);
        for (name, line) in &held {
            if let Some(preview) = workspace.previews.get_mut(name) {
                preview.upstream = Upstream::Absent(Absence {
                    reason: reason(name, line),
                    fix: FIX.to_owned(),
                });
            }
        }
    }
    held
}

/// A workspace as requests would meet it in a folder: where nobody has trusted that, previews that send
/// the environment elsewhere are held back. A warning for each.
pub fn held_back(
    parsed: &Parsed,
    whole: Workspace,
    folder: &Path,
    data_dir: &Path,
) -> (Workspace, Vec<Problem>) {
    let mut whole = Arc::new(whole);
    // Whatever was found is in no line of the trust, which is that of the file.
    let trust = parsed.workspace.as_ref();
    let trust = trust.and_then(|file| TrustedFolders::load(data_dir).of(folder, file));
    if trust.is_none_or(|trust| trust.trusted) {
        return (Arc::unwrap_or_clone(whole), Vec::new());
    }
    let held = hold_back(&mut whole);
    let held = whole
        .previews
        .values()
        .filter_map(|preview| Some((preview, held.get(&preview.name)?)));
    let problems = held.map(|(preview, line)| problem(parsed, preview, line));
    let problems = problems.collect();
    (Arc::unwrap_or_clone(whole), problems)
}

fn reason(name: &str, line: &str) -> String {
    format!("the preview {name} {line}, and this folder is not trusted with that")
}

fn problem(parsed: &Parsed, preview: &Preview, line: &str) -> Problem {
    let mut places = parsed.preview_places.iter();
    let place = places.find(|place| match preview.source {
        Some(source) => place.source == Some(source),
        None => place.name.as_ref() == Some(&preview.name),
    });
    Problem {
        severity: Severity::Warning,
        file: parsed.file.clone(),
        line: place.map_or(1, |place| place.line),
        column: place.map_or(1, |place| place.column),
        found: format!("a preview that {line}"),
        wanted: "a folder that is trusted with that".to_owned(),
        message: reason(&preview.name, line),
        hint: Some(FIX.to_owned()),
    }
}

/// Scheme and authority of an address as it is written: over which way something is sent matters too.
fn origin(address: &Template) -> &str {
    let text = address.as_str();
    let authority = text.find("://").map_or(0, |at| at + 3);
    let end = text[authority..].find(['/', '?', '#', '\\']);
    end.map_or(text, |end| &text[..authority + end])
}

/// Whether an upstream is this machine, whatever its variables stand for. One of the environment may
/// be its port, and nothing more.
fn stays_here(upstream: &Template) -> bool {
    let text = upstream.as_str();
    let known = match text.find("${") {
        Some(at) => text[..at].strip_suffix(':'),
        None => Some(text),
    };
    let known = known.and_then(|known| known.parse::<Template>().ok());
    let rendered = known.and_then(|known| known.render(&|_| Some("x".to_owned())).ok());
    rendered
        .and_then(|origin| origin.parse::<UpstreamOrigin>().ok())
        .is_some_and(|origin| origin.host().is_loopback())
}

// === impl Sending ===

impl<'w> Sending<'w> {
    fn of(names: impl Iterator<Item = &'w str>, upstream: &Template) -> Option<Self> {
        let names: BTreeSet<&str> = names.collect();
        let leaves = !names.is_empty() && !stays_here(upstream);
        leaves.then(|| Self {
            names,
            to: origin(upstream).to_owned(),
        })
    }

    /// What the previews that a source finds send. The platform's own token and secret go to the
    /// platform alone, and are not among it.
    fn of_source(source: &'w PreviewSource) -> Option<Self> {
        let shape = source.shape.environment_names();
        match &source.kind {
            SourceKind::Git(_) => None,
            SourceKind::Template(template) => {
                let upstream = &template.upstream;
                Self::of(shape.chain(upstream.environment_names()), upstream)
            }
            SourceKind::Vercel(vercel) => {
                let names: BTreeSet<&str> = shape.collect();
                let team = vercel.team.as_ref();
                let team = team.map_or(String::new(), |team| format!(" in the team {team}"));
                let to = format!("the deployments of {}{team}", vercel.project);
                (!names.is_empty()).then_some(Self { names, to })
            }
        }
    }

    /// What a preview sends, wherever it is from.
    fn by(preview: &'w Preview, whole: &'w Workspace) -> Option<Self> {
        let upstream = preview.upstream.template()?;
        match preview.source.and_then(|source| whole.sources.get(source)) {
            Some(source) => Self::of_source(source),
            None => Self::of(preview.environment_names(), upstream),
        }
    }

    fn line(self) -> String {
        let names: Vec<&str> = self.names.into_iter().collect();
        format!("sends {} to {}", names.join(", "), self.to)
    }
}
