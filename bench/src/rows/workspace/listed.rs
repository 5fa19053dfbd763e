//! Tenants in a file of their own.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::{TENANTS, preview, tenant};
use crate::failure::{Doing as _, Failure};

/// The formats that are measured.
pub(super) const KINDS: [&str; 2] = ["CSV", "JSON"];

/// Writes the tenants into a file of a format, and gives the workspace that names it.
pub(super) fn workspace(folder: &Path, kind: &str, port: u16) -> Result<Value, Failure> {
    let name = format!("tenants.{}", kind.to_lowercase());
    let text = match kind {
        "CSV" => csv(),
        _ => Value::from_iter((0..TENANTS).map(tenant)).to_string(),
    };
    let file = folder.join(&name);
    std::fs::write(&file, text).doing(file.display())?;
    Ok(json!({ "name": kind, "tenants": { "file": name }, "previews": [preview(port)] }))
}

fn csv() -> String {
    let mut text = "id,name,color,domains,tags\n".to_owned();
    for number in 0..TENANTS {
        let tenant = tenant(number);
        let field = |name: &str| tenant[name].as_str().unwrap_or_default();
        let first = |name: &str| tenant[name][0].as_str().unwrap_or_default();
        let (domain, tag) = (first("domains"), first("tags"));
        let line = format_args!(
            "{},{},{},{domain},{tag}",
            field("id"),
            field("name"),
            field("color")
        );
        writeln!(text, "{line}").expect("a text takes what is written");
    }
    text
}
