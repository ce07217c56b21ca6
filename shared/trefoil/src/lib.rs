//! The one crate a team depends on: re-exports, no code of its own. This page is the way into the reference.
//!
//! You declare an answer as a struct; each field says which backend call fills it. From that one declaration come the REST
//! endpoint, the OpenAPI operation, the GraphQL field, the plan, the deadline, the degradation rule, the trace and the metrics.
//!
//! | to | see |
//! | --- | --- |
//! | read one whole BFF, from its backends to its test | [`guide`] |
//! | declare an endpoint: methods, calls, writes, heads, caching, retries | [`macro@composition`], which lists every option |
//! | say what stands in an answer: names, lists, nested calls, needs | [`macro@view`] |
//! | take parameters, headers and bodies from a request | [`macro@input`] |
//! | name a service, and what a token says of its caller | [`macro@backend`], [`macro@caller`] |
//! | know which types can stand where | [`guide::types`] |
//! | put endpoints together: title, names, `Server-Timing` | [`Bff`] |
//! | write what no declaration can say | [`handler`] |
//! | know what a client gets, and when: failures, streams, caching | [`guide::answers`] |
//! | test endpoints without a socket, in paused time | [`guide::tests`]; the kit is `trefoil::testing`, with the feature `testing` |
//! | serve them | [`server::App`] |
//!
//! `cargo doc -p trefoil --features testing --open` makes these pages with the kit's among them.

pub mod guide;

/// For what no declaration can say: an ordinary async function with typed backends.
pub use trefoil_composition::handler;
#[doc(inline)]
pub use trefoil_composition::{Bff, Naming, Raw, StandardCaller, backend, caller, composition, input, view};
/// What travels with a request, and the one error answer.
pub use trefoil_context as context;
/// The onion around every request, for a process that is put together by hand.
pub use trefoil_edge as edge;
/// A process: config, listeners, admin, telemetry, command line.
pub use trefoil_server as server;
/// The kit with which a team tests its endpoints, with the feature `testing`.
#[cfg(feature = "testing")]
pub use trefoil_testing as testing;

#[doc(hidden)]
pub use trefoil_composition::__private;
