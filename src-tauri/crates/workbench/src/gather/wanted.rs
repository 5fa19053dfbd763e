//! What is looked into: a source of the file, with all that it takes to ask it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tripledash_core::Workspace;
use tripledash_core::workspace::{SourceKind, Template, TenantSource, TenantsFrom, VercelSource};

use super::Failure;
use crate::trust;
use crate::trust::sent;

/// A source, with all that it takes to ask it. Two that are equal say the same.
#[derive(Clone, PartialEq)]
pub(crate) enum Wanted {
    /// A file of tenants.
    TenantFile {
        path: PathBuf,
        /// The path as the workspace writes it.
        shown: String,
    },
    /// An endpoint that lists tenants. Address and fields may hold secrets.
    TenantUrl {
        written: Written,
        url: String,
        headers: Vec<(String, String)>,
        refresh: Option<Duration>,
    },
    /// A program that lists tenants.
    TenantCommand {
        folder: PathBuf,
        words: Vec<String>,
        refresh: Option<Duration>,
    },
    /// The branches of a repository.
    Git {
        /// The app's folder in it.
        folder: PathBuf,
        /// Whether dev servers of its working copy are looked for.
        serves: bool,
        /// Whether its filters may run, which telling changed files exactly takes.
        trusted: bool,
    },
    /// The deployments of a project.
    Vercel {
        folder: PathBuf,
        source: VercelSource,
        token: String,
    },
    /// What cannot be asked, and why.
    Unasked {
        /// The place that would be asked.
        written: Written,
        /// Why not.
        failure: Failure,
    },
}

/// A place that is asked, as the file writes it.
#[derive(Clone, PartialEq)]
pub(crate) enum Written {
    /// A list of tenants, of the file in a folder.
    Tenants { folder: PathBuf, from: TenantsFrom },
    /// A project, asked for by the file in a folder.
    Vercel {
        folder: PathBuf,
        source: VercelSource,
    },
}

/// What the sources of a workspace come down to: its tenants', then its previews' in the file's
/// order.
pub(crate) fn wanted(
    workspace: &Workspace,
    folder: &Path,
    environment: &BTreeMap<String, String>,
    trusted: bool,
) -> (Option<Wanted>, Vec<Wanted>) {
    let tenants = workspace
        .tenant_source
        .as_ref()
        .map(|source| of_tenants(source, folder, environment, trusted));
    let previews = workspace
        .sources
        .iter()
        .map(|source| of_previews(&source.kind, folder, environment, trusted))
        .collect();
    (tenants, previews)
}

fn of_tenants(
    source: &TenantSource,
    folder: &Path,
    environment: &BTreeMap<String, String>,
    trusted: bool,
) -> Wanted {
    let refresh = source.refresh;
    let written = Written::Tenants {
        folder: folder.to_owned(),
        from: source.from.clone(),
    };
    // Whoever wrote the file chose what is sent and where: a person has to agree first.
    if let (Some(sends), false) = (sent(&source.from), trusted) {
        let message =
            format!("listing the tenants {sends}, and this folder is not trusted with that");
        return untrusted(written, message);
    }
    match &source.from {
        TenantsFrom::File(path) => Wanted::TenantFile {
            path: folder.join(path),
            shown: path.clone(),
        },
        TenantsFrom::Url { url, headers } => {
            let render = |template: &Template| {
                template.render(&|name| environment.get(name.strip_prefix("env:")?).cloned())
            };
            let filled = render(url).and_then(|url| {
                let headers = headers
                    .iter()
                    .map(|(name, value)| Ok((name.clone(), render(value)?)));
                Ok((url, headers.collect::<Result<_, _>>()?))
            });
            match filled {
                Ok((url, headers)) => Wanted::TenantUrl {
                    written,
                    url,
                    headers,
                    refresh,
                },
                Err(absent) => unset(written, &absent.name),
            }
        }
        TenantsFrom::Command(_) if !trusted => {
            let message = "the tenants are listed by a program, and this folder is not trusted";
            untrusted(written, message.to_owned())
        }
        TenantsFrom::Command(words) => Wanted::TenantCommand {
            folder: folder.to_owned(),
            words: words.clone(),
            refresh,
        },
    }
}

fn of_previews(
    kind: &SourceKind,
    folder: &Path,
    environment: &BTreeMap<String, String>,
    trusted: bool,
) -> Wanted {
    match kind {
        SourceKind::Git(git) => Wanted::Git {
            folder: folder.join(&git.folder),
            serves: true,
            // Only its commands' lines name the folder: nobody has seen that of another one.
            trusted: trusted && (git.setup.is_some() || git.dev.is_some()),
        },
        SourceKind::Template(template) => Wanted::Git {
            folder: folder.join(&template.folder),
            serves: false,
            trusted: false,
        },
        SourceKind::Vercel(source) => match environment.get(VercelSource::TOKEN) {
            Some(token) => Wanted::Vercel {
                folder: folder.to_owned(),
                source: source.clone(),
                token: token.clone(),
            },
            None => {
                let (folder, source) = (folder.to_owned(), source.clone());
                unset(Written::Vercel { folder, source }, VercelSource::TOKEN)
            }
        },
    }
}

fn untrusted(written: Written, message: String) -> Wanted {
    let fix = trust::FIX.to_owned();
    Wanted::Unasked {
        written,
        failure: Failure {
            untrusted: true,
            ..Failure::new(message, Some(fix))
        },
    }
}

fn unset(written: Written, variable: &str) -> Wanted {
    let name = variable.strip_prefix("env:").unwrap_or(variable);
    let fix = format!("set {name} in the environment, or in .env.local beside the file");
    Wanted::Unasked {
        written,
        failure: Failure::new(format!("{name} is not set"), Some(fix)),
    }
}

// === impl Wanted ===

impl Wanted {
    /// What is known to be wrong before it is asked.
    pub(super) fn failure(&self) -> Option<Failure> {
        match self {
            Self::Unasked { failure, .. } => Some(failure.clone()),
            _ => None,
        }
    }

    /// Whether it is the same place, so that what the one said stands for the other until that is
    /// heard.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Git { folder, .. }, Self::Git { folder: other, .. }) => folder == other,
            // Who asks decides what is answered, and so does where a command runs.
            (
                Self::TenantUrl { url, headers, .. },
                Self::TenantUrl {
                    url: other,
                    headers: others,
                    ..
                },
            ) => url == other && headers == others,
            (
                Self::Vercel { source, token, .. },
                Self::Vercel {
                    source: other,
                    token: others,
                    ..
                },
            ) => source == other && token == others,
            (
                Self::TenantCommand { folder, words, .. },
                Self::TenantCommand {
                    folder: other,
                    words: others,
                    ..
                },
            ) => folder == other && words == others,
            (_, Self::Unasked { written, .. }) => self.is_written(written),
            _ => false,
        }
    }

    /// Whether it is this place.
    fn is_written(&self, written: &Written) -> bool {
        match (self, written) {
            (Self::TenantUrl { written: ours, .. }, _) => ours == written,
            (
                Self::TenantCommand { folder, words, .. },
                Written::Tenants {
                    folder: other,
                    from: TenantsFrom::Command(others),
                },
            ) => folder == other && words == others,
            (
                Self::Vercel { folder, source, .. },
                Written::Vercel {
                    folder: place,
                    source: other,
                },
            ) => folder == place && source == other,
            _ => false,
        }
    }
}

/// Addresses, fields and tokens may be secrets.
impl fmt::Debug for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::TenantFile { path, .. } => {
                return f.debug_tuple("TenantFile").field(path).finish();
            }
            Self::TenantUrl { .. } => "TenantUrl",
            Self::TenantCommand { .. } => "TenantCommand",
            Self::Git { folder, .. } => return f.debug_tuple("Git").field(folder).finish(),
            Self::Vercel { .. } => "Vercel",
            Self::Unasked { .. } => "Unasked",
        };
        f.debug_struct(name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use tripledash_core::workspace::parse;

    use super::*;

    /// What the tenants of a file come down to.
    fn tenants(list: &str, folder: &str, environment: &[(&str, &str)], trusted: bool) -> Wanted {
        let text = format!(r#"{{ "name": "w", "tenants": {list} }}"#);
        let workspace = parse(&text, "t.json").workspace.unwrap();
        let environment = environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let (tenants, _) = wanted(&workspace, Path::new(folder), &environment, trusted);
        tenants.unwrap()
    }

    const URL: &str = r#"{ "url": "https://${env:WHO}.acme.example/all?k=${env:KEY}",
        "headers": { "x-b": "${env:TOKEN} ${env:KEY}" } }"#;
    const SET: [(&str, &str); 3] = [("WHO", "eu"), ("KEY", "k3y"), ("TOKEN", "t")];

    #[test]
    fn what_the_environment_holds_is_sent_only_where_the_folder_is_trusted() {
        let asked = tenants(URL, "/w", &SET, true);
        assert!(matches!(asked, Wanted::TenantUrl { .. }), "{asked:?}");
        let unasked = tenants(URL, "/w", &SET, false).failure().unwrap();
        assert!(unasked.untrusted);
        assert_eq!(
            unasked.message,
            "listing the tenants sends KEY, TOKEN, WHO to https://${env:WHO}.acme.example, and this folder is \
             not trusted with that"
        );
        // Nothing of ours is in it.
        let plain = r#"{ "url": "https://acme.example/all", "headers": { "x-a": "b" } }"#;
        assert!(tenants(plain, "/w", &[], false).failure().is_none());
        let sent = |url: &str| {
            let list = format!(r#"{{ "url": "{url}" }}"#);
            let failure = tenants(&list, "/w", &SET, false).failure().unwrap();
            failure.message.split(" to ").nth(1).unwrap().to_owned()
        };
        let told = "https://evil.example:8443, and this folder is not trusted with that";
        assert_eq!(
            sent("https://evil.example:8443/#https://good.example/${env:KEY}"),
            told
        );
    }

    #[test]
    fn who_asks_a_platform_decides_what_is_answered() {
        let text = r#"{ "name": "w", "previews": [{ "vercel": { "project": "p" } }] }"#;
        let workspace = parse(text, "t.json").workspace.unwrap();
        let vercel = |folder: &str, token: Option<&str>| {
            let environment = token.map(|token| ("VERCEL_TOKEN".to_owned(), token.to_owned()));
            let environment = environment.into_iter().collect();
            let (_, mut all) = wanted(&workspace, Path::new(folder), &environment, false);
            all.remove(0)
        };
        assert!(vercel("/a", Some("t")).is_like(&vercel("/b", Some("t"))));
        assert!(!vercel("/a", Some("t")).is_like(&vercel("/a", Some("other"))));
        assert!(vercel("/a", Some("t")).is_like(&vercel("/a", None)));
        assert!(!vercel("/a", Some("t")).is_like(&vercel("/b", None)));
    }

    #[test]
    fn filters_run_only_where_a_line_names_the_folder() {
        let exact = |git: &str| {
            let text = format!(r#"{{ "name": "w", "previews": [{git}] }}"#);
            let workspace = parse(&text, "t.json").workspace.unwrap();
            let (_, all) = wanted(&workspace, Path::new("/w"), &BTreeMap::new(), true);
            matches!(all[0], Wanted::Git { trusted: true, .. })
        };
        assert!(exact(r#"{ "git": ".", "dev": "vite" }"#));
        assert!(!exact(r#"{ "git": "../unpacked" }"#));
    }

    #[test]
    fn what_one_said_stands_for_another_only_where_it_would_say_the_same() {
        let url = |token: &str| {
            let environment = [SET[0], SET[1], ("TOKEN", token)];
            tenants(URL, "/w", &environment, true)
        };
        assert!(url("t").is_like(&url("t")));
        assert!(!url("t").is_like(&url("another account's")));
        let command = |folder| tenants(r#"{ "command": ["node", "list.mjs"] }"#, folder, &[], true);
        assert!(command("/a").is_like(&command("/a")));
        assert!(!command("/a").is_like(&command("/b")));
        // The same place, which cannot be asked for the moment.
        assert!(url("t").is_like(&tenants(URL, "/w", &SET[..2], true)));
        assert!(!url("t").is_like(&tenants(URL, "/other", &SET[..2], true)));
        let unasked = tenants(r#"{ "command": ["node", "list.mjs"] }"#, "/a", &[], false);
        assert!(command("/a").is_like(&unasked));
        assert!(!command("/b").is_like(&unasked));
    }
}
