//! The tenants as the window shows them.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use tripledash_core::workspace::{self, Workspace};

/// The tenants of a workspace, each with a colour. They are the workspace's own, because there may
/// be tens of thousands.
#[derive(Debug, Clone)]
pub struct Tenants {
    workspace: Arc<Workspace>,
}

/// One tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Tenant<'w> {
    /// Names it in addresses.
    pub id: &'w str,
    /// What a person calls it.
    pub name: &'w str,
    /// `#rrggbb`; from a palette where the file gives none.
    pub color: &'w str,
    /// Its own domains.
    pub domains: &'w [String],
    /// A BCP 47 tag.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub locale: Option<&'w str>,
    /// Free words to select by.
    pub tags: &'w [String],
}

/// Twelve colours that are told apart at a glance and carry text on light and on dark grounds.
const PALETTE: [&str; 12] = [
    "#3e63dd", "#30a46c", "#e5484d", "#8e4ec6", "#f76b15", "#12a594", "#d6409f", "#978365",
    "#0090ff", "#46a758", "#ffb224", "#6e56cf",
];

/// Which of the palette are taken by the tenants before.
#[derive(Default)]
struct Taken([bool; PALETTE.len()]);

// === impl Tenants ===

impl Tenants {
    pub(crate) fn of(workspace: Arc<Workspace>) -> Self {
        Self { workspace }
    }

    /// In the file's order.
    pub fn iter(&self) -> impl Iterator<Item = Tenant<'_>> {
        let mut taken = Taken::default();
        self.workspace.tenants.values().map(move |tenant| Tenant {
            id: &tenant.id,
            name: &tenant.name,
            color: taken.color(tenant),
            domains: &tenant.domains,
            locale: tenant.locale.as_deref(),
            tags: &tenant.tags,
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.workspace.tenants.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.workspace.tenants.is_empty()
    }
}

impl PartialEq for Tenants {
    fn eq(&self, other: &Self) -> bool {
        // Nearly always the same list, and else nearly always a change of it.
        self.workspace.tenants == other.workspace.tenants
    }
}

impl Serialize for Tenants {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

// === impl Taken ===

impl Taken {
    /// A tenant's colour: the file's, or one of the palette, picked by the id so that it stays
    /// when tenants come and go, and stepped on from so that the first dozen all differ.
    fn color<'w>(&mut self, tenant: &'w workspace::Tenant) -> &'w str {
        if let Some(color) = &tenant.color {
            return color;
        }
        let Self(taken) = self;
        if taken.iter().all(|&taken| taken) {
            *taken = [false; PALETTE.len()];
        }
        let wanted = tenant.id.bytes().fold(0_usize, |sum, byte| {
            sum.wrapping_mul(31) + usize::from(byte)
        });
        let place = (0..PALETTE.len())
            .map(|step| (wanted.wrapping_add(step)) % PALETTE.len())
            .find(|&place| !taken[place])
            .unwrap_or(0);
        taken[place] = true;
        PALETTE[place]
    }
}
