//! What must hold for every input.
//!
//! A target takes bytes, makes of them what a browser, an upstream or a person might send, and
//! asserts what must hold of the answer: more than that nothing panics. The same targets run
//!
//! - under libFuzzer, which looks for new paths as long as it is let: `cargo xtask fuzz`;
//! - as a plain test over their seeds, every crash ever found, and a fixed number of mutations of
//!   these, always the same ones: `tests/replay.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a target that panics has found something"
)]

mod seeds;
mod targets;

/// A function over any input, and inputs to begin with.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it asserts.
    pub about: &'static str,
    /// Panics where the input breaks what must hold.
    pub run: fn(&[u8]),
    /// Inputs that reach far.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// How many mutations the plain test tries.
    pub tries: usize,
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target {
        name: "authority",
        about: "a host and port that parse are written so that they parse to the same",
        run: targets::authority::run,
        seeds: seeds::authority,
        tries: 20_000,
    },
    Target {
        name: "address",
        about: "a preview host leads to an address that leads back to it",
        run: targets::address::run,
        seeds: seeds::address,
        tries: 10_000,
    },
    Target {
        name: "pattern",
        about: "a path put together from what a pattern captured is the path",
        run: targets::pattern::run,
        seeds: seeds::pattern,
        tries: 1_000,
    },
    Target {
        name: "destination",
        about: "a rule leads to a path, whatever it captured, and takes values literally",
        run: targets::destination::run,
        seeds: seeds::destination,
        tries: 1_000,
    },
    Target {
        name: "workspace",
        about: "a file is a workspace or has an error at a place within it",
        run: targets::workspace::run,
        seeds: seeds::workspace,
        tries: 1_000,
    },
    Target {
        name: "cookie",
        about: "a cookie keeps its value and its other attributes, and comes back as it was",
        run: targets::cookie::run,
        seeds: seeds::cookie,
        tries: 5_000,
    },
    Target {
        name: "policy",
        about: "a policy loses two directives and no other",
        run: targets::policy::run,
        seeds: seeds::policy,
        tries: 5_000,
    },
    Target {
        name: "redirect",
        about: "an address that is changed keeps its path, and is changed once",
        run: targets::redirect::run,
        seeds: seeds::redirect,
        tries: 5_000,
    },
    Target {
        name: "inject",
        about: "a page is what it was but for one tag, however it is coded and cut",
        run: targets::inject::run,
        seeds: seeds::inject,
        tries: 1_000,
    },
    Target {
        name: "redact",
        about: "a secret is gone from a text, however it is encoded there",
        run: targets::redact::run,
        seeds: seeds::redact,
        tries: 10_000,
    },
    Target {
        name: "wire",
        about: "requests are told apart and read the same however they are cut, and as another \
                reader does",
        run: targets::wire::run,
        seeds: seeds::wire,
        tries: 10_000,
    },
    Target {
        name: "respond",
        about: "a response is read the same however it is cut, and as another reader does",
        run: targets::respond::run,
        seeds: seeds::respond,
        tries: 10_000,
    },
];

/// The target of a name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
