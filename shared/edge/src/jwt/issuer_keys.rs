//! The keys of one issuer, kept: fetched when first needed, refreshed in the background, believed for a while when the
//! issuer cannot be reached, and never fetched because a stranger asks for it more than once in a while.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::jwks::{self, Key};
use crate::{Algorithm, KeysConfig};

/// A larger document is not read, in bytes.
const MAX_DOCUMENT_BYTES: usize = 256 * 1024;
/// While there are no keys at all, fetches begin at most this often.
const PAUSE_WITHOUT_KEYS: Duration = Duration::from_secs(1);

/// Where an issuer's key set comes from. The address is the operator's; nothing in a token can change it.
pub trait KeySource: Send + Sync {
    /// Fetches the JWKS document (RFC 7517 section 5) anew. Bounded in time and size, without following redirects.
    fn fetch(&self) -> BoxFuture<'_, Result<Bytes, KeyError>>;
}

/// Why a key set could not be had; the text is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the keys of the issuer cannot be had: {0}")]
pub struct KeyError(pub String);

/// The key set of one issuer, shared by all that verify its tokens. Keep it across reloads.
pub struct IssuerKeys {
    source: Arc<dyn KeySource>,
    config: KeysConfig,
    set: ArcSwapOption<KeySet>,
    flight: Mutex<Flight>,
}

/// Keys as they were at one time.
#[derive(Debug)]
pub(super) struct KeySet {
    keys: Vec<Key>,
    /// Changes whenever the document does: what was verified under another generation is verified anew.
    pub(super) generation: u64,
    fetched: Instant,
    document: Bytes,
}

/// A fetch under way; it ends whether or not anyone still waits for it.
pub(super) type Fetch = Shared<BoxFuture<'static, ()>>;

#[derive(Default)]
struct Flight {
    running: Option<(AbortHandle, Fetch)>,
    last_begun: Option<Instant>,
    last_for_unknown_key: Option<Instant>,
}

impl fmt::Debug for IssuerKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuerKeys").field("set", &self.set.load()).finish_non_exhaustive()
    }
}

impl IssuerKeys {
    /// Keys that will be fetched from `source` when they are first needed.
    pub fn new(source: Arc<dyn KeySource>, config: KeysConfig) -> Arc<IssuerKeys> {
        Arc::new(IssuerKeys { source, config, set: ArcSwapOption::empty(), flight: Mutex::default() })
    }

    /// Fetches them now, so that the first request need not wait, and says whether there are keys to work with. Must run
    /// inside a Tokio runtime.
    pub async fn warm(self: &Arc<Self>) -> bool {
        self.wait_for_set().await.is_some()
    }

    /// The keys to verify with right now. `None` if it is worth waiting for [`Self::wait_for_set`].
    pub(super) fn usable(self: &Arc<Self>, now: Instant) -> Option<Arc<KeySet>> {
        let set = self.set.load_full()?;
        let age = now.saturating_duration_since(set.fetched);
        let refresh = Duration::from_secs(self.config.refresh_s);
        if age < refresh {
            return Some(set);
        }
        let fetch = self.fetch_unless_just_tried(now);
        // In the second period the old keys serve while new ones are on their way. Later, a key that was removed may
        // have been gone for long: new ones are waited for, unless they were not to be had just now.
        let serve_old = age < 2 * refresh || fetch.is_none();
        (serve_old && age < self.max_stale()).then_some(set)
    }

    /// The keys, after waiting for new ones where that makes sense. `None` if there are none to be believed.
    pub(super) async fn wait_for_set(self: &Arc<Self>) -> Option<Arc<KeySet>> {
        if let Some(fetch) = self.fetch_unless_just_tried(Instant::now()) {
            fetch.await;
        }
        let set = self.set.load_full()?;
        (set.fetched.elapsed() < self.max_stale()).then_some(set)
    }

    /// A token names a key that is not in the set: perhaps the issuer has a new one. `None` if that was looked up not
    /// long ago, so that made-up names cannot make this gateway call the issuer again and again.
    pub(super) fn fetch_for_unknown_key(self: &Arc<Self>, now: Instant) -> Option<Fetch> {
        let mut flight = self.flight();
        if let Some(fetch) = flight.running() {
            return Some(fetch);
        }
        let cooldown = Duration::from_secs(self.config.cooldown_s);
        if flight.last_for_unknown_key.is_some_and(|last| now.saturating_duration_since(last) < cooldown) {
            return None;
        }
        flight.last_for_unknown_key = Some(now);
        Some(self.begin(&mut flight, now))
    }

    /// Joins the fetch under way, or begins one unless the last one began just now.
    fn fetch_unless_just_tried(self: &Arc<Self>, now: Instant) -> Option<Fetch> {
        let mut flight = self.flight();
        if let Some(fetch) = flight.running() {
            return Some(fetch);
        }
        let believed = self.set.load().as_ref().is_some_and(|set| set.fetched.elapsed() < self.max_stale());
        let pause = if believed { Duration::from_secs(self.config.cooldown_s) } else { PAUSE_WITHOUT_KEYS };
        if flight.last_begun.is_some_and(|last| now.saturating_duration_since(last) < pause) {
            return None;
        }
        Some(self.begin(&mut flight, now))
    }

    fn begin(self: &Arc<Self>, flight: &mut Flight, now: Instant) -> Fetch {
        flight.last_begun = Some(now);
        let keys = self.clone();
        // A task of its own: the client whose request began it may leave, others wait for it still.
        let task = tokio::spawn(async move { keys.fetch().await });
        let handle = task.abort_handle();
        let fetch = task.map(|_| ()).boxed().shared();
        flight.running = Some((handle, fetch.clone()));
        fetch
    }

    async fn fetch(&self) {
        let limit = Duration::from_millis(self.config.timeout_ms);
        let outcome = match tokio::time::timeout(limit, self.source.fetch()).await {
            Ok(outcome) => outcome.and_then(|document| self.store(document)),
            Err(_) => Err(KeyError(format!("no answer within {} ms", self.config.timeout_ms))),
        };
        if let Err(error) = outcome {
            let kept = self.set.load().is_some();
            tracing::warn!(%error, kept, "an issuer's keys were not refreshed");
        }
    }

    fn store(&self, document: Bytes) -> Result<(), KeyError> {
        if document.len() > MAX_DOCUMENT_BYTES {
            return Err(KeyError(format!("the document is larger than {MAX_DOCUMENT_BYTES} bytes")));
        }
        let keys = jwks::parse(&document).ok_or_else(|| KeyError("the document is not a key set".into()))?;
        if keys.is_empty() {
            tracing::warn!("an issuer publishes no key that can verify a signature");
        }
        let generation = match self.set.load().as_ref() {
            Some(old) if old.document == document => old.generation,
            Some(old) => old.generation + 1,
            None => 0,
        };
        self.set.store(Some(Arc::new(KeySet { keys, generation, fetched: Instant::now(), document })));
        Ok(())
    }

    fn max_stale(&self) -> Duration {
        Duration::from_secs(self.config.max_stale_s)
    }

    fn flight(&self) -> MutexGuard<'_, Flight> {
        self.flight.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flight {
    fn running(&self) -> Option<Fetch> {
        self.running.as_ref().filter(|(task, _)| !task.is_finished()).map(|(_, fetch)| fetch.clone())
    }
}

impl KeySet {
    /// The key for a token. Without a key id there must be exactly one that fits: guessing is not verifying.
    pub(super) fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&Key> {
        let mut fitting = self.keys.iter().filter(|key| key.fits(algorithm));
        match kid {
            Some(kid) => fitting.find(|key| key.is_called(kid)),
            None => fitting.next().filter(|_| fitting.next().is_none()),
        }
    }
}
