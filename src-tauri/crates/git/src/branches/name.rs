//! What a reference is called by people.

use gix::bstr::{BStr, ByteSlice as _};

use super::BranchKind;

/// A reference's kind and name. A remote's own name may hold slashes, so the configured ones are
/// asked first.
pub(super) fn of(reference: &BStr, remotes: &[String]) -> Result<(BranchKind, String), String> {
    let Ok(text) = reference.to_str() else {
        return Err("its name is not UTF-8".to_owned());
    };
    if let Some(name) = text.strip_prefix("refs/heads/") {
        return Ok((BranchKind::Local, name.to_owned()));
    }
    let Some(rest) = text.strip_prefix("refs/remotes/") else {
        return Err("it is no branch".to_owned());
    };
    let configured = remotes
        .iter()
        .filter_map(|remote| {
            let name = rest.strip_prefix(remote.as_str())?.strip_prefix('/')?;
            Some((remote.as_str(), name))
        })
        .max_by_key(|(remote, _)| remote.len());
    let Some((remote, name)) = configured.or_else(|| rest.split_once('/')) else {
        return Err("it is of no remote".to_owned());
    };
    let remote = remote.to_owned();
    Ok((BranchKind::Remote { remote }, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remote_and_name_are_told_apart() {
        let remotes = [
            "origin".to_owned(),
            "team/fork".to_owned(),
            "team".to_owned(),
        ];
        let remote = |remote: &str, name: &str| {
            let remote = remote.to_owned();
            Ok((BranchKind::Remote { remote }, name.to_owned()))
        };
        for (reference, expected) in [
            (
                "refs/heads/feature/a/b",
                Ok((BranchKind::Local, "feature/a/b".to_owned())),
            ),
            ("refs/remotes/origin/main", remote("origin", "main")),
            ("refs/remotes/team/fork/a/b", remote("team/fork", "a/b")),
            ("refs/remotes/team/forks", remote("team", "forks")),
            ("refs/remotes/gone/a/b", remote("gone", "a/b")),
            ("refs/remotes/git-svn", Err("it is of no remote".to_owned())),
            ("refs/tags/v1", Err("it is no branch".to_owned())),
        ] {
            assert_eq!(of(reference.into(), &remotes), expected, "{reference}");
        }
    }
}
