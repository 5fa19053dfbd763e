//! A workspace: the tenants, previews, pages and rules of one app, as `tripledash.json` says.
//!
//! [`parse()`] reads the file's text. It is strict, and it reads on behind a fault: a person sees
//! everything that is wrong at once, each with its line and column.

mod compose;
#[cfg(any(test, feature = "schema"))]
pub mod format;
mod model;
mod pages;
mod parse;
mod previews;
mod problem;
mod reach;
mod reader;
mod rules;
mod source;
mod syntax;
mod tenants;
mod tls;
mod together;
mod tree;
mod variables;

pub use crate::diagnostic::Severity;
pub use compose::{Contributed, Found};
pub use model::*;
pub use parse::parse;
pub use problem::{
    Asker, CertificateUse, EnvironmentUse, Parsed, PreviewPlace, Problem, SourceUse, TenantUse,
};
pub use tree::LONGEST;
