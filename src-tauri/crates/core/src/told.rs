//! Errors, told to people.

use std::error::Error;

/// An error with all that caused it, in one line: what it says of its cause itself is not said
/// twice, and the system's numbers are left out.
pub fn told(error: &dyn Error) -> String {
    let mut text = plain(&error.to_string());
    let mut source = error.source();
    while let Some(cause) = source {
        let said = plain(&cause.to_string());
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        source = cause.source();
    }
    text
}

/// The system's words without its number: `Connection refused (os error 111)`.
fn plain(text: &str) -> String {
    let words = text.split_once(" (os error");
    match words.and_then(|(words, rest)| Some((words, rest.split_once(')')?.1))) {
        Some((words, rest)) => format!("{words}{rest}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot read {name}")]
    struct Unread {
        name: &'static str,
        source: io::Error,
    }

    #[derive(Debug, thiserror::Error)]
    #[error("nothing is open: {0}")]
    struct Closed(#[source] Unread);

    #[test]
    fn every_cause_is_told_once() {
        let source = io::Error::from_raw_os_error(2);
        let missing = plain(&source.to_string());
        assert!(!missing.contains("os error"), "{missing}");
        let unread = Unread {
            name: "a.json",
            source,
        };
        assert_eq!(told(&unread), format!("cannot read a.json: {missing}"));
        let closed = Closed(unread);
        let wanted = format!("nothing is open: cannot read a.json: {missing}");
        assert_eq!(told(&closed), wanted);
    }

    #[test]
    fn what_follows_the_number_stays() {
        assert_eq!(plain("not there (os error 2): a.json"), "not there: a.json");
        assert_eq!(plain("an (os error"), "an (os error");
    }
}
