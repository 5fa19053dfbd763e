//! The demo's `tripledash.json`: a real file, meant to be edited.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::brands::BRANDS;
use crate::ports::{Ports, STOPPED};
use crate::preview::Preview;

const FILE: &str = "tripledash.json";

/// The whole file, pretty, with one line for each tenant and preview.
pub fn workspace_text(ports: &Ports) -> String {
    let tenants: Vec<Value> = BRANDS
        .iter()
        .map(|brand| json!({ "id": brand.id, "name": brand.name, "color": brand.color, "locale": brand.locale, "tags": [brand.tag] }))
        .collect();
    let previews: Vec<Value> = ports
        .each()
        .iter()
        .map(|(name, port)| preview(name, *port))
        .collect();
    let pages = [
        json!({ "name": "Home", "path": "/" }),
        json!({ "name": "Product", "path": "/products/42" }),
        json!({ "name": "Journal", "path": "/journal" }),
        json!({ "name": "Trade account", "path": "/trade" }),
        json!({ "name": "Account", "path": "/account" }),
    ];
    let rules = [
        json!({ "by": "app", "source": "/((?!api|_next/static|_next/image|favicon.ico).*)", "destination": "/{tenant}/$1" }),
    ];
    let mut text = String::from(
        "{\n  \"$schema\": \"./tripledash.schema.json\",\n  \"name\": \"six-shops\",\n  \"prefix\": [\"tenant\"],\n",
    );
    list(&mut text, "tenants", &tenants, ",");
    list(&mut text, "previews", &previews, ",");
    list(&mut text, "pages", &pages, ",");
    list(&mut text, "rules", &rules, "");
    text.push_str("}\n");
    text
}

fn preview(name: &str, port: u16) -> Value {
    let upstream = format!("http://localhost:{port}");
    let branch = match name {
        "header-redesign" => "feat/header-redesign",
        "protected-by-deployment" => "chore/protection",
        STOPPED => "feat/checkout-rewrite",
        _ => "main",
    };
    let mut preview = json!({ "name": name, "branch": branch, "upstream": upstream });
    if name == Preview::Production.name() {
        preview["access"] = json!("read-only");
    }
    preview
}

fn list(text: &mut String, name: &str, items: &[Value], end: &str) {
    let lines: Vec<String> = items
        .iter()
        .map(|item| format!("    {}", spaced(item)))
        .collect();
    text.push_str(&format!(
        "  \"{name}\": [\n{}\n  ]{end}\n",
        lines.join(",\n")
    ));
}

/// One value on one line, with the spaces that a person would put.
fn spaced(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{}: {}", json!(name), spaced(value)))
                .collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::Array(items) => format!(
            "[{}]",
            items.iter().map(spaced).collect::<Vec<_>>().join(", ")
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

/// Why the demo's folder could not be made ready.
#[derive(Debug, thiserror::Error)]
#[error("{} could not be {doing}", path.display())]
pub struct EnsureWorkspace {
    path: PathBuf,
    doing: &'static str,
    #[source]
    source: std::io::Error,
}

/// Writes the demo's file where it is missing, and mends the ports in it where they moved since.
///
/// Everything else in the file stays as the person left it.
///
/// # Errors
///
/// [`EnsureWorkspace`] names the path and what could not be done with it.
pub fn ensure(folder: &Path, ports: &Ports) -> Result<(), EnsureWorkspace> {
    let path = folder.join(FILE);
    let failed = |doing| {
        let path = path.clone();
        move |source| EnsureWorkspace {
            path,
            doing,
            source,
        }
    };
    std::fs::create_dir_all(folder).map_err(failed("made"))?;
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => with_ports(&text, ports),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(workspace_text(ports)),
        Err(error) => return Err(failed("read")(error)),
    };
    let Some(text) = text else { return Ok(()) };
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed("written"))?;
    file.write_all(text.as_bytes()).map_err(failed("written"))?;
    file.persist(&path)
        .map_err(|error| failed("written")(error.error))?;
    Ok(())
}

/// The text with each known preview's loopback port as it is now; `None` where nothing moved.
fn with_ports(text: &str, ports: &Ports) -> Option<String> {
    let root =
        jsonc_parser::cst::CstRootNode::parse(text, &jsonc_parser::ParseOptions::default()).ok()?;
    let previews = root.object_value()?.get("previews")?.array_value()?;
    let mut moved = false;
    for object in previews
        .elements()
        .iter()
        .filter_map(jsonc_parser::cst::CstNode::as_object)
    {
        let field = |name: &str| object.get(name)?.value()?.as_string_lit();
        let name = field("name").and_then(|name| name.decoded_value().ok());
        let Some((_, port)) = ports
            .each()
            .into_iter()
            .find(|(known, _)| Some(*known) == name.as_deref())
        else {
            continue;
        };
        let Some(upstream) = field("upstream") else {
            continue;
        };
        let Ok(before) = upstream.decoded_value() else {
            continue;
        };
        let after = format!("http://localhost:{port}");
        if before.starts_with("http://localhost:") && before != after {
            upstream.set_raw_value(format!("\"{after}\""));
            moved = true;
        }
    }
    moved.then(|| root.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PORTS: Ports = Ports {
        header_redesign: 1,
        main: 2,
        production: 3,
        protected: 4,
        stopped: 5,
    };

    #[test]
    fn the_written_file_is_json_with_every_brand_and_preview() {
        let value: Value = serde_json::from_str(&workspace_text(&PORTS)).unwrap();
        assert_eq!(value["tenants"].as_array().unwrap().len(), BRANDS.len());
        assert_eq!(value["previews"].as_array().unwrap().len(), 5);
        assert_eq!(value["previews"][2]["access"], "read-only");
    }

    #[test]
    fn moved_ports_are_mended_and_the_rest_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        ensure(folder.path(), &PORTS).unwrap();
        let path = folder.path().join(FILE);
        let edited = std::fs::read_to_string(&path)
            .unwrap()
            .replace("Acme & Sons", "Acme & Daughters");
        std::fs::write(&path, &edited).unwrap();
        ensure(folder.path(), &Ports { main: 9, ..PORTS }).unwrap();
        let mended = std::fs::read_to_string(&path).unwrap();
        assert_eq!(mended, edited.replace("localhost:2\"", "localhost:9\""));
    }

    #[test]
    fn one_tenant_is_over_budget_on_one_preview_only() {
        let over: Vec<_> = BRANDS
            .iter()
            .flat_map(|brand| PORTS.each().map(|(preview, _)| (brand.id, preview)))
            .filter(|(tenant, preview)| tenant.len() + 3 + preview.len() > 63)
            .collect();
        assert_eq!(
            over,
            [(
                "northern-lights-outdoor-camping-supplies",
                "protected-by-deployment"
            )]
        );
    }
}
