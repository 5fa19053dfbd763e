//! A folder with scripts, a server in it, and ways to wait for what it does.

use std::collections::BTreeSet;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;
use tripledash_devserver::{DevCommand, DevServer, Host, Ports, State, Stream};

/// Far longer than anything takes here, also on a busy machine.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

pub(crate) const HOST: &str = env!("CARGO_BIN_EXE_devserver-host");

/// A server that listens on `sys.argv[1]`, as many do: it says so, and answers every GET.
const SERVE: &str = r#"
import http.server, os, socketserver, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"<h1>hello</h1>"
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
server = Server(("127.0.0.1", int(sys.argv[1])), Handler)
print("listening, process", os.getpid(), flush=True)
server.serve_forever()
"#;

pub(crate) struct Fixture {
    pub(crate) folder: TempDir,
    pub(crate) ports: Ports,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("serve.py"), SERVE).unwrap();
        Self {
            folder,
            ports: Ports::default(),
        }
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    /// A server of Node's with HTTPS, `secure.js PORT`, and a certificate for it.
    pub(crate) fn write_secure(&self) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        self.write("cert.pem", &made.cert.pem());
        self.write("key.pem", &made.signing_key.serialize_pem());
        self.write(
            "secure.js",
            "const read = (name) => require('fs').readFileSync(name);\n\
             const given = { key: read('key.pem'), cert: read('cert.pem') };\n\
             require('https').createServer(given, (_, answer) => answer.end('hi'))\n\
               .listen(+process.argv[2], '127.0.0.1', function () {\n\
                 console.log(this.address().port, process.pid);\n\
               });\n",
        );
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self, line: &str) -> DevCommand {
        let mut command = DevCommand::new(self.path(), line);
        command.timing.look = Duration::from_millis(20);
        command.timing.watch = Duration::from_millis(20);
        command.timing.settle = Duration::from_millis(200);
        command
    }

    pub(crate) fn start(&self, line: &str) -> DevServer {
        self.start_command(self.command(line))
    }

    pub(crate) fn start_command(&self, command: DevCommand) -> DevServer {
        DevServer::start(Host::new(HOST), command, &self.ports, clock()).unwrap()
    }
}

#[expect(clippy::disallowed_methods, reason = "a clock that is handed in")]
fn clock() -> tripledash_devserver::Clock {
    Arc::new(SystemTime::now)
}

pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(DEADLINE, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what} did not happen in {DEADLINE:?}"),
    }
}

/// Waits for a state that `wanted` takes, and fails on one that no other follows.
pub(crate) async fn state(server: &DevServer, wanted: impl Fn(&State) -> bool) -> State {
    let mut states = server.state();
    let wait = states.wait_for(|state| wanted(state) || state.is_final());
    let state = tokio::time::timeout(DEADLINE, wait).await;
    let Ok(state) = state else {
        let last = server.state().borrow().clone();
        panic!("the last state was {last:?}, the log {:#?}", log(server));
    };
    let state = state.unwrap().clone();
    assert!(
        wanted(&state),
        "found {state:?}, the log {:#?}",
        log(server)
    );
    state
}

pub(crate) async fn ready(server: &DevServer) -> u16 {
    let ready = state(server, |state| matches!(state, State::Ready { .. })).await;
    ready.port().unwrap()
}

pub(crate) fn log(server: &DevServer) -> Vec<String> {
    let lines = server.log().page(0, usize::MAX).lines;
    lines.iter().map(|line| line.text.clone()).collect()
}

/// Waits for a line with `words`, and gives the number at its end.
pub(crate) async fn number_after(server: &DevServer, words: &str) -> u32 {
    let mut follow = server.log().follow(0);
    let find = async {
        loop {
            let page = follow
                .next(100)
                .await
                .expect("the line comes before the end");
            // The command itself is in the log as well.
            let printed = page
                .lines
                .iter()
                .filter(|line| line.stream == Stream::Output);
            let texts = printed.map(|line| line.text.as_str());
            for text in texts {
                if let Some((_, number)) = text.split_once(words) {
                    return number.trim().parse().unwrap();
                }
            }
        }
    };
    within(words, find).await
}

/// Whether a process is there, and more than a record of its end.
pub(crate) fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    let state = stat.ok().and_then(|stat| {
        let (_, rest) = stat.rsplit_once(") ")?;
        rest.chars().next()
    });
    state.is_some_and(|state| !matches!(state, 'Z' | 'X'))
}

/// The processes whose working directory is in `folder`: whatever a server has left there.
pub(crate) fn processes_in(folder: &Path) -> BTreeSet<u32> {
    let folder = folder.canonicalize().unwrap();
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| {
        let cwd = std::fs::read_link(format!("/proc/{pid}/cwd"));
        cwd.is_ok_and(|cwd| cwd.starts_with(&folder)) && is_alive(*pid)
    })
    .collect()
}
