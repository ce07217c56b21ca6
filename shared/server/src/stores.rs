//! What is kept beyond a request: in this process, or in stores that several gateways share.

pub(crate) mod config;

use std::sync::Arc;

use trefoil_composition::Idempotency;
use trefoil_composition::idempotency::{IdempotencyPolicy, InProcessIdempotency};

use crate::config::IdempotencyConfig;

/// Where idempotency keys are kept.
pub(crate) fn idempotency(config: &IdempotencyConfig) -> Idempotency {
    let policy =
        IdempotencyPolicy { when_store_fails: config.when_store_fails, max_answer_bytes: config.max_answer_bytes };
    Idempotency::new(Arc::new(InProcessIdempotency::new(config.max_bytes)), policy)
}
