//! What a transport does, held for each of them by the same tests: against servers that write byte by byte what the test says.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

#[macro_use]
mod kit;
mod bodies;
mod close;
mod compressed;
mod framing;
mod keep_alive;
mod leaks;
mod malformed;
mod pool;
mod proxy;
mod secure;
mod time;
mod unasked;
