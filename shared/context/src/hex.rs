//! Hexadecimal digits. They stand in every call, every answer and every line of the log, and the formatting machinery costs ten times as
//! much.

/// Writes `bytes` in lower case, two digits each, as far as `text` goes.
pub fn write_hex(text: &mut [u8], bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (digits, byte) in text.chunks_exact_mut(2).zip(bytes) {
        digits[0] = DIGITS[usize::from(byte >> 4)];
        digits[1] = DIGITS[usize::from(byte & 15)];
    }
}
