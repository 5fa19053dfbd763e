//! Which tenants do not fit which previews, as the window shows it.

use serde::{Serialize, Serializer};
use std::sync::Arc;
use tripledash_core::Workspace;
use tripledash_core::budget::{self, over_budget};

/// How many previews are told of.
const TOLD: usize = 20;

/// Where tenants do not fit previews: tenant and preview share one label of an address, which has
/// 63 octets.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = OverBudgets))]
#[serde(rename_all = "camelCase")]
pub struct OverBudget {
    /// How many previews there are that some tenants do not fit.
    pub count: usize,
    /// The first twenty of them: how many tenants, which, by how many octets, and what would do.
    pub previews: Vec<budget::OverBudget>,
}

// === impl OverBudget ===

impl OverBudget {
    /// Of a whole workspace. It looks at each tenant once, and at each preview.
    pub(crate) fn of(workspace: &Workspace) -> Self {
        let mut previews = over_budget(workspace);
        let count = previews.len();
        previews.truncate(TOLD);
        Self { count, previews }
    }
}

pub(super) fn inner<S: Serializer>(
    shared: &Arc<OverBudget>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    (**shared).serialize(serializer)
}
