//! One window under one WebDriver, with a data folder and an upstream of its own.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::time::{Instant, interval};

use crate::upstream::Upstream;

/// How long anything in the window may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open window.
pub(crate) struct Window {
    pub(crate) client: Client,
    _driver: Driver,
    _upstream: Upstream,
    _folder: TempDir,
}

impl Window {
    /// Opens the window on a workspace with two tenants and one preview.
    pub(crate) async fn open() -> Self {
        Self::open_with(&[]).await
    }

    /// The same, started with these words besides the workspace's folder.
    pub(crate) async fn open_with(words: &[&str]) -> Self {
        let upstream = Upstream::start().await;
        let folder = tempfile::tempdir().unwrap();
        let workspace = json!({
            "name": "two-tenants",
            "tenants": [{ "id": "acme", "name": "Acme" }, { "id": "globex", "name": "Globex" }],
            "previews": [{
                "name": "main",
                "upstream": format!("http://127.0.0.1:{}", upstream.address.port()),
                "host": format!("{{tenant}}.localhost:{}", upstream.address.port()),
            }],
        });
        std::fs::write(folder.path().join("tripledash.json"), workspace.to_string()).unwrap();

        let (port, native_port) = (free_port().await, free_port().await);
        let mut driver = Command::new(named("TAURI_DRIVER"));
        driver
            .args([
                "--port",
                &port.to_string(),
                "--native-port",
                &native_port.to_string(),
            ])
            .env("TRIPLEDASH_DATA", folder.path().join("data"))
            .env("TRIPLEDASH_KEYCHAIN", "off")
            .env("TRIPLEDASH_NO_SINGLE_INSTANCE", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        let mut driver = Driver(driver.spawn().unwrap());
        // It passes every word on to the native driver, which must be up as well.
        answers(native_port, &mut driver.0).await;
        answers(port, &mut driver.0).await;

        let mut arguments = vec![json!(folder.path())];
        arguments.extend(words.iter().map(|word| json!(word)));
        let capabilities = json!({
            "browserName": "wry",
            "tauri:options": { "application": named("TRIPLEDASH_DESKTOP"), "args": arguments },
        });
        let Value::Object(capabilities) = capabilities else {
            unreachable!("written as an object above")
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap();
        Self {
            client,
            _driver: driver,
            _upstream: upstream,
            _folder: folder,
        }
    }

    /// Waits for an element that a person could find by this.
    pub(crate) async fn see(&self, css: &str) -> Element {
        let found = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(css))
            .await;
        match found {
            Ok(element) => element,
            Err(error) => panic!("no {css}: {error}\n{}", self.shown().await),
        }
    }

    /// Waits for the trace's row of a tenant's request for a path.
    pub(crate) async fn see_row(&self, tenant: &str, path: &str) -> Element {
        let row = format!(
            "//*[@data-testid='trace-row'][.//*[normalize-space()='{tenant}']][.//*[@title='{path}']]"
        );
        match self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::XPath(&row))
            .await
        {
            Ok(element) => element,
            Err(error) => panic!("no row of {tenant} {path}: {error}\n{}", self.shown().await),
        }
    }

    /// Waits until the window's text, or that of the frame the journey is in, holds this.
    pub(crate) async fn read(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        let mut again = interval(Duration::from_millis(50));
        while Instant::now() < deadline {
            again.tick().await;
            if self.shown().await.contains(text) {
                return;
            }
        }
        panic!("{text:?} did not come up in:\n{}", self.shown().await);
    }

    /// Does something inside a pane's frame, and comes back out.
    pub(crate) async fn enter(&self, pane: &str) {
        self.see(&format!("[data-testid='{pane}'] iframe"))
            .await
            .enter_frame()
            .await
            .unwrap();
    }

    /// Back to the window itself.
    pub(crate) async fn leave(&self) {
        self.client.enter_parent_frame().await.unwrap();
    }

    /// Reads in the window that was opened besides the first, and goes back to the first.
    pub(crate) async fn read_in_second(&self, text: &str) {
        let first = self.client.window().await.unwrap();
        let deadline = Instant::now() + PATIENCE;
        let mut again = interval(Duration::from_millis(50));
        let second = loop {
            again.tick().await;
            let windows = self.client.windows().await.unwrap();
            if let Some(second) = windows.into_iter().find(|window| *window != first) {
                break second;
            }
            assert!(Instant::now() < deadline, "no second window opened");
        };
        self.client.switch_to_window(second).await.unwrap();
        self.read(text).await;
        self.client.switch_to_window(first).await.unwrap();
    }

    /// Closes the window as the driver does it.
    pub(crate) async fn close(self) {
        self.client.clone().close().await.unwrap();
    }

    async fn shown(&self) -> String {
        // While a page loads there is no body to read; the caller asks again.
        match self
            .client
            .execute(
                "return document.body ? document.body.innerText : ''",
                vec![],
            )
            .await
        {
            Ok(Value::String(text)) => text,
            _ => String::new(),
        }
    }
}

/// The WebDriver, ended with all that it started, also when a journey failed half-way.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(id) = self.0.id() {
            let group = format!("-{id}");
            // What has ended already needs no end.
            let _ = std::process::Command::new("kill")
                .args(["-KILL", "--", &group])
                .status();
        }
    }
}

fn named(variable: &str) -> PathBuf {
    match std::env::var_os(variable) {
        Some(path) => path.into(),
        None => panic!("{variable} is not set: run this by `cargo xtask test --only desktop`"),
    }
}

async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

async fn answers(port: u16, driver: &mut Child) {
    let deadline = Instant::now() + PATIENCE;
    let mut again = interval(Duration::from_millis(20));
    while Instant::now() < deadline {
        again.tick().await;
        if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return;
        }
        if let Some(status) = driver.try_wait().unwrap() {
            panic!("the WebDriver ended with {status}");
        }
    }
    panic!("the WebDriver does not answer on port {port}");
}
