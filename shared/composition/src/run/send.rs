//! One request of a call, from what is sent to what the declaration makes of the answer.

use std::future::poll_fn;
use std::sync::atomic::Ordering;
use std::task::Poll;

use futures_util::FutureExt as _;
use futures_util::future::{Either, ready};
use http::{StatusCode, header};
use tokio::time::Instant;
use trefoil_backend::{Body, Call, CallFailure, Criticality, Effort, Policy, Reply};
use trefoil_context::Deadline;

use super::judge::{self, Fault, Verdict};
use super::{Doing, Timing, due};
use crate::outcome::{Failure, Reason};
use crate::plan::{Need, PlannedCall};
use crate::render::Rendered;

/// A request that has ended.
pub(super) struct Ended {
    pub(super) call: usize,
    pub(super) request: usize,
    pub(super) verdict: Verdict,
    pub(super) timing: Timing,
}

impl Doing<'_> {
    /// Makes a request of a call. Futures are composed here, and not awaited in one another: what is moved into an async block and
    /// awaited there takes its room twice.
    pub(super) fn send(&self, call: usize, request: usize, rendered: Rendered) -> impl Future<Output = Ended> {
        let started = Instant::now();
        let ranged = rendered.headers.contains_key(header::RANGE);
        self.answer(call, rendered, started).map(move |answer| {
            let (verdict, cached) = match answer {
                Ok(mut reply) => {
                    let judged = judge::judge(&self.plan.calls[call], &reply, ranged);
                    let verdict = judged.unwrap_or_else(|fault| self.failed(call, Some(reply.status), &fault));
                    (verdict, reply.cached.take())
                }
                Err(fault) => (self.failed(call, None, &fault), None),
            };
            let timing = Timing { node: self.plan.first_node(call), took: started.elapsed(), cached };
            Ended { call, request, verdict, timing }
        })
    }

    fn answer(&self, call: usize, rendered: Rendered, now: Instant) -> impl Future<Output = Result<Reply, Fault>> {
        let planned = &self.plan.calls[call];
        let node = self.plan.first_node(call);
        let Some(client) = self.clients.get(&planned.backend) else {
            let fault = Fault { reason: Reason::Connect, detail: "the backend is not configured".to_owned() };
            return Either::Left(ready(Err(fault)));
        };
        let own = planned.within.map(|within| Deadline::after(now, within));
        let deadline = own.map_or(self.calls_due, |own| own.earlier(self.calls_due));
        let outgoing = Call {
            context: self.context,
            field: self.plan.name_of(node),
            method: planned.method.clone(),
            path_and_query: rendered.path_and_query,
            headers: rendered.headers,
            body: rendered.body.map_or(Body::Empty, Body::Full),
            deadline,
            effort: self.effort(node, planned, now),
            cache: planned.cache.as_ref().map(|(policy, _)| Policy { tags: rendered.tags, ..policy.clone() }),
            for_effect: planned.shape.is_nothing(),
        };
        // What must not be made twice is made by its own rules. Boxed, as all is that not every call does.
        let answer = if self.plan.write == Some(call) {
            Either::Left(Box::pin(self.write.call(client, outgoing)))
        } else if deadline == self.calls_due {
            Either::Right(client.call_until(outgoing, Either::Left(self.over())))
        } else {
            Either::Right(client.call_until(outgoing, Either::Right(Box::pin(deadline.over()))))
        };
        Either::Right(answer.map(|result: Result<Reply, CallFailure>| result.map_err(|failure| Fault::of(&failure))))
    }

    /// Ends when the time of all calls does. Who polls them knows by its timer when that is, and polls each of them then.
    fn over(&self) -> impl Future<Output = Instant> {
        poll_fn(|_| match self.is_over.load(Ordering::Relaxed) {
            true => Poll::Ready(self.calls_due.instant()),
            false => Poll::Pending,
        })
    }

    fn effort(&self, node: usize, call: &PlannedCall, now: Instant) -> Effort {
        let required = self.plan.nodes[node].need == Need::Required;
        Effort {
            attempts: call.retry,
            hedge: call.hedge,
            criticality: if required { Criticality::Required } else { Criticality::Optional },
            own_time: Some(due::own_time(self.context, self.plan.deadline, call.within, now)),
        }
    }

    /// A failure is logged and counted here and nowhere else.
    fn failed(&self, call: usize, status: Option<StatusCode>, fault: &Fault) -> Verdict {
        let node = self.plan.first_node(call);
        self.signals.failed(self.plan, node, self.context, fault.reason, status, &fault.detail);
        Verdict::Failed(Failure { status, ..Failure::new(fault.reason) })
    }
}
