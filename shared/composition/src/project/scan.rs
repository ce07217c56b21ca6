//! Reads JSON (RFC 8259) token by token, and makes no values of it.
//!
//! A pass over a body needs where each value begins and ends, and that all of it is JSON: no more. Text goes by sixteen bytes at
//! a time, and a member that comes where it was expected is known by its bytes.

mod any;
mod number;
mod sixteen;
mod spelling;
mod string;
mod wrong;

use std::borrow::Cow;
use std::ops::Range;

use self::number::after_number;
pub(crate) use self::spelling::Spelling;
pub(super) use self::string::Escapes;
pub(super) use self::wrong::{Read, Wrong};
use super::unquoted;

/// The most lists and objects inside one another, whether they are looked at or passed over: as many as serde_json reads.
const MAX_DEPTH: u32 = 128;

/// A reader of one text. To look ahead, clone it.
#[derive(Clone)]
pub(super) struct Reader<'t> {
    text: &'t str,
    /// What is left of it.
    rest: &'t [u8],
    depth: u32,
    /// How many blanks between tokens have been passed over.
    blanks: usize,
    /// What was seen in the string that was read last.
    escapes: Escapes,
}

/// A value, and what was seen of it on the way.
pub(super) struct Measured {
    pub(super) range: Range<usize>,
    /// How many lists and objects are inside one another.
    pub(super) depth: usize,
    /// Whether there are blanks between its tokens.
    pub(super) blanks: bool,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Reader<'t> {
        Reader { text, rest: text.as_bytes(), depth: 0, blanks: 0, escapes: Escapes::None }
    }

    /// Something wrong here.
    #[cold]
    pub(super) fn wrong(&self, what: impl Into<String>) -> Box<Wrong> {
        Wrong::after(&self.text.as_bytes()[..self.at()], what.into())
    }

    /// How many bytes have been passed over.
    #[inline]
    pub(super) fn at(&self) -> usize {
        self.text.len() - self.rest.len()
    }

    /// The bytes from here to there.
    #[inline]
    pub(super) fn bytes(&self, range: Range<usize>) -> &'t [u8] {
        self.text.as_bytes().get(range).unwrap_or_default()
    }

    /// The byte that stands before this place, if one does.
    #[inline]
    pub(super) fn byte_before(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at.wrapping_sub(1)).copied()
    }

    #[inline]
    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    /// What is left from the next token on.
    #[inline]
    fn token(&mut self, rest: &'t [u8]) -> &'t [u8] {
        match rest {
            [..=b' ', ..] => self.after_blanks(rest),
            rest => rest,
        }
    }

    #[inline(never)]
    fn after_blanks(&mut self, rest: &'t [u8]) -> &'t [u8] {
        let blank = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\t' | b'\r');
        let count = rest.iter().position(|byte| !blank(byte)).unwrap_or(rest.len());
        self.blanks += count;
        &rest[count..]
    }

    /// The first byte of the next token.
    #[inline]
    pub(super) fn peek(&mut self) -> Read<u8> {
        self.rest = self.token(self.rest);
        match self.rest {
            [first, ..] => Ok(*first),
            [] => self.wrong_at(&[], "a token"),
        }
    }

    /// Checks that nothing stands after the value.
    pub(super) fn end(mut self) -> Read<()> {
        match self.token(self.rest) {
            [] => Ok(()),
            rest => {
                self.rest = rest;
                Err(self.wrong("trailing characters after the value"))
            }
        }
    }

    /// Enters an object or a list, whose first byte is next. Whether there is something in it; if not, it is left again.
    #[inline]
    pub(super) fn enter(&mut self, close: u8) -> Read<bool> {
        if self.depth >= MAX_DEPTH {
            return self.too_deep(self.rest);
        }
        self.skip(1);
        let first = self.peek()?;
        if first == close {
            self.skip(1);
            return Ok(false);
        }
        self.depth += 1;
        if close == b'}' && first != b'"' {
            return self.no_name(self.rest);
        }
        Ok(true)
    }

    /// Whether another member or element comes before `close`, after the first.
    #[inline(always)]
    pub(super) fn more(&mut self, close: u8) -> Read<bool> {
        match self.token(self.rest) {
            [b',', rest @ ..] => {
                self.rest = rest;
                if close == b'}' && self.peek()? != b'"' {
                    return self.no_name(self.rest);
                }
                Ok(true)
            }
            [next, rest @ ..] if *next == close => {
                self.rest = rest;
                self.depth -= 1;
                Ok(false)
            }
            rest => self.unclosed(rest, close),
        }
    }

    /// Passes over a member's name and its colon if they are spelt so.
    #[inline]
    pub(super) fn is_named(&mut self, name: &Spelling) -> bool {
        match name.after(self.rest) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// A member's name.
    pub(super) fn name(&mut self) -> Read<Cow<'t, str>> {
        let start = self.at();
        self.string()?;
        let name = &self.text[start..self.at()];
        if self.escapes == Escapes::None {
            return Ok(Cow::Borrowed(&name[1..name.len() - 1]));
        }
        unquoted(name).ok_or_else(|| self.wrong("a name that is no text"))
    }

    /// Passes over the colon after a name.
    #[inline]
    pub(super) fn colon(&mut self) -> Read<()> {
        match self.token(self.rest) {
            [b':', rest @ ..] => {
                self.rest = rest;
                Ok(())
            }
            rest => self.no_colon(rest),
        }
    }

    /// A value that is neither a list nor an object: where it stands.
    #[inline]
    pub(super) fn scalar(&mut self) -> Read<Range<usize>> {
        let first = self.peek()?;
        let start = self.at();
        match first {
            b'"' => self.string()?,
            b'-' | b'0'..=b'9' => self.number()?,
            _ => self.rest = self.after_word(self.rest)?,
        }
        Ok(start..self.at())
    }

    /// Passes over a number, whose sign or first digit is next.
    #[inline]
    pub(super) fn number(&mut self) -> Read<()> {
        self.rest = after_number(self.rest).or_else(|rest| self.no_digit(rest))?;
        Ok(())
    }

    /// What was seen in the string that was read last.
    #[inline]
    pub(super) fn escapes(&self) -> Escapes {
        self.escapes
    }

    /// Passes over `null` if it comes.
    #[inline]
    pub(super) fn null(&mut self) -> Read<bool> {
        if self.peek()? != b'n' {
            return Ok(false);
        }
        self.rest = self.after_word(self.rest)?;
        Ok(true)
    }

    /// Any value: where it stands, and measured.
    pub(super) fn measured(&mut self) -> Read<Measured> {
        self.peek()?;
        let (start, blanks) = (self.at(), self.blanks);
        let depth = self.pass_over()?;
        Ok(Measured { range: start..self.at(), depth, blanks: self.blanks > blanks })
    }

    /// What follows one of the three words.
    fn after_word(&mut self, rest: &'t [u8]) -> Read<&'t [u8]> {
        match rest {
            [b't', b'r', b'u', b'e', after @ ..]
            | [b'f', b'a', b'l', b's', b'e', after @ ..]
            | [b'n', b'u', b'l', b'l', after @ ..] => Ok(after),
            _ => self.wrong_at(rest, "expected value"),
        }
    }
}

// === What is wrong ===

impl<'t> Reader<'t> {
    #[cold]
    fn wrong_at<T>(&mut self, rest: &'t [u8], what: &str) -> Read<T> {
        self.rest = rest;
        Err(self.wrong(if rest.is_empty() { "EOF: the text ends too early" } else { what }))
    }

    #[cold]
    fn unclosed<T>(&mut self, rest: &'t [u8], close: u8) -> Read<T> {
        self.wrong_at(rest, &format!("expected `,` or `{}`", close as char))
    }

    #[cold]
    fn no_name<T>(&mut self, rest: &'t [u8]) -> Read<T> {
        self.wrong_at(rest, "expected a member's name")
    }

    #[cold]
    fn no_colon<T>(&mut self, rest: &'t [u8]) -> Read<T> {
        self.wrong_at(rest, "expected `:`")
    }

    #[cold]
    fn too_deep<T>(&mut self, rest: &'t [u8]) -> Read<T> {
        self.rest = rest;
        Err(self.wrong(format!("more than {MAX_DEPTH} lists and objects inside one another")))
    }

    #[cold]
    fn no_digit<T>(&mut self, rest: &'t [u8]) -> Read<T> {
        self.wrong_at(rest, "expected a digit")
    }
}

#[cfg(test)]
mod tests;
