//! What each field of a tenant may be, wherever the tenant is written: `tripledash.json`, a table,
//! an endpoint's answer. One place for the rules keeps these from drifting apart.

use crate::host::{Host, MAX_LABEL};
use crate::label::{LabelFault, check_label};

/// A field that holds something it must not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("found {found:?}, wanted {wanted}")]
pub struct InvalidField {
    /// The offending text.
    pub found: String,
    /// What may stand there.
    pub wanted: String,
    /// What would mend it, where that can be told.
    pub hint: Option<String>,
}

impl InvalidField {
    fn new(found: &str, wanted: &str, hint: Option<String>) -> Self {
        Self {
            found: found.to_owned(),
            wanted: wanted.to_owned(),
            hint,
        }
    }
}

/// Checks a tenant's id, which is a label of its host.
///
/// ```
/// use tripledash_core::tenant::check_id;
///
/// assert!(check_id("acme").is_ok());
/// let error = check_id("Zürich").unwrap_err();
/// assert_eq!(error.hint.as_deref(), Some("\"zuerich\" would do"));
/// ```
///
/// # Errors
///
/// What is wrong with it, with an id that would do where there is one.
pub fn check_id(text: &str) -> Result<(), InvalidField> {
    if let Err(invalid) = check_label(text) {
        let hint = invalid
            .proposal
            .map(|proposal| format!("{proposal:?} would do"));
        let wanted = match invalid.fault {
            LabelFault::Character(found) => {
                format!("lower-case letters, digits and hyphens, not {found:?}")
            }
            fault => format!("a label of a host, and this {fault}"),
        };
        return Err(InvalidField::new(text, &wanted, hint));
    }
    if text.len() > MAX_LABEL {
        let wanted = format!(
            "at most {MAX_LABEL} octets, the limit of a host's label: it has {}",
            text.len()
        );
        return Err(InvalidField::new(text, &wanted, None));
    }
    Ok(())
}

/// Reads a colour as `#rrggbb`, in lower case.
///
/// ```
/// use tripledash_core::tenant::color;
///
/// assert_eq!(color("#E5484D").as_deref(), Ok("#e5484d"));
/// assert!(color("red").is_err());
/// ```
///
/// # Errors
///
/// Anything else.
pub fn color(text: &str) -> Result<String, InvalidField> {
    let good = text.strip_prefix('#').is_some_and(|digits| {
        digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    if good {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(InvalidField::new(text, "a colour like #e5484d", None))
    }
}

/// Checks that a text has the shape of a BCP 47 tag; whether the language exists is not ours to
/// say.
///
/// ```
/// use tripledash_core::tenant::check_locale;
///
/// assert!(check_locale("pt-BR").is_ok());
/// assert_eq!(check_locale("pt_BR").unwrap_err().hint.as_deref(), Some("\"pt-BR\" would do"));
/// ```
///
/// # Errors
///
/// Anything of another shape.
pub fn check_locale(text: &str) -> Result<(), InvalidField> {
    let subtag = |text: &str| {
        (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let good = text.split('-').all(subtag) && text.starts_with(|c: char| c.is_ascii_alphabetic());
    if good {
        return Ok(());
    }
    let hint = text
        .contains('_')
        .then(|| format!("{:?} would do", text.replace('_', "-")));
    let wanted = "a language tag like en or pt-BR";
    Err(InvalidField::new(text, wanted, hint))
}

/// Reads a tenant's own domain: a name, in the form in which hosts are compared.
///
/// ```
/// use tripledash_core::tenant::domain;
///
/// assert_eq!(domain("Shop.Acme.com").as_deref(), Ok("shop.acme.com"));
/// assert!(domain("https://shop.acme.com").is_err());
/// ```
///
/// # Errors
///
/// An address, a URL, or what is no host at all.
pub fn domain(text: &str) -> Result<String, InvalidField> {
    match text.parse::<Host>() {
        Ok(Host::Name(name)) => Ok(name.into_string()),
        Ok(Host::V4(_) | Host::V6(_)) => {
            let wanted = "a domain name, not an address";
            Err(InvalidField::new(text, wanted, None))
        }
        Err(invalid) => {
            let wanted = "a domain name without scheme and port";
            Err(InvalidField::new(text, wanted, Some(invalid.reason)))
        }
    }
}
