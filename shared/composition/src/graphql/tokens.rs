//! The tokens of a document's text, before it is parsed: words, numbers, strings and punctuators. Blanks, commas and comments are none.

/// What is left of a text. No token is empty.
pub(super) struct Tokens<'a>(&'a [u8]);

impl<'a> Tokens<'a> {
    pub(super) fn of(text: &'a str) -> Tokens<'a> {
        Tokens(text.as_bytes())
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let (length, is_token) = match *self.0.first()? {
                b'#' => (until(self.0, |rest| matches!(rest[0], b'\n' | b'\r')), false),
                b' ' | b'\t' | b'\n' | b'\r' | b',' => (1, false),
                b'"' => (string(self.0), true),
                byte if word(byte) => (until(self.0, |rest| !word(rest[0])), true),
                _ => (1, true),
            };
            // An escape may end the text: there is nothing after it then.
            let (token, rest) = self.0.split_at(length.min(self.0.len()));
            self.0 = rest;
            if is_token {
                return Some(token);
            }
        }
    }
}

/// Whether a byte is one of a word, or of a number.
pub(super) fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The length of what stands before `end`; all of it if `end` does not come.
fn until(text: &[u8], end: impl Fn(&[u8]) -> bool) -> usize {
    (0..text.len()).find(|&at| end(&text[at..])).unwrap_or(text.len())
}

/// The length of the string that begins here.
fn string(text: &[u8]) -> usize {
    let (quotes, mut at): (&[u8], usize) = if text.starts_with(b"\"\"\"") { (b"\"\"\"", 3) } else { (b"\"", 1) };
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(b"\\\"\"\"") && quotes.len() == 3 {
            at += 4;
        } else if rest[0] == b'\\' && quotes.len() == 1 {
            at += 2;
        } else if rest.starts_with(quotes) {
            return at + quotes.len();
        } else if quotes.len() == 1 && matches!(rest[0], b'\n' | b'\r') {
            // A string does not go on over a line's end: the parser will say so, and brackets count again.
            return at;
        } else {
            at += 1;
        }
    }
    text.len()
}
