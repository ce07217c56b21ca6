//! How long a backend's answers take: a median and a 95th percentile that follow it, at a fixed cost. Pure, and shared without a lock.

use std::time::Duration;

use trefoil_context::Deadline;

use crate::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

/// Durations are counted in buckets, four to each doubling, from a quarter of a millisecond to about a minute: a percentile is
/// at most a fifth too high.
const BUCKETS: usize = 72;
const LEAST_MICROS: f64 = 250.0;
const PER_DOUBLING: f64 = 4.0;

/// So many answers make a percentile, and so many new ones make it anew.
const EVERY: u32 = 64;
/// With so many counted, all counts are halved: what was long ago weighs ever less.
const FULL: u32 = 1024;

/// An estimate.
#[derive(Debug)]
pub(crate) struct Latency {
    counts: [AtomicU32; BUCKETS],
    recorded: AtomicU32,
    estimating: AtomicBool,
    /// In microseconds; 0 for not known yet.
    median: AtomicU64,
    p95: AtomicU64,
}

impl Latency {
    pub(crate) fn new() -> Latency {
        Latency {
            counts: std::array::from_fn(|_| AtomicU32::new(0)),
            recorded: AtomicU32::new(0),
            estimating: AtomicBool::new(false),
            median: AtomicU64::new(0),
            p95: AtomicU64::new(0),
        }
    }

    /// Counts an answer.
    pub(crate) fn record(&self, took: Duration) {
        self.counts[bucket(took)].fetch_add(1, Ordering::Relaxed);
        if (self.recorded.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(EVERY) {
            self.estimate();
        }
    }

    /// The 95th percentile; `None` before there are enough answers to tell.
    pub(crate) fn p95(&self) -> Option<Duration> {
        known(&self.p95)
    }

    /// The median; `None` before there are enough answers to tell.
    pub(crate) fn median(&self) -> Option<Duration> {
        known(&self.median)
    }

    /// Whether what begins after `wait` can be expected to be answered by `deadline`: half of the answers take longer than their median.
    pub(crate) fn leaves_time(&self, wait: Duration, deadline: Deadline) -> bool {
        wait.saturating_add(self.median().unwrap_or_default()) < deadline.remaining()
    }

    /// Whoever records at the same time is counted here or at the next estimate; it does not matter which.
    fn estimate(&self) {
        if self.estimating.swap(true, Ordering::Acquire) {
            return;
        }
        let counts: [u32; BUCKETS] = std::array::from_fn(|at| self.counts[at].load(Ordering::Relaxed));
        let total: u32 = counts.iter().sum();
        let percentile = |of: u64| {
            let wanted = (u64::from(total) * of).div_ceil(100);
            let mut below = 0;
            let reached = counts.iter().position(|&count| {
                below += u64::from(count);
                below >= wanted
            });
            upper_micros(reached.unwrap_or(BUCKETS - 1))
        };
        self.median.store(percentile(50), Ordering::Relaxed);
        self.p95.store(percentile(95), Ordering::Relaxed);
        if total >= FULL {
            for (slot, count) in self.counts.iter().zip(counts) {
                slot.fetch_sub(count / 2, Ordering::Relaxed);
            }
        }
        self.estimating.store(false, Ordering::Release);
    }
}

fn known(micros: &AtomicU64) -> Option<Duration> {
    let micros = micros.load(Ordering::Relaxed);
    (micros > 0).then(|| Duration::from_micros(micros))
}

fn bucket(took: Duration) -> usize {
    let doublings = (took.as_secs_f64() * 1e6 / LEAST_MICROS).log2();
    // What is out of bounds is in the first bucket or the last; a cast of a float saturates.
    ((doublings * PER_DOUBLING).ceil().max(0.0) as usize).min(BUCKETS - 1)
}

fn upper_micros(bucket: usize) -> u64 {
    (LEAST_MICROS * (bucket as f64 / PER_DOUBLING).exp2()).ceil() as u64
}
