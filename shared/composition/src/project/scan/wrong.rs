//! What is wrong with a text that is read, and where.

use std::fmt;

/// What was read, or why it is not what was expected.
pub(in crate::project) type Read<T> = Result<T, Box<Wrong>>;

/// What is wrong, and where.
#[derive(Debug)]
pub(in crate::project) struct Wrong {
    what: String,
    /// The members that lead to it, the innermost first.
    inside: Vec<String>,
    /// The line and the column in it.
    place: Option<(usize, usize)>,
}

impl Wrong {
    /// Something of which the reader will say where it is.
    pub(in crate::project) fn new(what: impl Into<String>) -> Box<Wrong> {
        Box::new(Wrong { what: what.into(), inside: Vec::new(), place: None })
    }

    /// Something wrong after these bytes.
    pub(super) fn after(before: &[u8], what: String) -> Box<Wrong> {
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        let column = before.len() - before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1) + 1;
        Box::new(Wrong { what, inside: Vec::new(), place: Some((line, column)) })
    }

    /// The same, inside a member.
    #[cold]
    pub(in crate::project) fn inside(mut self: Box<Self>, member: &str) -> Box<Wrong> {
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
