//! Preview addresses: `{part}---…---{preview}[.{session}].{base domain}`.
//!
//! The last piece of the first label is the preview, the pieces before it are the prefix's parts.
//! The optional second label is a session, a cookie jar of its own. What the parts are called, and
//! how many there must be, is the workspace's to say (see [`crate::resolve`]); here a host only
//! comes apart and is put together again.

use std::fmt;

use crate::host::{Host, InvalidHost};
use crate::label::{InvalidLabel, LabelFault, SEPARATOR, check_label};

/// The port that the engine listens on unless told otherwise.
pub const DEFAULT_PORT: u16 = 7333;

/// Where the workbench lives and what every preview host ends in, with the engine's port.
///
/// ```
/// use tripledash_core::address::BaseDomain;
///
/// let base = BaseDomain::local(7333);
/// assert_eq!(base.authority(), "tripledash.localhost:7333");
/// assert_eq!(base.origin(), "http://tripledash.localhost:7333");
/// assert_eq!(BaseDomain::local(80).origin(), "http://tripledash.localhost");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseDomain {
    /// The name.
    pub host: Host,
    /// The port that browsers connect to.
    pub port: u16,
}

/// The pieces of a preview host.
///
/// ```
/// use tripledash_core::address::{BaseDomain, PreviewAddress};
///
/// let base = BaseDomain::local(7333);
/// let address = PreviewAddress::parse(&"acme---main.admin.tripledash.localhost".parse()?, &base)?;
/// assert_eq!(address.parts, ["acme"]);
/// assert_eq!(address.preview, "main");
/// assert_eq!(address.session.as_deref(), Some("admin"));
/// assert_eq!(address.origin(&base), "http://acme---main.admin.tripledash.localhost:7333");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PreviewAddress {
    /// The prefix's parts, left to right; none without a prefix.
    pub parts: Vec<String>,
    /// The preview's name.
    pub preview: String,
    /// The session's name.
    pub session: Option<String>,
}

/// Why a host is no preview address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddress {
    /// The host does not end in the base domain.
    #[error("{host} is not under {base}")]
    Elsewhere {
        /// The host that was asked for.
        host: String,
        /// The base domain.
        base: String,
    },
    /// The host is the base domain itself.
    #[error("{base} is the workbench, wanted a preview before it")]
    BaseDomain {
        /// The base domain.
        base: String,
    },
    /// There are more labels than a preview and a session.
    #[error(
        "found {} labels before {base} ({}), wanted a preview host's label and at most a session", labels.len(),
        labels.join(".")
    )]
    TooManyLabels {
        /// The labels before the base domain.
        labels: Vec<String>,
        /// The base domain.
        base: String,
    },
    /// A piece between two `---`, or at an edge, is empty.
    #[error("{label:?} has an empty part, wanted a name on each side of ---")]
    EmptyPart {
        /// The first label.
        label: String,
    },
    /// A piece is no label.
    #[error("{role} {fault}")]
    InvalidPiece {
        /// `part 1`, `the preview` or `the session`.
        role: String,
        /// What is wrong with it.
        fault: InvalidLabel,
    },
}

// === impl BaseDomain ===

impl BaseDomain {
    /// A base domain of one's own.
    ///
    /// # Errors
    ///
    /// The name is no host.
    pub fn new(name: &str, port: u16) -> Result<Self, InvalidHost> {
        Ok(Self {
            host: name.parse()?,
            port,
        })
    }

    /// `tripledash.localhost`, which every browser resolves to this machine. It has two labels, so
    /// page and panes are same-site and public-suffix parsers see the tenant as a subdomain.
    pub fn local(port: u16) -> Self {
        Self::new("tripledash.localhost", port).expect("our own name is a host")
    }

    /// Host and port as a browser sends them: without a port where it is http's own.
    pub fn authority(&self) -> String {
        self.authority_of(&self.host.to_string())
    }

    /// The workbench's origin.
    pub fn origin(&self) -> String {
        format!("http://{}", self.authority())
    }

    /// A host of ours with our port, as a browser sends it.
    pub fn authority_of(&self, host: &str) -> String {
        if self.port == 80 {
            host.to_owned()
        } else {
            format!("{host}:{}", self.port)
        }
    }
}

impl fmt::Display for BaseDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.authority())
    }
}

// === impl PreviewAddress ===

impl PreviewAddress {
    /// Takes a host under `base` apart.
    ///
    /// # Errors
    ///
    /// Says which piece does not fit.
    pub fn parse(host: &Host, base: &BaseDomain) -> Result<Self, InvalidAddress> {
        let base_name = || base.host.to_string();
        let labels: Vec<&str> = match host.strip_base(&base.host) {
            None => {
                return Err(InvalidAddress::Elsewhere {
                    host: host.to_string(),
                    base: base_name(),
                });
            }
            Some("") => return Err(InvalidAddress::BaseDomain { base: base_name() }),
            Some(rest) => rest.split('.').collect(),
        };
        let (first, session) = match labels[..] {
            [first] => (first, None),
            [first, session] => (first, Some(session)),
            _ => {
                let labels = labels.iter().map(|&label| label.to_owned()).collect();
                return Err(InvalidAddress::TooManyLabels {
                    labels,
                    base: base_name(),
                });
            }
        };
        let mut parts: Vec<String> = first.split(SEPARATOR).map(str::to_owned).collect();
        if parts.iter().any(String::is_empty) {
            return Err(InvalidAddress::EmptyPart {
                label: first.to_owned(),
            });
        }
        let preview = parts.pop().expect("split yields at least one piece");
        let address = Self {
            parts,
            preview,
            session: session.map(str::to_owned),
        };
        address.check()?;
        Ok(address)
    }

    /// Checks that every piece is a label, so that the host that is made of them comes apart into
    /// the same pieces.
    ///
    /// # Errors
    ///
    /// The first piece that is none, from the left.
    pub fn check(&self) -> Result<(), InvalidAddress> {
        let parts = self
            .parts
            .iter()
            .enumerate()
            .map(|(at, part)| (format!("part {}", at + 1), part.as_str()));
        let others = [
            Some(("the preview", self.preview.as_str())),
            self.session.as_deref().map(|s| ("the session", s)),
        ];
        let others = others
            .into_iter()
            .flatten()
            .map(|(role, piece)| (role.to_owned(), piece));
        for (at, (role, piece)) in parts.chain(others).enumerate() {
            match check_label(piece) {
                // Only a first piece can make the joined label start with xn--.
                Err(invalid) if invalid.fault == LabelFault::Encoded && piece == "xn" && at > 0 => {
                }
                Err(fault) => return Err(InvalidAddress::InvalidPiece { role, fault }),
                Ok(()) => {}
            }
        }
        Ok(())
    }

    /// The first label: the one that the octet budget is about.
    pub fn label(&self) -> String {
        let mut pieces = self.parts.clone();
        pieces.push(self.preview.clone());
        pieces.join(SEPARATOR)
    }

    /// The whole host under `base`, without a port.
    pub fn host(&self, base: &BaseDomain) -> String {
        format!("{self}.{}", base.host)
    }

    /// The address's origin under `base`.
    pub fn origin(&self, base: &BaseDomain) -> String {
        format!("http://{}", base.authority_of(&self.host(base)))
    }
}

/// The labels before the base domain: `acme---main.admin`.
impl fmt::Display for PreviewAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            write!(f, "{part}{SEPARATOR}")?;
        }
        f.write_str(&self.preview)?;
        match &self.session {
            Some(session) => write!(f, ".{session}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(before: &str) -> Result<PreviewAddress, InvalidAddress> {
        let base = BaseDomain::local(DEFAULT_PORT);
        let host = if before.is_empty() {
            "tripledash.localhost".to_owned()
        } else {
            format!("{before}.tripledash.localhost")
        };
        PreviewAddress::parse(&host.parse().unwrap(), &base)
    }

    #[test]
    fn pieces() {
        for (before, parts, preview, session) in [
            ("main", &[][..], "main", None),
            ("acme---main", &["acme"], "main", None),
            ("Acme---MAIN", &["acme"], "main", None),
            ("de---acme---main", &["de", "acme"], "main", None),
            ("acme---main.admin", &["acme"], "main", Some("admin")),
            ("a--b---c--d", &["a--b"], "c--d", None),
        ] {
            let address = parse(before).unwrap();
            assert_eq!(address.parts, parts, "{before}");
            assert_eq!(
                (address.preview.as_str(), address.session.as_deref()),
                (preview, session),
                "{before}"
            );
        }
    }

    #[test]
    fn refusals_name_the_piece() {
        for (before, words) in [
            ("", "is the workbench"),
            ("---main", "empty part"),
            ("acme---", "empty part"),
            ("acme------main", "empty part"),
            (
                "acme----main",
                "the preview \"-main\" has a hyphen at its edge",
            ),
            ("acme-----main", "the preview \"--main\" has a hyphen"),
            ("a_b---main", "part 1 \"a_b\" has '_'"),
            (
                "xn---main",
                "part 1 \"xn\" makes a label that starts with xn--",
            ),
            (
                "acme---main.admin.more",
                "found 3 labels before tripledash.localhost (acme---main.admin.more)",
            ),
            ("acme---main.ad_min", "the session \"ad_min\" has '_'"),
        ] {
            let error = parse(before).unwrap_err().to_string();
            assert!(error.contains(words), "{before}: {error}");
        }
    }

    #[test]
    fn hosts_elsewhere_are_told_apart() {
        let base = BaseDomain::local(DEFAULT_PORT);
        for host in [
            "localhost",
            "acme.localhost",
            "127.0.0.1",
            "[::1]",
            "xtripledash.localhost",
        ] {
            let error = PreviewAddress::parse(&host.parse().unwrap(), &base).unwrap_err();
            assert!(
                matches!(error, InvalidAddress::Elsewhere { .. }),
                "{host}: {error}"
            );
        }
    }

    fn label() -> impl Strategy<Value = String> {
        "[a-z0-9-]{1,12}".prop_filter("a label", |text| check_label(text).is_ok())
    }

    proptest! {
        #[test]
        fn parse_of_format_is_the_identity(
            parts in proptest::collection::vec(label(), 0..4),
            preview in label(),
            session in proptest::option::of(label()),
        ) {
            let base = BaseDomain::local(DEFAULT_PORT);
            let address = PreviewAddress { parts, preview, session };
            let host: Host = address.host(&base).parse().unwrap();
            prop_assert_eq!(PreviewAddress::parse(&host, &base).unwrap(), address);
        }

        #[test]
        fn no_host_panics(before in "[a-z0-9._-]{1,60}") {
            if let Ok(host) = format!("{before}.tripledash.localhost").parse() {
                let base = BaseDomain::local(DEFAULT_PORT);
                if let Ok(address) = PreviewAddress::parse(&host, &base) {
                    prop_assert_eq!(address.host(&base), host.to_string());
                }
            }
        }
    }
}
