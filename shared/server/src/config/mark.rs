//! Where a value came from: a place in the file, a variable of the environment, or a flag.

use std::fmt;
use std::sync::Arc;

/// The origin of a key or a value, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// A place in the file; line and column count from 1.
    File {
        /// The line.
        line: usize,
        /// The column, in characters.
        column: usize,
    },
    /// A variable of the environment, such as `TREFOIL__ADMIN__ADDRESS`.
    Variable(Arc<str>),
    /// A `--set` flag, as it was given.
    Flag(Arc<str>),
    /// Neither: a value made in code, or something that is missing altogether.
    Nowhere,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mark::File { line, column } => write!(f, "{line}:{column}"),
            Mark::Variable(name) => write!(f, "environment variable {name}"),
            Mark::Flag(flag) => write!(f, "flag --set {flag}"),
            Mark::Nowhere => f.write_str("configuration"),
        }
    }
}
