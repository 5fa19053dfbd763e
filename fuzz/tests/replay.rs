//! Every target over its seeds, the inputs that ever broke one, and a fixed number of mutations:
//! the same ones on every run, so that what fails here fails everywhere.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use tripledash_fuzz::{TARGETS, Target};

/// The longest input that mutations make.
const LONGEST: usize = 2048;

/// Numbers that are the same on every run (xorshift64*, Vigna 2016).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// One below `end`, or 0.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % end.max(1)
    }
}

/// Bytes that mean something to one parser or another.
const TELLING: &[&str] = &[
    ":",
    "/",
    "?",
    "#",
    "%",
    "%00",
    "%2e",
    "\\",
    "@",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "*",
    "+",
    "---",
    ".",
    ";",
    ",",
    "=",
    "\"",
    "'",
    "<",
    ">",
    "<head>",
    "<!--",
    "-->",
    "\n",
    "\r",
    "\0",
    "\u{e9}",
    "\u{130}",
    "xn--",
    "$1",
    "//",
    "http://",
    "localhost:3000",
    "(?!a)",
    "(?:",
    "|",
    "\r\n",
    "\r\n\r\n",
    "Host: a\r\n",
    "Content-Length: 3\r\n",
    "Transfer-Encoding: chunked\r\n",
    "GET / HTTP/1.1\r\n",
    "0\r\n",
];

/// Changes an input in one of the ways that find most: cut, doubled, joined with another, a byte
/// changed, something telling put in.
fn mutate(input: &mut Vec<u8>, seeds: &[Vec<u8>], numbers: &mut Numbers) {
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(input.len() + 1);
        match numbers.below(6) {
            0 => {
                let end = (at + 1 + numbers.below(8)).min(input.len());
                input.drain(at.min(end)..end);
            }
            1 => {
                let end = (at + 1 + numbers.below(16)).min(input.len());
                let piece = input[at.min(end)..end].to_vec();
                let times = 1 + numbers.below(4);
                input.splice(at..at, piece.repeat(times));
            }
            2 => {
                let other = &seeds[numbers.below(seeds.len())];
                let from = numbers.below(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            3 if at < input.len() => input[at] = numbers.next().to_le_bytes()[7],
            _ => {
                let telling = TELLING[numbers.below(TELLING.len())];
                input.splice(at..at, telling.bytes());
            }
        }
        input.truncate(LONGEST);
    }
}

/// Runs a target, and says how to see a failure again.
fn run(target: &Target, input: &[u8]) {
    let ran = catch_unwind(AssertUnwindSafe(|| (target.run)(input)));
    if ran.is_err() {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let file = folder.join(format!("{}-broken", target.name));
        std::fs::write(&file, input).unwrap();
        panic!(
            "{} broke on {:?}: keep {} as fuzz/found/{}/NAME, and mend it",
            target.name,
            String::from_utf8_lossy(input),
            file.display(),
            target.name,
        );
    }
}

fn replay(name: &str) {
    let target = tripledash_fuzz::target(name).unwrap();
    let mut seeds = (target.seeds)();
    let found = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("found")
        .join(name);
    for file in std::fs::read_dir(found).into_iter().flatten() {
        seeds.push(std::fs::read(file.unwrap().path()).unwrap());
    }
    for seed in &seeds {
        run(target, seed);
    }
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    for _ in 0..target.tries {
        let mut input = seeds[numbers.below(seeds.len())].clone();
        mutate(&mut input, &seeds, &mut numbers);
        run(target, &input);
    }
}

macro_rules! replays {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                replay(stringify!($name));
            }
        )*

        #[test]
        fn every_target_is_replayed() {
            let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(names, [$(stringify!($name)),*]);
        }
    };
}

replays! { authority address pattern destination workspace cookie policy redirect inject redact wire respond }
