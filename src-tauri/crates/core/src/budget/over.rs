//! Which tenants are over the octet budget, each against each preview: told by length, so that
//! 50,000 tenants on a hundred previews are no five million labels.

use serde::Serialize;

use super::limits::shorter;
use crate::address::PreviewAddress;
use crate::host::MAX_LABEL;
use crate::label::SEPARATOR;
use crate::workspace::{Preview, Tenancy, Workspace};

/// How many tenants of a preview are named.
const NAMED: usize = 5;

/// A preview on which some tenants have a label that is too long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OverBudget {
    /// The preview's name.
    pub preview: String,
    /// How many tenants are over.
    pub count: usize,
    /// The first few of them, the longest first.
    pub tenants: Vec<String>,
    /// How many octets the longest is over.
    pub over: usize,
    /// What would bring the longest back.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub fix: Option<String>,
}

/// Every preview on which tenants are over the budget, in the order of the previews. The labels are
/// those of the preview hosts here; where the tenants are in the path, none is too long.
///
/// ```
/// use tripledash_core::budget::over_budget;
/// use tripledash_core::workspace::parse;
///
/// let text = r#"{ "name": "w", "tenants": [{ "id": "acme" }, { "id": "a-tenant-with-a-long-name" }],
///   "previews": [{ "name": "main", "upstream": "http://localhost:3000" },
///     { "name": "feature-that-has-a-long-name-of-its-own", "upstream": "http://localhost:3001" }] }"#;
/// let workspace = parse(text, "t.json").workspace.unwrap();
/// let found = over_budget(&workspace);
/// assert_eq!(found.len(), 1);
/// assert_eq!((found[0].count, found[0].over), (1, 4));
/// assert_eq!(found[0].tenants, ["a-tenant-with-a-long-name"]);
/// ```
pub fn over_budget(workspace: &Workspace) -> Vec<OverBudget> {
    let named = workspace.prefix.iter().any(|name| name == "tenant");
    if workspace.tenancy == Tenancy::Path || !named {
        return Vec::new();
    }
    let room = |preview: &Preview| {
        // Every other part has a letter at least.
        let others = (workspace.prefix.len() - 1) * (1 + SEPARATOR.len());
        let taken = SEPARATOR.len() + preview.name.len() + others;
        // Less than none where the preview alone is too long.
        MAX_LABEL as isize - taken as isize
    };
    let Some(least) = workspace.previews.values().map(room).min() else {
        return Vec::new();
    };
    let mut long: Vec<&str> = workspace
        .tenants
        .keys()
        .map(String::as_str)
        .filter(|id| beyond(id, least))
        .collect();
    // Equally long ones stay in their order.
    long.sort_by_key(|id| std::cmp::Reverse(id.len()));
    let found = workspace.previews.values().filter_map(|preview| {
        let room = room(preview);
        let over = &long[..long.partition_point(|id| beyond(id, room))];
        let is_there = |id: &&&str| preview.tenants.get(**id) != Some(&None);
        let left_out = preview.tenants.iter().filter(|(id, name)| {
            name.is_none() && beyond(id, room) && workspace.tenants.contains_key(*id)
        });
        let count = over.len() - left_out.count();
        let tenants: Vec<String> = over
            .iter()
            .filter(is_there)
            .take(NAMED)
            .map(|id| (*id).to_owned())
            .collect();
        let longest = tenants.first()?;
        let over = (longest.len() as isize - room).unsigned_abs();
        let address = PreviewAddress {
            parts: vec![longest.clone()],
            preview: preview.name.clone(),
            session: None,
        };
        Some(OverBudget {
            preview: preview.name.clone(),
            count,
            over,
            fix: shorter(&address, over, workspace),
            tenants,
        })
    });
    found.collect()
}

/// Whether an id takes more octets than there is room.
fn beyond(id: &str, room: isize) -> bool {
    id.len() as isize > room
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::budget::{Budget, build_address};
    use crate::testing::snapshot;

    fn workspace(tenants: &[String], previews: &[String], more: &str) -> String {
        let tenants: Vec<String> = tenants
            .iter()
            .map(|id| format!("{{ \"id\": \"{id}\" }}"))
            .collect();
        let previews: Vec<String> = previews
            .iter()
            .map(|name| {
                format!(
                    "{{ \"name\": \"{name}\", \"upstream\": \"http://localhost:3000\" {more} }}"
                )
            })
            .collect();
        format!(
            "{{ \"name\": \"w\", \"tenants\": [{}], \"previews\": [{}] }}",
            tenants.join(","),
            previews.join(",")
        )
    }

    fn words(lengths: &[usize]) -> Vec<String> {
        let word = |(at, length): (usize, &usize)| format!("{at:0>width$}", width = length.max(&2));
        lengths.iter().enumerate().map(word).collect()
    }

    proptest! {
        /// By length it comes to the same as by every pair.
        #[test]
        fn each_tenant_counts_against_each_preview(
            tenants in proptest::collection::vec(2_usize..63, 1..12),
            previews in proptest::collection::vec(2_usize..63, 1..6),
        ) {
            let (tenants, previews) = (words(&tenants), words(&previews));
            let left_out = format!(", \"tenants\": {{ \"{}\": null }}", tenants[0]);
            let snapshot = snapshot(&workspace(&tenants, &previews, &left_out));
            let found = over_budget(&snapshot.workspace);
            for preview in &previews {
                let over: Vec<&String> = tenants[1..]
                    .iter()
                    .filter(|tenant| Budget::of(&format!("{tenant}---{preview}")).over > 0)
                    .collect();
                let told = found.iter().find(|found| found.preview == *preview);
                prop_assert_eq!(told.map_or(0, |told| told.count), over.len());
                let most = over
                    .iter()
                    .map(|tenant| Budget::of(&format!("{tenant}---{preview}")).over)
                    .max();
                prop_assert_eq!(told.map(|told| told.over), most);
                for tenant in told.iter().flat_map(|told| &told.tenants) {
                    prop_assert!(over.contains(&tenant));
                    let address = build_address(&snapshot, Some(tenant), preview, None, "/");
                    prop_assert!(address.problems.iter().any(|problem| problem.code == "label-over-budget"));
                }
            }
        }
    }

    #[test]
    fn many_tenants_are_counted_and_few_are_named() {
        let mut tenants: Vec<String> = (0..50_000)
            .map(|at| format!("tenant-number-{at:0>30}"))
            .collect();
        tenants.push("x".repeat(50));
        let previews: Vec<String> = (0..100).map(|at| format!("feature-{at:0>20}")).collect();
        let snapshot = snapshot(&workspace(&tenants, &previews, ""));
        let found = over_budget(&snapshot.workspace);
        assert_eq!(found.len(), 100);
        for found in found {
            assert_eq!((found.count, found.over), (50_001, 18));
            assert_eq!(found.tenants.len(), NAMED);
            assert_eq!(found.tenants[0], "x".repeat(50));
            assert_eq!(found.tenants[1], tenants[0]);
        }
    }

    #[test]
    fn other_parts_need_room_too_and_paths_none() {
        let tenants = ["a".repeat(50)];
        let text = workspace(&tenants, &["main".to_owned()], "");
        let count = |more: &str| {
            let text = text.replacen("\"name\": \"w\"", &format!("\"name\": \"w\"{more}"), 1);
            over_budget(&snapshot(&text).workspace).len()
        };
        assert_eq!(count(""), 0);
        assert_eq!(
            count(", \"prefix\": [\"locale\", \"region\", \"tenant\"]"),
            1
        );
        let longer = workspace(&["a".repeat(60)], &["main".to_owned()], "");
        assert_eq!(over_budget(&snapshot(&longer).workspace).len(), 1);
        let parts = longer.replacen(
            "{",
            "{ \"prefix\": [\"locale\", \"region\", \"tenant\"],",
            1,
        );
        let parts = parts
            .replace("main", &"m".repeat(60))
            .replace(&"a".repeat(60), "acme");
        // x---y---acme---mmm…: 4 + 4 + 4 + 3 + 60 octets.
        assert_eq!(over_budget(&snapshot(&parts).workspace)[0].over, 75 - 63);
        let in_path = longer.replacen("{", "{ \"tenancy\": { \"kind\": \"path\" },", 1);
        assert_eq!(over_budget(&snapshot(&in_path).workspace), []);
    }
}
