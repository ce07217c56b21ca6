//! Bearer tokens: JWTs (RFC 7519), checked as RFC 8725 and RFC 9068 ask.
//!
//! The key decides what a token may be signed with, never the token: its header only picks one of the issuer's published
//! keys and must fit it. `jwk`, `jku`, `x5u` and `x5c` in a token are not even read.

mod bearer;
mod claims;
mod header;
mod issuer_keys;
mod jwks;
mod strict_json;
mod verified;
mod verifier;

pub(crate) use bearer::bearer_token;
pub use issuer_keys::{IssuerKeys, KeyError, KeySource};
pub(crate) use verifier::{Verification, Verifier};

/// Why a request has no caller. The words go to the client: they say what is wrong and repeat nothing of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// No bearer token was sent.
    NoToken,
    /// The one that was sent does not do.
    Invalid(&'static str),
    /// The issuer's keys cannot be had, so nothing can be said about the token.
    KeysUnavailable,
}
