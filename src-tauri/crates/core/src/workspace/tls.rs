//! `tls` and `timeout`: how a preview's upstream is verified, and how long it is waited for.

use std::time::Duration;

use jsonc_parser::common::Range;

use super::problem::CertificateUse;
use super::reader::{Place, Reader, describe};
use super::tree::Value;
use super::{Asker, Template, Tls};
use crate::upstream::Scheme;

/// The longest wait that can be asked for, in seconds: a day.
const LONGEST: u64 = 86_400;

/// The preview that is read, as far as its TLS depends on it.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    pub(super) asker: &'a Asker,
    pub(super) upstream: Option<&'a Template>,
}

pub(super) fn tls(
    value: Value<'_>,
    place: &Place<'_>,
    of: Of<'_>,
    reader: &mut Reader<'_>,
) -> Option<Tls> {
    let object = reader.object(value, place)?;
    let fields = reader.fields(object, place, &["ca", "insecure"]);
    let ca = fields
        .get("ca")
        .and_then(|value| Some((value, reader.text(value, &place.key("ca"))?)));
    let insecure = fields
        .get("insecure")
        .and_then(|value| flag(value, &place.key("insecure"), reader));
    if of.upstream.and_then(scheme) == Some(Scheme::Http) {
        let wanted = "an upstream with https://: there is no TLS in the clear";
        let range = Range {
            end: object.range().start,
            ..object.range()
        };
        reader.warn(range, place, "tls", wanted, None);
    } else if let (Some(true), Some(property)) = (insecure, fields.property("insecure")) {
        let place = place.key("insecure");
        let wanted = "a certificate that is verified: whoever stands between can read and change \
                      everything";
        let hint = "with its authority's file, \"tls\": { \"ca\": \"certs/dev-ca.pem\" } verifies \
                    it";
        reader.warn(
            property.name().range(),
            &place,
            "true",
            wanted,
            Some(hint.to_owned()),
        );
        if let Some((_, ca)) = ca {
            let wanted = "one of the two: nothing is verified, so no authority is asked";
            let found = "\"ca\" beside \"insecure\"";
            reader.warn(ca.range(), &place, found, wanted, None);
        }
    }
    let ca = ca.map(|(value, ca)| {
        let (line, column) = reader.position(value.range().start);
        reader.certificate_uses.push(CertificateUse {
            path: ca.as_str().to_owned(),
            asker: of.asker.clone(),
            line,
            column,
        });
        ca.as_str().to_owned()
    });
    Some(Tls {
        ca,
        insecure: insecure == Some(true),
    })
}

/// The scheme, where no variable decides it.
fn scheme(upstream: &Template) -> Option<Scheme> {
    let (scheme, _) = upstream.as_str().split_once("://")?;
    [Scheme::Http, Scheme::Https]
        .into_iter()
        .find(|known| known.as_str().eq_ignore_ascii_case(scheme))
}

fn flag(value: Value<'_>, place: &Place<'_>, reader: &mut Reader<'_>) -> Option<bool> {
    let flag = value.as_boolean();
    if flag.is_none() {
        reader.error(
            value.range(),
            place,
            &describe(value),
            "true or false",
            None,
        );
    }
    flag
}

pub(super) fn timeout(
    value: Value<'_>,
    place: &Place<'_>,
    reader: &mut Reader<'_>,
) -> Option<Duration> {
    let seconds = value
        .as_number()
        .and_then(|number| number.parse().ok())
        .filter(|seconds| (1..=LONGEST).contains(seconds));
    if seconds.is_none() {
        let wanted = format!("whole seconds from 1 to {LONGEST}");
        reader.error(value.range(), place, &describe(value), &wanted, None);
    }
    seconds.map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use crate::workspace::{Parsed, parse};

    fn parsed(upstream: &str, fields: &str) -> Parsed {
        let text = format!(
            "{{\"name\": \"w\", \"previews\": [{{\"name\": \"main\", \"upstream\": {upstream:?},\n{fields}}}]}}"
        );
        parse(&text, "t.json")
    }

    #[test]
    fn both_keys_are_read() {
        let parsed = parsed(
            "https://a.example",
            r#""tls": {"ca": "certs/dev-ca.pem"}, "timeout": 300"#,
        );
        assert!(parsed.problems.is_empty(), "{:#?}", parsed.problems);
        let preview = &parsed.workspace.unwrap().previews["main"];
        assert_eq!(preview.tls.ca.as_deref(), Some("certs/dev-ca.pem"));
        assert!(!preview.tls.insecure && !preview.is_unverified());
        assert_eq!(preview.timeout, Some(Duration::from_secs(300)));
    }

    #[test]
    fn errors_say_where_and_what_was_wanted() {
        for (fields, words) in [
            (
                r#""tls": true"#,
                "t.json:2:8: error: previews[0].tls: found true, wanted an object",
            ),
            (
                r#""tls": {"CA": "x"}"#,
                "found the unknown key \"CA\", wanted one of ca, insecure",
            ),
            (
                r#""tls": {"ca": ""}"#,
                "previews[0].tls.ca: found \"\", wanted a text that is not empty",
            ),
            (
                r#""tls": {"ca": ["x"]}"#,
                "previews[0].tls.ca: found an array, wanted a string",
            ),
            (
                r#""tls": {"insecure": "yes"}"#,
                "found \"yes\", wanted true or false",
            ),
            (
                r#""timeout": 0"#,
                "found the number 0, wanted whole seconds from 1 to 86400",
            ),
            (
                r#""timeout": 86401"#,
                "wanted whole seconds from 1 to 86400",
            ),
            (r#""timeout": 1.5"#, "found the number 1.5"),
            (r#""timeout": "5s""#, "found \"5s\""),
        ] {
            let parsed = parsed("https://a.example", fields);
            let problem = parsed.problems[0].to_string();
            assert!(problem.contains(words), "{fields}: {problem}");
            assert!(parsed.workspace.is_none(), "{fields}");
        }
    }

    #[test]
    fn what_is_not_verified_is_a_warning() {
        let insecure = r#""tls": {"insecure": true}"#;
        for (upstream, fields, words, unverified) in [
            (
                "https://a.example",
                insecure,
                "wanted a certificate that is verified",
                true,
            ),
            (
                "http://localhost:3000",
                insecure,
                "an upstream with https://",
                false,
            ),
            (
                "https://a.example",
                r#""tls": {"ca": "x.pem", "insecure": true}"#,
                "found \"ca\" beside \"insecure\"",
                true,
            ),
        ] {
            let parsed = parsed(upstream, fields);
            assert!(
                parsed
                    .problems
                    .iter()
                    .any(|problem| problem.to_string().contains(words)),
                "{:#?}",
                parsed.problems
            );
            let preview = &parsed.workspace.unwrap().previews["main"];
            assert_eq!(preview.is_unverified(), unverified, "{upstream}");
        }
        let quiet = parsed("https://a.example", r#""tls": {"insecure": false}"#);
        assert!(quiet.problems.is_empty());
    }

    #[test]
    fn file_that_cannot_be_used_is_warned_of_where_it_is_named() {
        let parsed = parsed("https://a.example", r#""tls": {"ca": "x.pem"}"#);
        let warnings = |found| parsed.unusable_certificates(&[("x.pem".to_owned(), found)].into());
        assert!(warnings(Ok(Arc::from(&b"pem"[..]))).is_empty());
        let told = warnings(Err("there is no such file".to_owned()));
        assert_eq!(
            told[0].to_string(),
            "t.json:2:15: warning: x.pem: there is no such file, so the preview \"main\" cannot \
             answer (the path is read from the folder of tripledash.json)"
        );
    }
}
