//! What is not JSON, and what is nearly JSON.

use super::*;

#[test]
fn json_faults_in_words() {
    for (text, wanted) in [
        (
            "",
            "t.json:1:1: error: the file is empty, wanted an object like { \"name\": \"my-app\" }",
        ),
        (
            "[]",
            "t.json:1:1: error: the file: found an array, wanted an object",
        ),
        (
            "{\"name\": \"w\"}}",
            "t.json:1:14: error: this is not JSON: found \"}\", wanted nothing after the end of the first object",
        ),
        (
            "{\n  \"name\": \"w\",\n}",
            "t.json:2:14: error: found a trailing comma, wanted no comma after the last item (remove this comma)",
        ),
        (
            "{ // why\n \"name\": \"w\"}",
            "t.json:1:3: error: found a comment, wanted JSON without comments (JSON has no comments: remove this one)",
        ),
        (
            "/* why */ {\"name\": \"w\"}",
            "t.json:1:1: error: found a comment, wanted JSON without comments (JSON has no comments: remove this one)",
        ),
        (
            "{'name': \"w\"}",
            "t.json:1:2: error: found 'name', wanted a string in double quotes (write \" instead of ')",
        ),
        (
            "{name: \"w\"}",
            "t.json:1:2: error: found name, wanted a key in double quotes (write \"name\")",
        ),
        (
            "{\"name\": \"w\" \"rules\": []}",
            "t.json:1:14: error: found \"\\\"rules\\\"\", wanted a comma before it (put a comma between the two)",
        ),
        (
            "\u{feff}{\"name\": \"w\"}",
            "t.json:1:1: error: the file starts with a byte order mark, which JSON must not (save it as UTF-8 \
             without BOM)",
        ),
    ] {
        assert_eq!(only(text), wanted, "{text}");
    }
    for text in [
        "{",
        "[",
        "{\"name\"",
        "{\"name\":",
        "{\"name\": \"w",
        "{\"name\": w}",
        "nul",
        "{\"a\": 0x1}",
        "\"\\q\"",
    ] {
        let problems = problems(text);
        assert!(
            !problems.is_empty() && problems[0].contains("error"),
            "{text}: {problems:?}"
        );
    }
}

#[test]
fn a_bracket_that_is_still_open_is_named_with_its_place() {
    for (text, wanted) in [
        (
            "{\"name\": \"w\",\n\"tenants\": [{\"id\": \"a\"},\n",
            "t.json:2:12: error: this is not JSON: found a [ that nothing closes, wanted a ] before the end of the file",
        ),
        (
            "{\"name\": \"w\"",
            "t.json:1:1: error: this is not JSON: found a { that nothing closes, wanted a } before the end of the file",
        ),
        (
            "{\"name\": \"w\", \"tenants\": [{\"id\": \"a\"], \"previews\": []}",
            "t.json:1:37: error: this is not JSON: found ']', wanted a } before it: the { at 1:27 is still open",
        ),
        (
            "{\n  \"name\": \"w\",\n  \"tenants\": [\n    { \"id\": \"a\" },\n  \"previews\": []\n}\n",
            "t.json:5:13: error: this is not JSON: found a key in an array, wanted a ] before it: the [ at 3:14 is still open",
        ),
        (
            "{\"name\": \"w\", \"tenants\": [{\"id\": \"a\"}}",
            "t.json:1:38: error: this is not JSON: found '}', wanted a ] before it: the [ at 1:26 is still open",
        ),
    ] {
        assert_eq!(only(text), wanted, "{text}");
    }
}

#[test]
fn a_file_that_is_too_long_is_refused_unread() {
    let text = " ".repeat((64 << 20) + 1);
    assert_eq!(
        only(&text),
        "t.json:1:1: error: the file is too long: found 67108865 octets, wanted at most 67108864"
    );
}

#[test]
fn slips_of_json_do_not_hide_what_else_is_wrong() {
    let text = "{\n  // the name\n  \"name\": \"\",\n  \"tenants\": [{ \"id\": \"a b\" },],\n}";
    let lines: Vec<_> = parse(text, "t.json")
        .problems
        .iter()
        .map(|p| (p.line, p.column))
        .collect();
    assert_eq!(lines, [(2, 3), (3, 11), (4, 23), (4, 30), (4, 32)]);
}
