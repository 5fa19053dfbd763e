//! An app that rewrites other than its rules, as the workspace has them, predict.

use super::{Seen, found, predicts_a_change};
use crate::compare::REWRITE_HEADER;
use crate::diagnostic::{Diagnostic, Severity};
use crate::label::SEPARATOR;
use crate::trace::{Comparison, ParamValue, RuleBy, RuleVerdict};

pub(super) fn check(seen: &Seen<'_>) -> Option<Diagnostic> {
    let exchange = seen.exchange;
    if let Some(found) = misread(seen) {
        return Some(found);
    }
    let rule = exchange
        .rules
        .iter()
        .find(|rule| rule.by == RuleBy::App && rule.matched);
    match exchange.comparison {
        Comparison::Different => {}
        // The app knows this tenant and rewrites for it elsewhere: here the rule is wrong.
        Comparison::Unknown if exchange.actual.is_none() && silent_on_purpose(seen) => {}
        Comparison::Unknown | Comparison::Same | Comparison::None => return None,
    }
    let evidence = vec![
        match (&exchange.predicted, rule) {
            (Some(predicted), Some(rule)) => {
                format!("predicted by rule {}: {predicted}", rule.index)
            }
            (Some(predicted), None) => format!("predicted: {predicted}"),
            (None, _) => "predicted: no rewrite".to_owned(),
        },
        match &exchange.actual {
            Some(actual) => format!("{REWRITE_HEADER}: {actual}"),
            None => format!("{REWRITE_HEADER}: none"),
        },
    ];
    let message = match (&exchange.actual, &exchange.predicted) {
        (Some(actual), Some(predicted)) => {
            format!(
                "The app rewrote to {actual}; the workspace's rules say {predicted}. The page is what the app says."
            )
        }
        (Some(actual), None) => {
            format!("The app rewrote to {actual}; no rule of the workspace says so.")
        }
        _ => "The app left this path alone; the workspace's rules say that it is rewritten."
            .to_owned(),
    };
    let fix = exchange
        .actual
        .as_deref()
        .zip(rule)
        .and_then(|(actual, rule)| destination(actual, rule, exchange.tenant()));
    found("rewrite-differs", Severity::Warning, message, evidence, fix)
}

fn silent_on_purpose(seen: &Seen<'_>) -> bool {
    let exchange = seen.exchange;
    let (Some(preview), Some(tenant)) = (exchange.preview(), exchange.tenant()) else {
        return false;
    };
    exchange.predicted.is_some()
        && seen.is_page
        && predicts_a_change(exchange)
        && seen.memory.knows_tenant(preview, tenant)
}

/// The app took more of the host than the tenant: the whole label, or the port with it.
fn misread(seen: &Seen<'_>) -> Option<Diagnostic> {
    let exchange = seen.exchange;
    let (actual, tenant) = (exchange.actual.as_deref()?, exchange.tenant()?);
    if !exchange.from_upstream || exchange.comparison == Comparison::Same {
        return None;
    }
    let sent = exchange.upstream.as_ref()?.host.to_ascii_lowercase();
    let wrong = actual.split('/').find(|segment| {
        let segment = segment.to_ascii_lowercase().replace("%3a", ":");
        segment.len() > tenant.len()
            && segment.starts_with(tenant)
            && sent.starts_with(&segment)
            && (segment[tenant.len()..].starts_with(SEPARATOR)
                || segment[tenant.len()..].starts_with(['.', ':']))
    })?;
    let evidence = vec![
        format!("Host sent: {sent}"),
        format!("{REWRITE_HEADER}: {actual}"),
    ];
    let message = format!(
        "The app took {wrong} for the tenant, where {tenant} was meant. It needs another Host."
    );
    let fix = seen
        .is_local()
        .then(|| "\"host\": \"{tenant}.localhost:{port}\"".to_owned());
    found("rewrite-differs", Severity::Error, message, evidence, fix)
}

/// The destination that would have predicted `actual`, where one can be told.
fn destination(actual: &str, rule: &RuleVerdict, tenant: Option<&str>) -> Option<String> {
    let (placeholder, value) = rule.params.iter().find_map(|(name, value)| {
        let text = match value {
            ParamValue::One(value) => value.clone(),
            ParamValue::Many(values) => values.join("/"),
        };
        let placeholder = match (name.parse::<usize>(), value) {
            (Ok(place), _) => format!("${}", place + 1),
            (Err(_), ParamValue::One(_)) => format!(":{name}"),
            (Err(_), ParamValue::Many(_)) => format!(":{name}*"),
        };
        (!text.is_empty()).then_some((placeholder, text))
    })?;
    let value = value.trim_end_matches('/');
    let head = actual.strip_suffix(value)?.strip_suffix('/')?;
    let segments: Vec<&str> = head
        .split('/')
        .map(|segment| {
            if Some(segment) == tenant {
                "{tenant}"
            } else {
                segment
            }
        })
        .collect();
    Some(format!(
        "\"destination\": \"{}/{placeholder}\"",
        segments.join("/")
    ))
}

#[cfg(test)]
mod tests {
    use super::super::testing::Scene;

    #[test]
    fn fires_where_the_app_goes_elsewhere() {
        let shop = Scene::new("acme---platform", "/about").page(Some("/s/acme/about"), &[]);
        let found = shop.diagnoses();
        assert_eq!(found[0].code, "rewrite-differs");
        assert_eq!(
            found[0].fix.as_deref(),
            Some("\"destination\": \"/s/{tenant}/$1\"")
        );
        assert_eq!(found[0].evidence[0], "predicted by rule 0: /acme/about");
        let api = Scene::new("acme---platform", "/api/cart")
            .answered(200, &[("x-middleware-rewrite", "/acme/api/cart")]);
        assert_eq!(api.codes(), ["rewrite-differs"]);
    }

    #[test]
    fn names_a_host_that_was_misread() {
        for (label, rewrite) in [
            ("acme---main", "/s/acme---main/about"),
            ("acme---platform", "/acme.localhost%3A3000/about"),
        ] {
            let found = Scene::new(label, "/about")
                .page(Some(rewrite), &[])
                .diagnoses();
            assert_eq!(
                (found.len(), found[0].code.as_ref()),
                (1, "rewrite-differs"),
                "{found:?}"
            );
            assert!(
                found[0].message.contains("for the tenant"),
                "{}",
                found[0].message
            );
        }
    }

    #[test]
    fn silent_where_they_agree_or_nothing_is_told() {
        for rewrite in [
            Some("/acme/about"),
            Some("/acme/about?_rsc=1"),
            Some("/acme/about/"),
            None,
        ] {
            let about = Scene::new("acme---main", "/about").page(rewrite, &[]);
            assert_eq!(about.codes(), Vec::<String>::new(), "{rewrite:?}");
        }
    }

    #[test]
    fn fires_on_silence_of_an_app_that_knows_the_tenant() {
        let before = [Scene::new("acme---main", "/").page(Some("/acme"), &[])];
        let login = Scene::new("acme---main", "/login").page(None, &[]);
        assert_eq!(login.codes_after(&before), ["rewrite-differs"]);
        let redirect = Scene::new("acme---main", "/login").answered(307, &[("location", "/")]);
        assert_eq!(redirect.codes_after(&before), Vec::<String>::new());
    }
}
