//! What only tenants and previews together show: each good by itself, and yet no pair.

use super::problem::{Parsed, Problem};
use super::reader::{MOST_PROBLEMS, quote};
use super::{Preview, Severity, Workspace};
use crate::budget::{OverBudget, over_budget};
use crate::host::MAX_LABEL;

/// How many tenants a warning names.
const NAMED: usize = 5;

impl Parsed {
    /// One warning for each preview on which tenants have a label that is too long, and one for each
    /// that leads to a domain which tenants have none of. `workspace` is the file's own, or that
    /// with what its sources came to.
    pub fn unfit_tenants(&self, workspace: &Workspace) -> Vec<Problem> {
        let over = over_budget(workspace).into_iter().filter_map(|over| {
            let preview = workspace.previews.get(&over.preview)?;
            Some(self.too_long(&over, preview, workspace))
        });
        let previews = workspace.previews.values();
        let without = previews.filter_map(|preview| self.without_domain(preview, workspace));
        over.chain(without).take(MOST_PROBLEMS).collect()
    }

    fn too_long(&self, over: &OverBudget, preview: &Preview, workspace: &Workspace) -> Problem {
        let longest = over.tenants.first().map_or("", String::as_str);
        let (octets, count) = (plural(over.over, "octet"), over.count);
        let found = match count {
            1 => format!("the tenant {longest} {octets} over"),
            _ => format!(
                "{count} of {} over, the longest, {longest}, by {octets}",
                plural(workspace.tenants.len(), "tenant"),
            ),
        };
        let wanted = format!("at most {MAX_LABEL} octets for tenant and preview together");
        self.warning(preview, found, wanted, over.fix.clone())
    }

    fn without_domain(&self, preview: &Preview, workspace: &Workspace) -> Option<Problem> {
        let mut variables = preview.upstream.template()?.variables();
        if !variables.any(|name| name == "domain") {
            return None;
        }
        let mut without = workspace
            .tenants
            .values()
            .filter(|tenant| tenant.domains.is_empty())
            .filter(|tenant| preview.tenants.get(&tenant.id) != Some(&None))
            .map(|tenant| tenant.id.as_str())
            .peekable();
        let first = (*without.peek()?).to_owned();
        let named: Vec<&str> = without.by_ref().take(NAMED).collect();
        let count = named.len() + without.count();
        let more = if count > named.len() { ", …" } else { "" };
        let found = match count {
            1 => format!("the tenant {first} without a domain"),
            _ => format!(
                "{count} tenants without a domain: {}{more}",
                named.join(", ")
            ),
        };
        let hint = format!(
            "give it \"domains\", or leave it out here: \"tenants\": {{ {}: null }}",
            quote(&first)
        );
        let wanted = "a domain of each, which this preview leads to".to_owned();
        Some(self.warning(preview, found, wanted, Some(hint)))
    }

    fn warning(
        &self,
        preview: &Preview,
        found: String,
        wanted: String,
        hint: Option<String>,
    ) -> Problem {
        let place = self
            .preview_places
            .iter()
            .find(|place| match preview.source {
                Some(source) => place.source == Some(source),
                None => place.name.as_ref() == Some(&preview.name),
            });
        Problem {
            severity: Severity::Warning,
            file: self.file.clone(),
            line: place.map_or(1, |place| place.line),
            column: place.map_or(1, |place| place.column),
            message: format!(
                "the preview {}: found {found}, wanted {wanted}",
                quote(&preview.name)
            ),
            found,
            wanted,
            hint,
        }
    }
}

fn plural(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::workspace::{Contributed, Found, Template, Upstream, parse};

    fn told(text: &str) -> Vec<String> {
        let parsed = parse(text, "t.json");
        let workspace = parsed.workspace.clone().unwrap();
        let problems = parsed.unfit_tenants(&workspace);
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_preview_is_told_of_once_with_its_longest_tenant() {
        let text = r#"{
  "name": "w",
  "tenants": [{ "id": "acme" }, { "id": "a-tenant-with-a-name-of-40-octets-in-all" }, { "id": "another-tenant-with-a-very-long-name" }],
  "previews": [
    { "name": "main", "upstream": "http://localhost:3000" },
    { "name": "a-branch-with-a-name-of-twenty-octets-and-more", "upstream": "http://localhost:3000" },
    { "name": "a-branch-with-20-oct", "upstream": "http://localhost:3001" },
    { "name": "a-branch-with-21-octe", "upstream": "http://localhost:3001" }
  ]
}"#;
        assert_eq!(
            told(text),
            [
                "t.json:6:5: warning: the preview \"a-branch-with-a-name-of-twenty-octets-and-more\": found 2 of 3 \
                 tenants over, the longest, a-tenant-with-a-name-of-40-octets-in-all, by 26 octets, wanted at most 63 \
                 octets for tenant and preview together (the same deployment is also called main)",
                "t.json:8:5: warning: the preview \"a-branch-with-21-octe\": found the tenant \
                 a-tenant-with-a-name-of-40-octets-in-all 1 octet over, wanted at most 63 octets for tenant and preview \
                 together (the same deployment is also called a-branch-with-20-oct)",
            ]
        );
        let in_path = text.replacen('{', "{ \"tenancy\": { \"kind\": \"path\" },", 1);
        assert_eq!(told(&in_path), [""; 0]);
    }

    #[test]
    fn tenants_without_the_domain_that_a_preview_leads_to() {
        let text = r#"{
  "name": "w",
  "tenants": [{ "id": "acme", "domains": ["acme.example"] }, { "id": "beta" }, { "id": "gamma" }],
  "previews": [
    { "name": "main", "upstream": "http://localhost:3000", "host": "{domain}" },
    { "name": "production", "upstream": "https://{domain}" },
    { "name": "some", "upstream": "https://{domain}", "tenants": { "beta": null, "gamma": null } }
  ]
}"#;
        assert_eq!(
            told(text),
            [
                "t.json:6:5: warning: the preview \"production\": found 2 tenants without a domain: beta, gamma, wanted a \
                 domain of each, which this preview leads to (give it \"domains\", or leave it out here: \"tenants\": \
                 { \"beta\": null })"
            ]
        );
    }

    #[test]
    fn what_sources_found_is_told_at_its_source() {
        let text = r#"{ "name": "w",
  "previews": [{ "template": "https://{branch}.acme.dev", "branches": ["main"] }] }"#;
        let parsed = parse(text, "t.json");
        let mut workspace = parsed
            .workspace
            .clone()
            .unwrap_or_else(|| panic!("{:#?}", parsed.problems));
        let tenant = crate::testing::snapshot(
            r#"{ "name": "w", "tenants": [{ "id": "a-tenant-with-a-name-of-40-octets-in-all" }] }"#,
        );
        workspace.tenants = Arc::clone(&tenant.workspace.tenants);
        let whole = workspace.with(&Contributed {
            tenants: None,
            previews: vec![Found {
                source: 0,
                branch: Some("feature/with-a-long-name".to_owned()),
                title: "feature/with-a-long-name".to_owned(),
                reference: "refs/heads/feature/with-a-long-name".to_owned(),
                upstream: Upstream::At("https://a.acme.dev".parse::<Template>().unwrap()),
                headers: Vec::new(),
            }],
        });
        assert_eq!(whole.previews.len(), 1, "{whole:#?}");
        let problems = parsed.unfit_tenants(&whole);
        assert_eq!((problems[0].line, problems[0].column), (2, 16));
        let hint = problems[0].hint.as_deref().unwrap();
        assert!(
            hint.starts_with("name a preview of your own in tripledash.json"),
            "{hint}"
        );
    }
}
