//! Every command says what it takes, at once and without building anything.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::process::Command;

fn said(words: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(words)
        // Nothing that it could call is found.
        .env("PATH", "")
        .env_remove("CARGO")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code(), text)
}

#[test]
fn every_command_has_its_help() {
    for name in ["run", "test", "screenshots", "gen", "bench", "soak", "fuzz"] {
        for word in ["--help", "-h"] {
            let (code, text) = said(&[name, word]);
            assert_eq!(code, Some(0), "{name} {word}");
            assert!(
                text.contains(&format!("Usage: cargo xtask {name}")),
                "{name} {word}: {text}"
            );
        }
        let (_, overview) = said(&[]);
        assert!(overview.contains(&format!("\n  {name} ")), "{overview}");
    }
}

#[test]
fn help_is_asked_for_behind_other_words_too() {
    let (code, text) = said(&["soak", "--minutes", "1", "--help"]);
    assert_eq!(code, Some(0));
    assert!(text.contains("--seed"), "{text}");
}

#[test]
fn a_command_that_there_is_not_is_misuse() {
    assert_eq!(said(&["no-such", "--help"]).0, Some(2));
}
