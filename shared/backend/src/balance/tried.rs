//! The addresses that a call's attempts were sent to.

use std::sync::atomic::{AtomicU64, Ordering};

/// A set of addresses, as good as it needs to be: two whose numbers differ by a multiple of 64 are taken for one. Attempts of one call
/// that are under way beside each other share it.
#[derive(Debug, Default)]
pub(crate) struct Tried(AtomicU64);

impl Tried {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    pub(crate) fn contains(&self, number: u64) -> bool {
        self.0.load(Ordering::Relaxed) & bit(number) != 0
    }

    pub(crate) fn add(&self, number: u64) {
        self.0.fetch_or(bit(number), Ordering::Relaxed);
    }
}

fn bit(number: u64) -> u64 {
    1 << (number % 64)
}
