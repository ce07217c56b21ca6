//! The GraphQL face: what is selected is what is called and what is answered, with REST's bytes.
#![allow(missing_docs, unreachable_pub, reason = "tests")]

extern crate trefoil_composition as trefoil;

mod arguments;
mod bodies;
mod cost;
mod documents;
mod explorer;
mod failures;
mod hostile;
mod http;
mod lists;
mod mutations;
mod random;
mod schema;
mod selections;
mod shop;

pub(crate) use shop::Caller;
