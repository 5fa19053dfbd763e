use proptest::prelude::*;
use tripledash_core::Timestamp;

use crate::tenants::{Format, Loaded, Unusable, read};

fn parsed(text: &str) -> Result<Loaded, Unusable> {
    read(text.as_bytes(), Format::Json, "t.json", Timestamp(0))
}

fn told(loaded: &Loaded) -> Vec<String> {
    loaded.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn an_array_and_an_object_with_one_are_read() {
    let list = r##"[{"id": "acme", "name": "Acme \u00e9", "color": "#E5484D", "domains": ["shop.acme.com"],
        "locale": "en", "tags": ["retail", "big customer"], "plan": {"seats": [1, 2]}},
        {"id": "globex", "name": null, "color": null, "tags": null}]"##;
    let bare = parsed(list).unwrap();
    assert!(bare.problems.is_empty(), "{:#?}", told(&bare));
    let acme = &bare.tenants["acme"];
    assert_eq!(
        (acme.name.as_str(), acme.color.as_deref()),
        ("Acme é", Some("#e5484d"))
    );
    assert_eq!(acme.tags, ["retail", "big customer"]);
    assert_eq!(bare.tenants["globex"].name, "globex");
    let whole = format!(" {{\"total\": 2, \"tenants\": {list}, \"next\": null}} ");
    assert_eq!(parsed(&whole).unwrap().tenants, bare.tenants);
    let marked = format!("\u{feff}{list}");
    assert_eq!(parsed(&marked).unwrap().tenants, bare.tenants);
    assert!(parsed("[]").unwrap().tenants.is_empty());
}

#[test]
fn wrong_types_are_told_with_their_place_and_the_rest_works() {
    let loaded = parsed(
        "[\n  {\"id\": 42, \"name\": \"Answer\"},\n  \"acme\",\n  {\"name\": \"No Id\"},\n  \
         {\"id\": \"hooli\", \"name\": 7, \"tags\": \"a b\", \"domains\": [\"hooli.com\", 5, null]},\n  null\n]",
    )
    .unwrap();
    assert_eq!(
        told(&loaded),
        [
            "t.json:2:10: warning: tenant 1: found the number 42 as its id, wanted a string; the tenant is left out \
             (\"42\" would do)",
            "t.json:3:3: warning: tenant 2: found \"acme\", wanted an object with an id; the tenant is left out ({ \"id\": \
             \"acme\" } would do)",
            "t.json:4:3: warning: tenant 3: id: found nothing, wanted an id; the tenant is left out (\"no-id\" would do)",
            "t.json:5:27: warning: tenant 4: name: found the number 7, wanted a string; it is left out",
            "t.json:5:38: warning: tenant 4: tags: found \"a b\", wanted an array of strings; it is left out",
            "t.json:5:70: warning: tenant 4: domains: found the number 5, wanted a string; it is left out",
            "t.json:5:73: warning: tenant 4: domains: found null, wanted a string; it is left out",
            "t.json:6:3: warning: tenant 5: found null, wanted an object with an id; the tenant is left out",
        ]
    );
    assert_eq!(loaded.tenants["hooli"].domains, ["hooli.com"]);
    assert_eq!((loaded.tenants.len(), loaded.left_out), (1, 4));
}

#[test]
fn what_is_no_list_says_what_was_found() {
    for (text, message, at) in [
        (
            "{\"items\": [], \"total\": 0}",
            "found an object with \"items\", \"total\", wanted an array",
            (1, 1),
        ),
        ("{}", "found an object with no keys", (1, 1)),
        (
            "{\n \"tenants\": {\"acme\": {}}}",
            "found an object, wanted an array",
            (2, 13),
        ),
        ("\"acme\"", "found \"acme\", wanted an array", (1, 1)),
        (
            "[{\"id\": \"acme\"},\n {\"id\": ]",
            "it is not JSON: expected value",
            (2, 9),
        ),
        (
            "[{\"id\": \"acme\"}",
            "it is not JSON: EOF while parsing a list",
            (1, 15),
        ),
        ("[] []", "it is not JSON: trailing characters", (1, 4)),
        (
            "{\"tenants\": []} x",
            "it is not JSON: trailing characters",
            (1, 17),
        ),
        ("// all\n[]", "it is not JSON: expected value", (1, 1)),
        ("acme", "it is not JSON: expected value", (1, 1)),
    ] {
        let error = parsed(text).unwrap_err();
        assert!(
            error.message.starts_with(message),
            "{text}: {}",
            error.message
        );
        assert_eq!(error.at, Some(at), "{text}");
        assert!(error.hint.is_some());
    }
}

#[test]
fn octets_that_are_no_text_are_told_apart() {
    let utf16: Vec<u8> = "\u{feff}id\nacme\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let bare: Vec<u8> = "id\nacme\n"
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    for (bytes, message, at) in [
        (utf16.as_slice(), "it is UTF-16, wanted UTF-8", (1, 1)),
        (&bare, "it is no text, wanted CSV or JSON in UTF-8", (1, 1)),
        (
            b"id,name\nacme,\xc3\xa9 Caf\xe9\n",
            "it is not UTF-8: found the octet 0xe9",
            (2, 11),
        ),
    ] {
        let error = read(bytes, Format::Any, "t", Timestamp(0)).unwrap_err();
        assert_eq!((error.message.as_str(), error.at), (message, Some(at)));
    }
    for (text, message) in [
        ("", "it is empty, wanted tenants"),
        (" \r\n", "it is empty, wanted tenants"),
        (
            "<!doctype html>",
            "it is a page of HTML or XML, wanted JSON or CSV",
        ),
    ] {
        for format in [Format::Any, Format::Csv, Format::Json] {
            let error = read(text.as_bytes(), format, "t", Timestamp(0)).unwrap_err();
            assert_eq!(error.message, message);
        }
    }
}

#[test]
fn fingerprints_differ_where_texts_do() {
    let one = parsed("[{\"id\": \"a\"}]").unwrap().fingerprint;
    assert_eq!(parsed("[{\"id\": \"a\"}]").unwrap().fingerprint, one);
    assert_ne!(parsed("[{\"id\": \"b\"}]").unwrap().fingerprint, one);
}

proptest! {
    #[test]
    fn nothing_is_too_odd_to_read(text in "([\\[\\]{},:\"\\\\]|null|true|-1e5|\"id\"|\"tenants\"|\"\\\\ud800\"|\\PC| ){0,60}") {
        if let Ok(loaded) = parsed(&text) {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
            for problem in &loaded.problems {
                prop_assert!(problem.line >= 1 && problem.column >= 1);
            }
        }
    }

    /// What `serde_json` reads is what is read here.
    #[test]
    fn fields_come_as_they_were_written(name in "\\PC{1,20}", tags in prop::collection::vec("[a-zü\" ]{1,6}", 0..4)) {
        let text = serde_json::json!([{"id": "a", "name": name, "tags": tags}]).to_string();
        let loaded = parsed(&text).unwrap();
        let wanted: Vec<_> = tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()).collect();
        prop_assert_eq!(&loaded.tenants["a"].tags, &wanted);
        if !name.trim().is_empty() {
            prop_assert_eq!(&loaded.tenants["a"].name, name.trim());
        }
    }
}
