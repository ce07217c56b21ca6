//! A flight from its start to its landing: the backend is asked, and its answer kept if it may be.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderName, Method, StatusCode, header};
use tokio::time::Instant;
use trefoil_context::Deadline;

use super::flight::Patience;
use super::freshness::{self, Said};
use super::key::Key;
use super::store::{Entry, united};
use super::{Ask, vary};
use crate::client::{Call, CallFailure, Client, Reply};
use crate::stack::{self, Wanted};
use crate::transport::Body;

/// Headers of one connection, or of one message on it, that mean nothing in an answer given out again (RFC 9110 section 7.6.1).
const OF_THE_CONNECTION: [HeaderName; 6] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::TRANSFER_ENCODING,
    header::TE,
    header::TRAILER,
    header::UPGRADE,
];

/// What a flight brought.
#[derive(Debug, Clone)]
pub(crate) struct Landed {
    pub(crate) reply: Reply,
    /// The kept answer, where it is kept.
    pub(crate) entry: Option<Arc<Entry>>,
    /// The status that the backend answered with, where that is not the reply's.
    pub(crate) status: Option<StatusCode>,
}

/// The flight. `old` is the stale answer, if there is one: a backend that gave it a tag or a date need not send it again.
pub(crate) fn refresh(
    client: &Arc<Client>,
    key: &Key,
    ask: &Ask,
    old: Option<&Arc<Entry>>,
    deadline: Deadline,
    patience: Arc<Patience>,
    generation: u64,
) -> BoxFuture<'static, Result<Landed, CallFailure>> {
    let (client, key, ask, old) = (Arc::clone(client), key.clone(), ask.clone(), old.cloned());
    async move {
        // Somebody else's flight may have landed between the look into the store and the start of this one.
        let landed = client.cache.store.get(&key, &ask.policy.tags);
        if let Some(entry) = landed.filter(|entry| Instant::now() < entry.standing(&ask.policy).fresh_until) {
            let reply = whole(entry.headers.clone(), entry.body.clone());
            return Ok(Landed { reply, entry: Some(entry), status: None });
        }
        let mut headers = ask.headers.clone();
        let conditional = old.as_ref().is_some_and(|old| validate(old, &mut headers));
        let call = Call {
            context: &ask.context,
            field: &ask.field,
            method: Method::GET,
            path_and_query: ask.path_and_query.clone(),
            headers,
            body: Body::Empty,
            deadline,
            effort: ask.effort,
            cache: None,
            // Others may read what is kept.
            for_effect: false,
        };
        let wanted = Wanted::new(&client, call, ask.policy.shared);
        let reply = stack::exchange(&client, wanted, patience.exhausted()).await?;
        Ok(land(&client, &key, &ask, old.as_ref(), reply, conditional, generation))
    }
    .boxed()
}

/// Asks for the answer only if it has changed, where it can be told so; and whether it can.
fn validate(old: &Entry, headers: &mut HeaderMap) -> bool {
    let by = [(header::IF_NONE_MATCH, header::ETAG), (header::IF_MODIFIED_SINCE, header::LAST_MODIFIED)];
    if by.iter().any(|(condition, _)| headers.contains_key(condition)) {
        return false;
    }
    let mut conditional = false;
    for (condition, validator) in by {
        if let Some(value) = old.headers.get(validator) {
            headers.insert(condition, value.clone());
            conditional = true;
        }
    }
    conditional
}

fn land(
    client: &Client,
    key: &Key,
    ask: &Ask,
    old: Option<&Arc<Entry>>,
    reply: Reply,
    conditional: bool,
    generation: u64,
) -> Landed {
    let store = &client.cache.store;
    let (mut reply, status) = match old.filter(|_| conditional && reply.status == StatusCode::NOT_MODIFIED) {
        Some(old) => (whole(renewed(&old.headers, &reply.headers), old.body.clone()), Some(reply.status)),
        None => (reply, None),
    };
    // A failure says nothing about the answer that is kept.
    if reply.status.is_server_error() {
        return Landed { reply, entry: None, status };
    }
    let entry = entry(client, ask, old, &reply).map(Arc::new);
    let entry = entry.filter(|entry| {
        // Others were given the old one, and ask for this by the same tags.
        let tags = united(&store.tags(key), &ask.policy.tags);
        store.keep(key.clone(), Arc::clone(entry), tags, generation)
    });
    if let (None, Some(old)) = (&entry, old) {
        // There is another answer now, or none, that may not be kept: the old one is no longer true.
        store.forget(key, old);
    }
    if let Some(entry) = &entry {
        reply.body = entry.body.clone();
    }
    Landed { reply, entry, status }
}

/// What is kept of an answer; nothing of one that may not be, or that could never be used again.
fn entry(client: &Client, ask: &Ask, old: Option<&Arc<Entry>>, reply: &Reply) -> Option<Entry> {
    if reply.status != StatusCode::OK || !vary::is_told_apart(&reply.headers) {
        return None;
    }
    let said = Said::read(&reply.headers);
    let lifetime = freshness::lifetime(&ask.policy, &said)?;
    let has_validator = [header::ETAG, header::LAST_MODIFIED].iter().any(|name| reply.headers.contains_key(name));
    // With a validator it is worth its place for as long again: a 304 is cheaper than an answer.
    let keep = lifetime.whole().max(if has_validator { lifetime.fresh * 2 } else { lifetime.fresh });
    if keep.is_zero() {
        return None;
    }
    // Who asks by a longer time than this one has it as long as before.
    let keep = keep.max(old.map_or(Duration::ZERO, |old| old.keep));
    let mut headers = reply.headers.clone();
    for name in OF_THE_CONNECTION {
        headers.remove(name);
    }
    Some(Entry {
        backend: client.name.clone(),
        headers,
        // A copy of its own: what came may be a small part of a large buffer, which would be kept whole.
        body: Bytes::copy_from_slice(&reply.body),
        said,
        at: Instant::now(),
        keep,
    })
}

/// The kept headers as a 304 makes them new (RFC 9111 section 3.2). Those about the bytes are the kept bytes'.
fn renewed(old: &HeaderMap, new: &HeaderMap) -> HeaderMap {
    let mut headers = old.clone();
    headers.remove(header::AGE);
    for name in new.keys().filter(|name| !name.as_str().starts_with("content-")) {
        headers.remove(name);
        for value in new.get_all(name) {
            headers.append(name.clone(), value.clone());
        }
    }
    headers
}

fn whole(headers: HeaderMap, body: Bytes) -> Reply {
    Reply { status: StatusCode::OK, headers, body, cached: None }
}
