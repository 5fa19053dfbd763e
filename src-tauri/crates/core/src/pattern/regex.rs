//! From JavaScript's regular expressions to ours.
//!
//! The two syntaxes agree on almost everything that a route needs and differ in what would
//! silently mean something else: `\w` and `\d` are ASCII in JavaScript, `[` is an ordinary
//! character inside a class, a lone brace is a brace, any character may be escaped. What has no
//! counterpart is refused rather than guessed.

use super::tokens::{Modifier, Param, Refusal, Token};

/// Writes the regular expression of `tokens`, end excluded.
pub(super) fn route(tokens: &[Token]) -> Result<String, Refusal> {
    let mut route = String::new();
    for token in tokens {
        match token {
            Token::Text(text) => literal(text, &mut route),
            Token::Param(param) => parameter(param, &mut route)?,
        }
    }
    Ok(route)
}

fn parameter(param: &Param, route: &mut String) -> Result<(), Refusal> {
    let Param {
        prefix,
        suffix,
        modifier,
        ..
    } = param;
    let (mut before, mut after) = (String::new(), String::new());
    literal(prefix, &mut before);
    literal(suffix, &mut after);
    let mark = match modifier {
        Modifier::One => "",
        Modifier::Optional => "?",
        Modifier::Any => "*",
        Modifier::Many => "+",
    };
    if param.name.is_none() {
        if before.is_empty() && after.is_empty() {
            return Ok(());
        }
        route.push_str(&format!("(?:{before}{after}){mark}"));
        return Ok(());
    }
    let pattern = translate(&param.pattern, false)?;
    let bare = before.is_empty() && after.is_empty();
    if modifier.repeats() {
        if bare {
            return Err((
                0,
                "a repeated parameter needs text before or after it".to_owned(),
            ));
        }
        let optional = if modifier.optional() { "?" } else { "" };
        route.push_str(&format!(
            "(?:{before}((?:{pattern})(?:{after}{before}(?:{pattern}))*){after}){optional}"
        ));
    } else if bare {
        route.push_str(&format!("({pattern}){mark}"));
    } else {
        route.push_str(&format!("(?:{before}({pattern}){after}){mark}"));
    }
    Ok(())
}

fn literal(text: &str, out: &mut String) {
    for char in text.chars() {
        push_literal(char, out);
    }
}

fn push_literal(char: char, out: &mut String) {
    if char.is_ascii()
        && !char.is_ascii_alphanumeric()
        && !"_/ \"',<>%;@!`".contains(char)
        && !char.is_ascii_control()
    {
        out.push('\\');
    }
    out.push(char);
}

/// Translates one JavaScript pattern. `named` says whether named groups may appear.
pub(super) fn translate(js: &str, named: bool) -> Result<String, Refusal> {
    let chars: Vec<char> = js.chars().collect();
    let mut out = String::with_capacity(js.len() + 8);
    let mut at = 0;
    while let Some(&char) = chars.get(at) {
        at = match char {
            '\\' => escape(&chars, at, false, &mut out)?,
            '[' => class(&chars, at, &mut out)?,
            '(' => group(&chars, at, named, &mut out)?,
            '{' => brace(&chars, at, &mut out),
            ']' | '}' => {
                out.push('\\');
                out.push(char);
                at + 1
            }
            // A possessive quantifier or an atomic one has no meaning in JavaScript.
            '+' if matches!(chars.get(at.wrapping_sub(1)), Some('*' | '+' | '?' | '}'))
                && !escaped(&chars, at - 1) =>
            {
                return Err((at, "a quantifier after a quantifier".to_owned()));
            }
            // Extended mode is never on; these are ordinary.
            '#' | '&' | '~' | '-' => {
                push_literal(char, &mut out);
                at + 1
            }
            _ => {
                out.push(char);
                at + 1
            }
        };
    }
    Ok(out)
}

/// Whether the character at `at` is escaped by an odd run of backslashes before it.
fn escaped(chars: &[char], at: usize) -> bool {
    chars[..at].iter().rev().take_while(|c| **c == '\\').count() % 2 == 1
}

fn group(chars: &[char], at: usize, named: bool, out: &mut String) -> Result<usize, Refusal> {
    if chars.get(at + 1) != Some(&'?') {
        out.push('(');
        return Ok(at + 1);
    }
    match (chars.get(at + 2), chars.get(at + 3)) {
        (Some(kind @ (':' | '=' | '!')), _) => {
            out.push_str("(?");
            out.push(*kind);
            Ok(at + 3)
        }
        (Some('<'), Some(kind @ ('=' | '!'))) => {
            out.push_str("(?<");
            out.push(*kind);
            Ok(at + 4)
        }
        (Some('<'), _) if named => {
            out.push_str("(?<");
            Ok(at + 3)
        }
        (Some('<'), _) => Err((
            at,
            "a named group inside a group; name the parameter instead, as in :name(…)".to_owned(),
        )),
        _ => Err((at, "an unknown kind of group".to_owned())),
    }
}

/// `{2}`, `{2,}` and `{2,3}` are quantifiers; any other brace is a brace.
fn brace(chars: &[char], at: usize, out: &mut String) -> usize {
    let end = chars[at..]
        .iter()
        .position(|c| *c == '}')
        .map(|length| at + length);
    if let Some(end) = end {
        let body: String = chars[at + 1..end].iter().collect();
        let (least, most) = body.split_once(',').unwrap_or((&body, "0"));
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if !least.is_empty() && digits(least) && digits(most) && at > 0 {
            out.push('{');
            out.push_str(&body);
            out.push('}');
            return end + 1;
        }
    }
    out.push_str("\\{");
    at + 1
}

fn class(chars: &[char], start: usize, out: &mut String) -> Result<usize, Refusal> {
    let mut at = start + 1;
    let negated = chars.get(at) == Some(&'^');
    if negated {
        at += 1;
    }
    if chars.get(at) == Some(&']') {
        // `[]` matches nothing and `[^]` anything.
        out.push_str(if negated { "(?s:.)" } else { "(?!)" });
        return Ok(at + 1);
    }
    out.push_str(if negated { "[^" } else { "[" });
    while let Some(&char) = chars.get(at) {
        at = match char {
            ']' => {
                out.push(']');
                return Ok(at + 1);
            }
            '\\' => escape(chars, at, true, out)?,
            '-' => {
                range_or_hyphen(chars, at, start + 1 + usize::from(negated), out);
                at + 1
            }
            '[' | '&' | '~' | '^' => {
                out.push('\\');
                out.push(char);
                at + 1
            }
            _ => {
                out.push(char);
                at + 1
            }
        };
    }
    Err((start, "a character class that is not closed".to_owned()))
}

/// A hyphen is a range only between two single characters; at an edge, or beside a class such as
/// `\w`, it stands for itself.
fn range_or_hyphen(chars: &[char], at: usize, first: usize, out: &mut String) {
    let set = |index: usize| {
        matches!(chars.get(index), Some('d' | 'D' | 'w' | 'W' | 's' | 'S'))
            && index > 0
            && escaped(chars, index)
    };
    let edge = at == first || chars.get(at + 1) == Some(&']');
    let after_set = at > first && set(at - 1);
    let before_set = chars.get(at + 1) == Some(&'\\') && set(at + 2);
    if edge || after_set || before_set {
        out.push_str("\\-");
    } else {
        out.push('-');
    }
}

fn escape(chars: &[char], at: usize, in_class: bool, out: &mut String) -> Result<usize, Refusal> {
    let Some(&char) = chars.get(at + 1) else {
        return Err((at, "a backslash with nothing after it".to_owned()));
    };
    let (open, close) = if in_class { ("", "") } else { ("[", "]") };
    match char {
        'd' => out.push_str(&format!("{open}0-9{close}")),
        'w' => out.push_str(&format!("{open}0-9A-Za-z_{close}")),
        's' => out.push_str("\\s"),
        'D' => out.push_str("[^0-9]"),
        'W' => out.push_str("[^0-9A-Za-z_]"),
        'S' => out.push_str("\\S"),
        'b' if in_class => out.push_str("\\x08"),
        'b' => {
            out.push_str("(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))")
        }
        'B' if !in_class => {
            out.push_str("(?:(?<=[0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<![0-9A-Za-z_])(?![0-9A-Za-z_]))");
        }
        'n' | 'r' | 't' | 'f' | 'v' => {
            out.push('\\');
            out.push(char);
        }
        'x' | 'u' => {
            let digits = if char == 'x' { 2 } else { 4 };
            let code: String = chars.iter().skip(at + 2).take(digits).collect();
            let value = (code.len() == digits)
                .then(|| u32::from_str_radix(&code, 16).ok())
                .flatten();
            match value.map(char::from_u32) {
                Some(Some(char)) => {
                    push_literal(char, out);
                    return Ok(at + 2 + digits);
                }
                Some(None) => return Err((at, "half of a surrogate pair".to_owned())),
                None => push_literal(char, out),
            }
        }
        '0'..='9' | 'k' | 'c' | 'p' | 'P' => {
            return Err((at, format!("\\{char} is not supported in a rule")));
        }
        _ => push_literal(char, out),
    }
    Ok(at + 2)
}
