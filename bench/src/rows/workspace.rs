//! Large workspaces, and saves of the file: how soon requests follow.

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
    let mut loads = Vec::new();
    for _ in 0..LOADS {
        open(&serving, &small).await?;
        let begun = Instant::now();
        open(&serving, &large).await?;
        let status = api::status(serving.port, "tenant-49999---main").await?;
        loads.push(begun.elapsed().as_secs_f64() * 1e3);
        if status != 200 {
            return Err(format!("the last tenant's page was answered {status}").into());
        }
    }
    let most = loads.iter().copied().fold(0.0, f64::max);
    let load = median(loads).unwrap_or(f64::INFINITY);
    let heavy = saves(&serving, &large, &many).await?;
    serving.started.end().await;
    Ok(vec![
        Row {
            what: "workspace with 50,000 tenants: load".to_owned(),
            target: "under 300 ms",
            measured: format!(
                "{load:.0} ms to the first page of it, answer of the API included; at most {most:.0} ms in {LOADS} runs"
            ),
            reached: load < LOAD_MS,
        },
        Row {
            what: "save of `tripledash.json` to new snapshot".to_owned(),
            target: "under 150 ms",
            measured: format!(
                "{few:.0} ms to the first page of a new preview (with 50,000 tenants: {heavy:.0} ms)"
            ),
            reached: few < SAVE_MS,
        },
    ])
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
        while api::status(serving.port, &labels).await? != 200 {
            if begun.elapsed() > DEADLINE {
                return Err(format!("a save was not seen within {DEADLINE:?}").into());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
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
    let tenants: Vec<Value> = (0..tenants)
        .map(|number| {
            json!({
                "id": format!("tenant-{number}"),
                "name": format!("Tenant number {number}"),
                "color": "#e5484d",
                "domains": [format!("shop-{number}.example.com")],
                "tags": ["retail"],
            })
        })
        .collect();
    json!({
        "name": "large",
        "tenants": tenants,
        "previews": [{ "name": "main", "upstream": format!("http://127.0.0.1:{port}") }],
    })
}
