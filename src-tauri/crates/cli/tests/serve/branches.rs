//! Dev servers of branches, started through the API, and none of them left behind.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Instant;

use serde_json::{Value, json};

use super::app::{app, gone};
use super::git::git;
use super::served::{PATIENCE, Served};

/// One request to the API.
pub(crate) fn api(served: &Served, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, served.port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let body = body.to_string();
    write!(
        stream,
        "{method} /api/v1{path} HTTP/1.1\r\nHost: tripledash.localhost:{}\r\n\
         Authorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        served.port,
        served.token,
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}

/// The feed, read until a preview is as it is wanted.
pub(crate) fn until(served: &Served, name: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    feed(served, |previews| {
        let mut previews = previews.iter();
        let found = previews.find(|preview| preview["name"] == *name && wanted(preview));
        found.cloned()
    })
}

/// The feed, read until the previews are as they are wanted.
fn feed<T>(served: &Served, wanted: impl Fn(&[Value]) -> Option<T>) -> T {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, served.port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(
        stream,
        "GET /api/v1/stream?limit=1 HTTP/1.1\r\nHost: tripledash.localhost:{}\r\n\
         Authorization: Bearer {}\r\nConnection: close\r\n\r\n",
        served.port, served.token
    )
    .unwrap();
    let begun = Instant::now();
    for line in BufReader::new(stream).lines() {
        let line = line.expect("the feed goes on");
        assert!(
            begun.elapsed() < PATIENCE,
            "it did not come in time: {line}"
        );
        let Ok(line) = serde_json::from_str::<Value>(&line) else {
            continue;
        };
        let previews = match line["kind"].as_str() {
            Some("snapshot" | "workspace") => &line["workspace"]["previews"],
            Some("previews") => &line["previews"],
            _ => continue,
        };
        if let Some(found) = wanted(previews.as_array().unwrap()) {
            return found;
        }
    }
    panic!("the feed has ended");
}

pub(crate) fn is(state: &'static str) -> impl Fn(&Value) -> bool {
    move |preview| {
        let server = &preview["server"];
        assert!(state == "failed" || server["state"] != "failed", "{server}");
        server["state"] == state
    }
}

pub(crate) fn page(served: &Served, name: &str) -> Value {
    let host = format!("acme---{name}.tripledash.localhost:{}", served.port);
    let answer = served.ask(Ipv4Addr::LOCALHOST, &host, "/", "");
    let start = answer.find('{').unwrap_or_else(|| panic!("{answer}"));
    let end = answer.rfind('}').unwrap();
    serde_json::from_str(&answer[start..=end]).unwrap()
}

pub(crate) fn pids(page: &Value) -> Vec<u64> {
    let pids = page["pids"].as_array().unwrap();
    pids.iter().map(|pid| pid.as_u64().unwrap()).collect()
}

fn trust(served: &Served) {
    let (_, state) = api(served, "GET", "/workspace", &Value::Null);
    let body = json!({ "trusted": true, "commands": state["trust"]["commands"] });
    assert_eq!(api(served, "POST", "/workspace/trust", &body).0, 200);
}

#[test]
fn two_branches_are_served_side_by_side_and_nothing_outlives_a_kill() {
    let served = Served::start(app(), &[]);
    until(&served, "feature-new", is("stopped"));
    let start = |name: &str| {
        let path = format!("/workspace/previews/{name}/start");
        api(&served, "POST", &path, &Value::Null)
    };
    let (status, refused) = start("feature-new");
    assert_eq!((status, refused["code"].as_str()), (403, Some("untrusted")));
    trust(&served);
    assert_eq!(start("feature-new").0, 202);
    assert_eq!(start("main").0, 202);
    assert_eq!(start("main").0, 409);
    until(&served, "feature-new", is("ready"));
    let main = until(&served, "main", is("ready"));
    assert_eq!(main["checkout"]["workingCopy"], true);

    let (feature, main) = (page(&served, "feature-new"), page(&served, "main"));
    assert_eq!(
        (&feature["branch"], &main["branch"]),
        (&json!("feature"), &json!("main"))
    );
    assert_eq!(feature["env"], "KEY=1", "brought along");
    assert_eq!(feature["installed"], "installed", "its setup ran");
    let host = format!("acme---feature-new.tripledash.localhost:{}", served.port);
    assert_eq!(feature["host"], json!(host));
    let (_, log) = api(
        &served,
        "GET",
        "/workspace/previews/feature-new/log",
        &Value::Null,
    );
    let lines = log["lines"].as_array().unwrap();
    assert!(
        lines.iter().any(|line| line["text"] == "listening"),
        "{log}"
    );

    // One is stopped, with all that it started; the other goes on.
    let path = "/workspace/previews/feature-new/stop";
    assert_eq!(api(&served, "POST", path, &Value::Null).0, 202);
    until(&served, "feature-new", is("stopped"));
    gone(&pids(&feature));
    let answer = served.ask(
        Ipv4Addr::LOCALHOST,
        &host,
        "/",
        "Accept: application/json\r\n",
    );
    assert!(
        answer.starts_with("HTTP/1.1 503") && answer.contains("tripledash start feature/new"),
        "{answer}"
    );
    assert_eq!(page(&served, "main")["branch"], "main");

    served.end("-KILL");
    gone(&pids(&main));
}

/// A server in the person's own checkout serves what they check out there, and is named after it.
#[test]
fn a_server_in_place_is_of_what_is_checked_out() {
    let folder = app();
    let path = folder.path().to_owned();
    let served = Served::start(folder, &[]);
    until(&served, "main", is("stopped"));
    trust(&served);
    let post = |path: &str| api(&served, "POST", path, &Value::Null).0;
    assert_eq!(post("/workspace/previews/main/start"), 202);
    until(&served, "main", is("ready"));
    git(&path, &["checkout", "-q", "feature/new"]);
    let feature = until(&served, "feature-new", is("ready"));
    assert_eq!(feature["checkout"]["workingCopy"], true);
    until(&served, "main", is("stopped"));
    let page = page(&served, "feature-new");
    assert_eq!(post("/workspace/previews/main/stop"), 409);

    // A commit without a branch, too, and it can be stopped as such.
    git(&path, &["checkout", "-q", "--detach", "main"]);
    let head = std::fs::read_to_string(path.join(".git/HEAD")).unwrap();
    let head = &head[..7];
    until(&served, head, is("ready"));
    assert_eq!(post(&format!("/workspace/previews/{head}/stop")), 202);
    gone(&pids(&page));
    assert_eq!(served.end("-TERM").status.code(), Some(0));
}

/// What runs has a row as long as it does, and what the file names no more does not run on.
#[test]
fn a_server_whose_branch_or_source_goes_away_is_not_lost() {
    let folder = app();
    let path = folder.path().to_owned();
    git(&path, &["branch", "plain"]);
    let served = Served::start(folder, &[]);
    until(&served, "plain", is("stopped"));
    trust(&served);
    let post = |path: &str| api(&served, "POST", path, &Value::Null).0;
    assert_eq!(post("/workspace/previews/feature-new/start"), 202);
    until(&served, "feature-new", is("ready"));
    let first = page(&served, "feature-new");
    let is_gone = |preview: &Value| {
        let message = &preview["server"]["message"];
        let said = message.as_str().unwrap_or_default();
        said.contains("its branch is gone")
    };
    git(&path, &["branch", "-m", "feature/new", "feature/other"]);
    let row = until(&served, "feature-new", is_gone);
    assert_eq!(
        (&row["server"]["state"], &row["branch"]),
        (&json!("ready"), &json!("feature/new"))
    );
    assert_eq!(page(&served, "feature-new")["pids"], first["pids"]);
    assert_eq!(post("/workspace/previews/feature-new/stop"), 202);
    gone(&pids(&first));

    // The file asks for other branches: the row stays.
    assert_eq!(post("/workspace/previews/feature-other/start"), 202);
    until(&served, "feature-other", is("ready"));
    let second = page(&served, "feature-other");
    let file = path.join("tripledash.json");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut asked: Value = serde_json::from_str(&text).unwrap();
    asked["previews"][0]["branches"] = json!(["nothing/*"]);
    std::fs::write(&file, asked.to_string()).unwrap();
    feed(&served, |previews| {
        let is_hidden = previews.iter().all(|preview| preview["name"] != "plain");
        is_hidden.then_some(())
    });
    assert_eq!(page(&served, "feature-other")["pids"], second["pids"]);

    // The source goes, and the server with it.
    asked["previews"] = json!([]);
    std::fs::write(&file, asked.to_string()).unwrap();
    gone(&pids(&second));
    assert_eq!(served.end("-TERM").status.code(), Some(0));
}

#[test]
fn a_clean_end_takes_the_servers_along() {
    let served = Served::start(app(), &[]);
    until(&served, "main", is("stopped"));
    trust(&served);
    assert_eq!(
        api(
            &served,
            "POST",
            "/workspace/previews/main/start",
            &Value::Null
        )
        .0,
        202
    );
    until(&served, "main", is("ready"));
    let pids = pids(&page(&served, "main"));
    assert_eq!(served.end("-TERM").status.code(), Some(0));
    gone(&pids);
}
