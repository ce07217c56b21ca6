//! The one crate a team depends on: re-exports, no code of its own.

/// For what no declaration can say: an ordinary async function with typed backends.
pub use trefoil_composition::handler;
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
