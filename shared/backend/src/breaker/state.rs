//! The breaker's state machine. Pure: time is handed in, and nothing is shared.
//!
//! Closed → open when it fails too often → half-open when its time is over → closed when its probes go well, open again, for longer,
//! when one does not.

use tokio::time::Instant;

use super::config::BreakerConfig;
use super::window::{Seen, Window};

/// Where a breaker is.
#[derive(Debug, Default)]
pub(crate) struct State {
    phase: Phase,
    window: Window,
    /// How many times it opened since it was last closed.
    opened: u32,
    /// How many times it was half-open in all: a probe of an earlier time decides nothing.
    half_opened: u64,
}

#[derive(Debug, Default)]
enum Phase {
    #[default]
    Closed,
    Open {
        until: Instant,
    },
    HalfOpen {
        under_way: u32,
        good: u32,
    },
}

/// What operators are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// It opened, after so many failures in a row, or such a window.
    Opened { in_a_row: u32, seen: Seen },
    /// It closed.
    Closed,
}

/// A place for one call while it is half-open.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Probe {
    half_opened: u64,
}

/// What became of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Probed {
    Good,
    Bad,
    /// It was cut short, and says nothing.
    Cancelled,
}

impl State {
    /// A call that was no probe failed. One that began before it opened changes nothing any more.
    pub(crate) fn failed(
        &mut self,
        now: Instant,
        in_a_row: u32,
        successes: u64,
        config: &BreakerConfig,
    ) -> Option<Change> {
        if !self.is_closed() {
            return None;
        }
        self.window.failed(now, successes, config.window());
        let seen = self.window.seen(now, successes, config.window());
        let often =
            seen.calls >= u64::from(config.min_calls) && seen.failure_percent() >= u64::from(config.failure_percent);
        if !config.enabled || (in_a_row < config.consecutive_failures && !often) {
            return None;
        }
        self.open(now, config);
        Some(Change::Opened { in_a_row, seen })
    }

    pub(crate) fn probe(&mut self, now: Instant, config: &BreakerConfig) -> Option<Probe> {
        match &mut self.phase {
            Phase::Open { until } if now >= *until => {
                self.phase = Phase::HalfOpen { under_way: 1, good: 0 };
                self.half_opened += 1;
            }
            Phase::HalfOpen { under_way, good } if *under_way + *good < config.probes => *under_way += 1,
            Phase::Closed | Phase::Open { .. } | Phase::HalfOpen { .. } => return None,
        }
        Some(Probe { half_opened: self.half_opened })
    }

    #[expect(clippy::needless_pass_by_value, reason = "a probe is given back once")]
    pub(crate) fn probed(
        &mut self,
        probe: Probe,
        result: Probed,
        now: Instant,
        config: &BreakerConfig,
    ) -> Option<Change> {
        let Phase::HalfOpen { under_way, good } = &mut self.phase else { return None };
        if probe.half_opened != self.half_opened {
            return None;
        }
        *under_way = under_way.saturating_sub(1);
        match result {
            Probed::Cancelled => None,
            Probed::Bad => {
                self.open(now, config);
                None
            }
            Probed::Good if *good + 1 < config.probes => {
                *good += 1;
                None
            }
            Probed::Good => {
                *self = State { half_opened: self.half_opened, ..State::default() };
                Some(Change::Closed)
            }
        }
    }

    pub(crate) fn seen(&self, now: Instant, successes: u64, config: &BreakerConfig) -> Seen {
        self.window.seen(now, successes, config.window())
    }

    pub(crate) fn forget(&mut self) {
        self.window = Window::default();
    }

    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.phase, Phase::Closed)
    }

    pub(crate) fn name(&self) -> &'static str {
        match self.phase {
            Phase::Closed => "closed",
            Phase::Open { .. } => "open",
            Phase::HalfOpen { .. } => "half_open",
        }
    }

    fn open(&mut self, now: Instant, config: &BreakerConfig) {
        self.opened = self.opened.saturating_add(1);
        self.phase = Phase::Open { until: now + config.open(self.opened) };
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn config() -> BreakerConfig {
        BreakerConfig { min_calls: 4, ..BreakerConfig::default() }
    }

    fn at(start: Instant, millis: u64) -> Instant {
        start + Duration::from_millis(millis)
    }

    fn opened(start: Instant) -> State {
        let mut state = State::default();
        let changes: Vec<_> = (1..=5).map(|in_a_row| state.failed(start, in_a_row, 1_000, &config())).collect();
        assert!(matches!(changes[..], [None, None, None, Some(Change::Opened { in_a_row: 4, .. }), _]), "{changes:?}");
        state
    }

    #[test]
    fn failures_in_a_row_open_it_and_so_does_their_share() {
        let start = Instant::now();
        let patient = BreakerConfig { min_calls: 100, ..config() };
        let mut state = State::default();
        let fifth = (1..=5).map(|in_a_row| state.failed(start, in_a_row, 0, &patient)).last().flatten();
        assert!(matches!(fifth, Some(Change::Opened { in_a_row: 5, .. })), "{fifth:?}");
        // Every other call fails, so that there is never a second in a row.
        let mut state = State::default();
        let changes: Vec<_> = (0..3).map(|call| state.failed(start, 1, call, &config()).is_some()).collect();
        assert_eq!(changes, [false, false, true], "5 calls with 3 failures are more than half of at least 4");
    }

    #[test]
    fn it_does_not_open_where_there_is_none() {
        let off = BreakerConfig { enabled: false, ..config() };
        let mut state = State::default();
        assert!((1..100).all(|in_a_row| state.failed(Instant::now(), in_a_row, 0, &off).is_none()));
    }

    #[test]
    fn each_probe_that_fails_doubles_the_time_to_the_next_up_to_the_bound() {
        let start = Instant::now();
        let mut state = opened(start);
        let mut now = start;
        for wait in [5_000, 10_000, 20_000, 40_000, 60_000, 60_000] {
            assert_eq!(state.probe(at(now, wait - 1), &config()), None, "{wait}");
            now = at(now, wait);
            let probe = state.probe(now, &config()).unwrap();
            assert_eq!(state.probe(now, &config()), None, "one probe at once");
            assert_eq!(state.probed(probe, Probed::Bad, now, &config()), None, "it is not said to have opened again");
        }
        let probe = state.probe(at(now, 60_000), &config()).unwrap();
        assert_eq!(state.probed(probe, Probed::Good, now, &config()), Some(Change::Closed));
        assert!(state.is_closed());
        // And what was is forgotten: the next opening is short again.
        assert_eq!(state.opened, 0);
    }

    #[test]
    fn a_cancelled_probe_gives_its_place_back() {
        let start = Instant::now();
        let mut state = opened(start);
        let now = at(start, 5_000);
        let probe = state.probe(now, &config()).unwrap();
        assert_eq!(state.probed(probe, Probed::Cancelled, now, &config()), None);
        assert!(state.probe(now, &config()).is_some());
    }

    #[test]
    fn as_many_probes_as_are_made_have_to_go_well() {
        let start = Instant::now();
        let three = BreakerConfig { probes: 3, ..config() };
        let mut state = opened(start);
        let now = at(start, 5_000);
        let probes: Vec<_> = (0..4).map(|_| state.probe(now, &three)).collect();
        assert_eq!(probes.iter().filter(|probe| probe.is_some()).count(), 3);
        let closed: Vec<_> = probes.into_iter().flatten().map(|p| state.probed(p, Probed::Good, now, &three)).collect();
        assert_eq!(closed, [None, None, Some(Change::Closed)]);
    }

    #[test]
    fn what_began_earlier_decides_nothing_later() {
        let start = Instant::now();
        let two = BreakerConfig { probes: 2, ..config() };
        let mut state = opened(start);
        let first = state.probe(at(start, 5_000), &two).unwrap();
        let second = state.probe(at(start, 5_000), &two).unwrap();
        state.probed(first, Probed::Bad, at(start, 5_000), &two);
        assert_eq!(state.failed(at(start, 5_001), 99, 0, &two), None, "a call of before it opened");
        let _third = state.probe(at(start, 15_000), &two).unwrap();
        // The second's place was one of another time: to give it back frees none, and its success counts for nothing.
        assert_eq!(state.probed(second, Probed::Good, at(start, 15_000), &two), None);
        assert!(state.probe(at(start, 15_000), &two).is_some());
        assert_eq!(state.probe(at(start, 15_000), &two), None);
    }
}
