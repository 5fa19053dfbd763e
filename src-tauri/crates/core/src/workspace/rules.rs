//! `rules`: rewrites, ours and the app's.

use super::reader::{Place, Reader, quote};
use super::tenants::word;
use super::tree::{Text, Value};
use super::variables::{Scope, template};
use super::{Condition, ConditionOn, Rule};
use crate::pattern::{Costly, Mode, Pattern, STEP_LIMIT, ValuePattern};
use crate::template::Template;
use crate::trace::RuleBy;

const KEYS: [&str; 5] = ["by", "source", "has", "missing", "destination"];

pub(super) fn rules(
    value: Value<'_>,
    place: &Place<'_>,
    prefix: &[String],
    reader: &mut Reader<'_>,
) -> Vec<Rule> {
    let Some(array) = reader.array(value, place) else {
        return Vec::new();
    };
    let mut names: Vec<&str> = prefix.iter().map(String::as_str).collect();
    names.extend(["preview", "branch", "domain", "port"]);
    let mut rules = Vec::with_capacity(array.len());
    for (index, element) in array.elements().enumerate() {
        rules.extend(rule(element, &place.item(index), &names, reader));
    }
    rules
}

fn rule(
    value: Value<'_>,
    place: &Place<'_>,
    names: &[&str],
    reader: &mut Reader<'_>,
) -> Option<Rule> {
    let object = reader.object(value, place)?;
    let fields = reader.fields(object, place, &KEYS);
    let by = reader
        .required(&fields, "by", place)
        .and_then(|value| word(value, &place.key("by"), &["proxy", "app"], reader))
        .map(|by| {
            if by == "app" {
                RuleBy::App
            } else {
                RuleBy::Proxy
            }
        });
    let source = reader.required(&fields, "source", place).and_then(|value| {
        source(
            value,
            &place.key("source"),
            by.unwrap_or(RuleBy::App),
            reader,
        )
    });
    let mut conditions = |key: &str| match fields.get(key) {
        Some(value) => conditions(value, &place.key(key), reader),
        None => Vec::new(),
    };
    let (has, missing) = (conditions("has"), conditions("missing"));
    let destination = match fields.get("destination") {
        Some(value) if !value.is_null() => {
            destination(value, &place.key("destination"), names, reader)
        }
        Some(_) | None => None,
    };
    Some(Rule {
        by: by?,
        source: source?,
        has,
        missing,
        destination,
    })
}

fn source(
    value: Value<'_>,
    place: &Place<'_>,
    by: RuleBy,
    reader: &mut Reader<'_>,
) -> Option<Pattern> {
    let string = reader.string(value, place)?;
    if !string.as_str().starts_with('/') {
        reader.error(
            string.range(),
            place,
            &quote(string.as_str()),
            "a pattern that starts with /",
            None,
        );
        return None;
    }
    match Pattern::parse(string.as_str(), Mode::from(by)) {
        Ok(pattern) => {
            costly(string, place, pattern.costly(), "path", reader);
            Some(pattern)
        }
        Err(invalid) => {
            let at = string
                .as_str()
                .char_indices()
                .nth(invalid.at)
                .map_or(string.as_str().len(), |(at, _)| at);
            let start = reader.inside(string, at).start;
            let found = quote(string.as_str());
            let message = format!("{place}: {}, in {found}", invalid.reason);
            reader.tell(
                crate::Severity::Error,
                start,
                &found,
                "path-to-regexp 6 syntax",
                message,
                None,
            );
            None
        }
    }
}

fn destination(
    value: Value<'_>,
    place: &Place<'_>,
    names: &[&str],
    reader: &mut Reader<'_>,
) -> Option<Template> {
    let string = reader.string(value, place)?;
    if !string.as_str().starts_with('/') {
        let hint = string
            .as_str()
            .contains("://")
            .then(|| "a rule stays on its preview's upstream".to_owned());
        reader.error(
            string.range(),
            place,
            &quote(string.as_str()),
            "a path that starts with /, or null",
            hint,
        );
        return None;
    }
    let template = template(
        string,
        place,
        Scope {
            names,
            asker: None,
            literal_braces: true,
        },
        reader,
    )?;
    Some(template)
}

fn conditions(value: Value<'_>, place: &Place<'_>, reader: &mut Reader<'_>) -> Vec<Condition> {
    let Some(array) = reader.array(value, place) else {
        return Vec::new();
    };
    let mut conditions = Vec::with_capacity(array.len());
    for (index, element) in array.elements().enumerate() {
        conditions.extend(condition(element, &place.item(index), reader));
    }
    conditions
}

fn condition(value: Value<'_>, place: &Place<'_>, reader: &mut Reader<'_>) -> Option<Condition> {
    let object = reader.object(value, place)?;
    let fields = reader.fields(object, place, &["type", "key", "value"]);
    let on = reader.required(&fields, "type", place).and_then(|value| {
        word(
            value,
            &place.key("type"),
            &["header", "cookie", "query", "host"],
            reader,
        )
    });
    let pattern = fields
        .get("value")
        .and_then(|value| value_pattern(value, &place.key("value"), reader));
    let on = match on? {
        "header" => ConditionOn::Header,
        "cookie" => ConditionOn::Cookie,
        "query" => ConditionOn::Query,
        _ => ConditionOn::Host,
    };
    if on == ConditionOn::Host {
        if let Some(value) = fields.get("key") {
            reader.error(
                value.range(),
                place,
                "a key",
                "none: a host has no key",
                None,
            );
        }
        reader.required(&fields, "value", place)?;
        return Some(Condition {
            on,
            key: String::new(),
            value: Some(pattern?),
        });
    }
    let key = reader
        .required(&fields, "key", place)
        .and_then(|value| reader.text(value, &place.key("key")))?;
    // Header names have no case; cookies and queries do.
    let key = if on == ConditionOn::Header {
        key.as_str().to_ascii_lowercase()
    } else {
        key.as_str().to_owned()
    };
    Some(Condition {
        on,
        key,
        value: pattern,
    })
}

fn value_pattern(
    value: Value<'_>,
    place: &Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<ValuePattern> {
    let string = reader.string(value, place)?;
    match ValuePattern::parse(string.as_str()) {
        Ok(pattern) => {
            costly(string, place, pattern.costly(), "value", reader);
            Some(pattern)
        }
        Err(invalid) => {
            let found = quote(string.as_str());
            let message = format!("{place}: {}, in {found}", invalid.reason);
            reader.tell(
                crate::Severity::Error,
                string.range().start,
                &found,
                "a regular expression",
                message,
                None,
            );
            None
        }
    }
}

/// Warns of a pattern that takes too many steps on some text.
fn costly(
    string: Text<'_>,
    place: &Place<'_>,
    costly: Option<&Costly>,
    what: &str,
    reader: &mut Reader<'_>,
) {
    let Some(Costly { example, instead }) = costly else {
        return;
    };
    let found = quote(string.as_str());
    let example = quote(example);
    reader.tell(
        crate::Severity::Warning,
        string.range().start,
        &found,
        "a pattern with one way to match a text",
        format!(
            "{place}: {found} takes more than {STEP_LIMIT} steps on the {what} {example}, \
             and is given up there"
        ),
        Some(match instead {
            Some(instead) => format!("write {instead:?}"),
            None => {
                "repeat nothing that is repeated already, or leave the lookahead out".to_owned()
            }
        }),
    );
}

#[cfg(test)]
mod tests {
    use crate::workspace::parse;

    #[test]
    fn a_costly_pattern_is_warned_of_with_its_place_and_what_mends_it() {
        let text = r#"{
  "name": "w",
  "previews": [],
  "rules": [
    { "by": "app", "source": "/((?:a+)+(?!b)c)", "destination": null },
    { "by": "proxy", "source": "/:p*", "destination": "/x",
      "has": [{ "type": "header", "key": "x-a", "value": "(x+x+)+(?!z)y" }] },
    { "by": "app", "source": "/((?!api|_next/static).*)", "destination": null }
  ]
}"#;
        let parsed = parse(text, "tripledash.json");
        assert!(parsed.workspace.is_some(), "{:#?}", parsed.problems);
        let told: Vec<String> = parsed.problems.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 2, "{told:#?}");
        assert!(
            told[0].starts_with("tripledash.json:5:30: warning: rules[0].source: "),
            "{}",
            told[0]
        );
        assert!(
            told[0].ends_with(r#"(write "/((?:a)+(?!b)c)")"#),
            "{}",
            told[0]
        );
        assert!(
            told[1].starts_with("tripledash.json:7:58: warning: "),
            "{}",
            told[1]
        );
        assert!(
            told[1].contains("takes more than 100000 steps on the value"),
            "{}",
            told[1]
        );
    }
}
