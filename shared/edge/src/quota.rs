//! The quota of one caller at one BFF, or at one route of it that has its own, told by the `RateLimit` fields.
//!
//! Preflights, public routes and what has no route cost nothing.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use futures_util::FutureExt;
use http::{HeaderMap, HeaderValue, header};
use trefoil_context::{Code, Problem, RequestContext};

use crate::WhenUnavailable;
use crate::around::{Around, Step};
use crate::bff::Quota;
use crate::quota_store::{Decision, QuotaStore, StoreError, Verdict};
use crate::visit::Visit;

/// See the file.
#[derive(Clone)]
pub(crate) struct SpendQuota(Arc<dyn QuotaStore>);

/// What the answer will say: `None` where nothing was counted.
pub(crate) type Spent = Option<(Arc<Quota>, Decision)>;

impl SpendQuota {
    pub(crate) fn new(store: Arc<dyn QuotaStore>) -> SpendQuota {
        SpendQuota(store)
    }
}

impl Around for SpendQuota {
    type Kept = Spent;

    fn before(&self, request: &mut Request) -> Step<Spent> {
        let caller = request.extensions().get::<RequestContext>().and_then(|context| context.caller.as_ref());
        let quota = Visit::of(request).and_then(|visit| visit.quota.clone());
        let (Some(caller), Some(quota)) = (caller, quota) else { return Step::Go(None) };
        match self.0.check(&quota.bucket, &caller.id, &quota.policy) {
            Verdict::Now(decision) => match admit(quota, decision) {
                Ok(spent) => Step::Go(spent),
                Err(problem) => Step::refuse(problem),
            },
            Verdict::Later(outcome) => Step::Wait(
                outcome
                    .map(move |outcome| match outcome {
                        Ok(decision) => admit(quota, decision),
                        Err(error) => without_store(&quota, &error),
                    })
                    .boxed(),
            ),
        }
    }

    fn after(&self, kept: Spent, response: &mut Response) {
        if let Some((quota, decision)) = kept {
            quota.fields.write(&decision, response.headers_mut());
        }
    }
}

fn admit(quota: Arc<Quota>, decision: Decision) -> Result<Spent, Problem> {
    if decision.allowed {
        return Ok(Some((quota, decision)));
    }
    let policy = &quota.policy;
    let mut headers = HeaderMap::with_capacity(2);
    quota.fields.write(&decision, &mut headers);
    let mut problem = Problem::new(Code::QuotaExceeded)
        .with_detail(format!("at most {} at once, and {} a second", policy.burst, policy.per_second))
        .with_header(header::RETRY_AFTER, HeaderValue::from(decision.retry_after_s));
    for (name, value) in headers.iter() {
        problem = problem.with_header(name.clone(), value.clone());
    }
    Err(problem)
}

fn without_store(quota: &Quota, error: &StoreError) -> Result<Spent, Problem> {
    match quota.policy.when_unavailable {
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
