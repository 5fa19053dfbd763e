//! Which form of `Host` an app understands, found by asking it.
//!
//! Apps disagree: one splits the browser's host at `---`, one takes the first label of
//! `*.localhost` whole, one knows only its own domain. So a handful of forms is tried, each for a
//! few tenants, and the answers are compared with those to two controls:
//!
//! - the same form with a tenant that surely does not exist;
//! - the upstream's own authority, which names no tenant.
//!
//! What counts, in this order: a rewrite that the app tells of and that has the tenant as a whole
//! segment of its path; a tenant that is served where one that does not exist is not; the tenant's
//! name in the answer, oftener than in the answers to others. Without a rewrite two tenants must
//! get different answers.
//!
//! Here is only what needs no socket: [`Plan`] says what to ask, [`judge()`] what the answers mean.

mod answer;
mod form;
mod judge;
mod marks;
mod plan;
mod sight;
mod verdict;

use serde::Serialize;

pub use self::answer::{Answer, Outcome};
pub use self::form::{Form, FormKind};
pub use self::judge::judge;
pub use self::plan::{Ask, InvalidPlan, NOBODY, Plan, Tenant, Wanted, Who};
pub use self::verdict::{Verdict, VerdictKind};

/// How sure it is that an app understands a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ProbeGrade))]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// It was not asked, or did not answer.
    Untried,
    /// It does not.
    Wrong,
    /// Much speaks for it.
    Likely,
    /// It does.
    Right,
}

/// What the app made of the forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ProbeReport))]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The preview's name.
    pub preview: String,
    /// Its upstream, as the file has it.
    pub upstream: String,
    /// The path asked for.
    pub path: String,
    /// The tenants asked as, by their ids in the workspace.
    pub tenants: Vec<String>,
    /// One row for each form, in the order tried; the controls last.
    pub forms: Vec<Row>,
    /// What to do.
    pub verdict: Verdict,
    /// What else was seen.
    pub remarks: Vec<Remark>,
}

/// What the app made of one form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ProbeRow))]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Which form.
    pub kind: FormKind,
    /// The template, as in the file; `None`: no `host` line at all.
    pub host: Option<String>,
    /// Whether the app understands it. A control has none.
    pub grade: Option<Grade>,
    /// Why, in a sentence.
    pub reason: String,
    /// The answers that it rests on.
    pub answers: Vec<Cell>,
}

/// One answer, as a table shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ProbeCell))]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    /// The tenant's id in the workspace; `None`: asked without a tenant.
    pub tenant: Option<String>,
    /// Whether the tenant was made up, to see what one that does not exist gets.
    pub made_up: bool,
    /// The `Host` sent, where one was.
    pub host: Option<String>,
    /// The status of the answer.
    pub status: Option<u16>,
    /// The path that the app rewrote to, where it tells of that.
    pub rewrite: Option<String>,
    /// Where it redirects to.
    pub location: Option<String>,
    /// What was seen of the tenant, or why there is no answer.
    pub seen: String,
}

/// Something else that the answers show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ProbeRemark))]
#[serde(rename_all = "camelCase")]
pub struct Remark {
    /// A stable name, such as `rewrite-external`.
    pub code: &'static str,
    /// What it is, in a sentence.
    pub message: String,
    /// What mends it.
    pub fix: Option<String>,
}

#[cfg(test)]
mod tests;
