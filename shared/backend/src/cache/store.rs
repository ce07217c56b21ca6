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

use super::Policy;
use super::freshness::{Said, Standing};
use super::key::Key;

/// What an entry costs beside its bytes, about.
const OVERHEAD: usize = 256;

/// A kept answer: a whole 200.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) backend: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What its headers said of its freshness.
    pub(crate) said: Said,
    /// When it came.
    pub(crate) at: Instant,
    /// How long it is worth its place, from then on.
    pub(crate) keep: Duration,
}

impl Entry {
    /// Its times, for one who asks by `policy`.
    pub(crate) fn standing(&self, policy: &Policy) -> Standing {
        Standing::of(&self.said, policy, self.at)
    }
}

/// What stands in the store: an answer, and what it is purged by. All who were given it have added their own.
#[derive(Debug, Clone)]
struct Stored {
    entry: Arc<Entry>,
    tags: Arc<[String]>,
    /// The purges that there had been when it was asked for.
    generation: u64,
}

impl Stored {
    fn size(&self) -> usize {
        let Entry { headers, body, .. } = &*self.entry;
        let headers = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 32);
        let tags = self.tags.iter().map(|tag| tag.len() + 24);
        OVERHEAD + body.len() + headers.chain(tags).sum::<usize>()
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
    fn names(&self, stored: &Stored) -> bool {
        match self {
            Purge::Tags(tags) => stored.tags.iter().any(|tag| tags.contains(tag)),
            Purge::Backend(backend) => stored.entry.backend == *backend,
            Purge::All => true,
        }
    }
}

/// The store. Its own clock only frees memory; whether an answer may be given out is decided by its instants.
#[derive(Debug)]
pub(crate) struct Store {
    entries: Moka<Key, Stored>,
    max_bytes: u64,
    /// How many purges there were. What began before the last is not kept.
    generation: RwLock<u64>,
}

struct WorthItsPlace;

impl Expiry<Key, Stored> for WorthItsPlace {
    fn expire_after_create(&self, _: &Key, stored: &Stored, _: std::time::Instant) -> Option<Duration> {
        Some(stored.entry.keep.saturating_sub(stored.entry.at.elapsed()))
    }

    fn expire_after_update(
        &self,
        key: &Key,
        stored: &Stored,
        now: std::time::Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        self.expire_after_create(key, stored, now)
    }
}

impl Store {
    /// A store that keeps at most about `max_bytes`, and tells `evicted` what had to make room.
    pub(crate) fn new(max_bytes: u64, evicted: impl Fn(&Entry) + Send + Sync + 'static) -> Store {
        let weigh = |key: &Key, stored: &Stored| u32::try_from(key.len() + stored.size()).unwrap_or(u32::MAX);
        let entries = Moka::builder()
            .max_capacity(max_bytes)
            .weigher(weigh)
            .expire_after(WorthItsPlace)
            .eviction_listener(move |_, stored: Stored, cause| {
                if cause == RemovalCause::Size {
                    evicted(&stored.entry);
                }
            })
            .build();
        Store { entries, max_bytes, generation: RwLock::new(0) }
    }

    /// What is kept under the key, for one whose answer is purged by `tags`, which are the answer's from now on.
    ///
    /// One that lacks a tag may have been there when that tag was purged, unless there was no purge since; then there is nothing.
    pub(crate) fn get(&self, key: &Key, tags: &[String]) -> Option<Arc<Entry>> {
        let stored = self.entries.get(key)?;
        if tags.iter().all(|tag| stored.tags.contains(tag)) {
            return Some(stored.entry);
        }
        let Stored { entry, tags: known, generation } = stored;
        self.keep(key.clone(), Arc::clone(&entry), united(&known, tags), generation).then_some(entry)
    }

    /// What is kept under the key is purged by.
    pub(crate) fn tags(&self, key: &Key) -> Arc<[String]> {
        self.entries.get(key).map(|stored| stored.tags).unwrap_or_default()
    }

    /// How many purges there were.
    pub(crate) fn generation(&self) -> u64 {
        *self.generation.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps an answer that was asked for in `generation`, and says whether it did: not if there was a purge since, nor if there
    /// could never be room for it.
    pub(crate) fn keep(&self, key: Key, entry: Arc<Entry>, tags: Arc<[String]>, generation: u64) -> bool {
        let stored = Stored { entry, tags, generation };
        if (key.len() + stored.size()) as u64 > self.max_bytes {
            return false;
        }
        // Held over the insertion, so that a purge comes either before and is seen, or after and finds the entry.
        let now = self.generation.read().unwrap_or_else(PoisonError::into_inner);
        if *now != generation {
            return false;
        }
        self.entries.insert(key, stored);
        true
    }

    /// Drops what is kept under the key, unless it is another answer by now.
    pub(crate) fn forget(&self, key: &Key, entry: &Arc<Entry>) {
        if self.entries.get(key).is_some_and(|kept| Arc::ptr_eq(&kept.entry, entry)) {
            self.entries.invalidate(key);
        }
    }

    pub(crate) fn purge(&self, purge: &Purge) -> usize {
        *self.generation.write().unwrap_or_else(PoisonError::into_inner) += 1;
        let named: Vec<_> = self.entries.iter().filter(|(_, stored)| purge.names(stored)).map(|(key, _)| key).collect();
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

/// The tags of both, each once.
pub(crate) fn united(known: &Arc<[String]>, more: &[String]) -> Arc<[String]> {
    let mut added = more.iter().filter(|tag| !known.contains(tag)).peekable();
    if added.peek().is_none() { Arc::clone(known) } else { known.iter().chain(added).cloned().collect() }
}
