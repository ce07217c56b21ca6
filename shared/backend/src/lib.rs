//! One call out: a client per backend, its layers in one order, and the seam behind which a transport sends bytes.
//!
//! Read [`client`] first, then `stack.rs`, which shows what a call passes through. This crate knows nothing of what a call
//! is for: that is composition's.

mod addresses;
mod balance;
mod breaker;
pub mod cache;
pub mod client;
mod collect;
mod compression;
pub mod config;
mod doubling;
mod effort;
mod ejection;
mod faults;
mod given_up;
mod headers;
mod health;
mod hedge;
mod inflate;
mod lag;
mod limit;
mod retry;
mod signal;
mod stack;
mod sync;
mod task;
pub mod transport;

pub use addresses::config::{AddressFamily, DnsConfig};
pub use addresses::places::{Host, Places};
pub use balance::slow_start::SlowStartConfig;
pub use breaker::config::BreakerConfig;
pub use cache::{Cache, CacheConfig, Cached, Policy, Purge, Served};
pub use client::{Call, CallFailure, Client, Clients, ClientsError, Reply};
pub use compression::{Coding, CompressionConfig, codings};
pub use config::BackendConfig;
pub use effort::{Criticality, Effort, OwnTime};
pub use ejection::EjectionConfig;
pub use faults::LONGEST_MS;
pub use health::config::HealthConfig;
pub use hedge::HedgeConfig;
pub use limit::ConcurrencyConfig;
pub use retry::{MOST_ATTEMPTS, RetryConfig, is_idempotent};
pub use transport::{BackendTlsConfig, Body, Choice, Outgoing, PoolSize, Sending, TlsPem, Transport, TransportError};
