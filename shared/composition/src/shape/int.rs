//! The whole numbers of a type, and how one is read.

/// The whole numbers that a Rust integer type can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Int {
    /// The least.
    pub min: i128,
    /// The greatest.
    pub max: i128,
}

/// How many digits always fit into 64 bits.
const MOST_AT_ONCE: usize = 19;

impl Int {
    /// The number that `text` writes, if it is a whole one within the bounds: digits, perhaps after a minus.
    pub(crate) fn read(self, text: &[u8]) -> Option<i128> {
        let digits = text.strip_prefix(b"-").unwrap_or(text);
        // 64 bits have at most 20 digits: anything longer need not be read.
        if digits.is_empty() || digits.len() > 20 {
            return None;
        }
        let (first, rest) = digits.split_at(digits.len().min(MOST_AT_ONCE));
        let mut value = i128::from(whole(first)?);
        for digit in rest {
            value = value * 10 + i128::from(whole(&[*digit])?);
        }
        if digits.len() < text.len() {
            value = -value;
        }
        (self.min..=self.max).contains(&value).then_some(value)
    }
}

/// The number that at most [`MOST_AT_ONCE`] digits write: in 64 bits it is several times as fast as in 128.
#[inline]
fn whole(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |value, digit| {
        let digit = digit.wrapping_sub(b'0');
        (digit <= 9).then(|| value * 10 + u64::from(digit))
    })
}
