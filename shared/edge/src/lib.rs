//! The onion around every request: identity, quota, limits, CORS, compression, traces, metrics, the access log.
//!
//! [`stack()`] puts it together; `stack.rs` shows every layer in request order. The crate knows neither backends nor
//! endpoints, reads no file and no environment, and makes no HTTP call: a [`KeySource`] and a [`QuotaStore`] are handed in.

mod access_log;
mod around;
mod authenticate;
mod bff;
mod body_limit;
mod body_timeout;
mod catch_panic;
mod compression;
mod config;
mod cors;
mod host;
mod jwt;
mod limits;
mod metrics;
mod no_content;
mod path;
mod policy;
mod problem_pages;
mod problems;
mod quota;
mod quota_in_process;
mod quota_store;
mod rate_limit_fields;
mod request_id;
mod sampling;
mod security_headers;
mod stack;
mod strip_identity;
mod trace;
mod unread_body;
mod visit;

pub use bff::{BffRoutes, BuildError, PublicRoute, RouteQuota};
pub use config::{CompressionConfig, EdgeConfig, IdentityConfig, KeysConfig, LimitsConfig, SecurityHeadersConfig};
pub use jwt::{IssuerKeys, KeyError, KeySource};
pub use policy::{Algorithm, AuthPolicy, BffPolicy, CorsPolicy, QuotaPolicy, WhenUnavailable};
pub use quota_in_process::InProcessQuota;
pub use quota_store::{Decision, QuotaStore, StoreError, Verdict};
pub use sampling::{Sampling, UnknownSampler};
pub use stack::stack;
pub use visit::Tls;
