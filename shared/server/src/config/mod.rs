//! The configuration of a gateway: `gateway.yaml`, the environment over it, flags over both.
//!
//! A tree of small structs, each owned by the module that it configures. Unknown keys are refused; whatever is wrong is
//! shown with its line, all of it at once. [`Config::parse`] is the one way in from text; code may change what it gave.

mod bff;
mod check;
mod decode;
mod environment;
mod expand;
mod fault;
mod load;
mod mark;
mod overrides;
mod password;
mod read;
mod tree;

use std::collections::BTreeMap;

use serde::Deserialize;
use trefoil_backend::{BackendConfig, CacheConfig, DnsConfig};
use trefoil_edge::EdgeConfig;

pub use self::bff::{BffConfig, EndpointConfig, KeptConfig};
pub use self::environment::Environment;
pub(crate) use self::fault::nearest;
pub use self::fault::{ConfigError, Fault};
pub use self::mark::Mark;
pub use crate::admin::AdminConfig;
pub use crate::keys::IssuerConfig;
pub use crate::listen::{LimitsConfig, ListenersConfig, PublicConfig, TlsConfig};
pub use crate::run::ShutdownConfig;
pub use crate::stores::RedisConfig;
pub use crate::stores::config::{IdempotencyConfig, StoreKind, StoresConfig};
pub use crate::telemetry::{LogConfig, LogFormat, TelemetryConfig};

/// The version of the file that this gateway reads.
const VERSION: i128 = 1;

/// Everything an operator may set. Durations are in the unit that the key ends with (`_ms`, `_s`), sizes in `_bytes`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// `version`: always 1, and always the first key.
    pub version: u32,
    /// `listeners`: where requests come in.
    #[serde(default)]
    pub listeners: ListenersConfig,
    /// `admin`: where operators look.
    #[serde(default)]
    pub admin: AdminConfig,
    /// `shutdown`: how the process ends.
    #[serde(default)]
    pub shutdown: ShutdownConfig,
    /// `log`: lines on standard output.
    #[serde(default)]
    pub log: LogConfig,
    /// `telemetry`: traces and metrics.
    #[serde(default)]
    pub telemetry: TelemetryConfig,
    /// `edge`: what is the same for every request.
    #[serde(default)]
    pub edge: EdgeConfig,
    /// `stores`: what several gateways share.
    #[serde(default)]
    pub stores: StoresConfig,
    /// `idempotency`: writes under an Idempotency-Key.
    #[serde(default)]
    pub idempotency: IdempotencyConfig,
    /// `issuers`: where the keys of an issuer are, for those without OpenID discovery.
    #[serde(default)]
    pub issuers: Vec<IssuerConfig>,
    /// `bffs`: each BFF's policy and limits, by name.
    #[serde(default)]
    pub bffs: BTreeMap<String, BffConfig>,
    /// `dns`: how names of backends are looked up.
    #[serde(default)]
    pub dns: DnsConfig,
    /// `backends`: each backend, by name.
    #[serde(default)]
    pub backends: BTreeMap<String, BackendConfig>,
    /// `cache`: the answers of backends that are kept, for calls that say so.
    #[serde(default)]
    pub cache: CacheConfig,
    /// The text it came from, so that a later fault can be shown at its line.
    #[serde(skip)]
    source: Option<Source>,
}

/// The text of a configuration and where each value stands in it.
#[derive(Debug, Clone)]
struct Source {
    name: String,
    text: String,
    tree: tree::Node,
}

impl Config {
    /// Whether it makes sense by itself: asked again after code has changed it.
    pub fn check(&self) -> Result<(), ConfigError> {
        let faults = check::check(self);
        if faults.is_empty() { Ok(()) } else { Err(self.error(faults)) }
    }

    /// A fault at `path`, shown where that stands in the file, if there is one.
    pub(crate) fn fault(&self, path: &[&str], what: impl Into<String>, help: Option<String>) -> Fault {
        let mark = self.source.as_ref().map_or(Mark::Nowhere, |source| source.tree.mark_of(path));
        Fault { mark, path: path.join("."), what: what.into(), help }
    }

    /// These faults as one error.
    pub(crate) fn error(&self, faults: Vec<Fault>) -> ConfigError {
        match &self.source {
            Some(source) => ConfigError::new(&source.name, &source.text, faults),
            None => ConfigError::new("the configuration", "", faults),
        }
    }
}
