//! Slow start: an address that is new, or has come back, gets its share bit by bit, while its caches and pools fill.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::faults::{Faults, LONGEST_MS};

/// How an address that is new among others starts. The names are those of Envoy's slow start, whose rise is linear by default as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SlowStartConfig {
    /// How long it takes until it has its whole share, in milliseconds. At most 3600000; 0 is no slow start. Default 10000, a
    /// breaker's window (Envoy has no default).
    pub window_ms: u64,
    /// The share that it begins with, in percent of the whole. From 1 to 100; default 10 (Envoy's `min_weight_percent`).
    pub min_percent: u32,
}

impl Default for SlowStartConfig {
    fn default() -> SlowStartConfig {
        SlowStartConfig { window_ms: 10_000, min_percent: 10 }
    }
}

impl SlowStartConfig {
    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.range(&["slow_start", "window_ms"], self.window_ms, 0..=LONGEST_MS);
        faults.range(&["slow_start", "min_percent"], self.min_percent.into(), 1..=100);
    }

    /// The share after this time, in percent of the whole; 100 once it is over.
    pub(crate) fn percent(&self, after: Duration) -> u64 {
        let window = Duration::from_millis(self.window_ms);
        if after >= window {
            return 100;
        }
        let risen = u64::try_from(after.as_millis()).unwrap_or(u64::MAX).saturating_mul(100) / self.window_ms.max(1);
        risen.clamp(u64::from(self.min_percent).min(100), 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_grows_over_the_window() {
        let config = SlowStartConfig::default();
        let percent = [0, 500, 1_000, 5_000, 9_999, 10_000].map(|ms| config.percent(Duration::from_millis(ms)));
        assert_eq!(percent, [10, 10, 10, 50, 99, 100]);
        assert_eq!(SlowStartConfig { window_ms: 0, ..config }.percent(Duration::ZERO), 100);
    }
}
