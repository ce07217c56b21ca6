//! The seam to where quotas are counted: in this process, or in a store that several gateways share.

use futures_util::future::BoxFuture;

use crate::QuotaPolicy;

/// Counts requests per caller. Of concurrent requests at a limit of N exactly N may be let in.
pub trait QuotaStore: Send + Sync {
    /// Counts one request of `caller` in `bucket` (a BFF's name, or `web/home` where an endpoint counts by itself), and says
    /// whether it is let in. It must answer soon (a few tens of milliseconds): requests wait for it.
    fn check(&self, bucket: &str, caller: &str, policy: &QuotaPolicy) -> Verdict;
}

/// What a store says, now or later.
pub enum Verdict {
    /// Known at once.
    Now(Decision),
    /// It has to be asked for.
    Later(BoxFuture<'static, Result<Decision, StoreError>>),
}

/// Whether a request is let in, and what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Whether it is let in.
    pub allowed: bool,
    /// Requests that would be let in right after this one.
    pub remaining: u32,
    /// Seconds, rounded up: until the whole burst is there again, or, for a request that is not let in, until the next
    /// one would be.
    pub reset_s: u32,
    /// For a request that is not let in: seconds, rounded up, until the next one would be. Else 0.
    pub retry_after_s: u32,
}

/// The store cannot be reached; the text is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the quota store cannot be reached: {0}")]
pub struct StoreError(pub String);

impl std::fmt::Debug for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Verdict::Now(decision) => f.debug_tuple("Now").field(decision).finish(),
            Verdict::Later(_) => f.write_str("Later"),
        }
    }
}
