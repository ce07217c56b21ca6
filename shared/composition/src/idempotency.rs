//! Writes under an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07): one key, one write.
//!
//! The order: the key is looked at first (400), then the inputs (422), then the store is asked. It says whether this key
//! is new, another request with it is under way (409), it was used for another request (422), or the write was made: then the
//! stored answer stands in for the write's call, and the reads are made anew.
//!
//! A new write runs in a task of its own: a caller who leaves, a deadline that passes or another call's failure do not stop it. Its
//! answer is stored when it is definite ([`Stored::keeps`]); else the client may repeat the same request with the same key. Another
//! request stays refused for as long as an answer would be kept: nobody knows whether the first write was made, and a key is for one. The
//! backend gets a key of its own for it, since it alone can tell a write whose answer was lost from one that never came.

mod fingerprint;
mod in_process;
mod key;
mod store;
mod stored;
mod write;

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue, header};
use serde::Deserialize;
use trefoil_context::{Code, Problem, RequestContext};

pub use self::fingerprint::{Digest, Fingerprint, StoreKey};
pub use self::in_process::InProcessIdempotency;
pub use self::key::{ClientKey, IDEMPOTENCY_KEY};
pub use self::store::{Begun, Claim, IdempotencyStore, StoreError, Token};
pub use self::stored::Stored;
pub(crate) use self::write::Write;
use self::write::{Held, Lease};
use crate::plan::Plan;
use crate::signals::{KeyOutcome, Signals};

/// `Idempotency-Replayed: true`: the write of this answer was made by an earlier request with the same key.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// What a lease lasts beyond the time in which the write must end: for storing its answer, and for clocks.
const LEASE_MARGIN: Duration = Duration::from_secs(10);

/// What an operator decides about writes under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyPolicy {
    /// What a write under a key does while the store of the keys cannot be reached. Default: it is refused.
    pub when_store_fails: WhenStoreFails,
    /// The largest answer of a write that is kept, in bytes. A larger one still protects against a second write, but a repeat is
    /// answered 502. Default 256 KiB.
    pub max_answer_bytes: usize,
}

/// What a write under a key does while its store cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WhenStoreFails {
    /// It is refused with 503.
    #[default]
    Closed,
    /// It is made, unprotected; the backend still gets the key.
    Open,
}

impl Default for IdempotencyPolicy {
    fn default() -> IdempotencyPolicy {
        IdempotencyPolicy { when_store_fails: WhenStoreFails::Closed, max_answer_bytes: 256 * 1024 }
    }
}

/// Where keys are kept, and what is done with them. Clones share the store.
#[derive(Clone)]
pub struct Idempotency {
    store: Arc<dyn IdempotencyStore>,
    policy: IdempotencyPolicy,
    under_way: write::UnderWay,
}

impl std::fmt::Debug for Idempotency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Idempotency").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl Default for Idempotency {
    /// Kept in this process, by the default policy.
    fn default() -> Idempotency {
        Idempotency::new(Arc::new(InProcessIdempotency::default()), IdempotencyPolicy::default())
    }
}

/// A request that has a key, and what it asks for.
pub(crate) struct Asked<'a> {
    pub(crate) bff: &'a str,
    pub(crate) plan: &'a Plan,
    pub(crate) key: &'a ClientKey,
    /// What tells apart the writes of one request to one endpoint: their number, from the second on.
    pub(crate) part: Option<&'a str>,
    /// What the whole request asks for.
    pub(crate) fingerprint: Fingerprint,
    /// How long it may take until the write's turn comes, beyond its own deadline.
    pub(crate) turn: Duration,
    pub(crate) context: &'a RequestContext,
    pub(crate) signals: &'a Signals,
}

impl Idempotency {
    /// Keys in `store`, by this policy.
    pub fn new(store: Arc<dyn IdempotencyStore>, policy: IdempotencyPolicy) -> Idempotency {
        Idempotency { store, policy, under_way: write::UnderWay::default() }
    }

    /// Returns when no write is under way whose caller may have left: what a process waits for before it ends. Each has a
    /// deadline of its own.
    pub async fn settled(&self) {
        self.under_way.settled().await;
    }

    /// How the write of this request is to be made, or why it is refused.
    pub(crate) async fn begin(&self, asked: Asked<'_>) -> Result<Write, Problem> {
        let Asked { bff, plan, key, part, fingerprint, turn, context, signals } = asked;
        let (Some(declared), Some(caller)) = (&plan.idempotency, &context.caller) else { return Ok(Write::Plain) };
        let claim = Claim {
            key: StoreKey::new(bff, &plan.name, &caller.id, key.text(), part),
            fingerprint,
            token: Token::random(),
        };
        let held = Held {
            store: Arc::clone(&self.store),
            claim,
            keep: declared.keep,
            finish: declared.finish,
            max_answer_bytes: self.policy.max_answer_bytes,
            signals: signals.clone(),
            endpoint: plan.name.clone(),
            under_way: self.under_way.clone(),
        };
        let lease = turn + plan.deadline + declared.finish + LEASE_MARGIN;
        // From here on, since a caller may leave while the store is asked: it may have heard the question.
        let right = Lease::new(held);
        let begun = self.store.begin(claim, lease, declared.keep).await;
        if !matches!(begun, Ok(Begun::Fresh)) {
            right.forget();
        }
        let (outcome, result) = match begun {
            Ok(Begun::Fresh) => (KeyOutcome::Fresh, Ok(Write::Leased(right))),
            Ok(Begun::Done(stored)) => (KeyOutcome::Replayed, Ok(Write::Stored(stored))),
            Ok(Begun::Running) => (
                KeyOutcome::InUse,
                Err(Problem::new(Code::IdempotencyKeyInUse)
                    .with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))),
            ),
            Ok(Begun::Mismatch) => (KeyOutcome::Reused, Err(Problem::new(Code::IdempotencyKeyReused))),
            Err(error) => {
                // The question may have been heard and only its answer lost.
                let (store, endpoint) = (Arc::clone(&self.store), plan.name.clone());
                tokio::spawn(async move {
                    if let Err(error) = store.abandon(claim).await {
                        tracing::debug!(%error, endpoint, "a key may stay taken until its lease is over");
                    }
                });
                match self.policy.when_store_fails {
                    WhenStoreFails::Open => {
                        tracing::warn!(%error, request_id = context.id.as_str(), "a write is made without the protection of its key");
                        (KeyOutcome::Unprotected, Ok(Write::Unprotected(claim.key.for_backend())))
                    }
                    WhenStoreFails::Closed => {
                        tracing::error!(%error, request_id = context.id.as_str(), "a write is refused, since its key cannot be kept");
                        let problem = Problem::new(Code::IdempotencyStoreUnavailable)
                            .with_header(header::RETRY_AFTER, HeaderValue::from_static("1"));
                        (KeyOutcome::Refused, Err(problem))
                    }
                }
            }
        };
        signals.keyed(&plan.name, outcome);
        result
    }
}
