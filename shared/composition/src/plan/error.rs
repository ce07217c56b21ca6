//! Why there is no plan.

use std::fmt;

/// Why a declaration cannot become a plan. The macro finds nearly all of these at compile time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclarationError {
    /// The endpoint's struct, or the BFF.
    pub place: String,
    /// What is wrong and how to mend it.
    pub reason: String,
}

impl fmt::Display for DeclarationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

impl std::error::Error for DeclarationError {}
