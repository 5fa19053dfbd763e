//! A small multi-tenant app with planted flaws, to look around in and to learn from.
//!
//! It behaves on the wire as a Next.js app with Vercel's reference middleware does: it reads the
//! tenant out of the `Host` it is sent, rewrites `/path` to `/{tenant}/path`, and says so in
//! `x-middleware-rewrite`. Each tenant teaches one lesson, and one preview has breaks to find.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod account;
mod app;
mod assets;
mod brands;
mod images;
mod live;
mod ports;
mod preview;
mod routes;
mod tenant;
mod views;
mod workspace;

pub use app::{Demo, StartDemo};
pub use ports::Ports;
pub use workspace::{EnsureWorkspace, ensure, workspace_text};
