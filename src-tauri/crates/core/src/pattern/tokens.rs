//! The syntax of path-to-regexp 6, read into tokens.
//!
//! Kept as close to that library's own grammar as can be, odd corners included: a rule that an
//! app's router accepts must be accepted here, and mean the same.

use super::Mode;

/// What a parameter is called: its name, or its place among the unnamed ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    Named(String),
    Unnamed(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Modifier {
    One,
    Optional,
    Any,
    Many,
}

impl Modifier {
    pub(super) fn repeats(self) -> bool {
        matches!(self, Self::Any | Self::Many)
    }

    pub(super) fn optional(self) -> bool {
        matches!(self, Self::Optional | Self::Any)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Text(String),
    Param(Param),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Param {
    /// `None` for a bare group such as `{/}?`, which captures nothing.
    pub(super) name: Option<Name>,
    pub(super) prefix: String,
    pub(super) suffix: String,
    /// As written, in JavaScript's syntax; empty for a bare group.
    pub(super) pattern: String,
    pub(super) modifier: Modifier,
}

/// Where reading stopped (in characters from the start), and why.
pub(super) type Refusal = (usize, String);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Modifier,
    Escaped,
    Open,
    Close,
    Name,
    Pattern,
    Char,
    End,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Modifier => "a modifier (*, + or ?)",
            Self::Escaped => "an escaped character",
            Self::Open => "{",
            Self::Close => "}",
            Self::Name => "a parameter",
            Self::Pattern => "a group",
            Self::Char => "a character",
            Self::End => "the end",
        }
    }
}

struct Lexeme {
    kind: Kind,
    at: usize,
    value: String,
}

fn lex(source: &str) -> Result<Vec<Lexeme>, Refusal> {
    let chars: Vec<char> = source.chars().collect();
    let mut lexemes = Vec::with_capacity(chars.len() + 1);
    let mut at = 0;
    while let Some(&char) = chars.get(at) {
        let start = at;
        at += 1;
        let (kind, value) = match char {
            '*' | '+' | '?' => (Kind::Modifier, char.to_string()),
            '\\' => {
                let Some(escaped) = chars.get(at) else {
                    return Err((start, "a backslash with nothing after it".to_owned()));
                };
                at += 1;
                (Kind::Escaped, escaped.to_string())
            }
            '{' => (Kind::Open, char.to_string()),
            '}' => (Kind::Close, char.to_string()),
            ':' => {
                let name: String = chars[at..]
                    .iter()
                    .take_while(|c| c.is_ascii_alphanumeric() || **c == '_')
                    .collect();
                if name.is_empty() {
                    return Err((start, "a colon with no parameter name after it".to_owned()));
                }
                at += name.len();
                (Kind::Name, name)
            }
            '(' => {
                let (pattern, end) = group(&chars, at)?;
                at = end;
                (Kind::Pattern, pattern)
            }
            _ => (Kind::Char, char.to_string()),
        };
        lexemes.push(Lexeme {
            kind,
            at: start,
            value,
        });
    }
    lexemes.push(Lexeme {
        kind: Kind::End,
        at: chars.len(),
        value: String::new(),
    });
    Ok(lexemes)
}

/// Reads a group's pattern, from after its `(` to its `)`, and says where it ends.
fn group(chars: &[char], start: usize) -> Result<(String, usize), Refusal> {
    if chars.get(start) == Some(&'?') {
        return Err((
            start,
            "a group cannot start with \"?\"; put the lookahead inside the group".to_owned(),
        ));
    }
    let mut depth = 1;
    let mut pattern = String::new();
    let mut at = start;
    while let Some(&char) = chars.get(at) {
        if char == '\\' {
            pattern.push(char);
            pattern.extend(chars.get(at + 1));
            at += 2;
            continue;
        }
        if char == ')' {
            depth -= 1;
            if depth == 0 {
                if pattern.is_empty() {
                    return Err((start - 1, "an empty group".to_owned()));
                }
                return Ok((pattern, at + 1));
            }
        } else if char == '(' {
            depth += 1;
            if chars.get(at + 1) != Some(&'?') {
                return Err((
                    at,
                    "a capturing group inside a group; write (?:…)".to_owned(),
                ));
            }
        }
        pattern.push(char);
        at += 1;
    }
    Err((start - 1, "a group that is not closed".to_owned()))
}

struct Parser {
    lexemes: std::iter::Peekable<std::vec::IntoIter<Lexeme>>,
    delimiter: &'static str,
    tokens: Vec<Token>,
    unnamed: usize,
}

impl Parser {
    fn take(&mut self, kind: Kind) -> Option<String> {
        self.lexemes
            .next_if(|lexeme| lexeme.kind == kind)
            .map(|lexeme| lexeme.value)
    }

    fn expect(&mut self, kind: Kind) -> Result<(), Refusal> {
        match self.lexemes.next() {
            Some(lexeme) if lexeme.kind == kind => Ok(()),
            Some(lexeme) => {
                let (found, wanted) = (lexeme.kind.word(), kind.word());
                Err((lexeme.at, format!("{found} where {wanted} was wanted")))
            }
            None => Err((0, format!("nothing where {} was wanted", kind.word()))),
        }
    }

    fn text(&mut self) -> String {
        let mut text = String::new();
        while let Some(part) = self.take(Kind::Char).or_else(|| self.take(Kind::Escaped)) {
            text.push_str(&part);
        }
        text
    }

    fn modifier(&mut self) -> Modifier {
        match self.take(Kind::Modifier).as_deref() {
            Some("?") => Modifier::Optional,
            Some("*") => Modifier::Any,
            Some("+") => Modifier::Many,
            _ => Modifier::One,
        }
    }

    fn name(&mut self, name: Option<String>) -> Name {
        name.map_or_else(
            || {
                self.unnamed += 1;
                Name::Unnamed(self.unnamed - 1)
            },
            Name::Named,
        )
    }

    fn flush(&mut self, path: &mut String) {
        if !path.is_empty() {
            self.tokens.push(Token::Text(std::mem::take(path)));
        }
    }

    /// The pattern of a parameter that has none of its own: up to the next delimiter, and never
    /// over the text before it.
    fn default_pattern(&self, prefix: &str, at: usize) -> Result<String, Refusal> {
        let before = match (prefix, self.tokens.last()) {
            ("", Some(Token::Text(text))) => text.as_str(),
            ("", Some(Token::Param(_))) => {
                return Err((at, "two parameters with no text between them".to_owned()));
            }
            (prefix, _) => prefix,
        };
        let delimiter = escape_js(self.delimiter);
        if before.is_empty() || before.contains(|c| self.delimiter.contains(c)) {
            return Ok(format!("[^{delimiter}]+?"));
        }
        Ok(format!("(?:(?!{})[^{delimiter}])+?", escape_js(before)))
    }
}

/// Reads `source` into tokens.
pub(super) fn parse(source: &str, mode: Mode) -> Result<Vec<Token>, Refusal> {
    let mut parser = Parser {
        lexemes: lex(source)?.into_iter().peekable(),
        delimiter: mode.delimiter(),
        tokens: Vec::new(),
        unnamed: 0,
    };
    let mut path = String::new();
    loop {
        let at = parser.lexemes.peek().map_or(0, |lexeme| lexeme.at);
        let char = parser.take(Kind::Char);
        let name = parser.take(Kind::Name);
        let pattern = parser.take(Kind::Pattern);
        if name.is_some() || pattern.is_some() {
            let mut prefix = char.unwrap_or_default();
            if !matches!(prefix.as_str(), "" | "." | "/") {
                path.push_str(&prefix);
                prefix.clear();
            }
            parser.flush(&mut path);
            let name = parser.name(name);
            let pattern = match pattern {
                Some(pattern) => pattern,
                None => parser.default_pattern(&prefix, at)?,
            };
            let modifier = parser.modifier();
            let param = Param {
                name: Some(name),
                prefix,
                suffix: String::new(),
                pattern,
                modifier,
            };
            parser.tokens.push(Token::Param(param));
            continue;
        }
        if let Some(text) = char.or_else(|| parser.take(Kind::Escaped)) {
            path.push_str(&text);
            continue;
        }
        parser.flush(&mut path);
        if parser.take(Kind::Open).is_none() {
            parser.expect(Kind::End)?;
            return Ok(parser.tokens);
        }
        let prefix = parser.text();
        let name = parser.take(Kind::Name);
        let pattern = parser.take(Kind::Pattern);
        let suffix = parser.text();
        parser.expect(Kind::Close)?;
        let (name, pattern) = match (name, pattern) {
            (None, None) => (None, String::new()),
            (name, Some(pattern)) => (Some(parser.name(name)), pattern),
            (name, None) => (
                Some(parser.name(name)),
                parser.default_pattern(&prefix, at)?,
            ),
        };
        let modifier = parser.modifier();
        parser.tokens.push(Token::Param(Param {
            name,
            prefix,
            suffix,
            pattern,
            modifier,
        }));
    }
}

/// Escapes what JavaScript's regular expressions read as syntax.
pub(super) fn escape_js(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        if ".+*?=^!:${}()[]|/\\".contains(char) {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}
