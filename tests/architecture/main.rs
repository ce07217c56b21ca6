//! The rules of the house, as tests: who may import whom, and that every file says what it is.

mod files;
mod imports;
