//! Members that stand twice in an input object of a document (October 2021, section 5.6.3). The parser keeps the last one without
//! a word, so the text itself is looked at.

use std::collections::HashSet;

use super::errors::GraphqlError;
use super::tokens::{Tokens, word};

/// Refuses a text in which an input object has a member twice. The text is within the limits; it was not parsed yet.
pub(crate) fn check(text: &str) -> Result<(), GraphqlError> {
    // What is open: an input object with its members so far, or something else.
    let mut open: Vec<Option<HashSet<&[u8]>>> = Vec::new();
    let mut rounds = 0usize;
    let mut last: &[u8] = b"";
    for token in Tokens::of(text) {
        match token {
            b"(" => {
                rounds += 1;
                open.push(None);
            }
            // Between round brackets, what is curly is an input object and no selection.
            b"{" => open.push((rounds > 0).then(HashSet::new)),
            b"[" => open.push(None),
            b"}" | b")" | b"]" => {
                rounds = rounds.saturating_sub(usize::from(token == b")"));
                open.pop();
            }
            b":" => {
                if let Some(Some(members)) = open.last_mut()
                    && !members.insert(last)
                {
                    let member = String::from_utf8_lossy(last);
                    return Err(GraphqlError::request(format!("the member `{member}` stands more than once"), None));
                }
            }
            token if word(token[0]) => last = token,
            _ => {}
        }
    }
    Ok(())
}
