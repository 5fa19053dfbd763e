//! Tripledash without a window: the engine, and what it needs from the machine.
#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod data_folder;
mod demo;
mod engine;
mod listen;
mod running;
mod token;

pub use data_folder::{NoDataFolder, data_folder};
pub use engine::{
    Engine, EngineOptions, OpenFirst, StartError, environment, keychain, now, supervisor,
};
pub use listen::{NoPort, PortChoice, USUAL_PORT};
pub use running::running;
pub use token::{NoToken, known as known_token};
pub use tripledash_core::address::BaseDomain;
pub use tripledash_workbench::NoKeychain;
