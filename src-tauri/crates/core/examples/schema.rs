//! Prints the JSON Schema of `tripledash.json`; `cargo xtask gen` keeps it in `docs/`.
#![allow(clippy::print_stdout, reason = "what it prints is what it is for")]

fn main() {
    print!("{}", tripledash_core::workspace::format::schema_json());
}
