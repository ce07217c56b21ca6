//! The macro: a declaration becomes data.
