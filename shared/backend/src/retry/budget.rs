//! How many attempts a backend's calls may have beyond the first, together: a share of the recent calls, and a few a second in any case.
//!
//! It is what keeps retries from multiplying the load of a backend that is failing because of its load. Pure: time is handed in.

use std::sync::PoisonError;

use crate::sync::Mutex;
use crate::sync::atomic::{AtomicU64, Ordering};

/// How many seconds count as recent (Finagle's and Linkerd's default).
pub(crate) const WINDOW: u64 = 10;

/// The calls of a second, in one word: the low bits count, the high ones say which second.
const COUNT_BITS: u32 = 32;
const COUNT: u64 = (1 << COUNT_BITS) - 1;

/// A budget.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Of a hundred recent calls, how many may be attempted once more.
    percent: u64,
    /// How many more attempts there may be in any second.
    floor: u64,
    /// The calls of the last seconds, a ring. On every call's way, so without a lock.
    offered: [AtomicU64; WINDOW as usize],
    /// What was taken. Only calls that fail or are slow get here.
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    /// The second that `free` is of, and how much of the floor is used up in it.
    second: u64,
    free: u64,
    /// What was taken of the share in the last seconds, a ring, and which second each is.
    shared: [(u64, u64); WINDOW as usize],
}

impl Budget {
    /// `percent` of the calls of the last [`WINDOW`] seconds, and `floor` in each second.
    pub(crate) fn new(percent: u32, floor: u32) -> Budget {
        Budget {
            percent: u64::from(percent),
            floor: u64::from(floor),
            offered: std::array::from_fn(|_| AtomicU64::new(0)),
            taken: Mutex::new(Taken::default()),
        }
    }

    /// Counts a call in this second, however often it is attempted.
    pub(crate) fn offer(&self, second: u64) {
        let slot = &self.offered[place(second)];
        let mut seen = slot.load(Ordering::Relaxed);
        // A second that the ring has gone past is no longer recent.
        while second_of(seen) <= second {
            let counted = if second_of(seen) == second { seen + 1 } else { second << COUNT_BITS | 1 };
            match slot.compare_exchange_weak(seen, counted, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return,
                Err(other) => seen = other,
            }
        }
    }

    /// Takes one attempt more in this second, if there is one.
    pub(crate) fn take(&self, second: u64) -> bool {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.second < second {
            (taken.second, taken.free) = (second, 0);
        }
        if taken.free < self.floor {
            taken.free += 1;
            return true;
        }
        let recent = |of: u64| of <= second && second - of < WINDOW;
        let used: u64 = taken.shared.iter().filter(|(of, _)| recent(*of)).map(|(_, count)| count).sum();
        let offered: u64 = self
            .offered
            .iter()
            .map(|slot| slot.load(Ordering::Relaxed))
            .filter(|seen| recent(second_of(*seen)))
            .map(|seen| seen & COUNT)
            .sum();
        if (used + 1) * 100 > offered * self.percent {
            return false;
        }
        let slot = &mut taken.shared[place(second)];
        *slot = if slot.0 == second { (second, slot.1 + 1) } else { (second, 1) };
        true
    }
}

fn place(second: u64) -> usize {
    (second % WINDOW) as usize
}

fn second_of(word: u64) -> u64 {
    word >> COUNT_BITS
}
