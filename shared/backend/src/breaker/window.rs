//! How many calls of late failed. Pure: time and the count of successes are handed in.

use std::time::Duration;

use tokio::time::Instant;

/// A stretch of time that begins with a failure and is forgotten after its length. So calls that went well in the hours before do not
/// hide that an address fails now, and a success need not be told when it was.
#[derive(Debug, Default)]
pub(crate) struct Window {
    begun: Option<Begun>,
}

#[derive(Debug)]
struct Begun {
    at: Instant,
    /// The successes until then.
    successes: u64,
    failures: u32,
}

/// The calls of a window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) calls: u64,
    pub(crate) failures: u64,
}

impl Window {
    /// Counts a failure.
    pub(crate) fn failed(&mut self, now: Instant, successes: u64, length: Duration) {
        match &mut self.begun {
            Some(begun) if now.saturating_duration_since(begun.at) < length => {
                begun.failures = begun.failures.saturating_add(1);
            }
            begun => *begun = Some(Begun { at: now, successes, failures: 1 }),
        }
    }

    /// What it has seen.
    pub(crate) fn seen(&self, now: Instant, successes: u64, length: Duration) -> Seen {
        match &self.begun {
            Some(begun) if now.saturating_duration_since(begun.at) < length => {
                let failures = u64::from(begun.failures);
                Seen { calls: failures + successes.saturating_sub(begun.successes), failures }
            }
            _ => Seen::default(),
        }
    }
}

impl Seen {
    /// The share of failures, in percent; 0 where there were no calls.
    pub(crate) fn failure_percent(self) -> u64 {
        (self.failures * 100).checked_div(self.calls).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_begins_with_a_failure_and_ends_after_its_length() {
        let (start, length) = (Instant::now(), Duration::from_secs(10));
        let mut window = Window::default();
        assert_eq!(window.seen(start, 1_000, length), Seen::default());
        window.failed(start, 1_000, length);
        window.failed(start + Duration::from_secs(9), 1_001, length);
        let seen = window.seen(start + Duration::from_secs(9), 1_002, length);
        assert_eq!((seen, seen.failure_percent()), (Seen { calls: 4, failures: 2 }, 50));
        assert_eq!(window.seen(start + length, 1_002, length), Seen::default());
        window.failed(start + length, 1_002, length);
        assert_eq!(window.seen(start + length, 1_002, length), Seen { calls: 1, failures: 1 });
    }
}
