//! Retries: a call that failed in passing is attempted again, where that is safe and there is room for it.
//!
//! One layer does this, here. A call is attempted again only if asking twice does no more than asking once, if the failure may be over the
//! next moment, if the wait fits into what is left of the deadline, and if the backend's [`budget::Budget`] has something left.

mod backoff;
mod budget;
#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime};

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

use self::backoff::Backoff;
use self::budget::Budget;
use crate::client::{CallFailure, Client, Reply};
use crate::faults::{Faults, LONGEST_MS, UpTo};
use crate::hedge;
use crate::signal::error_type;
use crate::stack::Wanted;
use crate::transport::TransportError;

/// How calls of a backend are attempted again, in `backends.<name>.retry`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetryConfig {
    /// The most attempts at a call in all, where its declaration says nothing: 1 to 10. Default 1, which is no retries. A call that is not
    /// idempotent and has no idempotency key is attempted once in any case.
    pub attempts: u32,
    /// The longest wait before the first retry, in milliseconds; it doubles with each. At most `cap_ms`; default 25 (Envoy's
    /// `base_interval`).
    pub base_ms: u64,
    /// The longest wait before any retry, in milliseconds. At most 3600000; default 250 (Envoy's: ten times the base).
    pub cap_ms: u64,
    /// Of a hundred calls of the last 10 s, how many may be attempted once more, retries and hedges together: 0 to 100. Default 20
    /// (Finagle's and Linkerd's, and Envoy's `budget_percent`).
    pub budget_percent: u32,
    /// How many more attempts there may be in any second, however few the calls. Default 10 (Finagle's and Linkerd's).
    pub budget_floor: u32,
}

/// The most attempts that can be asked for (gRPC allows 5; here the budget is what bounds load).
pub const MOST_ATTEMPTS: u32 = 10;

impl Default for RetryConfig {
    fn default() -> RetryConfig {
        RetryConfig { attempts: 1, base_ms: 25, cap_ms: 250, budget_percent: 20, budget_floor: 10 }
    }
}

impl RetryConfig {
    pub(crate) fn check(&self, faults: &mut Faults) {
        let mut range = |key, value: u64, bounds| faults.range(&["retry", key], value, bounds);
        range("attempts", self.attempts.into(), 1..=MOST_ATTEMPTS.into());
        range("budget_percent", self.budget_percent.into(), 0..=100);
        let (most, bounds) = (self.cap_ms, 0..=LONGEST_MS);
        faults.up_to(
            &["retry"],
            &UpTo { key: "base_ms", value: self.base_ms, least: 0, most_key: "cap_ms", most, bounds },
        );
    }
}

/// What a backend's calls share.
#[derive(Debug)]
pub(crate) struct Retry {
    attempts: u32,
    backoff: Backoff,
    budget: Budget,
    born: Instant,
}

impl Retry {
    pub(crate) fn new(config: &RetryConfig) -> Retry {
        let backoff =
            Backoff { base: Duration::from_millis(config.base_ms), cap: Duration::from_millis(config.cap_ms) };
        let budget = Budget::new(config.budget_percent, config.budget_floor);
        Retry { attempts: config.attempts, backoff, budget, born: Instant::now() }
    }

    /// Takes an attempt more out of the budget, if it has one.
    pub(crate) fn take(&self) -> bool {
        self.budget.take(self.second(Instant::now()))
    }

    /// The budget's time.
    fn second(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.born).as_secs()
    }

    /// How often a call may be attempted in all.
    fn most(&self, wanted: &Wanted<'_>) -> u32 {
        if is_repeatable(wanted) { wanted.effort.attempts.unwrap_or(self.attempts).clamp(1, MOST_ATTEMPTS) } else { 1 }
    }
}

/// Whether a call may be attempted more than once: nothing is done twice by it, its body is still there, and no caller before us is at it
/// already.
pub(crate) fn is_repeatable(wanted: &Wanted<'_>) -> bool {
    // By the key, the backend tells the second from the first (draft-ietf-httpapi-idempotency-key-header).
    let harmless = is_idempotent(&wanted.method) || wanted.headers.contains_key("idempotency-key");
    harmless && wanted.context.attempt == 1 && wanted.has_lasting_body()
}

/// Whether asking twice by this method does no more than asking once (RFC 9110 section 9.2.2). Only these are attempted again without an
/// idempotency key.
pub fn is_idempotent(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::PUT | Method::DELETE)
}

/// Makes a call, in as many attempts as it may have.
pub(crate) async fn call(client: &Client, wanted: &Wanted<'_>) -> Result<Reply, CallFailure> {
    let retry = &client.retry;
    retry.budget.offer(retry.second(wanted.begun));
    let most = retry.most(wanted);
    let mut made = 0;
    loop {
        let result = hedge::call(client, wanted).await;
        made += 1;
        let Some(failed) = failed_in_passing(&result).filter(|_| made < most) else { return result };
        let asked = result.as_ref().ok().and_then(|reply| backoff::asked_for(&reply.headers, SystemTime::now()));
        let wait = retry.backoff.wait(made, fastrand::f64()).max(asked.unwrap_or_default());
        let denied = if !client.latency.leaves_time(wait, wanted.deadline) {
            // A backend that says how long it wants to be left alone, and a deadline before that, is a "no".
            Some(if asked.is_some() { "retry_after" } else { "deadline" })
        } else if !retry.take() {
            Some("budget")
        } else {
            None
        };
        if let Some(why) = denied {
            client.signals.retry_denied(why);
            return result;
        }
        client.signals.retried(failed);
        if !wait.is_zero() {
            sleep(wait).await;
        }
    }
}

/// What a failure is called that may be over the next moment; `None` for everything else.
pub(crate) fn failed_in_passing(result: &Result<Reply, CallFailure>) -> Option<&'static str> {
    match result {
        Ok(reply) => match reply.status {
            StatusCode::BAD_GATEWAY => Some("502"),
            StatusCode::SERVICE_UNAVAILABLE => Some("503"),
            StatusCode::GATEWAY_TIMEOUT => Some("504"),
            _ => None,
        },
        Err(failure @ CallFailure::Transport(TransportError::Connect(_) | TransportError::Broken(_))) => {
            Some(error_type(failure))
        }
        // Asked again, too large an answer is as large, and a malformed one as malformed; and what was shed, or held back by the breaker,
        // was so to be spared.
        Err(
            CallFailure::Transport(TransportError::Malformed(_))
            | CallFailure::Timeout
            | CallFailure::TooLarge { .. }
            | CallFailure::TooDense { .. }
            | CallFailure::Breaker
            | CallFailure::Shed(_)
            | CallFailure::Unsendable(_),
        ) => None,
    }
}
