//! What is to be run, and how a port gets into it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::log::Bounds;
use crate::supervise::Order;

/// Tells the time of day.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// A dev server that is to be run.
#[derive(Clone, Debug)]
pub struct DevCommand {
    /// The folder that its commands run in.
    pub folder: PathBuf,
    /// A line for the system's shell that is run first and must succeed, such as `npm ci`.
    pub setup: Option<String>,
    /// A line for the system's shell that runs the server, such as `npm run dev -- --port {port}`.
    /// Every `{port}` in it becomes the port; the variable `PORT` has it too.
    pub dev: String,
    /// More variables. They win over ours, but for `PORT`.
    pub set: Vec<(String, String)>,
    /// Variables of this program that the commands do not inherit.
    pub unset: Vec<String>,
    /// How long things may take.
    pub timing: Timing,
    /// How much of what it prints is kept.
    pub bounds: Bounds,
}

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// From the start until the server answers; after it the server is said to be late, and goes on.
    pub ready: Duration,
    /// How long a server that answers on another port than it was given has for its own before the
    /// other is taken.
    pub settle: Duration,
    /// How long processes have to end by themselves when they are asked to.
    pub grace: Duration,
    /// How often a server that starts is looked at.
    pub look: Duration,
    /// How often a server that is ready is looked at.
    pub watch: Duration,
}

// === impl DevCommand ===

impl DevCommand {
    /// The command `dev` in `folder`, with nothing before it and everything else as usual.
    pub fn new(folder: impl Into<PathBuf>, dev: impl Into<String>) -> Self {
        Self {
            folder: folder.into(),
            setup: None,
            dev: dev.into(),
            set: Vec::new(),
            unset: Vec::new(),
            timing: Timing::default(),
            bounds: Bounds::default(),
        }
    }

    /// The line that runs the server on `port`.
    ///
    /// # Example
    ///
    /// ```
    /// let command = tripledash_devserver::DevCommand::new("/srv/app", "vite --port {port}");
    /// assert_eq!(command.line(5173), "vite --port 5173");
    /// ```
    pub fn line(&self, port: u16) -> String {
        self.dev.replace("{port}", &port.to_string())
    }

    pub(crate) fn order(&self, line: String, port: Option<u16>) -> Order {
        // No colours: the log is text. No browser: the window shows the page. `HOST` stays as it is:
        // servers read it each in their own way, some listen for the whole network then.
        let ours = [
            ("BROWSER", "none"),
            ("NO_COLOR", "1"),
            ("FORCE_COLOR", "0"),
            // What reads neither, such as Python's tools, writes at once where this is set.
            ("PYTHONUNBUFFERED", "1"),
        ];
        let ours = ours.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut set: Vec<_> = ours.into_iter().chain(self.set.iter().cloned()).collect();
        set.extend(port.map(|port| ("PORT".to_owned(), port.to_string())));
        Order {
            line,
            folder: self.folder.clone(),
            set,
            unset: self.unset.clone(),
            grace: self.timing.grace,
            mark: format!("{:032x}", rand::random::<u128>()),
        }
    }
}

// === impl Timing ===

impl Default for Timing {
    fn default() -> Self {
        Self {
            ready: Duration::from_secs(120),
            settle: Duration::from_secs(3),
            grace: Duration::from_secs(5),
            look: Duration::from_millis(250),
            watch: Duration::from_secs(2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_in_the_line_and_in_the_environment() {
        let mut command = DevCommand::new("/srv/app", "a {port} b={port}");
        command.set = vec![
            ("PORT".to_owned(), "1".to_owned()),
            ("NO_COLOR".to_owned(), String::new()),
        ];
        let order = command.order(command.line(4000), Some(4000));
        assert_eq!(order.line, "a 4000 b=4000");
        let last = |name: &str| {
            let mut set = order.set.iter().rev();
            set.find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        assert_eq!(last("PORT"), Some("4000"));
        assert_eq!(last("NO_COLOR"), Some(""));
        assert_eq!(last("BROWSER"), Some("none"));
        assert_eq!(last("HOST"), None);
    }
}
