//! Whether this instance wants requests. It goes one way: starting, ready, draining.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// What `/readyz` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Not yet.
    Starting,
    /// Now.
    Ready,
    /// No more.
    Draining,
}

/// Shared by the process, which moves it, and the admin listener, which tells.
#[derive(Debug, Clone, Default)]
pub(crate) struct Readiness(Arc<AtomicU8>);

impl Readiness {
    pub(crate) fn get(&self) -> State {
        match self.0.load(Ordering::Acquire) {
            0 => State::Starting,
            1 => State::Ready,
            _ => State::Draining,
        }
    }

    /// All listeners are up, and the first requests would not be refused for want of keys.
    pub(crate) fn ready(&self) {
        self.0.fetch_max(1, Ordering::AcqRel);
    }

    /// The end has begun; nothing makes it ready again.
    pub(crate) fn draining(&self) {
        self.0.fetch_max(2, Ordering::AcqRel);
    }
}
