//! The part of a breaker that calls share. A call that succeeds on an address that is well costs two atomics and no look at the clock.

use std::sync::PoisonError;

use tokio::time::Instant;

use super::config::BreakerConfig;
use super::state::{Change, Probe, Probed, State};
use super::window::Seen;
use crate::sync::Mutex;
use crate::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

/// The breaker of one address.
#[derive(Debug)]
pub(crate) struct Breaker {
    config: BreakerConfig,
    /// Whether calls go through; changed under the lock of `state` alone.
    closed: AtomicBool,
    /// Failures since the last success.
    in_a_row: AtomicU32,
    /// Successes since it was made.
    successes: AtomicU64,
    state: Mutex<State>,
}

impl Breaker {
    pub(crate) fn new(config: BreakerConfig) -> Breaker {
        Breaker {
            config,
            closed: AtomicBool::new(true),
            in_a_row: AtomicU32::new(0),
            successes: AtomicU64::new(0),
            state: Mutex::new(State::default()),
        }
    }

    /// Whether every call goes through.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// A call went well.
    pub(crate) fn succeeded(&self) {
        self.successes.fetch_add(1, Ordering::Relaxed);
        // Read first: while all is well nobody writes, and the line stays shared.
        if self.in_a_row.load(Ordering::Relaxed) != 0 {
            self.in_a_row.store(0, Ordering::Relaxed);
        }
    }

    /// A call failed. Says so when that opened it.
    pub(crate) fn failed(&self, now: Instant) -> Option<Change> {
        self.change(|state| {
            // Counted under the lock: a failure of before it closed must not be the one too many of after.
            let in_a_row = self.in_a_row.fetch_add(1, Ordering::Relaxed).saturating_add(1);
            state.failed(now, in_a_row, self.successes.load(Ordering::Relaxed), &self.config)
        })
    }

    /// A place for one call that finds out whether the address is well again, if it is time and a place is free. It must be
    /// given back by [`Breaker::probed`], whatever became of the call.
    pub(crate) fn probe(&self, now: Instant) -> Option<Probe> {
        self.change(|state| state.probe(now, &self.config))
    }

    /// What became of a probe. Says so when that closed it.
    pub(crate) fn probed(&self, probe: Probe, result: Probed, now: Instant) -> Option<Change> {
        self.change(|state| {
            let change = state.probed(probe, result, now, &self.config);
            if matches!(change, Some(Change::Closed)) {
                self.in_a_row.store(0, Ordering::Relaxed);
            }
            change
        })
    }

    /// The calls of the present window.
    pub(crate) fn seen(&self, now: Instant) -> Seen {
        let successes = self.successes.load(Ordering::Relaxed);
        self.change(|state| state.seen(now, successes, &self.config))
    }

    /// Begins a new window.
    pub(crate) fn forget(&self) {
        self.change(State::forget);
    }

    /// The state's name, for operators.
    pub(crate) fn name(&self) -> &'static str {
        self.change(|state| state.name())
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut state);
        self.closed.store(state.is_closed(), Ordering::Release);
        result
    }
}
