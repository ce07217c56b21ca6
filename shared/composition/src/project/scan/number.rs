//! Reads a number (RFC 8259 section 6).

use super::sixteen::no_digits;

/// What follows a number that begins here. If it is none: where a digit is missing.
///
/// What stands after it is looked at by whoever reads on: `01` is `0` and something more.
#[inline]
pub(super) fn after_number(text: &[u8]) -> Result<&[u8], &[u8]> {
    // Most are digits and, perhaps, a point and more digits, and end before sixteen bytes do.
    if let Some(sixteen @ [b'1'..=b'9', ..]) = text.first_chunk::<16>() {
        let none = no_digits(sixteen);
        let whole = none.trailing_zeros() as usize;
        let end = match sixteen.get(whole) {
            Some(b'.') => (none & (none - 1)).trailing_zeros() as usize,
            _ => whole,
        };
        match sixteen.get(end) {
            Some(b'.' | b'e' | b'E') | None => {}
            Some(_) if end == whole + 1 => {}
            Some(_) => return text.get(end..).ok_or(text),
        }
    }
    after_parts(text)
}

/// The same of any number, part by part.
fn after_parts(text: &[u8]) -> Result<&[u8], &[u8]> {
    let mut rest = text;
    if let [b'-', digits @ ..] = rest {
        rest = digits;
    }
    rest = match rest {
        [b'0', rest @ ..] => rest,
        digits => after_digits(digits)?,
    };
    if let [b'.', digits @ ..] = rest {
        rest = after_digits(digits)?;
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        rest = match exponent {
            [b'+' | b'-', digits @ ..] => after_digits(digits)?,
            digits => after_digits(digits)?,
        };
    }
    Ok(rest)
}

#[inline]
fn after_digits(text: &[u8]) -> Result<&[u8], &[u8]> {
    match text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len()) {
        0 => Err(text),
        count => Ok(&text[count..]),
    }
}
