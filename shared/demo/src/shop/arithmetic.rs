//! Numbers that look drawn and are not: a mixing function over (what, which).

/// Spreads `n` over 64 bits (SplitMix64's finaliser). `salt` keeps the uses apart, so that an expensive product is not
/// always a heavy one.
pub(crate) fn mix(n: u64, salt: u64) -> u64 {
    let mut z = n.wrapping_add(salt.wrapping_mul(0xD1B5_4A32_D192_ED03)).wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number in `low..=high`.
pub(crate) fn between(low: u64, high: u64, n: u64, salt: u64) -> u64 {
    low + mix(n, salt) % (high - low + 1)
}

/// One entry of a table that is not empty.
pub(crate) fn one<T: Copy>(table: &[T], n: u64, salt: u64) -> T {
    table[usize::try_from(mix(n, salt) % table.len() as u64).unwrap_or_default()]
}
