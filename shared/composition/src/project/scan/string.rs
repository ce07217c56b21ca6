//! Reads a string (RFC 8259 section 7), sixteen bytes at a time.

use super::sixteen::plain;
use super::{Read, Reader};

/// What was seen in a string besides plain text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::project) enum Escapes {
    None,
    /// It is text all the same.
    Text,
    /// The grammar allows half of a surrogate pair. That is no text.
    Half,
}

/// What follows a string, of which the opening quote has been read; nothing if it is not plain text up to its closing quote, or
/// stands in the last bytes of all.
#[inline]
pub(super) fn after_plain(text: &[u8]) -> Option<&[u8]> {
    let (sixteen, more) = text.split_first_chunk()?;
    let plain = plain(sixteen);
    match sixteen.get(plain) {
        Some(b'"') => text.get(plain + 1..),
        Some(_) => None,
        None => after_more(more),
    }
}

/// The same, where most strings have ended already.
#[inline(never)]
fn after_more(mut rest: &[u8]) -> Option<&[u8]> {
    while let Some((sixteen, more)) = rest.split_first_chunk() {
        let plain = plain(sixteen);
        match sixteen.get(plain) {
            Some(b'"') => return rest.get(plain + 1..),
            Some(_) => return None,
            None => rest = more,
        }
    }
    None
}

impl Reader<'_> {
    /// Passes over a string, whose opening quote is next.
    #[inline]
    pub(in crate::project) fn string(&mut self) -> Read<()> {
        if let [b'"', text @ ..] = self.rest
            && let Some(rest) = after_plain(text)
        {
            self.rest = rest;
            self.escapes = Escapes::None;
            return Ok(());
        }
        self.string_with_escapes()
    }

    /// Passes over any string, whose opening quote is next.
    #[cold]
    pub(super) fn string_with_escapes(&mut self) -> Read<()> {
        self.escapes = Escapes::None;
        self.skip(1);
        loop {
            match self.rest {
                [b'"', ..] => {
                    self.skip(1);
                    return Ok(());
                }
                [b'\\' | 0..=0x1f, ..] => self.special()?,
                [_, ..] => self.skip(self.rest.first_chunk().map_or(1, plain)),
                [] => return Err(self.wrong("a string without an end")),
            }
        }
    }

    /// Passes over an escape. A control character is none.
    fn special(&mut self) -> Read<()> {
        let length = match self.rest {
            [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
            [b'\\', b'u', code @ ..] => match (hexadecimal(code), code.get(4..)) {
                // A pair makes one character.
                (Some(0xd800..=0xdbff), Some([b'\\', b'u', low @ ..]))
                    if matches!(hexadecimal(low), Some(0xdc00..=0xdfff)) =>
                {
                    12
                }
                (Some(0xd800..=0xdfff), _) => {
                    self.escapes = Escapes::Half;
                    6
                }
                (Some(_), _) => 6,
                (None, _) => return Err(self.wrong("an escape that is none")),
            },
            [b'\\', ..] => return Err(self.wrong("an escape that is none")),
            _ => return Err(self.wrong("a control character in a string")),
        };
        if self.escapes == Escapes::None {
            self.escapes = Escapes::Text;
        }
        self.skip(length);
        Ok(())
    }
}

/// The number that four hexadecimal digits write.
fn hexadecimal(code: &[u8]) -> Option<u32> {
    let digits = code.first_chunk::<4>()?;
    digits.iter().try_fold(0, |value, digit| Some(value << 4 | char::from(*digit).to_digit(16)?))
}
