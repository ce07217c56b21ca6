//! A process: configuration, listeners, admin, telemetry, command line.
//!
//! The only crate that reads files and the environment. It puts the BFFs (composition), the backends' clients (backend)
//! and the onion around them (edge) together: see `assemble.rs`, then `run.rs`. It knows no BFF by name.

mod admin;
mod assemble;
mod backend_tls;
mod cli;
pub mod config;
mod keys;
mod limits;
mod listen;
mod run;
mod runtime;
mod signals;
mod stores;
mod telemetry;
mod warm_up;

pub use assemble::DeclarationsError;
pub use cli::{App, ExtraCommand, print, print_error};
pub use config::{Config, ConfigError, Environment};
pub use listen::BindError;
pub use run::{Running, StartError, start};
pub use runtime::runtime;
pub use signals::{End, HangUp, Signals};
pub use telemetry::TelemetryError;

/// What this process calls itself, unless it is told otherwise.
const SERVICE_NAME: &str = "trefoil-gateway";
