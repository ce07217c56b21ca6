//! The `RateLimit` fields (IETF draft-ietf-httpapi-ratelimit-headers), by which clients learn of their quota.
//!
//! `RateLimit-Policy: "default";q=100;w=2` and `RateLimit: "default";r=99;t=1`; a route's own quota has its name there.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::{Decision, QuotaPolicy};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// How many fields these and the layers above add to an answer: it makes room for them once.
const FIELDS_OF_AN_ANSWER: usize = 8;

/// The fields of one quota, as far as they are the same in every answer.
#[derive(Debug)]
pub(crate) struct RateLimitFields {
    policy: HeaderValue,
    /// What `RateLimit` begins with: `"default";r=`.
    name: String,
}

impl RateLimitFields {
    pub(crate) fn of(name: &str, policy: &QuotaPolicy) -> RateLimitFields {
        let told = format!("\"{name}\";q={};w={}", policy.burst, policy.window_s());
        RateLimitFields { policy: value(told), name: format!("\"{name}\";r=") }
    }

    /// Writes both.
    pub(crate) fn write(&self, decision: &Decision, headers: &mut HeaderMap) {
        headers.reserve(FIELDS_OF_AN_ANSWER);
        headers.insert(RATE_LIMIT_POLICY, self.policy.clone());
        let mut digits = itoa::Buffer::new();
        let mut text = String::with_capacity(self.name.len() + 24);
        text.push_str(&self.name);
        text.push_str(digits.format(decision.remaining));
        text.push_str(";t=");
        text.push_str(digits.format(decision.reset_s));
        headers.insert(RATE_LIMIT, value(text));
    }
}

/// A checked name, digits and fixed words always make a header.
fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
