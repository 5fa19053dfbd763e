//! JSON's own grammar: what is not JSON is told of in words, and where the slip is a common one
//! (a comment, a comma too many or too few, single quotes, bare keys) reading goes on behind it.

mod brackets;

use jsonc_parser::common::Range;
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::tokens::{Token, TokenAndRange};
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use super::reader::{Reader, quote};
use super::tree::{LONGEST, Tree, strict};
use crate::diagnostic::Severity;

/// The tree of a text. `None` where nothing can be made of it; then a problem says why.
pub(super) fn tree<'t>(text: &'t str, reader: &mut Reader<'_>) -> Option<Tree<'t>> {
    if text.len() > LONGEST {
        let found = format!("{} octets", text.len());
        let wanted = format!("at most {LONGEST}");
        let message = format!("the file is too long: found {found}, wanted {wanted}");
        reader.tell(Severity::Error, 0, &found, &wanted, message, None);
        return None;
    }
    strict(text).or_else(|| parsed(text, reader))
}

/// What the JSON parser makes of a text: slower, and it can say what is wrong.
fn parsed<'t>(text: &'t str, reader: &mut Reader<'_>) -> Option<Tree<'t>> {
    let error = match parse_to_ast(text, &CollectOptions::default(), &options(false)) {
        Ok(parsed) => {
            if parsed.value.is_none() {
                let message =
                    "the file is empty, wanted an object like { \"name\": \"my-app\" }".to_owned();
                reader.tell(
                    Severity::Error,
                    text.len(),
                    "nothing",
                    "an object",
                    message,
                    None,
                );
            }
            return parsed.value.map(|value| Tree::of(text, &value));
        }
        Err(error) => error,
    };
    let collect = CollectOptions {
        comments: CommentCollectionStrategy::AsTokens,
        tokens: true,
    };
    let told = reader.problems.len();
    let tree = match parse_to_ast(text, &collect, &options(true)) {
        Ok(parsed) => {
            slips(&parsed.tokens.unwrap_or_default(), reader);
            parsed.value.map(|value| Tree::of(text, &value))
        }
        Err(error) => {
            tell(&error, reader);
            return None;
        }
    };
    // What the strict grammar refused and no slip explains still has to be said.
    if reader.problems.len() == told {
        tell(&error, reader);
    }
    tree
}

pub(super) fn options(loose: bool) -> ParseOptions {
    ParseOptions {
        allow_comments: loose,
        allow_loose_object_property_names: loose,
        allow_trailing_commas: loose,
        allow_missing_commas: loose,
        allow_single_quoted_strings: loose,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

/// Tells of every slip that the loose grammar let through.
fn slips(tokens: &[TokenAndRange<'_>], reader: &mut Reader<'_>) {
    let mut before: Option<&TokenAndRange<'_>> = None;
    for token in tokens {
        let at = token.range;
        match (&token.token, before.map(|before| &before.token)) {
            (Token::CommentLine(_) | Token::CommentBlock(_), _) => {
                slip(
                    reader,
                    at,
                    "a comment",
                    "JSON without comments",
                    "JSON has no comments: remove this one",
                );
                // A comment is between no two tokens.
                continue;
            }
            (Token::CloseBrace | Token::CloseBracket, Some(Token::Comma)) => {
                let comma = before.map_or(at, |before| before.range);
                let wanted = "no comma after the last item";
                slip(
                    reader,
                    comma,
                    "a trailing comma",
                    wanted,
                    "remove this comma",
                );
            }
            (Token::String(_), _) if reader.text.as_bytes().get(at.start) == Some(&b'\'') => {
                let found = reader.text.get(at.start..at.end).unwrap_or_default();
                // It may go on over many lines.
                let found = found.lines().next().unwrap_or_default().to_owned();
                slip(
                    reader,
                    at,
                    &found,
                    "a string in double quotes",
                    "write \" instead of '",
                );
            }
            (Token::Word(word), _) => {
                let hint = format!("write \"{word}\"");
                slip(reader, at, word, "a key in double quotes", &hint);
            }
            (next, Some(last)) if ends_a_value(last) && starts_a_value(next) => {
                let found = reader
                    .text
                    .get(at.start..at.end)
                    .map(quote)
                    .unwrap_or_default();
                slip(
                    reader,
                    at,
                    &found,
                    "a comma before it",
                    "put a comma between the two",
                );
            }
            _ => {}
        }
        before = Some(token);
    }
}

fn slip(reader: &mut Reader<'_>, range: Range, found: &str, wanted: &str, hint: &str) {
    let message = format!("found {found}, wanted {wanted}");
    reader.tell(
        Severity::Error,
        range.start,
        found,
        wanted,
        message,
        Some(hint.to_owned()),
    );
}

fn ends_a_value(token: &Token<'_>) -> bool {
    matches!(
        token,
        Token::String(_)
            | Token::Number(_)
            | Token::Boolean(_)
            | Token::Null
            | Token::CloseBrace
            | Token::CloseBracket
    )
}

fn starts_a_value(token: &Token<'_>) -> bool {
    matches!(
        token,
        Token::String(_)
            | Token::Number(_)
            | Token::Boolean(_)
            | Token::Null
            | Token::OpenBrace
            | Token::OpenBracket
    )
}

fn tell(error: &ParseError, reader: &mut Reader<'_>) {
    let range = error.range();
    if let Some((found, wanted)) = unclosed(error, reader) {
        let message = format!("this is not JSON: found {found}, wanted {wanted}");
        reader.tell(Severity::Error, range.start, &found, &wanted, message, None);
        return;
    }
    let there = reader.text.get(range.start..).unwrap_or_default();
    let found = match there.chars().next() {
        None => "the end of the file".to_owned(),
        Some('\n' | '\r') => "the end of the line".to_owned(),
        Some(_) => quote(
            reader
                .text
                .get(range.start..range.end)
                .unwrap_or(there)
                .lines()
                .next()
                .unwrap_or_default(),
        ),
    };
    let wanted = wanted(error.kind());
    let message = format!("this is not JSON: found {found}, wanted {wanted}");
    reader.tell(Severity::Error, range.start, &found, wanted, message, None);
}

/// What is found and wanted where a bracket is still open that should not be.
fn unclosed(error: &ParseError, reader: &Reader<'_>) -> Option<(String, String)> {
    let start = error.range().start;
    if matches!(
        error.kind(),
        ParseErrorKind::UnterminatedArray | ParseErrorKind::UnterminatedObject
    ) {
        // It is told of where it starts.
        let open = brackets::innermost(reader.text, start + 1)?;
        let found = format!("a {} that nothing closes", open.bracket);
        let wanted = format!("a {} before the end of the file", open.closing());
        return Some((found, wanted));
    }
    let found = reader.text.get(start..)?.chars().next()?;
    let open = brackets::innermost(reader.text, start)?;
    let (line, column) = reader.position(open.at);
    let closing = open.closing();
    let still_open = format!("the {} at {line}:{column}", open.bracket);
    match found {
        ']' | '}' if found != closing => Some((
            format!("{found:?}"),
            format!("a {closing} before it: {still_open} is still open"),
        )),
        ':' if open.bracket == '[' => Some((
            "a key in an array".to_owned(),
            format!("a {closing} before it: {still_open} is still open"),
        )),
        _ => None,
    }
}

fn wanted(kind: &ParseErrorKind) -> &'static str {
    match kind {
        ParseErrorKind::ExpectedColonAfterObjectKey => "a colon after the key",
        ParseErrorKind::ExpectedObjectValue => "a value after the colon",
        ParseErrorKind::ExpectedComma => "a comma",
        ParseErrorKind::ExpectedStringObjectProperty | ParseErrorKind::UnexpectedTokenInObject => {
            "a key in double quotes"
        }
        ParseErrorKind::MultipleRootJsonValues => "nothing after the end of the first object",
        ParseErrorKind::UnterminatedArray => "a ] that closes this array",
        ParseErrorKind::UnterminatedObject => "a } that closes this object",
        ParseErrorKind::UnterminatedCommentBlock => "no comments (this one does not even end)",
        ParseErrorKind::UnexpectedCloseBrace => "no } here: nothing that it could close is open",
        ParseErrorKind::UnexpectedCloseBracket => "no ] here: nothing that it could close is open",
        ParseErrorKind::UnexpectedWord => {
            "a string in double quotes, a number, true, false or null"
        }
        ParseErrorKind::String(_) => {
            "a string that ends in a double quote and has only JSON's escapes"
        }
        ParseErrorKind::NestingDepthExceeded => "less nesting",
        ParseErrorKind::CommentsNotAllowed => "JSON without comments",
        ParseErrorKind::TrailingCommasNotAllowed => "no comma after the last item",
        ParseErrorKind::SingleQuotedStringsNotAllowed => "a string in double quotes",
        ParseErrorKind::ExpectedDigit
        | ParseErrorKind::ExpectedDigitFollowingNegativeSign
        | ParseErrorKind::ExpectedPlusMinusOrDigitInNumberLiteral
        | ParseErrorKind::HexadecimalNumbersNotAllowed
        | ParseErrorKind::UnaryPlusNumbersNotAllowed
        | ParseErrorKind::BareDecimalPointNumbersNotAllowed
        | ParseErrorKind::NonFiniteNumbersNotAllowed => "a number as JSON writes it",
        _ => "a value: an object, an array, a string, a number, true, false or null",
    }
}
