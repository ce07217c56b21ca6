//! Hedging: beside an attempt that is slow a second one is sent, and the first answer of use wins (Dean and Barroso, "The Tail at Scale").
//!
//! It starts when the first has taken longer than 95 of a hundred answers of this backend do, so it costs few attempts more; and each is
//! taken from the budget of the retries.

mod latency;
#[cfg(test)]
mod tests;

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use http::Method;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

pub(crate) use self::latency::Latency;
use crate::client::{CallFailure, Client, Reply};
use crate::faults::{Faults, LONGEST_MS, UpTo};
use crate::retry::is_repeatable;
use crate::stack::{self, Wanted};

/// How calls of a backend are hedged, in `backends.<name>.hedge`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HedgeConfig {
    /// Whether every GET is hedged, and not only those that are declared so. Default false.
    pub all: bool,
    /// The earliest that a second attempt starts, in milliseconds, however fast the backend is. From 1 to `max_ms`; default 5.
    pub min_ms: u64,
    /// The latest that a second attempt starts, in milliseconds, however slow the backend is. At most 3600000; default 1000.
    pub max_ms: u64,
}

impl Default for HedgeConfig {
    fn default() -> HedgeConfig {
        HedgeConfig { all: false, min_ms: 5, max_ms: 1000 }
    }
}

impl HedgeConfig {
    pub(crate) fn check(&self, faults: &mut Faults) {
        // 0 would send every call twice.
        let (most, bounds) = (self.max_ms, 1..=LONGEST_MS);
        faults
            .up_to(&["hedge"], &UpTo { key: "min_ms", value: self.min_ms, least: 1, most_key: "max_ms", most, bounds });
    }

    /// When a second attempt at this call starts, counted from the first; `None`: never, or the backend is not known well enough.
    fn delay(&self, wanted: &Wanted<'_>, latency: &Latency) -> Option<Duration> {
        let wished = (self.all || wanted.effort.hedge) && wanted.method == Method::GET;
        // Only the first attempt is hedged: a retry is a second attempt already.
        if !wished || wanted.attempts() > 0 || !is_repeatable(wanted) {
            return None;
        }
        latency.p95().map(|p95| p95.clamp(Duration::from_millis(self.min_ms), Duration::from_millis(self.max_ms)))
    }
}

/// Makes an attempt, and where it is declared and slow a second one beside it.
pub(crate) async fn call(client: &Client, wanted: &Wanted<'_>) -> Result<Reply, CallFailure> {
    let Some(delay) = client.hedge.delay(wanted, &client.latency) else {
        return stack::attempt(client, wanted, false).await;
    };
    // Boxed: it holds two attempts, and few calls are hedged.
    Box::pin(beside(client, wanted, delay)).await
}

async fn beside(client: &Client, wanted: &Wanted<'_>, delay: Duration) -> Result<Reply, CallFailure> {
    let begun = Instant::now();
    let mut first = pin!(stack::attempt(client, wanted, false));
    if let Either::Left((result, _)) = select(first.as_mut(), pin!(sleep(delay))).await {
        return result;
    }
    if !client.latency.leaves_time(Duration::ZERO, wanted.deadline) || !client.retry.take() {
        return first.await;
    }
    // Whoever loses is dropped, which ends it.
    match select(first, pin!(stack::attempt(client, wanted, true))).await {
        Either::Left((result, second)) => {
            if is_of_use(&result) {
                client.signals.hedged("lost");
                return result;
            }
            finish(client, result, "won", second.await)
        }
        Either::Right((result, first)) => {
            if is_of_use(&result) {
                client.signals.hedged("won");
                // It would have taken longer still. Were it left out, the slow would vanish from the estimate, which would sink and sink.
                client.latency.record(begun.elapsed());
                return result;
            }
            finish(client, result, "lost", first.await)
        }
    }
}

/// The answer of the other attempt if it is of use, else what came first.
fn finish(
    client: &Client,
    before: Result<Reply, CallFailure>,
    hedge: &'static str,
    other: Result<Reply, CallFailure>,
) -> Result<Reply, CallFailure> {
    if is_of_use(&other) {
        client.signals.hedged(hedge);
        return other;
    }
    client.signals.hedged("failed");
    before
}

/// Whether a backend meant its answer: what it says of the request itself, good or bad, another attempt would bring too.
pub(crate) fn is_of_use(result: &Result<Reply, CallFailure>) -> bool {
    result.as_ref().is_ok_and(|reply| !reply.status.is_server_error())
}
