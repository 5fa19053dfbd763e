//! The commands, one module each.

pub(crate) mod check;
pub(crate) mod explain;
pub(crate) mod serve;
pub(crate) mod url;
