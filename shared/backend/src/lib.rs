//! One call out: a client per backend, its layers in one order, and the seam behind which a transport sends bytes.
//!
//! Read [`client`] first, then `stack.rs`, which shows what a call passes through. This crate knows nothing of what a call
//! is for: that is composition's.

mod addresses;
pub mod cache;
pub mod client;
mod collect;
pub mod config;
mod effort;
mod headers;
mod signal;
mod stack;
pub mod transport;

pub use cache::{Cache, CacheConfig, Cached, Policy, Purge, Served};
pub use client::{Call, CallFailure, Client, Clients, ClientsError, Reply};
pub use config::BackendConfig;
pub use effort::{Criticality, Effort};
pub use transport::{Body, Outgoing, Sending, Transport, TransportError};
