//! Large workspaces, and saves of the file: how soon requests follow.

mod listed;

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Row;
use crate::api;
use crate::contender::{Place, Serving, serve, workspace};
use crate::failure::{Doing as _, Failure};
use crate::matrix::median;

const TENANTS: usize = 50_000;
const LOADS: usize = 7;
const SAVES: usize = 9;
const LOAD_MS: f64 = 300.0;
const SAVE_MS: f64 = 150.0;
/// How long a save may take before it counts as lost.
const DEADLINE: Duration = Duration::from_secs(10);

pub(super) async fn measure(place: &Place) -> Result<Vec<Row>, Failure> {
    let (small, large) = (place.folder.join("small"), place.folder.join("large"));
    let port = place.upstream.port();
    workspace(&small, port)?;
    let (serving, _) = serve(place, &small).await?;
    let few = saves(&serving, &small, &document(port, 2)).await?;

    std::fs::create_dir_all(&large).doing(large.display())?;
    let many = document(port, TENANTS);
    write(&large, &many)?;
    let load = loads(&serving, &small, &large).await?;
    let heavy = saves(&serving, &large, &many).await?;
    let mut listed = Vec::new();
    for kind in listed::KINDS {
        let folder = place.folder.join(kind);
        std::fs::create_dir_all(&folder).doing(folder.display())?;
        write(&folder, &listed::workspace(&folder, kind, port)?)?;
        listed.push((kind, loads(&serving, &small, &folder).await?));
    }
    serving.started.end().await;
    let mut rows = vec![
        load.row("workspace with 50,000 tenants: load".to_owned()),
        Row {
            what: "save of `tripledash.json` to new snapshot".to_owned(),
            target: "under 150 ms",
            measured: format!(
                "{few:.0} ms to the first page of a new preview (with 50,000 tenants: {heavy:.0} ms)"
            ),
            reached: few < SAVE_MS,
        },
    ];
    let listed = listed.into_iter();
    rows.splice(
        1..1,
        listed.map(|(kind, load)| {
            load.row(format!("the same tenants listed in a {kind} file: load"))
        }),
    );
    Ok(rows)
}

/// How long a workspace took to load.
struct Load {
    median: f64,
    most: f64,
}

impl Load {
    fn row(&self, what: String) -> Row {
        let Self { median, most } = self;
        Row {
            what,
            target: "under 300 ms",
            measured: format!(
                "{median:.0} ms to the first page of the last tenant, answer of the API included; at most {most:.0} ms in {LOADS} runs"
            ),
            reached: *median < LOAD_MS,
        }
    }
}

/// Opens a workspace in turn with a small one, each time until its last tenant's page is answered.
async fn loads(serving: &Serving, small: &Path, large: &Path) -> Result<Load, Failure> {
    let mut took = Vec::new();
    for _ in 0..LOADS {
        open(serving, small).await?;
        let begun = Instant::now();
        open(serving, large).await?;
        answered(serving, "tenant-49999---main", begun).await?;
        took.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    let most = took.iter().copied().fold(0.0, f64::max);
    let median = median(took).unwrap_or(f64::INFINITY);
    Ok(Load { median, most })
}

/// Asks until a page is answered.
async fn answered(serving: &Serving, labels: &str, begun: Instant) -> Result<(), Failure> {
    while api::status(serving.port, labels).await? != 200 {
        if begun.elapsed() > DEADLINE {
            return Err(format!("{labels} was not answered within {DEADLINE:?}").into());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

async fn open(serving: &Serving, folder: &Path) -> Result<(), Failure> {
    let body = json!({ "folder": folder }).to_string();
    api::call(serving, "POST", "workspace/open", &body).await
}

/// The median time in ms from a save that adds a preview to that preview's first page.
async fn saves(serving: &Serving, folder: &Path, document: &Value) -> Result<f64, Failure> {
    let mut took = Vec::new();
    for number in 0..SAVES {
        let name = format!("added-{number}");
        let mut document = document.clone();
        let mut preview = document["previews"][0].clone();
        preview["name"] = json!(name);
        if let Some(previews) = document["previews"].as_array_mut() {
            previews.push(preview);
        }
        let text = document.to_string();
        let labels = format!("tenant-1---{name}");
        let begun = Instant::now();
        save(folder, &text)?;
        answered(serving, &labels, begun).await?;
        took.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    median(took).ok_or_else(|| "no save was measured".into())
}

/// As editors write: a new file in the old one's place.
fn save(folder: &Path, text: &str) -> Result<(), Failure> {
    let draft = folder.join(".tripledash.json.new");
    std::fs::write(&draft, text).doing(draft.display())?;
    let file = folder.join("tripledash.json");
    std::fs::rename(&draft, &file).doing(file.display())
}

fn write(folder: &Path, document: &Value) -> Result<(), Failure> {
    save(folder, &document.to_string())
}

fn document(port: u16, tenants: usize) -> Value {
    let tenants: Vec<Value> = (0..tenants).map(tenant).collect();
    json!({
        "name": "large",
        "tenants": tenants,
        "previews": [preview(port)],
    })
}

fn tenant(number: usize) -> Value {
    json!({
        "id": format!("tenant-{number}"),
        "name": format!("Tenant number {number}"),
        "color": "#e5484d",
        "domains": [format!("shop-{number}.localhost")],
        "tags": ["retail"],
    })
}

/// A preview that answers for tenants that are listed alone: it leads to their own domains.
fn preview(port: u16) -> Value {
    json!({ "name": "main", "upstream": format!("http://{{domain}}:{port}") })
}
