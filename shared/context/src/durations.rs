//! How long things took, as a metric whose labels are worked out once for all that have the same.
//!
//! A histogram hashes its labels at each record. What is recorded at every request has few sets of them: each is bound when it first
//! occurs, and known by a small key from then on.

use std::fmt;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{BoundHistogram, Histogram};

/// A histogram of durations in seconds, by keys that stand for sets of labels.
pub struct Durations<K> {
    histogram: Histogram<f64>,
    bound: RwLock<Vec<(K, BoundHistogram<f64>)>>,
}

/// More keys than this are not remembered: what occurs later is recorded all the same, at the cost of its labels.
const MOST_BOUND: usize = 64;

impl<K: PartialEq> Durations<K> {
    /// None known yet.
    pub fn new(histogram: Histogram<f64>) -> Durations<K> {
        Durations { histogram, bound: RwLock::default() }
    }

    /// Records one. `labels` says what `key` stands for: always the same for the same key.
    pub fn record(&self, key: K, took: Duration, labels: impl FnOnce(&K) -> Vec<KeyValue>) {
        let seconds = took.as_secs_f64();
        let known = self.bound.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, bound)) = known.iter().find(|(other, _)| *other == key) {
            return bound.record(seconds);
        }
        drop(known);
        let labels = labels(&key);
        self.histogram.record(seconds, &labels);
        let mut known = self.bound.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST_BOUND && !known.iter().any(|(other, _)| *other == key) {
            known.push((key, self.histogram.bind(&labels)));
        }
    }
}

impl<K> fmt::Debug for Durations<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Durations").field("histogram", &self.histogram).finish_non_exhaustive()
    }
}
