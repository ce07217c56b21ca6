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
    /// What each key was taken for, and the answer if its write was made; the least recently used given up first when there are too many.
    known: Cache<StoreKey, Known>,
}

#[derive(Debug, Clone, Copy)]
struct Running {
    claim: Claim,
    until: Instant,
}

#[derive(Debug, Clone)]
struct Known {
    fingerprint: Fingerprint,
    /// `None`: the write was not made, as far as is known.
    stored: Option<Stored>,
    until: Instant,
    keep: Duration,
}

/// Each is kept for its own time.
struct Keep;

impl moka::Expiry<StoreKey, Known> for Keep {
    fn expire_after_create(&self, _: &StoreKey, known: &Known, _: std::time::Instant) -> Option<Duration> {
        Some(known.keep)
    }

    fn expire_after_update(
        &self,
        _: &StoreKey,
        known: &Known,
        _: std::time::Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(known.keep)
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
        let given_up = move |_, known: Known, cause| {
            if cause == RemovalCause::Size && known.stored.is_some() {
                tracing::warn!(
                    max_bytes,
                    "a write's answer is given up before its time; raise `idempotency.max_bytes`"
                );
            }
        };
        let known = Cache::builder()
            .max_capacity(max_bytes)
            .eviction_policy(EvictionPolicy::lru())
            .weigher(|_, known: &Known| {
                u32::try_from(known.stored.as_ref().map_or(0, Stored::size) + ENTRY_BYTES).unwrap_or(u32::MAX)
            })
            .expire_after(Keep)
            .eviction_listener(given_up)
            .build();
        InProcessIdempotency { running: Mutex::default(), known }
    }

    /// What is known of a key. Tokio's time decides, which tests can pause; moka's own only makes room.
    fn known(&self, key: &StoreKey, now: Instant) -> Option<Known> {
        self.known.get(key).filter(|known| known.until > now)
    }

    fn remember(&self, claim: Claim, stored: Option<Stored>, now: Instant, keep: Duration) {
        self.known.insert(claim.key, Known { fingerprint: claim.fingerprint, stored, until: now + keep, keep });
    }

    fn begin_now(&self, claim: Claim, lease: Duration, keep: Duration) -> Result<Begun, StoreError> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some(other) = running.get(&claim.key).filter(|running| running.until > now) {
            let same = other.claim.fingerprint == claim.fingerprint;
            return Ok(if same { Begun::Running } else { Begun::Mismatch });
        }
        if let Some(known) = self.known(&claim.key, now) {
            if known.fingerprint != claim.fingerprint {
                return Ok(Begun::Mismatch);
            }
            if let Some(stored) = known.stored {
                return Ok(Begun::Done(stored));
            }
        }
        if running.len() >= MOST_RUNNING {
            running.retain(|_, running| running.until > now);
            if running.len() >= MOST_RUNNING {
                return Err(StoreError("too many writes are under way".to_owned()));
            }
        }
        running.insert(claim.key, Running { claim, until: now + lease });
        self.remember(claim, None, now, keep.max(lease));
        Ok(Begun::Fresh)
    }

    fn complete_now(&self, claim: Claim, stored: Stored, keep: Duration) -> bool {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let ended = |known: Known| known.stored.is_some() || known.fingerprint != claim.fingerprint;
        match running.get(&claim.key) {
            Some(other) if other.claim.token != claim.token => return false,
            Some(_) => {}
            // Somebody else began after the lease, and has ended too.
            None if self.known(&claim.key, now).is_some_and(ended) => return false,
            None => {}
        }
        // In this order, under the lock: the key is never free between the two.
        self.remember(claim, Some(stored), now, keep);
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
    fn begin(&self, claim: Claim, lease: Duration, keep: Duration) -> BoxFuture<'_, Result<Begun, StoreError>> {
        Box::pin(ready(self.begin_now(claim, lease, keep)))
    }

    fn complete(&self, claim: Claim, stored: Stored, keep: Duration) -> BoxFuture<'_, Result<bool, StoreError>> {
        Box::pin(ready(Ok(self.complete_now(claim, stored, keep))))
    }

    fn abandon(&self, claim: Claim) -> BoxFuture<'_, Result<(), StoreError>> {
        self.abandon_now(claim);
        Box::pin(ready(Ok(())))
    }
}
