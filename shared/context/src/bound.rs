//! Instruments with their labels worked out once for all that have the same.
//!
//! An instrument hashes its labels at each record. What is recorded at every request has few sets of them: each is bound when it first
//! occurs, and known by a small key from then on.

use std::fmt;
use std::sync::{PoisonError, RwLock};

/// Bound instruments, by keys that stand for sets of labels.
pub struct Bound<K, I>(RwLock<Vec<(K, I)>>);

/// More keys than this are not remembered.
const MOST: usize = 64;

impl<K: PartialEq, I> Bound<K, I> {
    /// Uses the instrument of this key, if there is one.
    pub fn with<T>(&self, key: &K, then: impl FnOnce(&I) -> T) -> Option<T> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().find(|(other, _)| other == key).map(|(_, bound)| then(bound))
    }

    /// Remembers one, unless that of its key is known already, or there are too many.
    pub fn keep(&self, key: K, bind: impl FnOnce() -> I) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST && !known.iter().any(|(other, _)| *other == key) {
            known.push((key, bind()));
        }
    }
}

impl<K, I> Default for Bound<K, I> {
    fn default() -> Bound<K, I> {
        Bound(RwLock::default())
    }
}

impl<K, I> fmt::Debug for Bound<K, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound").finish_non_exhaustive()
    }
}
