//! How long things took, as a metric.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{BoundHistogram, Histogram};

use crate::Bound;

/// The bucket bounds that OpenTelemetry's semantic conventions (1.44) advise for durations of requests and of look-ups, in seconds.
pub const DURATION_BOUNDS_S: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// A histogram of durations in seconds, by keys that stand for sets of labels.
#[derive(Debug)]
pub struct Durations<K> {
    histogram: Histogram<f64>,
    bound: Bound<K, BoundHistogram<f64>>,
}

impl<K: PartialEq> Durations<K> {
    /// None known yet.
    pub fn new(histogram: Histogram<f64>) -> Durations<K> {
        Durations { histogram, bound: Bound::default() }
    }

    /// Records one. `labels` says what `key` stands for: always the same for the same key.
    pub fn record(&self, key: K, took: Duration, labels: impl FnOnce(&K) -> Vec<KeyValue>) {
        let seconds = took.as_secs_f64();
        if self.bound.with(&key, |bound| bound.record(seconds)).is_none() {
            let labels = labels(&key);
            self.histogram.record(seconds, &labels);
            self.bound.keep(key, || self.histogram.bind(&labels));
        }
    }
}
