//! Outlier ejection: an address that fails much more often than the others is left alone for a while, as long as enough are left.
//!
//! A breaker looks at one address and may open on all; an outlier stands out among several, and failing at all is enough for it.
//! Pure: what was seen is handed in.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::breaker::window::Seen;
use crate::faults::{Faults, LONGEST_MS, UpTo};

/// When an address is an outlier, and for how long. The names are those of Envoy's outlier detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EjectionConfig {
    /// Whether outliers are ejected. Default true.
    pub enabled: bool,
    /// By how much more of its calls fail than of the others' on average, in points of percent, in the breaker's window and from its
    /// `min_calls` on. From 1 to 100; default 20, which is our own choice: Envoy looks at deviations, which few addresses do not have.
    pub failure_percent: u32,
    /// The most addresses ejected at once, in percent of all; one may be wherever there are two. From 0 to 100; default 10
    /// (Envoy's `max_ejection_percent`).
    pub max_ejected_percent: u32,
    /// For how long, the first time, in milliseconds; the second time twice as long, and so on. From 1 to `max_time_ms`; default 30000
    /// (Envoy's `base_ejection_time`).
    pub base_time_ms: u64,
    /// The longest, in milliseconds. At most 3600000; default 300000 (Envoy's `max_ejection_time`).
    pub max_time_ms: u64,
}

impl Default for EjectionConfig {
    fn default() -> EjectionConfig {
        EjectionConfig {
            enabled: true,
            failure_percent: 20,
            max_ejected_percent: 10,
            base_time_ms: 30_000,
            max_time_ms: 300_000,
        }
    }
}

impl EjectionConfig {
    pub(crate) fn check(&self, faults: &mut Faults) {
        let mut range = |key, value: u64, bounds| faults.range(&["ejection", key], value, bounds);
        range("failure_percent", self.failure_percent.into(), 1..=100);
        range("max_ejected_percent", self.max_ejected_percent.into(), 0..=100);
        let (most, bounds) = (self.max_time_ms, 1..=LONGEST_MS);
        faults.up_to(
            &["ejection"],
            &UpTo { key: "base_time_ms", value: self.base_time_ms, least: 1, most_key: "max_time_ms", most, bounds },
        );
    }

    /// Whether an address that was seen to do this stands out among the others.
    pub(crate) fn is_outlier(&self, own: Seen, min_calls: u32, others: impl Iterator<Item = Seen>) -> bool {
        if own.calls < u64::from(min_calls) {
            return false;
        }
        let (count, sum) = others.fold((0, 0), |(count, sum), seen| (count + 1, sum + seen.failure_percent()));
        count > 0 && own.failure_percent() >= sum / count + u64::from(self.failure_percent)
    }

    /// Whether one more may be ejected when so many of all are.
    pub(crate) fn has_room(&self, ejected: usize, of: usize) -> bool {
        let most = (of * self.max_ejected_percent as usize / 100).max(usize::from(self.max_ejected_percent > 0));
        ejected < most.min(of.saturating_sub(1))
    }

    /// For how long the ejection of this number, from 1, is.
    pub(crate) fn time(&self, number: u32) -> Duration {
        Duration::from_millis(self.base_time_ms.saturating_mul(number.into()).min(self.max_time_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(failures: u64, calls: u64) -> Seen {
        Seen { calls, failures }
    }

    #[test]
    fn an_outlier_fails_much_more_often_than_the_others() {
        let config = EjectionConfig::default();
        let healthy = [seen(0, 0), seen(1, 20)];
        assert!(config.is_outlier(seen(5, 20), 20, healthy.into_iter()));
        assert!(!config.is_outlier(seen(5, 19), 20, healthy.into_iter()), "too few calls");
        assert!(!config.is_outlier(seen(4, 20), 20, [seen(1, 20)].into_iter()), "20 % beside 5 %");
        assert!(!config.is_outlier(seen(10, 20), 20, [seen(8, 20), seen(9, 20)].into_iter()), "all are sick");
        assert!(!config.is_outlier(seen(20, 20), 20, std::iter::empty()), "there are no others");
    }

    #[test]
    fn no_more_than_the_declared_share_is_ejected_and_never_the_last() {
        let most = |percent, of| {
            let config = EjectionConfig { max_ejected_percent: percent, ..EjectionConfig::default() };
            (0..=of).take_while(|&ejected| config.has_room(ejected, of)).count()
        };
        assert_eq!([most(10, 1), most(10, 2), most(10, 10), most(10, 30), most(50, 10)], [0, 1, 1, 3, 5]);
        assert_eq!([most(0, 10), most(100, 10), most(100, 1)], [0, 9, 0]);
    }

    #[test]
    fn each_ejection_is_longer_up_to_the_bound() {
        let config = EjectionConfig::default();
        let seconds: Vec<u64> = [1, 2, 3, 10, 11, u32::MAX].map(|number| config.time(number).as_secs()).into();
        assert_eq!(seconds, [30, 60, 90, 300, 300, 300]);
    }
}
