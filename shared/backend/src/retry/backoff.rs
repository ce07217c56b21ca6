//! How long to wait before another attempt.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};

use crate::doubling::doubled;

/// Waits that grow, each anywhere between nothing and its bound: "full jitter", which keeps those that failed together from
/// coming back together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Backoff {
    pub(crate) base: Duration,
    pub(crate) cap: Duration,
}

impl Backoff {
    /// The wait before the retry of this number, from 1. `random` is from 0 to 1.
    pub(crate) fn wait(&self, retry: u32, random: f64) -> Duration {
        doubled(self.base, retry, self.cap).mul_f64(random.clamp(0.0, 1.0))
    }
}

/// How long the backend asks to be left alone: seconds, or a date (RFC 9110, section 10.2.3). `None`: it says nothing that can be read.
pub(crate) fn asked_for(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // What is too long to be read is too long to be waited for.
        return Some(Duration::from_secs(u64::from(text.parse::<u32>().unwrap_or(u32::MAX))));
    }
    httpdate::parse_http_date(text).ok().map(|date| date.duration_since(now).unwrap_or_default())
}
