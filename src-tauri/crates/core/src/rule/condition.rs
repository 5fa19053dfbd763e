//! `has` and `missing`, as Next.js has them.

use std::borrow::Cow;

use http::header::COOKIE;

use super::RequestView;
use crate::pattern::{GaveUp, Params};
use crate::redact::{REDACTED, Secrets};
use crate::response::cookie::restore_name;
use crate::trace::ParamValue;
use crate::workspace::{Condition, ConditionOn};

/// Why the conditions do not hold.
pub(super) struct NotHeld {
    pub(super) reason: String,
    /// Whether one took too many steps to tell.
    pub(super) gave_up: bool,
}

impl From<String> for NotHeld {
    fn from(reason: String) -> Self {
        Self {
            reason,
            gave_up: false,
        }
    }
}

/// Parameters that the conditions give, or the reason why one does not hold. What they take from
/// cookies and credentials is added to `secrets`.
pub(super) fn hold(
    has: &[Condition],
    missing: &[Condition],
    view: &RequestView<'_>,
    secrets: &mut Vec<String>,
) -> Result<Params, NotHeld> {
    let mut params = Params::new();
    for condition in has {
        let name = describe(condition);
        let mut found = Params::new();
        match check(condition, view, &mut found) {
            Verdict::Holds => {
                if is_secret(condition) {
                    secrets.extend(found.values().filter_map(|value| match value {
                        ParamValue::One(text) => Some(text.clone()),
                        ParamValue::Many(_) => None,
                    }));
                }
                params.extend(found);
            }
            Verdict::Absent => {
                return Err(format!("it wants {name}, which the request does not have").into());
            }
            Verdict::Differs(value) => {
                let wanted = condition.value.as_ref().map_or("", |value| value.as_str());
                return Err(format!("it wants {name} to match {wanted}, and it is {value}").into());
            }
            Verdict::Unknown(gave_up) => return Err(unknown(condition, gave_up)),
        }
    }
    for condition in missing {
        match check(condition, view, &mut Params::new()) {
            Verdict::Holds => {
                let name = describe(condition);
                return Err(format!("it wants no {name}, and the request has it").into());
            }
            // Whether it is missing is just what nobody knows.
            Verdict::Unknown(gave_up) => return Err(unknown(condition, gave_up)),
            Verdict::Absent | Verdict::Differs(_) => {}
        }
    }
    Ok(params)
}

enum Verdict {
    Holds,
    Absent,
    Differs(String),
    Unknown(GaveUp),
}

fn unknown(condition: &Condition, gave_up: GaveUp) -> NotHeld {
    let wanted = condition.value.as_ref().map_or("", |value| value.as_str());
    let name = describe(condition);
    NotHeld {
        reason: format!("{gave_up} at matching {name} with {wanted}, so it counts as no match"),
        gave_up: true,
    }
}

fn describe(condition: &Condition) -> String {
    match condition.on {
        ConditionOn::Header => format!("the header {}", condition.key),
        ConditionOn::Cookie => format!("the cookie {}", condition.key),
        ConditionOn::Query => format!("the query parameter {}", condition.key),
        ConditionOn::Host => "the host".to_owned(),
    }
}

fn check(condition: &Condition, view: &RequestView<'_>, params: &mut Params) -> Verdict {
    // An empty value counts as none, as it does in Next.
    let Some(value) = value(condition, view).filter(|value| !value.is_empty()) else {
        return Verdict::Absent;
    };
    let Some(pattern) = &condition.value else {
        let name: String = condition
            .key
            .chars()
            .filter(char::is_ascii_alphabetic)
            .collect();
        params.insert(name, ParamValue::One(value.into_owned()));
        return Verdict::Holds;
    };
    let found = match pattern.try_matches(&value) {
        Ok(found) => found,
        Err(gave_up) => return Verdict::Unknown(gave_up),
    };
    let Some(found) = found else {
        let shown = if is_secret(condition) {
            REDACTED.to_owned()
        } else {
            value.into_owned()
        };
        return Verdict::Differs(shown);
    };
    if found.is_empty() && condition.on == ConditionOn::Host {
        params.insert("host".to_owned(), ParamValue::One(value.into_owned()));
    }
    params.extend(found);
    Verdict::Holds
}

/// Whether what it looks at must not be kept.
fn is_secret(condition: &Condition) -> bool {
    match condition.on {
        ConditionOn::Cookie => true,
        ConditionOn::Header => {
            condition.key == COOKIE.as_str() || Secrets::default().is_secret(&condition.key)
        }
        ConditionOn::Query => Secrets::default().is_secret(&condition.key),
        ConditionOn::Host => false,
    }
}

fn value<'a>(condition: &Condition, view: &RequestView<'a>) -> Option<Cow<'a, str>> {
    match condition.on {
        ConditionOn::Host => {
            let name = view.host.split(':').next().unwrap_or_default();
            Some(name.to_ascii_lowercase().into())
        }
        ConditionOn::Header => {
            let mut lines = view
                .headers
                .get_all(condition.key.as_str())
                .iter()
                .filter_map(|line| line.to_str().ok());
            let first = lines.next()?;
            let rest: Vec<&str> = lines.collect();
            if rest.is_empty() {
                return Some(first.into());
            }
            Some(format!("{first}, {}", rest.join(", ")).into())
        }
        ConditionOn::Cookie => view
            .headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| {
                // The browser may hold it under the name that we gave it.
                *name == condition.key || restore_name(name) == Some(condition.key.as_str())
            })
            .map(|(_, value)| value.trim_matches('"').into()),
        ConditionOn::Query => url::form_urlencoded::parse(view.query?.as_bytes())
            .filter(|(name, _)| *name == condition.key)
            .last()
            .map(|(_, value)| value.into_owned().into()),
    }
}
