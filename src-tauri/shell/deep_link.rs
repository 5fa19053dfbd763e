//! `tripledash://open?workspace=NAME&tenant=acme&preview=main&path=/x`, as another program or a web
//! page hands it to us.
//!
//! Anyone can write such a link, so it can only name what the person already has:
//!
//! - the action is `open`; the keys are the four above, each at most once;
//! - a workspace is named, never a folder: only recent workspaces open by a link;
//! - tenant and preview are labels, the path is a path of the same host.

use std::borrow::Cow;
use std::str::FromStr;

use tripledash_core::label;
use url::Url;

/// The scheme that the system hands to us.
pub(crate) const SCHEME: &str = "tripledash";
const LONGEST: usize = 2048;

/// What a link asks to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DeepLink {
    pub(crate) workspace: Option<String>,
    pub(crate) tenant: Option<String>,
    pub(crate) preview: Option<String>,
    pub(crate) path: Option<String>,
}

/// A link that asks for nothing we would do.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{link:?} {fault}")]
pub(crate) struct InvalidDeepLink {
    link: String,
    fault: Cow<'static, str>,
}

impl FromStr for DeepLink {
    type Err = InvalidDeepLink;

    fn from_str(text: &str) -> Result<Self, InvalidDeepLink> {
        parse(text).map_err(|fault| InvalidDeepLink {
            link: text.chars().take(120).collect(),
            fault,
        })
    }
}

fn parse(text: &str) -> Result<DeepLink, Cow<'static, str>> {
    if text.len() > LONGEST {
        return Err(format!("is {} characters long, the limit is {LONGEST}", text.len()).into());
    }
    let url = Url::parse(text).map_err(|error| format!("is no address: {error}"))?;
    if url.scheme() != SCHEME {
        return Err("is no tripledash: link".into());
    }
    if url.host_str() != Some("open") || !matches!(url.path(), "" | "/") {
        return Err("asks for something else than tripledash://open".into());
    }
    let mut link = DeepLink::default();
    for (key, value) in url.query_pairs() {
        let place = match &*key {
            "workspace" => &mut link.workspace,
            "tenant" => &mut link.tenant,
            "preview" => &mut link.preview,
            "path" => &mut link.path,
            _ => {
                return Err(
                    format!("has {key:?}, known are workspace, tenant, preview, path").into(),
                );
            }
        };
        if place.is_some() {
            return Err(format!("has {key:?} twice").into());
        }
        if value.is_empty() || value.chars().any(char::is_control) {
            return Err(format!("has an empty or unreadable {key:?}").into());
        }
        match &*key {
            "tenant" | "preview" => {
                label::check_label(&value).map_err(|error| Cow::from(error.to_string()))?;
            }
            // `//host` and `/\host` would name another host.
            "path"
                if !value.starts_with('/') || value.starts_with("//") || value.contains('\\') =>
            {
                return Err(format!(
                    "has the path {value:?}, wanted one that starts with a single /"
                )
                .into());
            }
            _ => {}
        }
        *place = Some(value.into_owned());
    }
    Ok(link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_link_is_read() {
        let link: DeepLink =
            "tripledash://open?workspace=acme-platform&tenant=acme&preview=main&path=/x%3Fa=1"
                .parse()
                .unwrap();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            link,
            DeepLink {
                workspace: some("acme-platform"),
                tenant: some("acme"),
                preview: some("main"),
                path: some("/x?a=1")
            }
        );
    }

    #[test]
    fn a_bare_link_only_shows_the_window() {
        assert_eq!("tripledash://open".parse(), Ok(DeepLink::default()));
        assert_eq!("tripledash://open/".parse(), Ok(DeepLink::default()));
    }

    #[test]
    fn a_link_that_asks_for_more_is_refused() {
        let long = format!("tripledash://open?path=/{}", "a".repeat(LONGEST));
        for text in [
            "https://open?tenant=acme",
            "tripledash://run?tenant=acme",
            "tripledash://open/tmp",
            "tripledash://open?folder=/etc",
            "tripledash://open?tenant=acme&tenant=globex",
            "tripledash://open?tenant=ACME",
            "tripledash://open?preview=a---b",
            "tripledash://open?path=//evil.example/",
            "tripledash://open?path=/%5Cevil.example/",
            "tripledash://open?path=x",
            "tripledash://open?workspace=",
            "tripledash://open?workspace=a%0Ab",
            &long,
            "",
        ] {
            assert!(text.parse::<DeepLink>().is_err(), "{text}");
        }
    }
}
