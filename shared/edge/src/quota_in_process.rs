//! Quotas counted in this process (GCRA, by governor). Each gateway counts for itself.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use governor::clock::{Clock, Reference};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use tokio::time::Instant;

use crate::{Decision, QuotaPolicy, QuotaStore, Verdict};

/// After so many checks of one policy, buckets that are full again are forgotten.
const CHECKS_BETWEEN_CLEANINGS: u32 = 4_096;

/// The store. Hand the same one in after a reload: buckets survive, save those whose policy changed.
#[derive(Debug)]
pub struct InProcessQuota {
    max_callers: usize,
    /// By what they are counted under: a BFF, or an endpoint of it.
    buckets: RwLock<HashMap<Box<str>, Arc<Buckets>>>,
}

type Limiter = RateLimiter<Box<str>, DashMapStateStore<Box<str>>, TokioClock, StateInformationMiddleware>;

#[derive(Debug)]
struct Buckets {
    policy: QuotaPolicy,
    limiter: Limiter,
    clock: TokioClock,
    checks: AtomicU32,
}

/// Tokio's clock, so that tests can pause it. Monotonic.
#[derive(Debug, Clone)]
struct TokioClock(Instant);

impl Clock for TokioClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

impl Default for InProcessQuota {
    /// Buckets for at most 100,000 callers of each policy.
    fn default() -> InProcessQuota {
        InProcessQuota::new(100_000)
    }
}

impl InProcessQuota {
    /// Buckets for at most about `max_callers` of each policy. When more have a bucket that is not full, all of that policy's
    /// are given up, which lets each have one more burst: memory is bounded, and nobody is locked out.
    pub fn new(max_callers: usize) -> InProcessQuota {
        InProcessQuota { max_callers, buckets: RwLock::default() }
    }

    fn buckets_of(&self, bucket: &str, policy: &QuotaPolicy) -> Arc<Buckets> {
        let known = self.buckets.read().unwrap_or_else(PoisonError::into_inner).get(bucket).cloned();
        match known {
            Some(buckets) if buckets.policy.same_rate(policy) => buckets,
            _ => self.replace(bucket, policy, |buckets| buckets.policy.same_rate(policy)),
        }
    }

    /// New buckets, unless by now there are some that will do.
    fn replace(&self, bucket: &str, policy: &QuotaPolicy, will_do: impl Fn(&Buckets) -> bool) -> Arc<Buckets> {
        let mut all = self.buckets.write().unwrap_or_else(PoisonError::into_inner);
        match all.get(bucket) {
            Some(buckets) if will_do(buckets) => buckets.clone(),
            _ => {
                let buckets = Arc::new(Buckets::new(*policy));
                all.insert(bucket.into(), buckets.clone());
                buckets
            }
        }
    }

    /// Now and then forgets full buckets, and all of them if there are too many still.
    fn clean(&self, bucket: &str, buckets: &Arc<Buckets>) {
        if buckets.checks.fetch_add(1, Ordering::Relaxed) % CHECKS_BETWEEN_CLEANINGS != CHECKS_BETWEEN_CLEANINGS - 1 {
            return;
        }
        buckets.limiter.retain_recent();
        if buckets.limiter.len() > self.max_callers {
            tracing::warn!(bucket, max_callers = self.max_callers, "too many callers at once: their quotas begin anew");
            self.replace(bucket, &buckets.policy, |current| !std::ptr::eq(current, Arc::as_ptr(buckets)));
        }
    }
}

impl QuotaStore for InProcessQuota {
    fn check(&self, bucket: &str, caller: &str, policy: &QuotaPolicy) -> Verdict {
        let buckets = self.buckets_of(bucket, policy);
        let decision = buckets.check(caller);
        self.clean(bucket, &buckets);
        Verdict::Now(decision)
    }
}

// === impl Buckets ===

impl Buckets {
    fn new(policy: QuotaPolicy) -> Buckets {
        let quota = Quota::per_second(policy.per_second).allow_burst(policy.burst);
        let clock = TokioClock(Instant::now());
        let limiter = Limiter::new(quota, DashMapStateStore::default(), clock.clone());
        Buckets { policy, limiter, clock, checks: AtomicU32::new(0) }
    }

    fn check(&self, caller: &str) -> Decision {
        match self.limiter.check_key(&caller.into()) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let used = self.policy.burst.get().saturating_sub(remaining);
                let reset_s = used.div_ceil(self.policy.per_second.get());
                Decision { allowed: true, remaining, reset_s, retry_after_s: 0 }
            }
            Err(until) => {
                let wait = until.earliest_possible().duration_since(self.clock.now());
                let seconds = whole_seconds(wait.into());
                Decision { allowed: false, remaining: 0, reset_s: seconds, retry_after_s: seconds }
            }
        }
    }
}

// === impl QuotaPolicy ===

impl QuotaPolicy {
    /// Whether buckets of one serve the other: what happens without a store does not matter to them.
    fn same_rate(&self, other: &QuotaPolicy) -> bool {
        self.per_second == other.per_second && self.burst == other.burst
    }
}

/// Rounded up, at least 1: a client that waits so long is let in.
fn whole_seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_nanos().div_ceil(1_000_000_000)).unwrap_or(u32::MAX).max(1)
}
