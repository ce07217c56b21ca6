//! The kit with which a team tests its endpoints: a BFF in process, over fake backends, with no socket.
//!
//! Time may be paused (`#[tokio::test(start_paused = true)]`): a backend that is slow for a second then costs no second.
//!
//! ```
//! use trefoil_testing::{FakeBackends, Kit};
//! # use trefoil_composition::Bff;
//! # async fn example(bff: Bff) {
//! let backends = FakeBackends::new();
//! backends.on("users", "/users/u-1").json(r#"{"name": "Ada"}"#);
//! backends.on("recommendations", "/segments/").slow(1_000).json("[]");
//!
//! let answer = Kit::new(&bff, &backends).caller("u-1", &["home:read"]).get("/home").await;
//! assert_eq!(answer.header("trefoil-degraded"), Some("picks;reason=timeout"));
//! assert_eq!(backends.calls("users").len(), 1);
//! # }
//! ```
//!
//! Whether a screen keeps its word when backends do not takes one line. The matrix makes each call of an endpoint slow,
//! refused, broken and wrong in turn, and holds the answer against the declaration: what is optional is null and named, what
//! has a default has it, what is required fails with its own code, everything else is as it was, and nothing goes on.
//!
//! ```
//! # use trefoil_composition::Bff;
//! # use trefoil_testing::{FakeBackends, Kit};
//! # async fn example(bff: Bff, backends: FakeBackends) {
//! Kit::new(&bff, &backends).caller("u-1", &["home:read"]).matrix("/home").await.assert_semantics();
//! # }
//! ```
#![expect(clippy::panic, clippy::missing_panics_doc, reason = "a test kit says what is wrong by failing the test")]

mod answer;
mod fake;
mod kit;
mod matrix;

pub use answer::Answer;
pub use fake::{End, FakeBackends, Received, Reply, Route};
pub use kit::Kit;
pub use matrix::{Case, Fault, Matrix};
