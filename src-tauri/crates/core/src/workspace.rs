//! A workspace: the tenants, previews, pages and rules of one app, as `tripledash.json` says.

mod model;

pub use model::*;
