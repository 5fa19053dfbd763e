//! The commands, one module each.

pub(crate) mod check;
pub(crate) mod explain;
pub(crate) mod init;
pub(crate) mod probe;
pub(crate) mod serve;
pub(crate) mod start;
pub(crate) mod stop;
pub(crate) mod url;

mod branch;
