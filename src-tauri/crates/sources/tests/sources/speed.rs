//! Fifty thousand tenants. How long they take is measured by `cargo xtask bench`, not here; what
//! must hold on any machine is that all are read, and ten megabytes are no trouble.

use std::fmt::Write as _;

use tripledash_sources::tenants::{Format, read};

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
