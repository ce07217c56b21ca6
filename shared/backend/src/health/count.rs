//! When checks in a row make an address healthy or not. Pure.

use super::config::HealthConfig;

/// The checks of one address.
#[derive(Debug, Default)]
pub(super) struct Count {
    good: u32,
    bad: u32,
}

impl Count {
    /// Counts a check; what the address is now, if there were enough in a row to say.
    pub(super) fn add(&mut self, good: bool, config: &HealthConfig) -> Option<bool> {
        if good {
            *self = Count { good: self.good.saturating_add(1), bad: 0 };
            (self.good >= config.healthy).then_some(true)
        } else {
            *self = Count { good: 0, bad: self.bad.saturating_add(1) };
            (self.bad >= config.unhealthy).then_some(false)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_as_many_in_a_row_as_declared() {
        let config = HealthConfig { healthy: 2, ..HealthConfig::at("/readyz") };
        let mut count = Count::default();
        let said: Vec<_> = "++-+--++---++".chars().map(|check| count.add(check == '+', &config)).collect();
        let none = None;
        let (yes, no) = (Some(true), Some(false));
        assert_eq!(said, [none, yes, none, none, none, none, none, yes, none, none, no, none, yes]);
    }
}
