//! The whole numbers of a type, and how one is read.

/// The whole numbers that a Rust integer type can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Int {
    /// The least.
    pub min: i128,
    /// The greatest.
    pub max: i128,
}

impl Int {
    /// The number that `text` writes, if it is a whole one within the bounds: digits, perhaps after a minus.
    pub(crate) fn read(self, text: &str) -> Option<i128> {
        let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
        // 64 bits have at most 20 digits: anything longer need not be read.
        if digits.is_empty() || digits.len() > 20 {
            return None;
        }
        let mut value = 0_i128;
        for digit in digits {
            value = value * 10 + i128::from(digit.checked_sub(b'0').filter(|digit| *digit <= 9)?);
        }
        if digits.len() < text.len() {
            value = -value;
        }
        (self.min..=self.max).contains(&value).then_some(value)
    }
}
