//! Keys kept in this process: for one gateway, and for tests. Two gateways need a store that they share.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::{BoxFuture, ready};
use moka::notification::RemovalCause;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tokio::time::Instant;

use super::fingerprint::{Fingerprint, StoreKey};
use super::store::{Begun, Claim, IdempotencyStore, StoreError};
use super::stored::Stored;

/// What an entry takes beside its answer, in bytes.
const ENTRY_BYTES: usize = 256;

/// The most writes under way at once. Each is a request under way, so the edge's own limits are met long before.
const MOST_RUNNING: usize = 100_000;

/// The store.
#[derive(Debug)]
pub struct InProcessIdempotency {
    /// The writes under way: never given up for want of room.
    running: Mutex<HashMap<StoreKey, Running>>,
    /// The answers, the least recently used given up first when there are too many.
    done: Cache<StoreKey, Done>,
}

#[derive(Debug, Clone, Copy)]
struct Running {
    claim: Claim,
    until: Instant,
}

#[derive(Debug, Clone)]
struct Done {
    fingerprint: Fingerprint,
    stored: Stored,
    until: Instant,
    keep: Duration,
}

/// Each answer is kept for its own time.
struct Keep;

impl moka::Expiry<StoreKey, Done> for Keep {
    fn expire_after_create(&self, _: &StoreKey, done: &Done, _: std::time::Instant) -> Option<Duration> {
        Some(done.keep)
    }
}

impl Default for InProcessIdempotency {
    /// Answers of 64 MiB in all.
    fn default() -> InProcessIdempotency {
        InProcessIdempotency::new(64 << 20)
    }
}

impl InProcessIdempotency {
    /// A store for answers of about `max_bytes` in all. If there are more, those that were not asked for for the longest time
    /// are given up before their time, which is logged: a repeat of such a write would make it again.
    pub fn new(max_bytes: u64) -> InProcessIdempotency {
        let given_up = move |_, _, cause| {
            if cause == RemovalCause::Size {
                tracing::warn!(
                    max_bytes,
                    "a write's answer is given up before its time; raise `idempotency.max_bytes`"
                );
            }
        };
        let done = Cache::builder()
            .max_capacity(max_bytes)
            .eviction_policy(EvictionPolicy::lru())
            .weigher(|_, done: &Done| u32::try_from(done.stored.size() + ENTRY_BYTES).unwrap_or(u32::MAX))
            .expire_after(Keep)
            .eviction_listener(given_up)
            .build();
        InProcessIdempotency { running: Mutex::default(), done }
    }

    fn begin_now(&self, claim: Claim, lease: Duration) -> Result<Begun, StoreError> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some(other) = running.get(&claim.key).filter(|running| running.until > now) {
            let same = other.claim.fingerprint == claim.fingerprint;
            return Ok(if same { Begun::Running } else { Begun::Mismatch });
        }
        // Tokio's time decides, which tests can pause; moka's own only makes room.
        if let Some(done) = self.done.get(&claim.key).filter(|done| done.until > now) {
            let same = done.fingerprint == claim.fingerprint;
            return Ok(if same { Begun::Done(done.stored) } else { Begun::Mismatch });
        }
        if running.len() >= MOST_RUNNING {
            running.retain(|_, running| running.until > now);
            if running.len() >= MOST_RUNNING {
                return Err(StoreError("too many writes are under way".to_owned()));
            }
        }
        running.insert(claim.key, Running { claim, until: now + lease });
        Ok(Begun::Fresh)
    }

    fn complete_now(&self, claim: Claim, stored: Stored, keep: Duration) -> bool {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        match running.get(&claim.key) {
            Some(other) if other.claim.token != claim.token => return false,
            Some(_) => {}
            // Somebody else began after the lease, and has ended too.
            None if self.done.get(&claim.key).is_some_and(|done| done.until > now) => return false,
            None => {}
        }
        // In this order, under the lock: the key is never free between the two.
        self.done.insert(claim.key, Done { fingerprint: claim.fingerprint, stored, until: now + keep, keep });
        running.remove(&claim.key);
        true
    }

    fn abandon_now(&self, claim: Claim) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.get(&claim.key).is_some_and(|running| running.claim.token == claim.token) {
            running.remove(&claim.key);
        }
    }
}

impl IdempotencyStore for InProcessIdempotency {
    fn begin(&self, claim: Claim, lease: Duration) -> BoxFuture<'_, Result<Begun, StoreError>> {
        Box::pin(ready(self.begin_now(claim, lease)))
    }

    fn complete(&self, claim: Claim, stored: Stored, keep: Duration) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(ready(Ok(self.complete_now(claim, stored, keep))))
    }

    fn abandon(&self, claim: Claim) -> BoxFuture<'_, Result<(), StoreError>> {
        self.abandon_now(claim);
        Box::pin(ready(Ok(())))
    }
}
