//! What is kept beyond a request: in this process, or in stores that several gateways share.

pub(crate) mod config;
mod redis;
mod redis_idempotency;

use std::sync::Arc;

use trefoil_composition::Idempotency;
use trefoil_composition::idempotency::{IdempotencyPolicy, IdempotencyStore, InProcessIdempotency};

use self::redis::Redis;
pub use self::redis::RedisConfig;
use self::redis_idempotency::RedisIdempotency;
use crate::config::{Config, ConfigError, StoreKind};

/// Where idempotency keys are kept. Nothing is connected yet.
pub(crate) fn idempotency(config: &Config) -> Result<Idempotency, ConfigError> {
    let section = &config.idempotency;
    let store: Arc<dyn IdempotencyStore> = match section.store {
        StoreKind::Process => Arc::new(InProcessIdempotency::new(section.max_bytes)),
        StoreKind::Redis => {
            let refused =
                |path: &[&str], what: String, help: Option<String>| config.error(vec![config.fault(path, what, help)]);
            let Some(redis) = &config.stores.redis else {
                let what = "there is no Redis to keep keys in".to_owned();
                return Err(refused(&["idempotency", "store"], what, Some("add `stores.redis.url`".to_owned())));
            };
            let redis = Redis::new(redis).map_err(|(key, what)| refused(&["stores", "redis", key], what, None))?;
            Arc::new(RedisIdempotency::new(Arc::new(redis)))
        }
    };
    let policy =
        IdempotencyPolicy { when_store_fails: section.when_store_fails, max_answer_bytes: section.max_answer_bytes };
    Ok(Idempotency::new(store, policy))
}
