//! The numbers that a declaration allows, where they need not be whole.

use std::fmt;

use crate::declare::Bounds;

/// From the least to the greatest, both included; nothing where there is no bound.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Range {
    min: Option<i128>,
    max: Option<i128>,
}

impl Range {
    /// The range that the bounds leave.
    pub(crate) fn of(bounds: &Bounds) -> Range {
        Range { min: bounds.min, max: bounds.max }
    }

    /// Whether a number is in it; what is no finite number never is.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a bound beyond 2^53 holds as exactly as a number so large is told apart"
    )]
    pub(crate) fn holds(self, number: f64) -> bool {
        number.is_finite()
            && self.min.is_none_or(|min| number >= min as f64)
            && self.max.is_none_or(|max| number <= max as f64)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.min, self.max) {
            (Some(min), Some(max)) => write!(f, "a number from {min} to {max}"),
            (Some(min), None) => write!(f, "a number of at least {min}"),
            (None, Some(max)) => write!(f, "a number of at most {max}"),
            (None, None) => f.write_str("a number"),
        }
    }
}
