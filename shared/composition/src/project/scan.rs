//! Reads JSON (RFC 8259) token by token, and makes no values of it.
//!
//! A pass over a body needs where each value begins and ends, and that all of it is JSON: no more. Text goes by eight bytes at a
//! time, and a member that comes where it was expected is known by its bytes.

use std::borrow::Cow;
use std::fmt;

use super::unquoted;

/// The most lists and objects inside one another. What is passed over without being looked at may be deeper.
const MAX_DEPTH: u32 = 128;

/// What was read, or why it is not what was expected.
pub(super) type Read<T> = Result<T, Box<Wrong>>;

/// What is wrong, and where.
#[derive(Debug)]
pub(super) struct Wrong {
    what: String,
    /// The members that lead to it, the innermost first.
    inside: Vec<String>,
    /// How many bytes stand before it, and how many lines.
    place: Option<(usize, usize)>,
}

impl Wrong {
    /// Something of which the reader will say where it is.
    pub(super) fn new(what: impl Into<String>) -> Box<Wrong> {
        Box::new(Wrong { what: what.into(), inside: Vec::new(), place: None })
    }

    /// The same, inside a member.
    pub(super) fn inside(mut self: Box<Self>, member: &str) -> Box<Wrong> {
        self.inside.push(member.to_owned());
        self
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.inside.is_empty() {
            let path: Vec<&str> = self.inside.iter().rev().map(String::as_str).collect();
            write!(f, "in `{}`: ", path.join("."))?;
        }
        f.write_str(&self.what)?;
        match self.place {
            Some((line, column)) => write!(f, " at line {line} column {column}"),
            None => Ok(()),
        }
    }
}

/// A reader of one text. To look ahead, clone it.
#[derive(Clone)]
pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: u32,
    /// How many blanks between tokens have been passed over.
    blanks: usize,
    /// Whether the string that was read last has an escape in it.
    escaped: bool,
}

/// A value, and what was seen of it on the way.
pub(super) struct Measured<'t> {
    pub(super) text: &'t str,
    /// How many lists and objects are inside one another.
    pub(super) depth: usize,
    /// Whether there are blanks between its tokens.
    pub(super) blanks: bool,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Reader<'t> {
        Reader { text, at: 0, depth: 0, blanks: 0, escaped: false }
    }

    /// Something wrong here.
    #[cold]
    pub(super) fn wrong(&self, what: impl Into<String>) -> Box<Wrong> {
        let before = &self.text.as_bytes()[..self.at.min(self.text.len())];
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        let column = before.len() - before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1) + 1;
        Box::new(Wrong { place: Some((line, column)), ..*Wrong::new(what) })
    }

    fn here(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The first byte of the next token, if there is one.
    #[inline]
    fn next(&mut self) -> Option<u8> {
        loop {
            match self.here() {
                Some(b' ' | b'\n' | b'\t' | b'\r') => {
                    self.at += 1;
                    self.blanks += 1;
                }
                other => return other,
            }
        }
    }

    /// The first byte of the next token.
    #[inline]
    pub(super) fn peek(&mut self) -> Read<u8> {
        match self.next() {
            Some(byte) => Ok(byte),
            None => Err(self.wrong("EOF: the text ends too early")),
        }
    }

    /// Checks that nothing stands after the value.
    pub(super) fn end(mut self) -> Read<()> {
        match self.next() {
            None => Ok(()),
            Some(_) => Err(self.wrong("trailing characters after the value")),
        }
    }

    /// Enters an object or a list, whose first byte is next.
    #[inline]
    pub(super) fn enter(&mut self) -> Read<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.wrong(format!("more than {MAX_DEPTH} lists and objects inside one another")));
        }
        self.at += 1;
        Ok(())
    }

    /// Whether another member or element comes, before `close`.
    #[inline]
    pub(super) fn more(&mut self, first: &mut bool, close: u8) -> Read<bool> {
        let mut next = self.peek()?;
        if next == close {
            self.at += 1;
            self.depth -= 1;
            return Ok(false);
        }
        if !std::mem::take(first) {
            if next != b',' {
                return Err(self.wrong(format!("expected `,` or `{}`", close as char)));
            }
            self.at += 1;
            next = self.peek()?;
        }
        if close == b'}' && next != b'"' {
            return Err(self.wrong("expected a member's name"));
        }
        Ok(true)
    }

    /// Passes over a member's name if it is spelt so, in quotes.
    #[inline]
    pub(super) fn is_named(&mut self, quoted: &str) -> bool {
        let is = self.text.as_bytes()[self.at..].starts_with(quoted.as_bytes());
        if is {
            self.at += quoted.len();
        }
        is
    }

    /// A member's name.
    pub(super) fn name(&mut self) -> Read<Cow<'t, str>> {
        let start = self.at;
        self.string()?;
        if !self.escaped {
            return Ok(Cow::Borrowed(&self.text[start + 1..self.at - 1]));
        }
        unquoted(&self.text[start..self.at]).ok_or_else(|| self.wrong("a name that is no text"))
    }

    /// Passes over the colon after a name.
    #[inline]
    pub(super) fn colon(&mut self) -> Read<()> {
        if self.peek()? != b':' {
            return Err(self.wrong("expected `:`"));
        }
        self.at += 1;
        Ok(())
    }

    /// A value that is neither a list nor an object, as it stands.
    #[inline]
    pub(super) fn scalar(&mut self) -> Read<&'t str> {
        let first = self.peek()?;
        let start = self.at;
        match first {
            b'"' => self.string()?,
            b'-' | b'0'..=b'9' => self.number()?,
            b't' => self.word("true")?,
            b'f' => self.word("false")?,
            b'n' => self.word("null")?,
            _ => return Err(self.wrong("expected value")),
        }
        Ok(&self.text[start..self.at])
    }

    /// Whether the scalar that was read last, if it is a string, has an escape in it.
    #[inline]
    pub(super) fn escaped(&self) -> bool {
        self.escaped
    }

    /// Passes over `null` if it comes.
    #[inline]
    pub(super) fn null(&mut self) -> Read<bool> {
        if self.peek()? != b'n' {
            return Ok(false);
        }
        self.word("null").map(|()| true)
    }

    /// Any value, as it stands.
    pub(super) fn value(&mut self) -> Read<&'t str> {
        self.peek()?;
        let start = self.at;
        self.pass_over()?;
        Ok(&self.text[start..self.at])
    }

    /// Any value, as it stands, and measured.
    pub(super) fn measured(&mut self) -> Read<Measured<'t>> {
        self.peek()?;
        let (start, blanks) = (self.at, self.blanks);
        let depth = self.pass_over()?;
        Ok(Measured { text: &self.text[start..self.at], depth, blanks: self.blanks > blanks })
    }

    /// Where the next token begins.
    pub(super) fn position(&mut self) -> Read<usize> {
        self.peek()?;
        Ok(self.at)
    }

    /// Passes over any value, however deep. How deep it is is returned.
    pub(super) fn pass_over(&mut self) -> Read<usize> {
        let mut deepest = 0;
        // Most values are no lists and no objects: the list of what is open costs nothing until one is.
        let mut open: Vec<u8> = Vec::new();
        loop {
            match self.peek()? {
                bracket @ (b'{' | b'[') => {
                    // In ASCII a closing bracket stands two after its opening one.
                    let close = bracket + 2;
                    self.at += 1;
                    deepest = deepest.max(open.len() + 1);
                    if self.peek()? != close {
                        open.push(close);
                        self.name_in(close)?;
                        continue;
                    }
                    self.at += 1;
                }
                _ => drop(self.scalar()?),
            }
            loop {
                let Some(&close) = open.last() else { return Ok(deepest) };
                match self.peek()? {
                    b',' => {
                        self.at += 1;
                        self.name_in(close)?;
                        break;
                    }
                    next if next == close => {
                        self.at += 1;
                        open.pop();
                    }
                    _ => return Err(self.wrong(format!("expected `,` or `{}`", close as char))),
                }
            }
        }
    }

    /// Passes over the name that stands before a value in an object.
    fn name_in(&mut self, close: u8) -> Read<()> {
        if close != b'}' {
            return Ok(());
        }
        if self.peek()? != b'"' {
            return Err(self.wrong("expected a member's name"));
        }
        self.string()?;
        self.colon()
    }

    fn word(&mut self, word: &str) -> Read<()> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(self.wrong("expected value"));
        }
        self.at += word.len();
        Ok(())
    }

    /// RFC 8259 section 6.
    #[inline]
    fn number(&mut self) -> Read<()> {
        if self.here() == Some(b'-') {
            self.at += 1;
        }
        if self.here() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.here() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.here(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.here(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        // What stands after a whole number is looked at by whoever reads on: `01` is `0` and something more.
        Ok(())
    }

    #[inline]
    fn digits(&mut self) -> Read<()> {
        let start = self.at;
        while matches!(self.here(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.wrong("expected a digit")) } else { Ok(()) }
    }

    /// RFC 8259 section 7, from the opening quote on.
    #[inline]
    fn string(&mut self) -> Read<()> {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        self.escaped = false;
        loop {
            while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
                let found = special(u64::from_le_bytes(*eight));
                if found != 0 {
                    at += (found.trailing_zeros() / 8) as usize;
                    break;
                }
                at += 8;
            }
            match bytes.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(());
                }
                Some(b'\\') => at += self.escape(at)?,
                Some(0..=0x1f) => {
                    self.at = at;
                    return Err(self.wrong("a control character in a string"));
                }
                Some(_) => at += 1,
                None => {
                    self.at = at;
                    return Err(self.wrong("a string without an end"));
                }
            }
        }
    }

    /// How long the escape at `at` is.
    #[cold]
    fn escape(&mut self, at: usize) -> Read<usize> {
        self.escaped = true;
        let bytes = self.text.as_bytes();
        match bytes.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
            Some(b'u') if bytes.get(at + 2..at + 6).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) => Ok(6),
            _ => {
                self.at = at;
                Err(self.wrong("an escape that is none"))
            }
        }
    }
}

/// Marks the first of eight bytes that is a quote, a backslash or a control character by its highest bit. Bytes after it may be
/// marked too, and wrongly.
fn special(eight: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xff;
    const HIGHS: u64 = ONES << 7;
    let control = eight.wrapping_sub(ONES * 0x20);
    let quote = (eight ^ (ONES * b'"' as u64)).wrapping_sub(ONES);
    let backslash = (eight ^ (ONES * b'\\' as u64)).wrapping_sub(ONES);
    (control | quote | backslash) & !eight & HIGHS
}

#[cfg(test)]
mod tests;
