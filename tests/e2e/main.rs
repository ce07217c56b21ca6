//! End-to-end tests: the real binary, real sockets, one file a behaviour. Each test has a demo of its own on free ports.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod harness;

mod addresses;
mod backends_down;
mod backends_slow;
mod breaker;
mod browser;
mod caching;
mod command_line;
mod connections;
mod demo_start;
mod documented;
mod documents;
mod faults;
mod graphql;
mod handlers;
mod identity;
mod limits;
mod problems;
mod quota;
mod screens;
mod shutdown;
mod tls;
mod traces;
mod tries;
mod writes;
