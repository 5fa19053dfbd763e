//! Patterns that take too many steps on some text, found before a request does.
//!
//! `(a+)+` can take a run of letters apart in as many ways as there are subsets of it, and a text
//! that fails only at its end has them all tried. Without a lookaround the expression runs in
//! linear time, whatever it says; with one it backtracks. So:
//!
//! - a source that has a lookaround, and something repeated that can match in several ways, is
//!   tried with texts that are made of its own characters and fail at their ends;
//! - one that gives up on any of them is costly, with that text as the evidence;
//! - and where leaving out one quantifier mends that without another verdict on any of the texts
//!   tried, the source without it is offered.
//!
//! A search, not a proof: what it misses is still given up at the request, and told then.

use super::tokens::{self, Token};
use super::{GaveUp, Mode, Pattern, ValuePattern};

/// How often a piece is repeated: enough for what doubles with each, and for what grows with their
/// third power.
const LONG: [usize; 2] = [32, 100];
/// How often, where it is asked what a source means.
const SHORT: [usize; 4] = [0, 1, 2, 3];
/// The most pieces that are tried.
const PIECES: usize = 12;

/// What makes a pattern too costly, and what would mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Costly {
    /// A text that it gives up on.
    pub example: String,
    /// A source that says the same and does not give up on that.
    pub instead: Option<String>,
}

/// Tries a path pattern.
pub(super) fn of_pattern(pattern: &Pattern) -> Option<Costly> {
    let (source, mode) = (pattern.as_str(), pattern.mode());
    if !is_suspicious(source) {
        return None;
    }
    search(source, &starts(source, mode), |source| {
        let pattern = Pattern::parse(source, mode).ok()?;
        Some(move |text: &str| Ok(pattern.try_matches(text)?.is_some()))
    })
}

/// Tries the value of a condition.
pub(super) fn of_value(pattern: &ValuePattern) -> Option<Costly> {
    let source = pattern.as_str();
    if !is_suspicious(source) {
        return None;
    }
    let letters = source.chars().take_while(char::is_ascii_alphanumeric);
    search(source, &[String::new(), letters.collect()], |source| {
        let pattern = ValuePattern::parse(source).ok()?;
        Some(move |text: &str| Ok(pattern.try_matches(text)?.is_some()))
    })
}

/// Looks for a text that `source` gives up on, and for a shorter source that does not.
fn search<M>(source: &str, starts: &[String], compile: impl Fn(&str) -> Option<M>) -> Option<Costly>
where
    M: Fn(&str) -> Result<bool, GaveUp>,
{
    let matches = compile(source)?;
    let example = texts(source, starts, &LONG).find(|text| matches(text).is_err())?;
    let instead = shorter(source).find(|shorter| {
        let Some(mended) = compile(shorter) else {
            return false;
        };
        mended(&example).is_ok()
            && texts(source, starts, &SHORT).all(|text| match (matches(&text), mended(&text)) {
                (Ok(first), Ok(mended)) => first == mended,
                (Err(GaveUp), Ok(_)) => true,
                (_, Err(GaveUp)) => false,
            })
            && texts(source, starts, &LONG).all(|text| mended(&text).is_ok())
    });
    Some(Costly { example, instead })
}

/// Whether it backtracks at all, and has a choice to make again and again: a repeated group with a
/// choice in it, or three runs of any length. Most sources need not be tried.
fn is_suspicious(source: &str) -> bool {
    let looks = ["(?=", "(?!", "(?<=", "(?<!", "\\b", "\\B"];
    if !looks.iter().any(|look| source.contains(look)) {
        return false;
    }
    let mut runs = 0;
    // Whether each open group has a choice in it.
    let mut open: Vec<bool> = Vec::new();
    let mut closed = false;
    let chars: Vec<char> = source.chars().collect();
    let mut at = 0;
    while let Some(&char) = chars.get(at) {
        let unbounded = match char {
            '*' | '+' => true,
            '{' => chars[at..]
                .iter()
                .position(|c| *c == '}')
                .is_some_and(|end| chars[at..at + end].contains(&',')),
            _ => false,
        };
        if unbounded {
            runs += 1;
            if closed || runs > 2 {
                return true;
            }
        }
        if unbounded || matches!(char, '|' | '?') && chars.get(at.wrapping_sub(1)) != Some(&'(') {
            open.iter_mut().for_each(|choice| *choice = true);
        }
        closed = false;
        match char {
            '\\' => at += 1,
            '(' => open.push(false),
            ')' => closed = open.pop().unwrap_or(false),
            _ => {}
        }
        at += 1;
    }
    false
}

/// The texts that are tried: a start, a piece many times over, and an end, which mostly fits nothing.
fn texts(source: &str, starts: &[String], times: &[usize]) -> impl Iterator<Item = String> {
    let pieces = pieces(source);
    let mut texts = Vec::new();
    for start in starts {
        for piece in &pieces {
            for times in times {
                let ends = ["!", "/!", "\u{1}", ""];
                let text = |end| format!("{start}{}{end}", piece.repeat(*times));
                texts.extend(ends.map(text));
            }
        }
    }
    texts.into_iter()
}

/// What a source may repeat: its own characters, and its own words.
fn pieces(source: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let words = source.split(|c: char| !c.is_ascii_alphanumeric());
    let chars = source
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-._".contains(*c));
    let own = chars
        .map(String::from)
        .chain(words.filter(|word| word.len() > 1).map(str::to_owned));
    let usual = ["a", "0", "-", "/a", "a/", " "].map(str::to_owned);
    for piece in usual.into_iter().chain(own) {
        if pieces.len() < PIECES && !pieces.contains(&piece) {
            pieces.push(piece);
        }
    }
    pieces
}

/// What may stand before each parameter: the text up to there, with a letter for each one before.
fn starts(source: &str, mode: Mode) -> Vec<String> {
    let mut starts = Vec::new();
    let mut text = String::new();
    for token in tokens::parse(source, mode).unwrap_or_default() {
        match token {
            Token::Text(literal) => text.push_str(&literal),
            Token::Param(param) => {
                text.push_str(&param.prefix);
                starts.push(text.clone());
                text.push('a');
                text.push_str(&param.suffix);
            }
        }
    }
    starts.truncate(4);
    starts
}

/// The source without one of its unbounded quantifiers, for each of them.
fn shorter(source: &str) -> impl Iterator<Item = String> {
    let marks = source.char_indices().filter(|(at, char)| {
        let escaped = source[..*at]
            .chars()
            .rev()
            .take_while(|c| *c == '\\')
            .count()
            % 2
            == 1;
        matches!(char, '*' | '+') && !escaped
    });
    marks.map(|(at, _)| format!("{}{}", &source[..at], &source[at + 1..]))
}
