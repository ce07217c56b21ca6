//! What is kept: one bounded store for all backends.

use std::sync::Arc;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use moka::Expiry;
use moka::notification::RemovalCause;
use moka::sync::Cache as Moka;
use tokio::time::Instant;

use super::key::Key;

/// What an entry costs beside its bytes, about.
const OVERHEAD: usize = 256;

/// A kept answer: a whole 200.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) backend: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Until then it is fresh.
    pub(crate) fresh_until: Instant,
    /// Until then it is given out while it is made new.
    pub(crate) until_revalidated: Instant,
    /// Until then it stands in for a failure.
    pub(crate) until_given_up: Instant,
    /// How long it is worth its place, from when it was kept.
    pub(crate) keep: Duration,
    pub(crate) shared: bool,
    pub(crate) tags: Vec<String>,
}

impl Entry {
    /// How long it stays fresh.
    pub(crate) fn fresh_for(&self, now: Instant) -> Option<Duration> {
        self.fresh_until.checked_duration_since(now).filter(|left| !left.is_zero())
    }

    fn size(&self) -> usize {
        let headers = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 32);
        let tags = self.tags.iter().map(|tag| tag.len() + 24);
        OVERHEAD + self.body.len() + headers.chain(tags).sum::<usize>()
    }
}

/// Which answers to drop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purge {
    /// Those with any of these tags.
    Tags(Vec<String>),
    /// Those of this backend.
    Backend(String),
    /// All of them.
    All,
}

impl Purge {
    fn names(&self, entry: &Entry) -> bool {
        match self {
            Purge::Tags(tags) => entry.tags.iter().any(|tag| tags.contains(tag)),
            Purge::Backend(backend) => entry.backend == *backend,
            Purge::All => true,
        }
    }
}

/// The store. Its own clock only frees memory; whether an answer may be given out is decided by its instants.
#[derive(Debug)]
pub(crate) struct Store {
    entries: Moka<Key, Arc<Entry>>,
    max_bytes: u64,
    /// How many purges there were. What began before the last is not kept.
    generation: RwLock<u64>,
}

struct WorthItsPlace;

impl Expiry<Key, Arc<Entry>> for WorthItsPlace {
    fn expire_after_create(&self, _: &Key, entry: &Arc<Entry>, _: std::time::Instant) -> Option<Duration> {
        Some(entry.keep)
    }

    fn expire_after_update(
        &self,
        _: &Key,
        entry: &Arc<Entry>,
        _: std::time::Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.keep)
    }
}

impl Store {
    /// A store that keeps at most about `max_bytes`, and tells `evicted` what had to make room.
    pub(crate) fn new(max_bytes: u64, evicted: impl Fn(&Entry) + Send + Sync + 'static) -> Store {
        let weigh = |key: &Key, entry: &Arc<Entry>| u32::try_from(key.len() + entry.size()).unwrap_or(u32::MAX);
        let entries = Moka::builder()
            .max_capacity(max_bytes)
            .weigher(weigh)
            .expire_after(WorthItsPlace)
            .eviction_listener(move |_, entry: Arc<Entry>, cause| {
                if cause == RemovalCause::Size {
                    evicted(&entry);
                }
            })
            .build();
        Store { entries, max_bytes, generation: RwLock::new(0) }
    }

    pub(crate) fn get(&self, key: &Key) -> Option<Arc<Entry>> {
        self.entries.get(key)
    }

    /// How many purges there were.
    pub(crate) fn generation(&self) -> u64 {
        *self.generation.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps an answer that was asked for in `generation`, and says whether it did: not if there was a purge since, nor if there
    /// could never be room for it.
    pub(crate) fn keep(&self, key: Key, entry: Arc<Entry>, generation: u64) -> bool {
        if (key.len() + entry.size()) as u64 > self.max_bytes {
            return false;
        }
        // Held over the insertion, so that a purge comes either before and is seen, or after and finds the entry.
        let now = self.generation.read().unwrap_or_else(PoisonError::into_inner);
        if *now != generation {
            return false;
        }
        self.entries.insert(key, entry);
        true
    }

    /// Drops what is kept under the key, unless it is another answer by now.
    pub(crate) fn forget(&self, key: &Key, entry: &Arc<Entry>) {
        if self.entries.get(key).is_some_and(|kept| Arc::ptr_eq(&kept, entry)) {
            self.entries.invalidate(key);
        }
    }

    pub(crate) fn purge(&self, purge: &Purge) -> usize {
        *self.generation.write().unwrap_or_else(PoisonError::into_inner) += 1;
        let named: Vec<_> = self.entries.iter().filter(|(_, entry)| purge.names(entry)).map(|(key, _)| key).collect();
        for key in &named {
            self.entries.invalidate(key.as_ref());
        }
        named.len()
    }

    /// How many bytes are kept, about.
    pub(crate) fn bytes(&self) -> u64 {
        self.entries.weighted_size()
    }
}
