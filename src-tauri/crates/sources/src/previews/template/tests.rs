use super::*;

fn listing(template: &str, branches: &[&str]) -> Listing {
    let branches = branches.iter().map(|branch| (*branch).to_owned()).collect();
    Template::new(template.parse().unwrap(), branches).listing()
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
        &["a/b", "a_b", &long, "ok", "日本語"],
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
            "the branch \"日本語\" has no preview: nothing in its name can stand in an address"
                .to_owned(),
        ]
    );
}

#[test]
fn other_variables_are_left_to_the_request() {
    let listing = listing("https://{branch}.{domain}", &["main"]);
    let found = listing.found[0].upstream.as_deref();
    assert_eq!(found, Some("https://main.{domain}"));
    assert!(listing.notes.is_empty(), "{:?}", listing.notes);
}
