//! Waits that double: after the first, twice as long each, up to a bound.

use std::time::Duration;

/// The wait of this number, from 1.
pub(crate) fn doubled(first: Duration, number: u32, longest: Duration) -> Duration {
    first.saturating_mul(1 << number.saturating_sub(1).min(31)).min(longest)
}
