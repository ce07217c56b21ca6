//! How the write of a run is made: as any call, from the store, or in a task of its own under a lease.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::HeaderValue;
use tokio::sync::{oneshot, watch};
use tracing::Instrument as _;
use trefoil_backend::{Body, Call, CallFailure, Client, Effort, OwnTime, Reply};
use trefoil_context::{Deadline, RequestContext};

use super::key::IDEMPOTENCY_KEY;
use super::store::{Claim, IdempotencyStore, StoreError};
use super::stored::Stored;
use crate::signals::{KeyOutcome, Signals};

/// How often it is tried to store an answer, and how long is waited before the second try; twice as long before each other.
const TRIES: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// How the write of a run is made.
#[derive(Debug)]
pub(crate) enum Write {
    /// As any call: it ends with the request.
    Plain,
    /// Likewise, and the backend gets the key: the store is gone, and the policy is open.
    Unprotected(HeaderValue),
    /// Not at all: it was made, and answered with this.
    Stored(Stored),
    /// In a task of its own, which stores its answer.
    Leased(Lease),
}

/// The right to make a write, had or asked for. Dropped before the write began, it gives the key back.
#[derive(Debug)]
pub(crate) struct Lease(Mutex<Option<Held>>);

/// What a write under a key needs.
pub(super) struct Held {
    pub(super) store: Arc<dyn IdempotencyStore>,
    pub(super) claim: Claim,
    pub(super) keep: Duration,
    pub(super) finish: Duration,
    pub(super) max_answer_bytes: usize,
    pub(super) signals: Signals,
    pub(super) endpoint: String,
    pub(super) under_way: UnderWay,
}

/// Counts the tasks under way.
#[derive(Debug, Clone)]
pub(super) struct UnderWay(watch::Sender<usize>);

/// A call that belongs to nobody who might leave.
struct Owned {
    client: Arc<Client>,
    field: String,
    context: RequestContext,
    method: http::Method,
    path_and_query: String,
    headers: http::HeaderMap,
    body: Body,
    effort: Effort,
    for_effect: bool,
}

impl Write {
    /// Whether the write is not made, since it was.
    pub(crate) fn is_replay(&self) -> bool {
        matches!(self, Write::Stored(_))
    }

    /// Makes the write, or says what it was answered with when it was made.
    pub(crate) async fn call(&self, client: &Arc<Client>, mut call: Call<'_>) -> Result<Reply, CallFailure> {
        match self {
            Write::Plain => client.call(call).await,
            Write::Unprotected(key) => {
                call.headers.insert(IDEMPOTENCY_KEY, key.clone());
                client.call(call).await
            }
            Write::Stored(Stored::Answer { status, headers, body }) => {
                Ok(Reply { status: *status, headers: headers.clone(), body: body.clone(), cached: None })
            }
            Write::Stored(Stored::TooLarge) => {
                Err(CallFailure::Unsendable("the write was made before, and its answer was too large to be kept"))
            }
            Write::Leased(lease) => lease.call(client, call).await,
        }
    }
}

impl Lease {
    pub(super) fn new(held: Held) -> Lease {
        Lease(Mutex::new(Some(held)))
    }

    /// The key was not had: there is nothing to give back.
    pub(super) fn forget(&self) {
        self.take();
    }

    fn take(&self) -> Option<Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    async fn call(&self, client: &Arc<Client>, mut call: Call<'_>) -> Result<Reply, CallFailure> {
        // Begun, it has time of its own to end; but it is not begun for a caller who waits no more, whose key is free again then.
        if call.deadline.has_passed() {
            return Err(CallFailure::Timeout);
        }
        let Some(held) = self.take() else {
            return Err(CallFailure::Unsendable("a write is made once"));
        };
        call.headers.insert(IDEMPOTENCY_KEY, held.claim.key.for_backend());
        let patience = call.deadline.instant();
        let owned = Owned {
            client: Arc::clone(client),
            field: call.field.to_owned(),
            context: call.context.clone(),
            method: call.method,
            path_and_query: call.path_and_query,
            headers: call.headers,
            body: call.body,
            effort: call.effort,
            for_effect: call.for_effect,
        };
        let (sender, receiver) = oneshot::channel();
        let counted = held.under_way.enter();
        let task = async move {
            held.write(owned, sender).await;
            drop(counted);
        };
        tokio::spawn(task.in_current_span());
        match tokio::time::timeout_at(patience, receiver).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(CallFailure::Unsendable("the write ended without a word")),
            Err(_) => Err(CallFailure::Timeout),
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // A run that failed, or was left, before its write began, or while the store was asked.
        if let (Some(held), Ok(runtime)) = (self.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move { held.abandon().await });
        }
    }
}

impl Held {
    /// Makes the write to its end, keeps its answer, and tells who still waits.
    async fn write(self, owned: Owned, waits: oneshot::Sender<Result<Reply, CallFailure>>) {
        let deadline = Deadline::within(self.finish);
        let call = Call {
            context: &owned.context,
            field: &owned.field,
            method: owned.method,
            path_and_query: owned.path_and_query,
            headers: owned.headers,
            body: owned.body,
            deadline,
            effort: Effort { own_time: Some(OwnTime::from_now(self.finish)), ..owned.effort },
            cache: None,
            for_effect: owned.for_effect,
        };
        let result = owned.client.call(call).await;
        let stored = match &result {
            Ok(reply) if Stored::keeps(reply.status) => Some(Stored::of(reply, self.max_answer_bytes)),
            // It came, and was answered.
            Err(CallFailure::TooLarge { .. } | CallFailure::TooDense { .. }) => Some(Stored::TooLarge),
            Ok(_) | Err(_) => None,
        };
        // Before anybody is told: whoever has the answer can repeat the request at once.
        let left = match stored {
            Some(stored) => self.complete(&stored).await.err().map(|error| (stored, error)),
            None => {
                self.abandon().await;
                None
            }
        };
        if let Err(result) = waits.send(result) {
            self.log(owned.client.name(), &owned.field, &owned.context, result);
        }
        if let Some((stored, error)) = left {
            self.insist(stored, error).await;
        }
    }

    async fn complete(&self, stored: &Stored) -> Result<(), StoreError> {
        if !self.store.complete(self.claim, stored.clone(), self.keep).await? {
            let endpoint = &self.endpoint;
            tracing::warn!(endpoint, "a write took longer than its lease, and another with its key was made meanwhile");
            self.signals.keyed(endpoint, KeyOutcome::NotStored);
        }
        Ok(())
    }

    /// Asks a store that is away for a moment again, since without the answer a repeat would write again.
    async fn insist(&self, stored: Stored, mut error: StoreError) {
        let mut pause = FIRST_PAUSE;
        for _ in 1..TRIES {
            tokio::time::sleep(pause).await;
            pause *= 2;
            match self.complete(&stored).await {
                Ok(()) => return,
                Err(again) => error = again,
            }
        }
        tracing::error!(%error, endpoint = self.endpoint, "a write was made, and its answer cannot be kept");
        self.signals.keyed(&self.endpoint, KeyOutcome::NotStored);
    }

    /// Who waits logs a failure; if nobody does, it is logged here.
    fn log(&self, backend: &str, field: &str, context: &RequestContext, result: Result<Reply, CallFailure>) {
        let detail = match result {
            Ok(reply) if reply.status.is_success() => None,
            Ok(reply) => Some(format!("status {}", reply.status)),
            Err(failure) => Some(failure.to_string()),
        };
        let (endpoint, request_id) = (&self.endpoint, context.id.as_str());
        match detail {
            None => tracing::info!(
                target: "trefoil::call",
                endpoint, field, backend, request_id,
                "a write has ended after its caller left"
            ),
            Some(detail) => tracing::warn!(
                target: "trefoil::call",
                endpoint, field, backend, request_id, detail,
                "a write has failed after its caller left"
            ),
        }
    }

    /// Gives the key back. If that fails, it comes back by itself when the lease is over.
    async fn abandon(&self) {
        self.signals.keyed(&self.endpoint, KeyOutcome::Abandoned);
        if let Err(error) = self.store.abandon(self.claim).await {
            tracing::warn!(%error, endpoint = self.endpoint, "a key stays taken until its lease is over");
        }
    }
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Held").field("claim", &self.claim).finish_non_exhaustive()
    }
}

// === impl UnderWay ===

/// Takes one off the count.
struct Counted(UnderWay);

impl UnderWay {
    fn enter(&self) -> Counted {
        self.0.send_modify(|count| *count += 1);
        Counted(self.clone())
    }

    pub(super) async fn settled(&self) {
        // The sender is here, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Default for UnderWay {
    fn default() -> UnderWay {
        UnderWay(watch::Sender::new(0))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}
