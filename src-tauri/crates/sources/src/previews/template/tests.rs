use super::*;

fn listing(template: &str, branches: &[&str]) -> Listing {
    let branches = branches.iter().map(|branch| (*branch).to_owned()).collect();
    let slug = |branch: &str| branch.to_lowercase().replace(['/', '_'], "-");
    Template::new(template, branches, slug).unwrap().listing()
}

#[test]
fn every_branch_has_its_address() {
    let listing = listing(
        "https://{branch}.preview.acme.dev:8443/",
        &["main", "feature/Nav"],
    );
    let found: Vec<_> = listing
        .found
        .iter()
        .map(|found| {
            (
                found.branch.as_deref().unwrap(),
                found.upstream.as_deref().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("main", "https://main.preview.acme.dev:8443"),
            ("feature/Nav", "https://feature-nav.preview.acme.dev:8443"),
        ]
    );
    assert_eq!(listing.found[1].name_parts, ["feature/Nav"]);
    assert!(listing.notes.is_empty());
}

#[test]
fn branches_that_cannot_have_one_are_told_of() {
    let long = "x".repeat(60);
    let listing = listing(
        "https://app-{branch}.acme.dev",
        &["a/b", "a_b", &long, "ok"],
    );
    assert_eq!(listing.found.len(), 2);
    assert_eq!(
        listing.notes,
        [
            "the branches \"a/b\" and \"a_b\" would both be at https://app-a-b.acme.dev".to_owned(),
            format!(
                "the branch {long:?} has no preview: https://app-{long}.acme.dev has a label of 64 octets, 1 more than the \
                 63 there may be"
            ),
        ]
    );
}

#[test]
fn a_scheme_is_an_origin_with_the_variable_in_its_host() {
    for (template, why) in [
        ("https://preview.acme.dev", "it has no {branch}"),
        (
            "https://{branch}.{tenant}.acme.dev",
            "{branch} is the one variable there is",
        ),
        (
            "https://acme.dev/{branch}",
            "an origin ends with its host or its port",
        ),
        (
            "https://{branch}.acme.dev/?a",
            "an origin ends with its host or its port",
        ),
        (
            "https://{branch}@acme.dev",
            "an origin has no user's name in it",
        ),
        (
            "ftp://{branch}.acme.dev",
            "it does not start with https:// or http://",
        ),
        ("{branch}.acme.dev", "it is no URL"),
    ] {
        let error = Template::new(template, Vec::new(), str::to_owned).unwrap_err();
        assert_eq!((error.why, error.template.as_str()), (why, template));
    }
}
