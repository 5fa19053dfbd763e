use super::*;
use crate::host::Host;
use crate::resolve::{NoUpstream, Resolved, resolve};
use crate::testing::snapshot;
use crate::workspace::{Absence, Access};

fn workspace(previews: &str) -> Workspace {
    let text =
        format!(r#"{{ "name": "w", "tenants": [{{ "id": "acme" }}], "previews": [{previews}] }}"#);
    Workspace::clone(&snapshot(&text).workspace)
}

fn at(upstream: &str) -> Upstream {
    Upstream::At(upstream.parse().unwrap())
}

fn branch(source: usize, branch: &str, upstream: Upstream) -> Found {
    Found {
        source,
        branch: Some(branch.to_owned()),
        title: branch.to_owned(),
        reference: format!("refs/heads/{branch}"),
        upstream,
        headers: Vec::new(),
    }
}

fn names(workspace: &Workspace, branches: &[(usize, &str)]) -> Vec<Option<String>> {
    let found: Vec<Found> = branches
        .iter()
        .map(|(source, name)| branch(*source, name, at("http://localhost:3000")))
        .collect();
    workspace.names_of(&found)
}

const GIT: &str = r#"{ "git": "." }"#;
const VERCEL: &str = r#"{ "vercel": { "project": "shop" } }"#;

#[test]
fn the_branch_that_is_spelt_like_the_name_has_it_and_the_others_a_hash() {
    let workspace = workspace(GIT);
    let found = names(
        &workspace,
        &[(0, "Feature/a"), (0, "feature-a"), (0, "feature/a")],
    );
    assert_eq!(found[1].as_deref(), Some("feature-a"));
    let hashed = |at: usize| {
        found[at]
            .as_deref()
            .unwrap()
            .strip_prefix("feature-a-")
            .unwrap()
    };
    assert_ne!(hashed(0), hashed(2));
    // Whatever order they are found in.
    let again = names(
        &workspace,
        &[(0, "feature/a"), (0, "Feature/a"), (0, "feature-a")],
    );
    assert_eq!(
        [&again[1], &again[2], &again[0]],
        [&found[0], &found[1], &found[2]]
    );
}

#[test]
fn names_stay_with_their_owners_whatever_the_order() {
    let workspace = workspace(GIT);
    let all: Vec<Found> = [
        "heads/x",
        "heads/y",
        "remotes/a/z",
        "remotes/b/z",
        "remotes/c/z",
        "remotes/d/z",
    ]
    .into_iter()
    .map(|reference| Found {
        reference: format!("refs/{reference}"),
        ..branch(0, "one/name", at("http://localhost:3000"))
    })
    .collect();
    let names = workspace.names_of(&all);
    assert_eq!(names[0].as_deref(), Some("one-name"));
    let told: HashSet<_> = names.iter().flatten().collect();
    assert_eq!(told.len(), all.len(), "{names:?}");
    // As after a fetch, which makes another the newest.
    let turned: Vec<Found> = all.iter().rev().cloned().collect();
    let again: Vec<_> = workspace.names_of(&turned).into_iter().rev().collect();
    assert_eq!(again, names);
}

#[test]
fn where_a_preview_is_does_not_depend_on_whether_it_is_there() {
    let absent = || {
        Upstream::Absent(Absence {
            reason: String::new(),
            fix: String::new(),
        })
    };
    for (upstream, here) in [
        ("http://localhost:3000", true),
        ("http://{tenant}.localhost:3000", true),
        ("http://shop.localhost:3000", true),
        ("http://[::1]:3000", true),
        ("http://127.0.0.2:3000", true),
        ("http://0.0.0.0:3000", true),
        ("https://localhost.acme.dev", false),
        ("https://127.acme.dev", false),
        ("https://{tenant}.acme.dev", false),
        ("https://main.acme.dev", false),
    ] {
        let named = format!(r#"{{ "name": "main", "branch": "main", "upstream": "{upstream}" }}"#);
        let workspace = workspace(&format!("{named}, {GIT}, {VERCEL}"));
        let local = [at("http://localhost:4000"), absent()];
        let remote = [at("https://shop-git-main.example"), absent()];
        for (source, upstreams) in [(0, local), (1, remote)] {
            for found in upstreams {
                let names = workspace.names_of(&[branch(source, "main", found)]);
                let is_the_files = names[0].is_none();
                assert_eq!(is_the_files, here == (source == 0), "{upstream}, {source}");
            }
        }
    }
}

#[test]
fn the_later_source_says_so_in_the_name() {
    let workspace = workspace(&format!("{GIT}, {VERCEL}"));
    let found = names(&workspace, &[(1, "main"), (0, "main"), (1, "new")]);
    let found: Vec<_> = found.iter().map(|name| name.as_deref().unwrap()).collect();
    assert_eq!(found, ["main-vercel", "main", "new"]);
}

#[test]
fn what_the_file_names_goes_before() {
    let named = r#"{ "name": "main", "branch": "main", "upstream": "http://localhost:3000" }"#;
    let workspace = workspace(&format!("{named}, {GIT}, {VERCEL}"));
    let found = [
        branch(0, "main", at("http://localhost:4000")),
        branch(1, "main", at("https://shop-git-main.example")),
    ];
    let names = workspace.names_of(&found);
    assert_eq!(names, [None, Some("main-vercel".to_owned())]);
    let whole = workspace.with(&Contributed {
        tenants: None,
        previews: found.to_vec(),
    });
    let main = whole.previews["main"].upstream.template().unwrap();
    assert_eq!(main.as_str(), "http://localhost:3000");
    assert_eq!(whole.previews.len(), 2);
}

#[test]
fn of_two_branches_of_one_name_the_file_names_one() {
    let workspace = workspace(
        r#"{ "name": "own", "branch": "main", "upstream": "http://localhost:3000" },
           { "name": "theirs", "branch": "fork/cart", "upstream": "http://localhost:3001" },
           { "git": "." }"#,
    );
    let of = |reference: &str, name: &str, title: &str| Found {
        title: title.to_owned(),
        reference: reference.to_owned(),
        ..branch(0, name, at("http://localhost:3000"))
    };
    let found = [
        of("refs/heads/main", "main", "main"),
        of("refs/remotes/fork/main", "main", "fork/main"),
        of("refs/heads/cart", "cart", "cart"),
        of("refs/remotes/fork/cart", "cart", "fork/cart"),
    ];
    let names = workspace.names_of(&found);
    let names: Vec<_> = names.iter().map(Option::as_deref).collect();
    assert_eq!(names, [None, Some("fork-main"), Some("cart"), None]);
}

#[test]
fn found_previews_have_what_their_source_says() {
    let text = r#"{ "name": "w", "tenants": [{ "id": "acme" }, { "id": "beta" }], "previews": [
        { "vercel": { "project": "shop" }, "host": "{tenant}.{branch}.example",
          "headers": { "X-Own": "1" }, "access": "read-only", "tenants": { "beta": null } }
    ] }"#;
    let mut snapshot = snapshot(text);
    let mut found = branch(0, "new/cart", at("https://shop-abc.example"));
    let header = |name: &str, value: &str| (name.to_owned(), value.parse().unwrap());
    found.headers = vec![header("x-own", "2"), header("x-other", "3")];
    let contributed = Contributed {
        tenants: None,
        previews: vec![found],
    };
    snapshot.workspace = Arc::new(snapshot.workspace.with(&contributed));
    let preview = &snapshot.workspace.previews["new-cart"];
    assert_eq!(preview.access, Access::ReadOnly);
    assert_eq!(preview.source, Some(0));
    let fields: Vec<_> = preview
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(fields, [("x-own", "1"), ("x-other", "3")]);
    let host: Host = "acme---new-cart.tripledash.localhost".parse().unwrap();
    let Resolved::Preview(resolved) = resolve(&host, &snapshot) else {
        panic!("a preview");
    };
    assert_eq!(
        resolved.host_sent(&snapshot).unwrap(),
        "acme.new/cart.example"
    );
    let left_out: Host = "beta---new-cart.tripledash.localhost".parse().unwrap();
    assert!(matches!(
        resolve(&left_out, &snapshot),
        Resolved::Unknown { .. }
    ));
}

#[test]
fn a_preview_that_leads_nowhere_says_why() {
    let mut snapshot = snapshot(r#"{ "name": "w", "previews": [{ "git": "." }] }"#);
    let absence = Absence {
        reason: "the dev server of new does not run".to_owned(),
        fix: "tripledash start new".to_owned(),
    };
    let contributed = Contributed {
        tenants: None,
        previews: vec![branch(0, "new", Upstream::Absent(absence.clone()))],
    };
    snapshot.workspace = Arc::new(snapshot.workspace.with(&contributed));
    let host: Host = "new.tripledash.localhost".parse().unwrap();
    let Resolved::Preview(resolved) = resolve(&host, &snapshot) else {
        panic!("a preview");
    };
    let wanted = NoUpstream::Nowhere {
        preview: "new".to_owned(),
        absence,
    };
    assert_eq!(resolved.upstream(&snapshot), Err(wanted));
}

#[test]
fn tenants_from_elsewhere_take_the_place_of_the_files() {
    let workspace = workspace("");
    let mut tenants = IndexMap::new();
    let acme = workspace.tenants["acme"].clone();
    tenants.insert(
        "globex".to_owned(),
        Tenant {
            id: "globex".to_owned(),
            ..acme
        },
    );
    let whole = workspace.with(&Contributed {
        tenants: Some(Arc::new(tenants)),
        previews: Vec::new(),
    });
    assert_eq!(whole.tenants.keys().collect::<Vec<_>>(), ["globex"]);
}
