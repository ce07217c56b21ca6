//! Sections `stores` and `idempotency` of the configuration.

use serde::Deserialize;
use trefoil_composition::idempotency::WhenStoreFails;

use super::RedisConfig;

/// Section `stores`: where what outlives a request can be kept, for several gateways.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoresConfig {
    /// `redis`: a Redis or Valkey. Default: none.
    pub redis: Option<RedisConfig>,
}

/// Where something is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreKind {
    /// In this process: each gateway for itself.
    #[default]
    Process,
    /// In `stores.redis`.
    Redis,
}

/// Section `idempotency`: writes under an Idempotency-Key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdempotencyConfig {
    /// `store`: where keys are kept: `process`, which does for one gateway, or `redis` (section `stores.redis`), which several
    /// need. Default `process`.
    pub store: StoreKind,
    /// `when_store_fails`: what a write under a key does while the store of the keys cannot be reached: `closed` answers 503,
    /// `open` makes the write without its protection. Default `closed`.
    pub when_store_fails: WhenStoreFails,
    /// `max_answer_bytes`: the largest answer of a write that is kept, from 1024 to 16777216. A larger one is not repeated, and
    /// still no second write is made. Default 262144.
    pub max_answer_bytes: usize,
    /// `max_bytes`: of all answers kept in this process; beyond it the oldest are given up. Default 67108864.
    pub max_bytes: u64,
}

impl Default for IdempotencyConfig {
    fn default() -> IdempotencyConfig {
        IdempotencyConfig {
            store: StoreKind::Process,
            when_store_fails: WhenStoreFails::Closed,
            max_answer_bytes: 256 << 10,
            max_bytes: 64 << 20,
        }
    }
}
