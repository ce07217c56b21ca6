//! Many calls, one answer: a declared struct becomes a plan, and the plan is run behind every face.
//!
//! Read in this order: [`shape`] (what an answer looks like), [`declare`] (what an endpoint says), [`plan`] (what will be
//! done, as data), [`project`] (a backend's body becomes part of an answer), [`run`] (the calls), [`outcome`] (what became
//! of them), then the faces: [`rest`], [`stream`], [`openapi`], [`graphql`]. For what no declaration can say: [`handler`].

pub mod access;
pub mod bff;
pub mod body;
mod caching;
mod calls;
mod conditional;
pub mod declare;
mod docs;
pub mod fragment;
pub mod graphql;
pub mod handler;
mod head;
pub mod idempotency;
pub mod inputs;
pub mod limits;
mod media;
pub mod names;
pub mod openapi;
pub mod outcome;
mod page;
pub mod plan;
pub mod project;
mod raw;
pub mod refer;
mod render;
pub mod rest;
pub mod run;
mod server_timing;
pub mod shape;
pub mod signals;
pub mod stream;

pub use bff::{Bff, CompiledBff, RouteInfo};
pub use declare::StandardCaller;
pub use idempotency::Idempotency;
pub use limits::{Kept, LimitError, Limits, Moved};
pub use names::Naming;
pub use raw::Raw;
pub use trefoil_composition_derive::{backend, caller, composition, input, view};

/// What the macros' expansions name. Not for people: anything here may change in any release.
#[doc(hidden)]
pub mod __private {
    pub use std::time::Duration;

    pub use bytes::Bytes;
    pub use http::{HeaderName, Method};
    pub use serde;
    pub use serde_json;
    pub use trefoil_context::Place;

    pub use crate::{declare, refer, shape};
}
