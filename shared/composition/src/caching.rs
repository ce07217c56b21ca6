//! What an answer says of its own freshness, and what the cache did for its calls.

use std::cmp::Reverse;
use std::fmt::Write as _;

use http::HeaderValue;
use trefoil_backend::{Cached, Policy, Served};

use crate::declare::{Access, Cache};
use crate::outcome;
use crate::plan::Plan;
use crate::run::Timing;

/// How the answers of a call are kept, but for what they are purged by, which each request says for itself.
pub(crate) fn policy(cache: &Cache) -> Policy {
    Policy {
        ttl: cache.ttl,
        shared: cache.shared,
        stale_while_revalidate: cache.stale_while_revalidate,
        stale_if_error: cache.stale_if_error,
        tags: Vec::new(),
    }
}

/// `Cache-Control` of a complete answer: as fresh as the least fresh of its parts.
///
/// What has a part that is not kept is kept by its client alone and asked for again each time: then it is a 304, if nothing
/// has changed. An answer is everybody's only where the endpoint and all its calls are.
pub(crate) fn cache_control(plan: &Plan, timings: &[Timing]) -> HeaderValue {
    let seconds =
        |timing: &Timing| timing.cached.as_ref().and_then(|cached| cached.fresh_for).map_or(0, |left| left.as_secs());
    let least = timings.iter().map(seconds).min().unwrap_or(0);
    if least == 0 {
        return HeaderValue::from_static("private, no-cache");
    }
    let shared = timings.iter().all(|timing| timing.cached.as_ref().is_some_and(|cached| cached.shared));
    let whose = if plan.access == Access::Public && shared { "public" } else { "private" };
    // Words and digits always make a header.
    HeaderValue::try_from(format!("{whose}, max-age={least}")).unwrap_or(HeaderValue::from_static("no-store"))
}

/// `Cache-Status` (RFC 9211): one member for each call whose answers are kept, named as in `Trefoil-Degraded`, since each
/// such call has a cache before it. Of a call with several requests, the one for which the cache did the least is told.
pub(crate) fn cache_status(plan: &Plan, timings: &[Timing]) -> Option<HeaderValue> {
    let mut told: Vec<(usize, &Cached)> = Vec::new();
    for timing in timings {
        let Some(cached) = &timing.cached else { continue };
        match told.iter_mut().find(|(node, _)| *node == timing.node) {
            Some((_, other)) if rank(cached) > rank(other) => *other = cached,
            Some(_) => {}
            None => told.push((timing.node, cached)),
        }
    }
    if told.is_empty() {
        return None;
    }
    // In the order of the plan, whatever ended first.
    told.sort_unstable_by_key(|(node, _)| *node);
    let mut text = String::new();
    for (node, cached) in told {
        let separator = if text.is_empty() { "" } else { ", " };
        // Writing to a string cannot fail.
        let _ = write!(text, "{separator}{}", outcome::item(plan.name_of(node)));
        member(&mut text, cached);
    }
    HeaderValue::try_from(text).ok()
}

/// How little the cache did: more is less.
fn rank(cached: &Cached) -> impl Ord + use<> {
    let served = match cached.served {
        Served::Hit => 0,
        Served::Stale => 1,
        Served::StaleForError { .. } => 2,
        Served::Asked { .. } => 3,
    };
    (served, Reverse(cached.fresh_for))
}

fn member(text: &mut String, cached: &Cached) {
    let ttl = match (cached.fresh_for, cached.stale_for) {
        (Some(left), _) => format!(";ttl={}", left.as_secs()),
        (None, Some(past)) => format!(";ttl=-{}", past.as_secs()),
        (None, None) => String::new(),
    };
    let status = |status: Option<http::StatusCode>| {
        status.map_or_else(String::new, |status| format!(";fwd-status={}", status.as_u16()))
    };
    let _ = match cached.served {
        Served::Hit => write!(text, ";hit{ttl}"),
        Served::Stale => write!(text, ";hit{ttl};detail=stale-while-revalidate"),
        Served::StaleForError { status: failed } => {
            write!(text, ";fwd=stale{}{ttl};detail=stale-if-error", status(failed))
        }
        Served::Asked { stale, status: renewed, stored, collapsed } => {
            let why = if stale { "stale" } else { "miss" };
            let stored = if stored { ";stored" } else { "" };
            let collapsed = if collapsed { ";collapsed" } else { "" };
            write!(text, ";fwd={why}{}{collapsed}{stored}{ttl}", status(renewed))
        }
    };
}
