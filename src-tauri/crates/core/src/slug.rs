//! The name of a preview, made of its branch's.
//!
//! Lower case; every run of other characters than letters and digits becomes one hyphen; none at the
//! edges; cut to what leaves room for a tenant. Where something was cut, a short hash of the whole
//! branch tells it from others that begin alike. The same branch has the same name on every
//! machine and on every day.

use std::fmt;

use crate::label::propose;

/// The longest name that is made: it leaves a tenant 20 of the 63 octets of a label, `---` taken
/// off.
pub const LONGEST: usize = 40;

/// How many characters of a hash are put behind a name.
const HASH: usize = 6;

/// A branch's name as a label.
///
/// ```
/// use tripledash_core::slug::Slug;
///
/// assert_eq!(Slug::of("feature/Header_Redesign").as_str(), "feature-header-redesign");
/// assert_eq!(Slug::of("--Fix: the *whole* thing!").as_str(), "fix-the-whole-thing");
/// let long = Slug::of("dependabot/npm_and_yarn/packages/storefront/types-react-19.2.1");
/// assert_eq!(long.as_str(), "dependabot-npm-and-yarn-packages-wv06vq");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slug(String);

// === impl Slug ===

impl Slug {
    /// Makes a name of any text.
    pub fn of(text: &str) -> Self {
        let slug = uncut(text);
        if slug.is_empty() {
            // No letter of ours in it: its encoded form has some.
            return match propose(text).filter(|label| label.len() <= LONGEST) {
                Some(label) => Self(label),
                None => Self(hash(text)),
            };
        }
        // `xn` would make the label of a host start with `xn--` where it comes first.
        if slug.len() > LONGEST || slug == "xn" {
            return Self(with_hash(&slug, text));
        }
        Self(slug)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A few characters that tell a text from others: for names beside a slug.
    pub fn digest(text: &str) -> String {
        hash(text)
    }

    /// The name.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text as others make a part of a host of it: of any length, with no hash of ours; empty where
/// it has no letter of ours.
///
/// ```
/// let name = "Feature/a-branch-with-a-name-that-goes-on-and-on-and-on";
/// let host = tripledash_core::slug::uncut(name);
/// assert_eq!(host, "feature-a-branch-with-a-name-that-goes-on-and-on-and-on");
/// ```
pub fn uncut(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// A name with a hash of the text that it was made of, cut to [`LONGEST`].
pub(crate) fn with_hash(slug: &str, text: &str) -> String {
    let room = LONGEST - HASH - 1;
    let start = slug.get(..room).unwrap_or(slug).trim_end_matches('-');
    format!("{start}-{}", hash(text))
}

/// Thirty bits of FNV-1a (64 bits, folded), in base 32: stable, and enough to tell the branches of
/// one repository apart.
fn hash(text: &str) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let full = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut folded = full ^ (full >> 32);
    (0..HASH)
        .map(|_| {
            let digit = ALPHABET[(folded % 32) as usize];
            folded /= 32;
            char::from(digit)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::label::check_label;

    #[test]
    fn branches_become_labels() {
        for (branch, slug) in [
            ("main", "main"),
            ("feature/Foo_Bar", "feature-foo-bar"),
            ("release/2026.11", "release-2026-11"),
            ("a---b", "a-b"),
            ("-x-", "x"),
            ("Zürich/neu", "z-rich-neu"),
            ("日本語", "wgv71a119e"),
        ] {
            assert_eq!(Slug::of(branch).as_str(), slug, "{branch}");
        }
    }

    #[test]
    fn what_is_cut_is_told_apart_by_a_hash() {
        let start = "dependabot/npm_and_yarn/packages/storefront/";
        let (one, two) = (
            Slug::of(&format!("{start}react-19")),
            Slug::of(&format!("{start}react-20")),
        );
        assert_ne!(one, two);
        for slug in [&one, &two] {
            assert!(slug.as_str().len() <= LONGEST, "{slug}");
            assert!(
                slug.as_str()
                    .starts_with("dependabot-npm-and-yarn-packages-"),
                "{slug}"
            );
        }
        assert_eq!(one, Slug::of(&format!("{start}react-19")));
        assert_ne!(Slug::of("!").as_str(), Slug::of("?").as_str());
    }

    proptest! {
        #[test]
        fn every_slug_is_a_label(branch in any::<String>()) {
            let slug = Slug::of(&branch);
            prop_assert!(check_label(slug.as_str()).is_ok(), "{slug}");
            prop_assert!(slug.as_str().len() <= LONGEST);
            prop_assert_eq!(Slug::of(slug.as_str()), slug.clone());
            let hashed = with_hash(slug.as_str(), &branch);
            prop_assert!(check_label(&hashed).is_ok(), "{hashed}");
            prop_assert!(hashed.len() <= LONGEST);
        }
    }
}
