//! Passes over any value, of which no more is asked than that it is JSON.

use super::number::after_number;
use super::string::after_plain;
use super::{MAX_DEPTH, Read, Reader};

impl<'t> Reader<'t> {
    /// Passes over any value, as deep as one may be. How deep it is is returned. What is open stands in one word: no text makes it recur.
    pub(in crate::project) fn pass_over(&mut self) -> Read<usize> {
        // What is left is kept in hand, and not put back before something is wrong: it changes with every token.
        let mut rest = self.rest;
        let mut open = Open::default();
        let (mut deepest, most) = (0, MAX_DEPTH - self.depth);
        'value: loop {
            rest = self.token(rest);
            'name: {
                match rest {
                    [b'"', ..] => rest = self.after_string(rest)?,
                    [b'-' | b'0'..=b'9', ..] => rest = after_number(rest).or_else(|rest| self.no_digit(rest))?,
                    [bracket @ (b'{' | b'['), inside @ ..] => {
                        if open.depth >= most {
                            return self.too_deep(rest);
                        }
                        deepest = deepest.max(open.depth + 1);
                        rest = self.token(inside);
                        match rest {
                            // In ASCII a closing bracket stands two after its opening one.
                            [close, after @ ..] if *close == bracket + 2 => rest = after,
                            _ => {
                                open.push(*bracket == b'{');
                                if open.is_object() {
                                    break 'name;
                                }
                                continue 'value;
                            }
                        }
                    }
                    _ => rest = self.after_word(rest)?,
                }
                while open.depth > 0 {
                    rest = self.token(rest);
                    match rest {
                        [b',', after @ ..] => {
                            rest = self.token(after);
                            if open.is_object() {
                                break 'name;
                            }
                            continue 'value;
                        }
                        [close, after @ ..] if *close == open.close() => rest = after,
                        _ => return self.unclosed(rest, open.close()),
                    }
                    open.pop();
                }
                self.rest = rest;
                return Ok(deepest as usize);
            }
            let [b'"', ..] = rest else { return self.no_name(rest) };
            rest = self.after_string(rest)?;
            rest = self.token(rest);
            let [b':', value @ ..] = rest else { return self.no_colon(rest) };
            rest = value;
        }
    }

    /// What follows a string, of which it is of no matter whether it is text.
    #[inline(always)]
    fn after_string(&mut self, rest: &'t [u8]) -> Read<&'t [u8]> {
        match rest.get(1..).and_then(after_plain) {
            Some(rest) => Ok(rest),
            None => self.after_escapes(rest),
        }
    }

    #[cold]
    fn after_escapes(&mut self, rest: &'t [u8]) -> Read<&'t [u8]> {
        self.rest = rest;
        self.string_with_escapes()?;
        Ok(self.rest)
    }
}

/// What is open: a bit for each, the innermost the lowest, set for an object.
#[derive(Default)]
struct Open {
    bits: u128,
    depth: u32,
}

// Each of them has a bit.
const _: () = assert!(MAX_DEPTH <= u128::BITS);

impl Open {
    #[inline]
    fn push(&mut self, object: bool) {
        self.depth += 1;
        self.bits = self.bits << 1 | u128::from(object);
    }

    #[inline]
    fn pop(&mut self) {
        self.depth -= 1;
        self.bits >>= 1;
    }

    #[inline]
    fn is_object(&self) -> bool {
        self.bits & 1 == 1
    }

    /// What closes it.
    #[inline]
    fn close(&self) -> u8 {
        // `]` and `}` differ in one bit.
        b']' | ((self.bits & 1) as u8) << 5
    }
}
