//! What the window was started with: `tripledash-desktop [--demo | FOLDER | tripledash://…]`.
//!
//! The same words arrive when a second start hands its arguments to the window that is open.

use std::path::{Path, PathBuf};

use super::deep_link::{DeepLink, InvalidDeepLink, SCHEME};

pub(crate) const USAGE: &str = "\
The Tripledash window.

Usage: tripledash-desktop [--demo | FOLDER | LINK]

  --demo     open the demo workspace
  FOLDER     open the workspace in a folder
  LINK       follow tripledash://open?workspace=NAME&tenant=ID&preview=NAME&path=/x
  --help     print this
  --version  print the version

Without any, the last workspace opens. Headless: see `tripledash serve --help`.
";

/// What is asked of a start.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Arguments {
    /// Show the window, with this in it.
    Open {
        workspace: Option<Wanted>,
        link: Option<DeepLink>,
    },
    Help,
    Version,
}

/// The workspace that is asked for by name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Demo,
    Folder(PathBuf),
}

/// Words that ask for nothing we know.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvalidArguments {
    #[error("unknown option {0:?}, see --help")]
    Option(String),
    #[error("found a second workspace {0:?}, wanted one")]
    Second(String),
    #[error(transparent)]
    Link(#[from] InvalidDeepLink),
}

impl Arguments {
    /// Reads the words after the program's name; a folder is taken from where the start was asked.
    pub(crate) fn read(
        words: impl IntoIterator<Item = String>,
        from: &Path,
        demo: bool,
    ) -> Result<Self, InvalidArguments> {
        let mut workspace = demo.then_some(Wanted::Demo);
        let mut link = None;
        let mut named = false;
        for word in words {
            let wanted = match word.as_str() {
                "--help" | "-h" => return Ok(Self::Help),
                "--version" | "-V" => return Ok(Self::Version),
                "--demo" => Wanted::Demo,
                text if is_link(text) => {
                    link = Some(text.parse()?);
                    continue;
                }
                option if option.starts_with('-') => return Err(InvalidArguments::Option(word)),
                folder => Wanted::Folder(from.join(folder)),
            };
            if named {
                return Err(InvalidArguments::Second(word));
            }
            named = true;
            workspace = Some(wanted);
        }
        Ok(Self::Open { workspace, link })
    }
}

fn is_link(word: &str) -> bool {
    word.split_once(':')
        .is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Arguments, InvalidArguments> {
        Arguments::read(
            words.iter().map(|word| (*word).to_owned()),
            Path::new("/home/ada"),
            false,
        )
    }

    #[test]
    fn words_are_read() {
        let folder = |path: &str| Some(Wanted::Folder(path.into()));
        let cases = [
            (&[][..], None, false),
            (&["--demo"], Some(Wanted::Demo), false),
            (&["app"], folder("/home/ada/app"), false),
            (&["/srv/app"], folder("/srv/app"), false),
            (&["tripledash://open?tenant=acme"], None, true),
            (
                &["--demo", "TRIPLEDASH://open?tenant=acme"],
                Some(Wanted::Demo),
                true,
            ),
        ];
        for (words, wanted, linked) in cases {
            let Ok(Arguments::Open { workspace, link }) = read(words) else {
                panic!("{words:?} was refused")
            };
            assert_eq!((workspace, link.is_some()), (wanted, linked), "{words:?}");
        }
    }

    #[test]
    fn words_that_ask_for_nothing_known_are_refused() {
        for words in [
            &["--dem"][..],
            &["a", "b"],
            &["--demo", "a"],
            &["tripledash://format"],
        ] {
            assert!(read(words).is_err(), "{words:?}");
        }
    }

    #[test]
    fn a_named_folder_goes_before_the_environments_demo() {
        let words = ["app".to_owned()];
        let Ok(Arguments::Open { workspace, .. }) = Arguments::read(words, Path::new("/w"), true)
        else {
            panic!("a folder was refused")
        };
        assert_eq!(workspace, Some(Wanted::Folder("/w/app".into())));
    }
}
