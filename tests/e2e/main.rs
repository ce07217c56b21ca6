//! End-to-end tests: the real binary, real sockets, one file a behaviour. Each test has a demo of its own on free ports.

mod harness;

mod backends_down;
mod backends_slow;
mod browser;
mod command_line;
mod demo_start;
mod documents;
mod graphql;
mod identity;
mod problems;
mod quota;
mod screens;
mod shutdown;
mod tls;
mod traces;
