//! What an operator says about breakers.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::doubling::doubled;
use crate::faults::{Faults, LONGEST_MS, UpTo};

/// When an address is no longer asked, and how it is tried again. The defaults are Hystrix's, but for the failures in a row, which
/// are Envoy's.
///
/// What is known of an address outlives each new list that it stands in. It ends with the client: a process that starts takes
/// every address to be well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BreakerConfig {
    /// Whether there are breakers. Default true.
    pub enabled: bool,
    /// So many failures in a row open it. From 1 to 1000; default 5 (Envoy's `consecutive_5xx`).
    pub consecutive_failures: u32,
    /// So large a share of failures in the window opens it, in percent. From 1 to 100; default 50 (Hystrix's
    /// `errorThresholdPercentage`).
    pub failure_percent: u32,
    /// That share counts from so many calls in the window on. From 1 to 100000; default 20 (Hystrix's `requestVolumeThreshold`).
    pub min_calls: u32,
    /// The window, in milliseconds: it begins with a failure. From 100 to 3600000; default 10000 (Hystrix's
    /// `rollingStats.timeInMilliseconds`, Envoy's `interval`).
    pub window_ms: u64,
    /// How long it is open before the first probe, in milliseconds. From 1 to `max_open_ms`; default 5000 (Hystrix's
    /// `sleepWindowInMilliseconds`). Doubled by each probe that fails.
    pub open_ms: u64,
    /// The most that it is open before the next probe, in milliseconds. At most 3600000; default 60000 (Linkerd's
    /// `max-penalty`).
    pub max_open_ms: u64,
    /// So many probes are made at once, and so many have to go well. From 1 to 100; default 1 (Hystrix's).
    pub probes: u32,
}

impl Default for BreakerConfig {
    fn default() -> BreakerConfig {
        BreakerConfig {
            enabled: true,
            consecutive_failures: 5,
            failure_percent: 50,
            min_calls: 20,
            window_ms: 10_000,
            open_ms: 5_000,
            max_open_ms: 60_000,
            probes: 1,
        }
    }
}

impl BreakerConfig {
    pub(crate) fn check(&self, faults: &mut Faults) {
        let mut range = |key, value: u64, bounds| faults.range(&["breaker", key], value, bounds);
        range("consecutive_failures", self.consecutive_failures.into(), 1..=1_000);
        range("failure_percent", self.failure_percent.into(), 1..=100);
        range("min_calls", self.min_calls.into(), 1..=100_000);
        range("window_ms", self.window_ms, 100..=LONGEST_MS);
        range("probes", self.probes.into(), 1..=100);
        let (most, bounds) = (self.max_open_ms, 1..=LONGEST_MS);
        faults.up_to(
            &["breaker"],
            &UpTo { key: "open_ms", value: self.open_ms, least: 1, most_key: "max_open_ms", most, bounds },
        );
    }

    pub(crate) fn window(&self) -> Duration {
        Duration::from_millis(self.window_ms)
    }

    /// How long it is open after opening so many times in a row.
    pub(crate) fn open(&self, times: u32) -> Duration {
        doubled(Duration::from_millis(self.open_ms), times, Duration::from_millis(self.max_open_ms))
    }
}
