//! Real repositories, made with the real `git`, that nothing of this machine's configuration
//! reaches.
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub)]

mod support;

mod branches;
mod copy;
mod finding;
mod full;
mod half;
mod left;
mod many;
mod prepare;
mod runs;
mod watch;
mod work;
mod worktrees;
