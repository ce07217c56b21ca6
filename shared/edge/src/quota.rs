//! The quota of one caller at one BFF, told by the `RateLimit` fields (IETF draft-ietf-httpapi-ratelimit-headers).
//!
//! Preflights, public routes and what has no route cost nothing.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use trefoil_context::{Code, Problem, RequestContext};

use crate::around::{Around, Step};
use crate::quota_store::{Decision, QuotaStore, StoreError, Verdict};
use crate::visit::Visit;
use crate::{QuotaPolicy, WhenUnavailable};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// See the file.
#[derive(Clone)]
pub(crate) struct SpendQuota(Arc<dyn QuotaStore>);

/// What the answer will say: `None` where nothing was counted.
pub(crate) type Spent = Option<(QuotaPolicy, Decision)>;

impl SpendQuota {
    pub(crate) fn new(store: Arc<dyn QuotaStore>) -> SpendQuota {
        SpendQuota(store)
    }
}

impl Around for SpendQuota {
    type Kept = Spent;

    fn before(&self, request: &mut Request) -> Step<Spent> {
        let caller = request.extensions().get::<RequestContext>().and_then(|context| context.caller.as_ref());
        let bff = Visit::of(request).and_then(|visit| visit.bff.as_ref());
        let (Some(caller), Some(bff)) = (caller, bff) else { return Step::Go(None) };
        let Some(policy) = bff.quota else { return Step::Go(None) };
        match self.0.check(&bff.name, &caller.id, &policy) {
            Verdict::Now(decision) => match admit(policy, decision) {
                Ok(spent) => Step::Go(spent),
                Err(problem) => Step::refuse(problem),
            },
            Verdict::Later(outcome) => Step::Wait(
                outcome
                    .map(move |outcome| match outcome {
                        Ok(decision) => admit(policy, decision),
                        Err(error) => without_store(policy, &error),
                    })
                    .boxed(),
            ),
        }
    }

    fn after(&self, kept: Spent, response: &mut Response) {
        if let Some((policy, decision)) = kept {
            write(&policy, &decision, response.headers_mut());
        }
    }
}

fn admit(policy: QuotaPolicy, decision: Decision) -> Result<Spent, Problem> {
    if decision.allowed {
        return Ok(Some((policy, decision)));
    }
    let mut headers = HeaderMap::with_capacity(2);
    write(&policy, &decision, &mut headers);
    let mut problem = Problem::new(Code::QuotaExceeded)
        .with_detail(format!("at most {} at once, and {} a second", policy.burst, policy.per_second))
        .with_header(header::RETRY_AFTER, HeaderValue::from(decision.retry_after_s));
    for (name, value) in headers.iter() {
        problem = problem.with_header(name.clone(), value.clone());
    }
    Err(problem)
}

fn without_store(policy: QuotaPolicy, error: &StoreError) -> Result<Spent, Problem> {
    match policy.when_unavailable {
        WhenUnavailable::Open => {
            tracing::warn!(%error, "a request is let in uncounted");
            Ok(None)
        }
        WhenUnavailable::Closed => {
            tracing::error!(%error, "a request is refused uncounted");
            Err(Problem::new(Code::BackendUnreachable)
                .with_detail("the quota cannot be counted")
                .with_header(header::RETRY_AFTER, HeaderValue::from_static("1")))
        }
    }
}

/// `RateLimit-Policy: "default";q=100;w=2` and `RateLimit: "default";r=99;t=1`.
fn write(policy: &QuotaPolicy, decision: &Decision, headers: &mut HeaderMap) {
    let mut text = String::with_capacity(40);
    // Writing to a string cannot fail.
    let _ = write!(text, "\"default\";q={};w={}", policy.burst, policy.window_s());
    insert(headers, RATE_LIMIT_POLICY, &text);
    text.clear();
    let _ = write!(text, "\"default\";r={};t={}", decision.remaining, decision.reset_s);
    insert(headers, RATE_LIMIT, &text);
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    // Digits and fixed words always make a header.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
