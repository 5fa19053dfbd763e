//! What libFuzzer drives. It brings its own `main`; `cargo xtask fuzz` builds and starts it.

#![no_main]

use std::path::Path;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use tripledash_fuzz::{TARGETS, Target, target};

/// libFuzzer's callback takes nothing but the input.
static CHOSEN: OnceLock<&'static Target> = OnceLock::new();

fuzz_target!(
    init: {
        let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        let chosen = target(&name).unwrap_or_else(|| panic!("FUZZ_TARGET is {name:?}, wanted one of {names:?}"));
        if let Some(folder) = std::env::var_os("FUZZ_SEEDS") {
            for (number, seed) in (chosen.seeds)().into_iter().enumerate() {
                let file = Path::new(&folder).join(format!("seed-{number:03}"));
                std::fs::write(&file, seed).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            }
        }
        CHOSEN.get_or_init(|| chosen);
    },
    |input: &[u8]| {
        if let Some(target) = CHOSEN.get() {
            (target.run)(input);
        }
    }
);
