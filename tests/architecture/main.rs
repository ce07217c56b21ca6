//! The rules of the house, as tests: who may import whom, and that every file says what it is.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod files;
mod imports;
