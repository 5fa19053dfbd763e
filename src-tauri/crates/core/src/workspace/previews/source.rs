//! An entry of `previews` that names no preview, but a place where they are found.

use super::super::reader::{Fields, Place, Reader, quote};
use super::super::source::{GitSource, PreviewSource, SourceKind, TemplateSource, VercelSource};
use super::super::tenants::texts;
use super::super::tree::{Object, Value};
use super::super::variables::Scope;
use super::super::{Asker, EnvironmentUse, Template};
use super::{Context, origin, shape};

/// Which kind of place an entry names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Git,
    Vercel,
    Template,
}

/// The kind of place that an entry names; `None`: it is a preview with a name.
pub(super) fn kind(object: Object<'_>) -> Option<Kind> {
    let has = |key: &str| {
        object
            .properties()
            .any(|property| property.name().as_str() == key)
    };
    if has("template") {
        Some(Kind::Template)
    } else if has("vercel") {
        Some(Kind::Vercel)
    } else if ["git", "setup", "dev", "copy"].into_iter().any(has) {
        Some(Kind::Git)
    } else {
        None
    }
}

impl Kind {
    /// The keys of its own, before those that every entry may have.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Git => &["git", "setup", "dev", "copy", "branches"],
            Self::Vercel => &["vercel", "branches"],
            Self::Template => &["template", "git", "branches"],
        }
    }
}

pub(super) fn source(
    object: Object<'_>,
    kind: Kind,
    at: usize,
    place: &Place<'_>,
    context: Context<'_>,
    reader: &mut Reader<'_>,
) -> Option<PreviewSource> {
    let known: Vec<&str> = kind.keys().iter().copied().chain(shape::KEYS).collect();
    let fields = reader.fields(object, place, &known);
    let mut names: Vec<&str> = context.prefix.iter().map(String::as_str).collect();
    names.extend(["preview", "domain", "branch"]);
    let asker = Asker::Source(at);
    reader.source(object.range(), &asker);
    let scope = Scope {
        names: &names,
        asker: Some(&asker),
        literal_braces: false,
    };
    let mut upstream = None;
    let source = match kind {
        Kind::Git => git(&fields, place, reader).map(SourceKind::Git),
        Kind::Vercel => fields
            .get("vercel")
            .and_then(|value| vercel(value, &place.key("vercel"), &asker, reader))
            .map(SourceKind::Vercel),
        Kind::Template => {
            upstream = fields
                .get("template")
                .and_then(|value| with_branch(value, &place.key("template"), scope, reader));
            let folder = folder(&fields, place, reader);
            upstream
                .clone()
                .map(|upstream| SourceKind::Template(TemplateSource { upstream, folder }))
        }
    };
    let branches = match fields.get("branches") {
        Some(value) => globs(value, &place.key("branches"), reader),
        None => Vec::new(),
    };
    let of = shape::Of {
        asker: &asker,
        names: &names,
        upstream: upstream.as_ref(),
    };
    let shape = shape::shape(&fields, place, of, context, reader);
    Some(PreviewSource {
        at,
        kind: source?,
        branches,
        shape,
    })
}

fn git(fields: &Fields<'_>, place: &Place<'_>, reader: &mut Reader<'_>) -> Option<GitSource> {
    reader.required(fields, "git", place)?;
    let folder = folder(fields, place, reader);
    let setup = fields
        .get("setup")
        .and_then(|value| reader.text(value, &place.key("setup")));
    let dev = fields
        .get("dev")
        .and_then(|value| reader.text(value, &place.key("dev")));
    let copy = match fields.get("copy") {
        Some(value) => globs(value, &place.key("copy"), reader),
        None => Vec::new(),
    };
    if let (None, Some(setup)) = (dev, fields.property("setup")) {
        let wanted = "a \"dev\" command too: it is what a setup is for";
        let range = setup.name().range();
        reader.warn(range, &place.key("setup"), "no \"dev\"", wanted, None);
    }
    Some(GitSource {
        folder,
        setup: setup.map(|text| text.as_str().to_owned()),
        dev: dev.map(|text| text.as_str().to_owned()),
        copy,
    })
}

/// The repository's folder. Absolute ones are allowed: a workspace may lie beside the repository.
fn folder(fields: &Fields<'_>, place: &Place<'_>, reader: &mut Reader<'_>) -> String {
    fields
        .get("git")
        .and_then(|value| reader.text(value, &place.key("git")))
        .map_or(".", |text| text.as_str())
        .to_owned()
}

fn vercel(
    value: Value<'_>,
    place: &Place<'_>,
    asker: &Asker,
    reader: &mut Reader<'_>,
) -> Option<VercelSource> {
    let object = reader.object(value, place)?;
    let (line, column) = reader.position(value.range().start);
    reader.environment_uses.push(EnvironmentUse {
        name: VercelSource::TOKEN.to_owned(),
        asker: asker.clone(),
        line,
        column,
    });
    let fields = reader.fields(object, place, &["project", "team"]);
    let project = reader
        .required(&fields, "project", place)
        .and_then(|value| reader.text(value, &place.key("project")));
    let team = fields
        .get("team")
        .and_then(|value| reader.text(value, &place.key("team")));
    Some(VercelSource {
        project: project?.as_str().to_owned(),
        team: team.map(|text| text.as_str().to_owned()),
    })
}

/// An upstream that differs from branch to branch.
fn with_branch(
    value: Value<'_>,
    place: &Place<'_>,
    scope: Scope<'_>,
    reader: &mut Reader<'_>,
) -> Option<Template> {
    let template = origin::upstream(value, place, scope, reader)?;
    if template.variables().any(|name| name == "branch") {
        return Some(template);
    }
    let wanted = "an origin with {branch} in it, like https://{branch}.preview.example";
    let hint = "for one address, name the preview: \"name\" and \"upstream\"".to_owned();
    let found = quote(template.as_str());
    reader.error(value.range(), place, &found, wanted, Some(hint));
    None
}

/// Globs as `.gitignore` has them: relative, with `/` between folders.
fn globs(value: Value<'_>, place: &Place<'_>, reader: &mut Reader<'_>) -> Vec<String> {
    let mut globs = texts(value, place, reader);
    globs.retain(|glob| {
        let outside = glob.starts_with('/') || glob.split('/').any(|piece| piece == "..");
        if outside {
            let wanted = "a pattern inside the repository, like .env*";
            reader.error(value.range(), place, &quote(glob), wanted, None);
        }
        !outside
    });
    globs
}
