//! Blank lines, which are their author's.

/// The text after an edit with the blank lines that it had before: the tree drops those at both ends
/// of a list or an object that something is put into.
pub(super) fn keep_blank_lines(before: &str, after: &str) -> String {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let mut text = String::with_capacity(before.len() + after.len() / 8);
    let mut at = 0;
    for line in after.split_inclusive('\n') {
        let blanks = old[at..].iter().take_while(|line| is_blank(line)).count();
        if is_blank(line) {
            at += usize::from(blanks > 0);
        } else if old.get(at + blanks).is_some_and(|old| is_still(old, line)) {
            text.extend(old[at..at + blanks].iter().copied());
            at += blanks + 1;
        }
        // Any other is new. What follows one that was taken away is all new in this sense, and stays as
        // the tree has it.
        text.push_str(line);
    }
    text
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// Whether it is the same line; it may have got a comma, or lost it.
fn is_still(old: &str, new: &str) -> bool {
    let bare = |line: &str| -> usize { line.trim_end().trim_end_matches(',').len() };
    old[..bare(old)] == new[..bare(new)]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{List, PlaceEdit, Step, append, edit_at, patch};

    const SPACED: &str = "{\n\n  \"name\": \"shop\",\n\n  \"tenants\": [\n\n    { \"id\": \"acme\" },\n\n    \
        { \"id\": \"globex\" }\n\n  ],\n\n  \"previews\": [\n\n    {\n\n      \"name\": \"main\",\n      \
        \"upstream\": \"http://localhost:3000\"\n\n    }\n\n  ]\n\n}\n";

    /// What an edit put in, with commas after what stood before; nothing where something else changed.
    fn inserted(before: &str, after: &str) -> Option<Vec<String>> {
        let mut old = before.lines().peekable();
        let mut inserted = Vec::new();
        for line in after.lines() {
            match old.peek() {
                Some(next) if line == *next || line == format!("{next},") => drop(old.next()),
                _ => inserted.push(line.trim().to_owned()),
            }
        }
        old.next().is_none().then_some(inserted)
    }

    #[test]
    fn blank_lines_stay_where_something_is_put_in() {
        for text in [SPACED.to_owned(), SPACED.replace('\n', "\r\n")] {
            let id = [("id".to_owned(), json!("initech"))];
            let edited = append(&text, List::Tenants, &id).unwrap();
            assert_eq!(
                inserted(&text, &edited).unwrap(),
                [r#"{ "id": "initech" }"#],
                "{edited}"
            );
            assert_eq!(edited.contains('\r'), text.contains('\r'));
            assert!(!edited.replace("\r\n", "").contains('\r'));

            let preview = [
                ("name".to_owned(), json!("next")),
                ("upstream".to_owned(), json!("http://localhost:3001")),
            ];
            let edited = append(&text, List::Previews, &preview).unwrap();
            let lines = [
                "{",
                r#""name": "next","#,
                r#""upstream": "http://localhost:3001""#,
                "}",
            ];
            assert_eq!(inserted(&text, &edited).unwrap(), lines, "{edited}");

            let access = [("access".to_owned(), Some(json!("read-only")))];
            let edited = patch(&text, List::Previews, "main", &access).unwrap();
            let line = r#""access": "read-only""#;
            assert_eq!(inserted(&text, &edited).unwrap(), [line], "{edited}");

            let edit = PlaceEdit {
                path: vec![Step::Key("prefix".to_owned())],
                before: None,
                after: Some(json!(["tenant"])),
            };
            let edited = edit_at(&text, &edit).unwrap();
            let line = r#""prefix": ["tenant"]"#;
            assert_eq!(inserted(&text, &edited).unwrap(), [line], "{edited}");
        }
    }
}
