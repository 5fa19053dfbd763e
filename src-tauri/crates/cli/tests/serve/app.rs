//! A repository with an app in two branches, and what is left of processes.

use std::process::{Child, Command};
use std::sync::mpsc;
use std::thread;

use tempfile::TempDir;

use super::git::git;
use super::served::PATIENCE;

/// Answers with what its folder holds, and with its own process and that of a child.
const SERVER: &str = r#"
const fs = require('fs');
const child = require('child_process').spawn('sleep', ['1000'], { detached: true });
const read = (name) => fs.existsSync(name) ? fs.readFileSync(name, 'utf8').trim() : null;
require('http').createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ branch: read('name.txt'), env: read('.env.local'),
    installed: read('installed.txt'), host: request.headers.host, pids: [process.pid, child.pid] }));
}).listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening'));
"#;

/// An app with the branches `main`, which is checked out, and `feature/new`.
pub(crate) fn app() -> TempDir {
    app_with("node server.js {port}")
}

/// The same with another command for its dev servers.
pub(crate) fn app_with(dev: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let source = serde_json::json!({
        "git": ".", "setup": "echo installed > installed.txt", "dev": dev, "copy": [".env*"]
    });
    let workspace = serde_json::json!({
        "name": "shop", "tenants": [{ "id": "acme" }], "previews": [source]
    });
    write("tripledash.json", &workspace.to_string());
    write("server.js", SERVER);
    write("name.txt", "main");
    write(".env.local", "KEY=1");
    write(".gitignore", ".env*\ndata/\ninstalled.txt\n");
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "first"]);
    git(folder.path(), &["checkout", "-qb", "feature/new"]);
    write("name.txt", "feature");
    git(folder.path(), &["commit", "-qam", "new"]);
    git(folder.path(), &["checkout", "-q", "main"]);
    folder
}

/// Waits until processes have ended.
pub(crate) fn gone(pids: &[u64]) {
    for pid in pids {
        // A process that is gone, or waits for its parent to look, has ended.
        let tail = Command::new("tail")
            .args(["--pid", &pid.to_string(), "-f", "/dev/null"])
            .spawn()
            .unwrap();
        assert!(code(tail).is_some(), "process {pid} goes on");
    }
}

/// A process's code, once it has ended; `None` where it had to be killed.
pub(crate) fn code(mut child: Child) -> Option<i32> {
    let pid = child.id().to_string();
    let (tell, told) = mpsc::channel();
    let waiting = thread::spawn(move || {
        let status = child.wait().unwrap();
        // Nobody may wait any longer.
        let _ = tell.send(());
        status.code()
    });
    if told.recv_timeout(PATIENCE).is_err() {
        let killed = Command::new("kill").args(["-KILL", &pid]).status();
        assert!(killed.unwrap().success());
    }
    waiting.join().unwrap()
}
