//! Dev servers: run one so that nothing of it outlives the program, and find those that run already.
//!
//! - A command runs under a *supervisor*: the program's own executable, started again. It holds one
//!   end of a connection to us. When that ends, for whatever reason, also SIGKILL, the supervisor
//!   ends all that the command started, and then itself.
//! - A server is ready when it answers HTTP. That it listens elsewhere than it was told, goes to the
//!   background, crashes, or never listens is seen, and told in words.
//! - What a command prints is kept bounded, and reading it never waits for who looks at it.
//! - Servers that somebody else started are found by their listening sockets and the folder that
//!   their process works in.
#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used))]
// A job object does there what groups, sessions, marks and reports are for elsewhere.
#![cfg_attr(windows, allow(dead_code))]

mod answer;
mod command;
mod find;
mod log;
mod ports;
mod processes;
mod server;
mod state;
pub mod supervise;
mod supervised;

pub use answer::{Answer, Kind};
pub use command::{Clock, DevCommand, Timing};
pub use find::{Candidate, Listening, Place, Processes, find_for};
pub use log::{Bounds, Follow, Line, Log, Page, Phase, Stream};
pub use ports::{NoPort, Port, Ports};
pub use server::DevServer;
pub use state::{Ended, Families, Last, Remark, State};
pub use supervised::Host;
