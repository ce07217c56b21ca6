//! The one crate a team depends on: re-exports, no code of its own.
