//! Members that stand twice in an input object of a document (October 2021, section 5.6.3). The parser keeps the last one without
//! a word, so the text itself is looked at.

use std::collections::HashSet;

use super::errors::GraphqlError;
use super::limits::{string, until, word};

/// Refuses a text in which an input object has a member twice. The text is within the limits; it was not parsed yet.
pub(crate) fn check(text: &str) -> Result<(), GraphqlError> {
    let bytes = text.as_bytes();
    // What is open: an input object with its members so far, or something else.
    let mut open: Vec<Option<HashSet<&str>>> = Vec::new();
    let mut rounds = 0usize;
    let mut last = "";
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let length = match byte {
            b'#' => until(rest, |rest| matches!(rest[0], b'\n' | b'\r')),
            b'"' => string(rest),
            byte if word(byte) => until(rest, |rest| !word(rest[0])),
            _ => 1,
        };
        match byte {
            b'(' => {
                rounds += 1;
                open.push(None);
            }
            // Between round brackets, what is curly is an input object and no selection.
            b'{' => open.push((rounds > 0).then(HashSet::new)),
            b'[' => open.push(None),
            b'}' | b')' | b']' => {
                rounds = rounds.saturating_sub(usize::from(byte == b')'));
                open.pop();
            }
            b':' => {
                if let Some(Some(members)) = open.last_mut()
                    && !members.insert(last)
                {
                    return Err(GraphqlError::request(format!("the member `{last}` stands more than once"), None));
                }
            }
            byte if word(byte) => last = text.get(at..at + length).unwrap_or_default(),
            _ => {}
        }
        at += length;
    }
    Ok(())
}
