//! Tests of endpoints: in process, over fake backends, without a socket, in paused time.
//!
//! In `Cargo.toml`: `trefoil` with the feature `testing`, and `tokio` with `test-util`, both as dev-dependencies.
//!
#![cfg_attr(feature = "testing", doc = "```standalone_crate")]
#![cfg_attr(not(feature = "testing"), doc = "```ignore")]
//! # fn main() { // The bodies of tests are not run here: that is what `guide` does.
//! # }
//! use trefoil::testing::{End, FakeBackends, Kit, Reply};
//! # async fn example(bff: trefoil::Bff) {
//!
//! // A fake backend answers below a path; the longest path that fits a call decides, and what nobody planned is a failure.
//! let backends = FakeBackends::new();
//! backends.on("users", "/users/u-1").json(r#"{"name":"Ada","segment":"desk"}"#);
//! backends.on("orders", "/users/u-1/orders").in_turn([Reply::status(503), Reply::json("[]")]);
//! backends.on("recommendations", "/segments/desk/picks").slow(1_000).json("[]");
//!
//! // Who asks, with which scopes and claims; paths are below the BFF's prefix.
//! let kit = Kit::new(&bff, &backends).caller("u-1", &["home:read"]).claim("partner", "acme");
//! let answer = kit.get("/home").await;
//! assert_eq!(answer.header("trefoil-degraded"), Some("picks;reason=timeout"));
//! assert_eq!(answer.json()["profile"]["name"], "Ada");
//!
//! // What each backend was asked, with which headers and body, and how it ended.
//! let calls = backends.calls("recommendations");
//! assert_eq!((calls.len(), calls[0].end), (1, End::GivenUp));
//! assert!(calls[0].header("trefoil-timeout-ms").is_some());
//!
//! // Everything that may go wrong, held against the declaration.
//! kit.matrix("/home").await.assert_semantics();
//! kit.key("k-1").matrix_of("POST", "/orders", r#"{"lines":[]}"#).await.assert_semantics();
//! # }
//! ```
//!
//! With `#[tokio::test(start_paused = true)]` a backend that is slow for a second costs no second, and times are exact.
//!
//! **The matrix** makes each call of an endpoint slow, refused, broken off, answered with 500, with 404, with another shape and
//! with a page of HTML. In every case what is optional is null and named, what has a default has it, what is required fails
//! with its own code, all else is as it was, nothing goes on after the answer, and nothing is written twice. It needs backends
//! that answer everything: an item in each list, and keys that are not null, so that every call is made.
//!
//! What needs a socket (the edge, tokens, TLS) is tested against a process: `gateway demo --ready-file PATH`, or
//! [`server`](crate::server).
