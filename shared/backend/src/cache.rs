//! Answers that are kept: one layer of the stack, for the calls that say so (RFC 9111, RFC 5861).
//!
//! An answer never reaches another caller, unless the call's [`Policy`] says `shared`; then no backend learns who asks. Calls
//! for the same thing at the same time are one flight. Only a whole 200 to a GET without a body is kept: a failure, or a
//! backend's "not found", may be over the next moment.

mod flight;
mod freshness;
mod key;
mod refresh;
mod signal;
mod store;
mod vary;

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use opentelemetry::metrics::Meter;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;
use trefoil_context::{Deadline, RequestContext};

use self::flight::Flights;
use self::freshness::Standing;
use self::key::Key;
use self::refresh::Landed;
use self::signal::Signals;
use self::store::{Entry, Store};
use crate::client::{Call, CallFailure, Client, Reply};
use crate::effort::{Criticality, Effort, OwnTime};

pub use self::store::Purge;

/// The most time for making a stale answer new in the background, when nobody waits for it.
const BACKGROUND: Duration = Duration::from_secs(10);

/// Section `cache`: the answers of backends that are kept, of all backends together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CacheConfig {
    /// The most bytes kept, heads and keys included; what was used least makes room. 0 keeps nothing. Default 67108864 (64 MiB).
    pub max_bytes: u64,
}

impl Default for CacheConfig {
    fn default() -> CacheConfig {
        CacheConfig { max_bytes: 64 << 20 }
    }
}

/// How the answer of a call is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// How long it is fresh; `None` leaves that to the backend's `Cache-Control`. Whatever is said here, an answer is not
    /// kept that the backend marks `no-store`, or `private` where it would be shared.
    pub ttl: Option<Duration>,
    /// Whether it is the same for every caller. Such a call is sent without a caller's headers.
    pub shared: bool,
    /// How long after that it is still given out, while it is made new in the background.
    pub stale_while_revalidate: Duration,
    /// How long after that it is still given out when the backend cannot be reached, takes too long or answers with a 5xx.
    pub stale_if_error: Duration,
    /// What it is purged by.
    pub tags: Vec<String>,
}

/// What the cache did for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Served {
    /// A fresh answer was there.
    Hit,
    /// A stale one was there, and is made new in the background.
    Stale,
    /// A stale one stands in for a failure.
    StaleForError {
        /// The status that the backend answered with, if it answered.
        status: Option<StatusCode>,
    },
    /// The backend was asked.
    Asked {
        /// Whether a stale answer was there.
        stale: bool,
        /// The status that the backend answered with, where that is not the answer's own: 304.
        status: Option<StatusCode>,
        /// Whether the answer is kept.
        stored: bool,
        /// Whether it was asked for another call already under way.
        collapsed: bool,
    },
}

/// An answer that went through the cache.
#[derive(Debug, Clone)]
pub struct Cached {
    /// What the cache did.
    pub served: Served,
    /// How long it stays fresh; `None` for one that is stale or not kept.
    pub fresh_for: Option<Duration>,
    /// How long ago it became stale.
    pub stale_for: Option<Duration>,
    /// Whether it is the same for every caller.
    pub shared: bool,
    kept: Option<Kept>,
}

#[derive(Debug, Clone)]
struct Kept {
    cache: Arc<Cache>,
    key: Key,
    entry: Arc<Entry>,
}

impl Cached {
    /// Drops the answer from the cache: it turned out not to be what the declaration says, and must not stay for its time.
    pub fn forget(&self) {
        if let Some(Kept { cache, key, entry }) = &self.kept {
            cache.store.forget(key, entry);
        }
    }
}

/// The answers of all backends that are kept, and the flights under way.
#[derive(Debug)]
pub struct Cache {
    store: Store,
    flights: Flights,
    signals: Signals,
}

impl Cache {
    /// An empty one.
    pub fn new(config: CacheConfig, meter: &Meter) -> Arc<Cache> {
        let signals = Signals::new(meter);
        let store = Store::new(config.max_bytes, signals.evictions());
        let cache = Arc::new(Cache { store, flights: Flights::default(), signals });
        signal::observe_size(meter, &cache);
        cache
    }

    /// Drops what `purge` names, and says how many answers that were. What is under way for anybody is not kept either: it may
    /// have been answered before.
    pub fn purge(&self, purge: &Purge) -> usize {
        self.store.purge(purge)
    }
}

/// A call that is kept, owned: a flight may outlive who asked first.
#[derive(Debug, Clone)]
struct Ask {
    context: RequestContext,
    field: String,
    path_and_query: String,
    headers: HeaderMap,
    effort: Effort,
    policy: Policy,
}

/// Makes a call through the cache.
pub(crate) async fn call(client: &Arc<Client>, call: Call<'_>, policy: Policy) -> Result<Reply, CallFailure> {
    let cache = &client.cache;
    let key = Key::of(client, &call, policy.shared)?;
    let now = Instant::now();
    let old = cache.store.get(&key, &policy.tags).map(|entry| Old::of(entry, &policy));
    if let Some(old) = old.as_ref().filter(|old| now < old.standing.fresh_until) {
        cache.signals.hit(client, &call);
        return Ok(old.given(cache, key, Served::Hit, policy.shared, now));
    }
    let deadline = call.deadline;
    let field = call.field;
    let context = call.context;
    let ask = Ask {
        context: call.context.clone(),
        field: call.field.to_owned(),
        path_and_query: call.path_and_query,
        headers: call.headers,
        effort: call.effort,
        policy,
    };
    let shared = ask.policy.shared;
    if let Some(old) = old.as_ref().filter(|old| now < old.standing.until_revalidated) {
        cache.signals.stale(client, context, field);
        revalidate(client, &key, ask, &old.entry);
        return Ok(old.given(cache, key, Served::Stale, shared, now));
    }
    let (result, collapsed) = ask_backend(client, &key, &ask, old.as_ref().map(|old| &old.entry), deadline).await;
    cache.signals.asked(client, collapsed);
    // A stale answer stands in for a failure, where that was declared.
    let failed = match &result {
        Ok(landed) => landed.reply.status.is_server_error().then_some(Some(landed.reply.status)),
        Err(CallFailure::Timeout | CallFailure::Transport(_) | CallFailure::Breaker | CallFailure::Shed(_)) => {
            Some(None)
        }
        Err(CallFailure::TooLarge { .. } | CallFailure::TooDense { .. } | CallFailure::Unsendable(_)) => None,
    };
    if let Some(status) = failed
        && let now = Instant::now()
        && let Some(old) = old.as_ref().filter(|old| now < old.standing.until_given_up)
    {
        cache.signals.stale_for_error(client, context, field);
        return Ok(old.given(cache, key, Served::StaleForError { status }, shared, now));
    }
    result.map(|landed| {
        let Landed { mut reply, entry, status } = landed;
        let fresh_for = entry.as_ref().and_then(|entry| entry.standing(&ask.policy).fresh_for(Instant::now()));
        let served = Served::Asked { stale: old.is_some(), status, stored: entry.is_some(), collapsed };
        let kept = entry.map(|entry| Kept { cache: Arc::clone(cache), key, entry });
        reply.cached = Some(Cached { served, fresh_for, stale_for: None, shared, kept });
        reply
    })
}

/// A kept answer, and its times by the asker's own policy, whoever's it was kept by.
struct Old {
    entry: Arc<Entry>,
    standing: Standing,
}

impl Old {
    fn of(entry: Arc<Entry>, policy: &Policy) -> Old {
        Old { standing: entry.standing(policy), entry }
    }

    /// Gives it out.
    fn given(&self, cache: &Arc<Cache>, key: Key, served: Served, shared: bool, now: Instant) -> Reply {
        let Old { entry, standing } = self;
        let cached = Cached {
            served,
            fresh_for: standing.fresh_for(now),
            stale_for: now.checked_duration_since(standing.fresh_until).filter(|_| served != Served::Hit),
            shared,
            kept: Some(Kept { cache: Arc::clone(cache), key, entry: Arc::clone(entry) }),
        };
        Reply { status: StatusCode::OK, headers: entry.headers.clone(), body: entry.body.clone(), cached: Some(cached) }
    }
}

/// Asks the backend, together with all who ask the same at the same time; and whether another had begun.
///
/// A flight lives as long as somebody waits for it. It has the latest deadline of those who wait, so that nobody is told of
/// a timeout that was another's; who comes while one ends so makes a flight of their own. So does who is shed with a flight of somebody
/// who can do without, and cannot, and who gets by another's flight what was kept before, and is not fresh for oneself.
async fn ask_backend(
    client: &Arc<Client>,
    key: &Key,
    ask: &Ask,
    old: Option<&Arc<Entry>>,
    deadline: Deadline,
) -> (Result<Landed, CallFailure>, bool) {
    loop {
        let generation = client.cache.store.generation();
        let start = |patience| refresh::refresh(client, key, ask, old, deadline, patience, generation);
        let asked = Instant::now();
        let joined = client.cache.flights.join(key, generation, deadline, ask.effort.criticality, start);
        let result = timeout_at(deadline.instant(), joined.flight).await.unwrap_or(Err(CallFailure::Timeout));
        let of_another = match &result {
            Err(CallFailure::Timeout) => true,
            Err(CallFailure::Shed(_)) => joined.criticality < ask.effort.criticality,
            Ok(Landed { entry: Some(entry), .. }) if joined.collapsed => {
                entry.at < asked && entry.standing(&ask.policy).fresh_until <= asked
            }
            _ => false,
        };
        if of_another && !deadline.has_passed() {
            continue;
        }
        if let (Ok(Landed { entry: Some(_), .. }), true) = (&result, joined.collapsed) {
            // It was kept by the tags of who asked first.
            drop(client.cache.store.get(key, &ask.policy.tags));
        }
        return (result, joined.collapsed);
    }
}

/// Makes a stale answer new, for nobody in particular and with a deadline of its own, unless somebody is at it already.
fn revalidate(client: &Arc<Client>, key: &Key, ask: Ask, old: &Arc<Entry>) {
    let generation = client.cache.store.generation();
    if client.cache.flights.is_under_way(key, generation) {
        return;
    }
    let (client, key, old) = (Arc::clone(client), key.clone(), Arc::clone(old));
    let work = async move {
        let deadline = Deadline::within(BACKGROUND);
        // Nobody is in a hurry, and nobody's answer depends on it.
        let effort = Effort {
            criticality: Criticality::Optional,
            own_time: Some(OwnTime::from_now(BACKGROUND)),
            hedge: false,
            ..ask.effort
        };
        let ask = Ask { effort, ..ask };
        // Nobody waits for it. A failure is in the call's span and metric, and the next who asks tries again.
        drop(ask_backend(&client, &key, &ask, Some(&old), deadline).await);
    };
    tokio::spawn(work.in_current_span());
}
