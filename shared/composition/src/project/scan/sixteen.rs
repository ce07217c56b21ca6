//! Looks at sixteen bytes at once: most strings in JSON are no longer.

use wide::u8x16;

const QUOTE: u8x16 = u8x16::new([b'"'; 16]);
const BACKSLASH: u8x16 = u8x16::new([b'\\'; 16]);
/// The last of the control characters, which are the first of all.
const CONTROL: u8x16 = u8x16::new([0x1f; 16]);
const ZERO: u8x16 = u8x16::new([b'0'; 16]);
const NINE: u8x16 = u8x16::new([9; 16]);

/// How many of these bytes are plain text of a string, up to the first that is not: a quote, a backslash or a control character.
#[inline]
pub(super) fn plain(sixteen: &[u8; 16]) -> usize {
    let bytes = u8x16::new(*sixteen);
    let special = bytes.simd_eq(QUOTE) | bytes.simd_eq(BACKSLASH) | bytes.min(CONTROL).simd_eq(bytes);
    // A bit for each byte, and one more for the end.
    (special.to_bitmask() | 1 << 16).trailing_zeros() as usize
}

/// Which of these bytes are no digits: a bit for each.
#[inline]
pub(super) fn no_digits(sixteen: &[u8; 16]) -> u32 {
    let value = u8x16::new(*sixteen) - ZERO;
    !value.min(NINE).simd_eq(value).to_bitmask()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same, said byte by byte.
    fn plainly(sixteen: &[u8; 16]) -> usize {
        sixteen.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)).unwrap_or(16)
    }

    #[test]
    fn each_byte_is_plain_or_special_wherever_it_stands_and_whatever_follows() {
        for byte in 0..=u8::MAX {
            for at in 0..16 {
                for after in [b'a', b'"', 0, 0x80, 0xff] {
                    let mut sixteen = [b'a'; 16];
                    sixteen[at] = byte;
                    sixteen[at + 1..].fill(after);
                    assert_eq!(plain(&sixteen), plainly(&sixteen), "{sixteen:?}");
                }
            }
        }
    }

    #[test]
    fn each_byte_is_a_digit_or_none_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            for at in 0..16 {
                for other in [b'5', b'a'] {
                    let mut sixteen = [other; 16];
                    sixteen[at] = byte;
                    let plainly =
                        (0..16).filter(|&at| !sixteen[at].is_ascii_digit()).fold(0, |bits, at| bits | 1 << at);
                    assert_eq!(no_digits(&sixteen) & 0xffff, plainly, "{sixteen:?}");
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_sixteen_bytes_are_plain_up_to_the_first_special_one(sixteen: [u8; 16], any in 0_u8..4) {
            // Mostly plain, so that the first special one stands anywhere.
            let sixteen = sixteen.map(|byte| if byte % 4 == any { byte } else { byte | 0x80 });
            prop_assert_eq!(plain(&sixteen), plainly(&sixteen));
        }
    }
}
