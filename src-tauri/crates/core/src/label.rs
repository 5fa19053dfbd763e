//! The labels that tenants, prefix parts, sessions and previews are named by.
//!
//! They are joined by `---` into one label of a host, so they must come apart again without doubt:
//! lower-case letters, digits and hyphens, no `---` inside, no hyphen at either edge. A first part
//! `xn` would make the joined label start with `xn--`, which says "this is encoded" to every
//! resolver (RFC 5890 section 2.3.1).

use std::fmt;

/// What joins the parts of a preview host.
pub const SEPARATOR: &str = "---";

/// A text that cannot name a tenant, a part, a session or a preview.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} {fault}")]
pub struct InvalidLabel {
    /// The offending text.
    pub text: String,
    /// What is wrong with it.
    pub fault: LabelFault,
    /// A label made out of the text, where one can be.
    pub proposal: Option<String>,
}

/// What is wrong with a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelFault {
    /// It has no characters.
    Empty,
    /// It has a character outside ASCII: the whole label would be encoded as one, and no split
    /// could find the tenant again.
    NotAscii,
    /// It has a character that is no lower-case letter, digit or hyphen.
    Character(char),
    /// It has `---` inside.
    Separator,
    /// It starts or ends with a hyphen.
    EdgeHyphen,
    /// It is `xn`, or starts with `xn--`.
    Encoded,
}

impl fmt::Display for LabelFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty, wanted at least one letter or digit"),
            Self::NotAscii => f.write_str(
                "has characters outside ASCII: the whole label would be encoded as one, and no split could find the \
                 parts again",
            ),
            Self::Character(found) => {
                write!(f, "has {found:?}, wanted lower-case letters, digits and hyphens")
            }
            Self::Separator => f.write_str("has --- inside, which is what parts are split at"),
            Self::EdgeHyphen => f.write_str("has a hyphen at its edge, which would melt into the ---"),
            Self::Encoded => f.write_str("makes a label that starts with xn--, which resolvers take for an encoded one"),
        }
    }
}

/// Checks a name that will be one part of a preview host.
///
/// ```
/// use tripledash_core::label::{LabelFault, check_label};
///
/// assert!(check_label("my-app-2").is_ok());
/// let error = check_label("Zürich").unwrap_err();
/// assert_eq!(error.fault, LabelFault::NotAscii);
/// assert_eq!(error.proposal.as_deref(), Some("zuerich"));
/// ```
///
/// # Errors
///
/// The first fault, with a name that would do.
pub fn check_label(text: &str) -> Result<(), InvalidLabel> {
    let fault = if text.is_empty() {
        LabelFault::Empty
    } else if !text.is_ascii() {
        LabelFault::NotAscii
    } else if let Some(found) = text.chars().find(|c| !is_label_character(*c)) {
        LabelFault::Character(found)
    } else if text.starts_with('-') || text.ends_with('-') {
        LabelFault::EdgeHyphen
    } else if text.contains(SEPARATOR) {
        LabelFault::Separator
    } else if text == "xn" || text.starts_with("xn--") {
        LabelFault::Encoded
    } else {
        return Ok(());
    };
    Err(InvalidLabel {
        text: text.to_owned(),
        fault,
        proposal: propose(text),
    })
}

/// Whether the joined label has hyphens in its third and fourth place, which RFC 5891 section
/// 4.2.3.1 reserves: `us---main`, `u---main`.
pub fn has_reserved_hyphens(label: &str) -> bool {
    label.as_bytes().get(2..4) == Some(b"--") && !label.starts_with("xn--")
}

fn is_label_character(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
}

/// A valid label made out of any text: Latin letters folded, everything else a hyphen; a script
/// that has no Latin letters keeps its encoded form's letters.
///
/// ```
/// use tripledash_core::label::propose;
///
/// assert_eq!(propose("Café Société").as_deref(), Some("cafe-societe"));
/// assert_eq!(propose("متجر").as_deref(), Some("pgbep1f"));
/// assert_eq!(propose("!"), None);
/// ```
pub fn propose(text: &str) -> Option<String> {
    let mut folded = String::new();
    for c in text.chars().take(200).flat_map(char::to_lowercase) {
        match fold(c) {
            Some(letters) => folded.push_str(letters),
            None if is_label_character(c) && c != '-' => folded.push(c),
            // A combining mark belongs to the letter before it.
            None if ('\u{300}'..='\u{36f}').contains(&c) => {}
            None if !folded.is_empty() && !folded.ends_with('-') => folded.push('-'),
            None => {}
        }
    }
    let folded = folded.trim_matches('-');
    let proposal = if folded.is_empty() {
        idna::domain_to_ascii(text)
            .ok()?
            .strip_prefix("xn--")?
            .replace(SEPARATOR, "-")
    } else if folded == "xn" {
        "xn1".to_owned()
    } else {
        folded.to_owned()
    };
    check_label(&proposal).is_ok().then_some(proposal)
}

/// The ASCII letters that stand in for a lower-case letter of the Latin script.
fn fold(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ā' | 'ă' | 'ą' => "a",
        'ä' | 'æ' => "ae",
        'å' => "aa",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' | 'ģ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => "i",
        'ķ' => "k",
        'ł' | 'ļ' | 'ľ' => "l",
        'ñ' | 'ń' | 'ň' | 'ņ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ő' | 'ō' => "o",
        'ö' | 'ø' | 'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ţ' | 'ț' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' | 'ų' => "u",
        'ü' => "ue",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn faults_and_proposals() {
        for (text, fault, proposal) in [
            ("", LabelFault::Empty, None),
            ("Acme", LabelFault::Character('A'), Some("acme")),
            ("a_b", LabelFault::Character('_'), Some("a-b")),
            ("a.b", LabelFault::Character('.'), Some("a-b")),
            ("-a", LabelFault::EdgeHyphen, Some("a")),
            ("a-", LabelFault::EdgeHyphen, Some("a")),
            ("a---b", LabelFault::Separator, Some("a-b")),
            ("xn", LabelFault::Encoded, Some("xn1")),
            ("xn--pgbg2dpr", LabelFault::Encoded, Some("xn-pgbg2dpr")),
            ("Ærø", LabelFault::NotAscii, Some("aeroe")),
        ] {
            let error = check_label(text).unwrap_err();
            assert_eq!(
                (error.fault, error.proposal.as_deref()),
                (fault, proposal),
                "{text}"
            );
        }
        for text in ["a", "7", "a--b", "us", "my-app-git-feature", "xn1"] {
            assert!(check_label(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn third_and_fourth_place() {
        assert!(has_reserved_hyphens("us---main"));
        assert!(has_reserved_hyphens("us--main"));
        assert!(!has_reserved_hyphens("usa---main"));
        assert!(has_reserved_hyphens("u---main"));
        assert!(!has_reserved_hyphens("us"));
    }

    proptest! {
        #[test]
        fn what_is_proposed_is_a_label(text in "\\PC{0,30}") {
            if let Some(proposal) = propose(&text) {
                prop_assert!(check_label(&proposal).is_ok());
            }
        }
    }
}
