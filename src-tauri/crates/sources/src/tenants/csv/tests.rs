use proptest::prelude::*;
use tripledash_core::Timestamp;

use super::locate;
use crate::tenants::{Format, Loaded, read};

fn table(text: &str) -> Loaded {
    read(text.as_bytes(), Format::Csv, "t.csv", Timestamp(0)).unwrap()
}

fn told(loaded: &Loaded) -> Vec<String> {
    loaded.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn columns_are_found_by_their_names_in_any_order() {
    let loaded = table(
        "Name, LOCALE ,id,Colour,tags,Domains\r\n\
         \"Acme, Inc\",en,acme,#E5484D,retail b2b,\"shop.acme.com; Acme.DE\"\r\n\
         ,,globex\r\n",
    );
    assert!(loaded.problems.is_empty(), "{:#?}", loaded.problems);
    let acme = &loaded.tenants["acme"];
    assert_eq!(acme.name, "Acme, Inc");
    assert_eq!(acme.locale.as_deref(), Some("en"));
    assert_eq!(acme.color.as_deref(), Some("#e5484d"));
    assert_eq!(acme.tags, ["retail", "b2b"]);
    assert_eq!(acme.domains, ["shop.acme.com", "acme.de"]);
    let globex = &loaded.tenants["globex"];
    assert_eq!((globex.name.as_str(), &globex.color), ("globex", &None));
}

#[test]
fn separators_marks_and_line_ends_of_spreadsheets() {
    for text in [
        "id;name\nacme;Acme\n",
        "id\tname\nacme\tAcme",
        "\u{feff}id,name\r\nacme,Acme\r\n",
        "\u{feff}\"id\";\"name\"\r\n\"acme\";\"Acme\"\r\n\r\n",
        "\n\n id , name \n\n\"acme\" , Acme\n,\n",
        "id,name\racme,Acme\r",
    ] {
        let loaded = table(text);
        assert!(loaded.problems.is_empty(), "{text:?}: {:#?}", told(&loaded));
        assert_eq!(loaded.tenants.len(), 1, "{text:?}");
        let name = loaded.tenants["acme"].name.as_str();
        assert!(matches!(name, "Acme"), "{text:?}: {name:?}");
    }
}

#[test]
fn only_an_id_is_needed() {
    let loaded = table("id\nacme\nglobex\n");
    assert_eq!(
        loaded.tenants.keys().collect::<Vec<_>>(),
        ["acme", "globex"]
    );
    assert!(table("id\n").tenants.is_empty());
}

#[test]
fn a_first_line_that_names_no_id_says_what_to_write() {
    for text in [
        "acme,Acme\nglobex,Globex\n",
        "name,color\nAcme,#e5484d\n",
        "x",
    ] {
        let error = read(text.as_bytes(), Format::Csv, "t.csv", Timestamp(0)).unwrap_err();
        assert!(
            error
                .message
                .starts_with("the first line names no column \"id\": found \"")
        );
        assert!(
            error
                .hint
                .unwrap()
                .contains("id,name,color,domains,locale,tags")
        );
        assert_eq!(error.at, Some((1, 1)));
    }
}

#[test]
fn unknown_columns_are_told_of_once_and_repeated_ones_each() {
    let loaded = table("id,plan,name,seats,name\nacme,pro,Acme,7,Other\nglobex,pro,Globex,9,\n");
    assert_eq!(
        told(&loaded),
        [
            "t.csv:1:4: warning: found the columns \"plan\", \"seats\", wanted id, name, color, domains, locale or tags; \
             nothing is made of it",
            "t.csv:1:20: warning: found the column \"name\" a second time, wanted each once; the first is used",
        ]
    );
    assert_eq!(loaded.tenants["acme"].name, "Acme");
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_the_rest_works() {
    let loaded = table(
        "id,name,color,domains,locale\n\
         acme,Acme,red,shop.acme.com,en\n\
         Zürich,\"Zürich, \"\"die\"\" Stadt\",,,\n\
         acme,Other,,,\n\
         ,Globex Corporation,,,\n\
         hooli,\"Ho\nli\",,https://hooli.com 10.0.0.1,en_US\n\
         initech,Initech,,shop.acme.com,\n",
    );
    assert_eq!(
        told(&loaded),
        [
            "t.csv:2:11: warning: tenant 1 (acme): color: found \"red\", wanted a colour like #e5484d; it is left out",
            "t.csv:3:1: warning: tenant 2: id: found \"Zürich\", wanted a label of a host, and this has characters outside \
             ASCII: the whole label would be encoded as one, and no split could find \
             the parts again; the tenant is left out (\"zuerich\" would do)",
            "t.csv:4:1: warning: tenant 3: id: found \"acme\", wanted each id once; the tenant is left out (tenant 1 has \
             it already)",
            "t.csv:5:1: warning: tenant 4: id: found nothing, wanted an id; the tenant is left out (\"globex-corporation\" \
             would do)",
            "t.csv:6:8: warning: tenant 5 (hooli): name: found \"Ho\\nli\", wanted a text on one line: it has the control \
             character '\\n'; it is left out",
            "t.csv:7:6: warning: tenant 5 (hooli): domains: found \"https://hooli.com\", wanted a domain name without scheme \
             and port; it is left out (found ':', wanted letters, digits, hyphens and dots)",
            "t.csv:7:6: warning: tenant 5 (hooli): domains: found \"10.0.0.1\", wanted a domain name, not an address; it is \
             left out",
            "t.csv:7:33: warning: tenant 5 (hooli): locale: found \"en_US\", wanted a language tag like en or pt-BR; it is \
             left out (\"en-US\" would do)",
            "t.csv:8:18: warning: tenant 6 (initech): domains: found \"shop.acme.com\", wanted one tenant for each domain \
             (tenant 1 has it already)",
        ]
    );
    assert_eq!(
        loaded.tenants.keys().collect::<Vec<_>>(),
        ["acme", "hooli", "initech"]
    );
    assert_eq!(loaded.left_out, 3);
    assert_eq!(loaded.tenants["hooli"].name, "hooli");
}

#[test]
fn a_domain_that_a_tenant_names_twice_is_told_of() {
    let loaded = table("id,domains\nacme,acme.com ACME.com\n");
    assert_eq!(
        told(&loaded),
        [
            "t.csv:2:6: warning: tenant 1 (acme): domains: found \"acme.com\", wanted one tenant for each domain (it is there \
          twice)"
        ]
    );
}

#[test]
fn a_row_that_is_too_long_says_how_to_quote() {
    let loaded = table("id,name\nacme,Acme, Inc\nglobex,Globex,,\n");
    assert_eq!(
        told(&loaded),
        [
            "t.csv:2:12: warning: tenant 1: found 3 fields in a row, wanted 2, as the first line has; the tenant is left \
          out (put a field that has a comma in it in double quotes)"
        ]
    );
    assert_eq!(loaded.tenants.keys().collect::<Vec<_>>(), ["globex"]);
}

#[test]
fn a_quote_that_is_never_closed_is_found() {
    let loaded = table("id,name\nacme,Acme\nglobex,\"Globex\nhooli,Hooli\n");
    let told = told(&loaded);
    assert!(told[0].starts_with("t.csv:3:8: warning: "), "{told:#?}");
    assert!(
        told.iter()
            .any(|told| told.contains("a double quote, wanted one more that closes it"))
    );
}

#[test]
fn problems_are_bounded_and_counted() {
    let rows: String = (0..1000).map(|row| format!("Bad {row}\n")).collect();
    let loaded = table(&format!("id\n{rows}good\n"));
    assert_eq!(
        (loaded.problems.len(), loaded.unlisted, loaded.left_out),
        (100, 900, 1000)
    );
    assert_eq!(
        loaded.problems[99].hint.as_deref(),
        Some("\"bad-99\" would do; and 900 more problems, not listed")
    );
    assert_eq!(loaded.tenants.len(), 1);
}

proptest! {
    /// Whatever a writer of CSV makes of fields, each is found again where it stands.
    #[test]
    fn a_field_is_found_where_it_stands(
        rows in prop::collection::vec(prop::collection::vec("[ab,;\"\r\n ü]{0,6}", 1..5), 1..6),
        separator in prop::sample::select(vec![b',', b';', b'\t']),
    ) {
        let mut writer = ::csv::WriterBuilder::new()
            .delimiter(separator)
            .flexible(true)
            .quote_style(::csv::QuoteStyle::Always)
            .from_writer(Vec::new());
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let mut reader = ::csv::ReaderBuilder::new()
            .delimiter(separator)
            .flexible(true)
            .has_headers(false)
            .from_reader(text.as_bytes());
        let mut read = ::csv::StringRecord::new();
        for row in &rows {
            prop_assert!(reader.read_record(&mut read).unwrap());
            let start = usize::try_from(read.position().unwrap().byte()).unwrap();
            for (column, field) in row.iter().enumerate() {
                let at = locate::field(&text, start, separator, column);
                let raw = field.replace('"', "\"\"");
                prop_assert!(text[at..].starts_with(&raw), "{text:?} {column} {at}");
            }
            prop_assert_eq!(locate::open_quote(&text, start, separator), None);
        }
    }

    #[test]
    fn no_table_is_too_odd_to_read(text in "(id|name|[,;\t\"\r\n]|[a-z]|\\PC){0,80}") {
        let loaded = read(text.as_bytes(), Format::Csv, "t.csv", Timestamp(0));
        if let Ok(loaded) = loaded {
            for id in loaded.tenants.keys() {
                prop_assert!(tripledash_core::label::check_label(id).is_ok());
            }
            for problem in &loaded.problems {
                prop_assert!(problem.line >= 1 && problem.column >= 1);
            }
        }
    }
}
