//! The seam to where keys are kept: in this process, or in a store that several gateways share.

use std::fmt;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::fingerprint::{Fingerprint, StoreKey};
use super::stored::Stored;

/// Keeps which writes are under way and what those that were made were answered with.
///
/// Each of the three must be atomic: of many requests that begin with one key at the same time, one is [`Begun::Fresh`]. Each must answer
/// soon (a few tens of milliseconds): requests wait for it.
pub trait IdempotencyStore: Send + Sync + 'static {
    /// Takes the key for `claim`, if nobody has it and it was never taken for something else. Without an end it is free again after
    /// `lease`, for the same request only: what it was taken for is remembered for `keep` (and at least for `lease`).
    fn begin(&self, claim: Claim, lease: Duration, keep: Duration) -> BoxFuture<'_, Result<Begun, StoreError>>;

    /// The write of `claim` was made: keeps its answer for `keep`. False, and nothing is kept, if meanwhile the key belongs to
    /// another claim: the lease was over, and somebody else began.
    fn complete(&self, claim: Claim, stored: Stored, keep: Duration) -> BoxFuture<'_, Result<bool, StoreError>>;

    /// The write of `claim` was not made, or nobody knows: the same request may take its key again, and no other. Nothing happens if
    /// it belongs to another claim.
    fn abandon(&self, claim: Claim) -> BoxFuture<'_, Result<(), StoreError>>;
}

/// A request's claim to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// The key.
    pub key: StoreKey,
    /// What is asked for under it.
    pub fingerprint: Fingerprint,
    /// This very request, so that one that is late cannot undo what another did.
    pub token: Token,
}

/// What a claim came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// The key is this request's now.
    Fresh,
    /// The same request is under way.
    Running,
    /// The key belongs to a request that asks for something else, whatever became of it.
    Mismatch,
    /// The write was made; this is what it was answered with.
    Done(Stored),
}

/// Tells one request from all others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Token(pub [u8; 16]);

impl Token {
    /// One that nobody else has.
    pub fn random() -> Token {
        Token(*uuid::Uuid::new_v4().as_bytes())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// The store cannot be reached, or holds what it should not; the text is for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError(pub String);

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the store of idempotency keys: {}", self.0)
    }
}

impl std::error::Error for StoreError {}
