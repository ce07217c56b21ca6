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
#![expect(clippy::panic, clippy::missing_panics_doc, reason = "a test kit says what is wrong by failing the test")]

mod answer;
mod fake;
mod kit;

pub use answer::Answer;
pub use fake::{End, FakeBackends, Received, Reply, Route};
pub use kit::Kit;
