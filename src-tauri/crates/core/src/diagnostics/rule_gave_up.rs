//! A rule whose pattern took so many steps on this request that it was given up.
//!
//! It counts as no match, which may send the request somewhere else than the app would: its own
//! router has no limit, and hangs there.

use super::{Seen, found};
use crate::diagnostic::{Diagnostic, Severity};
use crate::pattern::{Costly, STEP_LIMIT};
use crate::trace::RuleVerdict;
use crate::workspace::Rule;

pub(super) fn check(seen: &Seen<'_>) -> Option<Diagnostic> {
    let gave_up: Vec<&RuleVerdict> = seen
        .exchange
        .rules
        .iter()
        .filter(|rule| rule.gave_up)
        .collect();
    let first = gave_up.first()?;
    let message = format!(
        "Rule {} was given up after {STEP_LIMIT} steps and counts as no match: something repeated \
         is repeated again, so that one text can match in too many ways.",
        first.index
    );
    let evidence = gave_up
        .iter()
        .map(|rule| format!("rules[{}] {}: {}", rule.index, rule.source, rule.reason))
        .collect();
    let fix = seen
        .snapshot
        .workspace
        .rules
        .get(first.index)
        .and_then(mended);
    found("rule-gave-up", Severity::Error, message, evidence, fix)
}

/// The line to write instead: of the source, or of the condition that is costly.
fn mended(rule: &Rule) -> Option<String> {
    let instead = |costly: Option<&Costly>| costly?.instead.clone();
    if let Some(source) = instead(rule.source.costly()) {
        return Some(format!("\"source\": {source:?}"));
    }
    let mut conditions = rule.has.iter().chain(&rule.missing);
    let value = conditions.find_map(|condition| instead(condition.value.as_ref()?.costly()))?;
    Some(format!("\"value\": {value:?}"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::Scene;

    const WORKSPACE: &str = r#"{
      "name": "costly",
      "previews": [{ "name": "main", "upstream": "http://localhost:3000" }],
      "rules": [
        { "by": "proxy", "source": "/((?:a+)+(?!b)c)", "destination": "/1" },
        { "by": "proxy", "source": "/:p*", "destination": "/2/:p*",
          "missing": [{ "type": "header", "key": "x-a", "value": "(?:(?:a|a)*)(?!b)c" }] },
        { "by": "proxy", "source": "/:p*", "destination": "/3/:p*" }
      ]
    }"#;

    fn scene(path: &str, fields: &[(&str, &str)]) -> Scene {
        Scene::of(WORKSPACE, "acme---main", path, fields)
    }

    #[test]
    fn fires_where_a_rule_was_given_up() {
        let letters = "a".repeat(80);
        let path = format!("/{letters}");
        assert!(
            scene("/aac", &[])
                .codes()
                .iter()
                .all(|code| code != "rule-gave-up")
        );

        let source = scene(&path, &[]);
        let found = source.diagnoses();
        let found = found.iter().find(|one| one.code == "rule-gave-up").unwrap();
        assert_eq!(found.fix.as_deref(), Some(r#""source": "/((?:a)+(?!b)c)""#));
        assert!(
            found.evidence[0].contains("gave up after 100000 steps"),
            "{found:?}"
        );
        let target = |scene: &Scene| scene.exchange().upstream.as_ref().unwrap().path.clone();
        assert_eq!(*target(&source), *format!("/2/{letters}"));

        // Nobody knows whether the header is missing, so the rule is not taken.
        let value = scene("/x", &[("x-a", &letters)]);
        assert_eq!(&*target(&value), "/3/x");
        let found = value.diagnoses();
        let found = found.iter().find(|one| one.code == "rule-gave-up").unwrap();
        assert!(
            found.evidence[0].starts_with("rules[1] /:p*: gave up"),
            "{found:?}"
        );
    }

    #[test]
    fn a_list_of_costly_rules_is_no_worse_than_two() {
        let rule = r#"{ "by": "proxy", "source": "/((?:a+)+(?!b)c)", "destination": "/1" }"#;
        let rules = [rule; 40].join(", ");
        let workspace = format!(
            r#"{{ "name": "costly", "previews": [{{ "name": "main", "upstream": "http://localhost:3000" }}],
              "rules": [{rules}] }}"#
        );
        let path = format!("/{}", "a".repeat(80));
        let scene = Scene::of(&workspace, "acme---main", &path, &[]);
        let rules = &scene.exchange().rules;
        assert_eq!(rules.iter().filter(|rule| rule.gave_up).count(), 2);
        assert_eq!(rules[2].reason, "not asked: 2 rules before it gave up");
    }
}
