//! What travels with a request, and the one way to answer that something is wrong.
//!
//! Every other crate may import this one; this one imports none of them, and knows neither clients nor routes.

mod bound;
mod caller;
mod code;
mod deadline;
mod durations;
mod hex;
mod identity;
mod once;
mod problem;
mod random;
mod request;
mod trace;

pub use bound::Bound;
pub use caller::{Caller, Claims};
pub use code::Code;
pub use deadline::{Deadline, TIMEOUT_HEADER};
pub use durations::{DURATION_BOUNDS_S, Durations};
pub use hex::write_hex;
pub use identity::{ATTEMPT_HEADER, FAMILY, IdentityHeaders, UnsendableIdentity, attempt};
pub use once::members_once;
pub use problem::{Fault, Place, Problem};
pub use request::{REQUEST_ID_HEADER, RequestContext, RequestId};
pub use trace::{TRACEPARENT_HEADER, TRACESTATE_HEADER, TraceContext, tracestate};
