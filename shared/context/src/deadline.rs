//! The instant by which an answer must be out. It only ever gets earlier on the way in.

use std::time::Duration;

use http::{HeaderMap, HeaderName};
use tokio::task::unconstrained;
use tokio::time::{Instant, sleep_until};

/// `Trefoil-Timeout-Ms`: the whole milliseconds that the sender will still wait. Read from callers, sent to backends.
pub const TIMEOUT_HEADER: HeaderName = HeaderName::from_static("trefoil-timeout-ms");

/// An instant after which nobody waits for the answer. Time is tokio's, so tests can pause it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// `budget` from now.
    pub fn within(budget: Duration) -> Deadline {
        Deadline(Instant::now() + budget)
    }

    /// `budget` after `start`.
    pub fn after(start: Instant, budget: Duration) -> Deadline {
        Deadline(start + budget)
    }

    /// The earlier of the two.
    #[must_use]
    pub fn earlier(self, other: Deadline) -> Deadline {
        self.min(other)
    }

    /// This deadline, `margin` earlier: what a callee gets, so that there is time left to write the answer.
    #[must_use]
    pub fn less(self, margin: Duration) -> Deadline {
        Deadline(self.0.checked_sub(margin).unwrap_or(self.0))
    }

    /// The instant itself.
    pub fn instant(self) -> Instant {
        self.0
    }

    /// What is left of it; zero when it has passed.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Whether it has passed.
    pub fn has_passed(self) -> bool {
        self.remaining().is_zero()
    }

    /// Ends when it has passed, and says when that was. It is looked at even where the task has used up its turn: who never stops sending
    /// would put off a timer like others for as long.
    pub async fn over(self) -> Instant {
        unconstrained(sleep_until(self.0)).await;
        self.0
    }

    /// What the sender of these headers still waits, if it says so in whole milliseconds (at most a day). Anything else
    /// is ignored, as an unknown header would be.
    pub fn asked_for(headers: &HeaderMap) -> Option<Duration> {
        let text = headers.get(TIMEOUT_HEADER)?.to_str().ok()?;
        let millis: u64 =
            if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok()? } else { return None };
        (millis <= 86_400_000).then(|| Duration::from_millis(millis))
    }
}
