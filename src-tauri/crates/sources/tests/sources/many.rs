//! Many tenants: fifty thousand are all read, ten megabytes of them, and there is an end to it. How
//! long that takes is measured by `cargo xtask bench`, not here.

use std::fmt::Write as _;

use tripledash_sources::tenants::{Format, MOST, read};

use crate::support::THEN;

const COUNT: usize = 50_000;

pub fn table() -> String {
    let mut text = String::from("id,name,color,domains,locale,tags\n");
    for n in 0..COUNT {
        let _ = writeln!(
            text,
            "tenant-{n},Tenant number {n},#{n:06x},shop.tenant-{n}.example;www.tenant-{n}.example,en-GB,retail b2b"
        );
    }
    text
}

pub fn list() -> String {
    let mut text = String::from("[\n");
    for n in 0..COUNT {
        let _ = writeln!(
            text,
            "{{ \"id\": \"tenant-{n}\", \"name\": \"Tenant number {n}\", \"color\": \"#{n:06x}\", \"domains\": \
             [\"shop.tenant-{n}.example\", \"www.tenant-{n}.example\"], \"locale\": \"en-GB\", \"tags\": [\"retail\", \
             \"b2b\"] }}{}",
            if n + 1 == COUNT { "" } else { "," }
        );
    }
    text + "]\n"
}

#[test]
fn fifty_thousand_tenants_are_the_same_both_ways() {
    let table = read(table().as_bytes(), Format::Csv, "t", THEN).unwrap();
    let list = read(list().as_bytes(), Format::Json, "t", THEN).unwrap();
    assert_eq!(table.tenants.len(), COUNT);
    assert_eq!(table.tenants, list.tenants);
    assert!(table.problems.is_empty() && list.problems.is_empty());
}

#[test]
fn more_than_anybody_has_are_told_of_and_left_out() {
    let mut table = String::from("id\n");
    let mut list = String::from("[");
    for n in 0..MOST + 2 {
        let _ = writeln!(table, "t{n}");
        let comma = if n == 0 { "" } else { "," };
        let _ = writeln!(list, "{comma}{{\"id\":\"t{n}\"}}");
    }
    list.push(']');
    for (text, format, column) in [(table, Format::Csv, 1), (list, Format::Json, 8)] {
        let loaded = read(text.as_bytes(), format, "t", THEN).unwrap();
        assert_eq!((loaded.tenants.len(), loaded.left_out), (MOST, 2));
        let [problem] = loaded.problems.as_slice() else {
            panic!("{:?}", loaded.problems);
        };
        assert_eq!(
            problem.message,
            "found 200002 tenants, wanted at most 200000; the rest is left out"
        );
        assert_eq!(problem.column, column);
    }
}
