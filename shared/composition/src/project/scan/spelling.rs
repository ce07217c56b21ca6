//! A member's name as it is mostly spelt, so that it is known by its bytes.

/// `"name":`, and its first sixteen bytes as one number: most are no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spelling {
    quoted: Box<[u8]>,
    first: u128,
    /// Which bits of sixteen bytes are those of the name.
    mask: u128,
}

impl Spelling {
    /// `quoted` is the name as a JSON string.
    pub(crate) fn new(quoted: &str) -> Spelling {
        let quoted = format!("{quoted}:");
        let (mut first, mut mask) = ([0; 16], [0; 16]);
        for (at, byte) in quoted.bytes().take(16).enumerate() {
            (first[at], mask[at]) = (byte, u8::MAX);
        }
        Spelling {
            quoted: quoted.as_bytes().into(),
            first: u128::from_le_bytes(first),
            mask: u128::from_le_bytes(mask),
        }
    }

    /// What follows the name, if a text begins with it.
    #[inline]
    pub(super) fn after<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        match text.first_chunk() {
            Some(sixteen) if (u128::from_le_bytes(*sixteen) ^ self.first) & self.mask != 0 => None,
            Some(_) if self.quoted.len() <= 16 => text.get(self.quoted.len()..),
            _ => text.strip_prefix(&*self.quoted),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_any_length_is_known_by_all_of_its_bytes() {
        for length in 0..40 {
            let name = format!("\"{}\"", "n".repeat(length));
            let spelling = Spelling::new(&name);
            for after in ["", "1", "1}", "\"a value longer than sixteen bytes\""] {
                let text = format!("{name}:{after}");
                assert_eq!(spelling.after(text.as_bytes()), Some(after.as_bytes()), "{text}");
                for at in 0..=name.len() {
                    let mut other = text.clone().into_bytes();
                    other[at] ^= 1;
                    assert_eq!(spelling.after(&other), None, "{text} with another byte at {at}");
                    assert_eq!(spelling.after(&text.as_bytes()[..at]), None, "{text} cut off at {at}");
                }
            }
        }
    }
}
