//! Runs a plan: each call starts the moment its own inputs exist.
//!
//! All calls of a request live in the one future of that request. Dropping it (the caller left), or a required call's
//! failure, ends every call that is still under way.

use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use http::{StatusCode, header};
use tokio::time::Instant;
use trefoil_backend::{Body, Call, CallFailure, Clients, Reply};
use trefoil_context::{Deadline, RequestContext};

use crate::inputs::Inputs;
use crate::outcome::{Failure, Reason, Settled};
use crate::plan::{Need, Node, Plan, Source};
use crate::render::{self, NotMade, Rendered, Value};
use crate::signals::Signals;

/// What became of a run.
#[derive(Debug)]
pub struct Run {
    /// What became of every call, or the required call that failed.
    pub result: Result<Vec<Settled>, (usize, Failure)>,
    /// How long each call that was made took, in the order in which they ended.
    pub timings: Vec<Timing>,
}

/// How long one call took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// The call.
    pub node: usize,
    /// From its start to its whole answer.
    pub took: Duration,
}

/// Runs `plan`. The answer is due at the earlier of the endpoint's and the caller's deadline, counted from the request's
/// arrival; calls get that less a margin in which the answer is written.
pub async fn run(plan: &Plan, inputs: &Inputs, context: &RequestContext, clients: &Clients, signals: &Signals) -> Run {
    let due = Deadline::after(context.arrived, plan.deadline);
    let due = context.deadline.map_or(due, |asked| asked.earlier(due));
    let runner = Runner { plan, inputs, context, clients, signals, calls_due: due.less(margin(due.remaining())) };
    runner.run().await
}

/// A fiftieth of what is left, at least 1 ms and at most 10 ms.
fn margin(left: Duration) -> Duration {
    (left / 50).clamp(Duration::from_millis(1), Duration::from_millis(10))
}

struct Runner<'a> {
    plan: &'a Plan,
    inputs: &'a Inputs,
    context: &'a RequestContext,
    clients: &'a Clients,
    signals: &'a Signals,
    calls_due: Deadline,
}

impl Runner<'_> {
    async fn run(&self) -> Run {
        let nodes = &self.plan.nodes;
        let mut settled: Vec<Option<Settled>> = vec![None; nodes.len()];
        let mut started = vec![false; nodes.len()];
        let mut timings = Vec::with_capacity(nodes.len());
        let mut under_way = FuturesUnordered::new();
        loop {
            // Nodes stand after what they wait for, so one pass starts all that can start: also what a skipped call frees.
            for number in 0..nodes.len() {
                let ready = !started[number] && nodes[number].after.iter().all(|&other| settled[other].is_some());
                if !ready {
                    continue;
                }
                started[number] = true;
                match self.request(number, &settled) {
                    Ok(rendered) => under_way.push(self.call(number, rendered)),
                    Err(outcome) => {
                        if let Some(failed) = self.settle(number, outcome, &mut settled) {
                            return Run { result: Err(failed), timings };
                        }
                    }
                }
            }
            let Some((number, outcome, took)) = under_way.next().await else { break };
            timings.push(Timing { node: number, took });
            if let Some(failed) = self.settle(number, outcome, &mut settled) {
                // Returning drops the calls still under way.
                return Run { result: Err(failed), timings };
            }
        }
        Run { result: Ok(settled.into_iter().flatten().collect()), timings }
    }

    /// Notes what became of a call. A failure that the answer cannot do without is returned.
    fn settle(
        &self,
        number: usize,
        outcome: Result<Settled, Failure>,
        settled: &mut [Option<Settled>],
    ) -> Option<(usize, Failure)> {
        match outcome {
            Err(failure) if self.plan.nodes[number].need == Need::Required => return Some((number, failure)),
            Err(failure) => settled[number] = Some(Settled::Failed(failure)),
            Ok(outcome) => settled[number] = Some(outcome),
        }
        None
    }

    /// The request of a call whose inputs are in, or what stands in for its outcome when they let no call be made.
    fn request(&self, number: usize, settled: &[Option<Settled>]) -> Result<Rendered, Result<Settled, Failure>> {
        let node = &self.plan.nodes[number];
        for &other in &node.after {
            if let Some(Settled::Failed(failure)) = &settled[other]
                && !matches!(self.plan.nodes[other].need, Need::Default(_))
            {
                // The cause is logged where it is; this is its consequence.
                self.signals.depends(self.plan, node);
                return Err(Err(failure.dependency()));
            }
        }
        render::render(node, |source| self.value(source, settled)).map_err(|not_made| match not_made {
            NotMade::Null if node.need == Need::Optional => Ok(Settled::Null),
            NotMade::Null => Err(self.fail(node, Reason::Shape, None, "an input of a required call is null")),
            NotMade::Unfit(what) => Err(self.fail(node, Reason::Shape, None, what)),
        })
    }

    fn value(&self, source: Source, settled: &[Option<Settled>]) -> Value {
        match source {
            Source::Param(index) => self.inputs.params.get(index).cloned().flatten(),
            Source::CallerId => self.inputs.caller_id.clone(),
            Source::Claim(index) => self.inputs.claims.get(index).cloned().flatten(),
            Source::Noted { node, number } => match settled[node].as_ref()? {
                Settled::Filled { noted, .. } => noted.get(number).cloned().flatten(),
                Settled::Null => None,
                Settled::Failed(_) => match &self.plan.nodes[node].need {
                    Need::Default(pieces) => pieces.first()?.captures.get(number).cloned().flatten(),
                    Need::Required | Need::Optional => None,
                },
            },
        }
    }

    async fn call(&self, number: usize, rendered: Rendered) -> (usize, Result<Settled, Failure>, Duration) {
        let node = &self.plan.nodes[number];
        let started = Instant::now();
        let outcome = self.answer(node, rendered).await;
        (number, outcome, started.elapsed())
    }

    async fn answer(&self, node: &Node, rendered: Rendered) -> Result<Settled, Failure> {
        let Some(client) = self.clients.get(&node.backend) else {
            return Err(self.fail(node, Reason::Connect, None, "the backend is not configured"));
        };
        let deadline = node.within.map_or(self.calls_due, |within| Deadline::within(within).earlier(self.calls_due));
        let call = Call {
            context: self.context,
            field: &node.field,
            method: node.method.clone(),
            path_and_query: rendered.path_and_query,
            headers: rendered.headers,
            body: Body::Empty,
            deadline,
        };
        match client.call(call).await {
            Ok(reply) => self.read(node, &reply),
            Err(failure) => {
                let reason = match failure {
                    CallFailure::Timeout => Reason::Timeout,
                    CallFailure::Transport(_) => Reason::Connect,
                    CallFailure::TooLarge { .. } | CallFailure::Unsendable(_) => Reason::Shape,
                };
                Err(self.fail(node, reason, None, &failure.to_string()))
            }
        }
    }

    /// Judges a whole answer by what the declaration says of it.
    fn read(&self, node: &Node, reply: &Reply) -> Result<Settled, Failure> {
        let status = reply.status;
        if node.absent.contains(&status.as_u16()) {
            return Ok(Settled::Null);
        }
        if !status.is_success() {
            return if node.pass.contains(&status.as_u16()) {
                // Declared: the client is told, and there is nothing to log.
                Err(Failure { status: Some(status), ..Failure::new(Reason::Status) })
            } else {
                Err(self.fail(node, Reason::Status, Some(status), "an unexpected status"))
            };
        }
        if status == StatusCode::NO_CONTENT && node.shape.is_nullable() {
            return Ok(Settled::Null);
        }
        if let Err(what) = is_json(reply) {
            return Err(self.fail(node, Reason::Shape, Some(status), &what));
        }
        let mut pieces = Vec::with_capacity(node.programs.len());
        let mut noted = Vec::new();
        for (position, program) in node.programs.iter().enumerate() {
            match program.run(&reply.body) {
                Ok(projected) => {
                    pieces.push(projected.fragment);
                    if position == 0 {
                        noted = projected.captures;
                    }
                }
                Err(error) => return Err(self.fail(node, Reason::Shape, Some(status), &error.to_string())),
            }
        }
        Ok(Settled::Filled { pieces, noted })
    }

    /// A failure, logged and counted here and nowhere else.
    fn fail(&self, node: &Node, reason: Reason, status: Option<StatusCode>, detail: &str) -> Failure {
        self.signals.failed(self.plan, node, self.context, reason, status, detail);
        Failure { status, ..Failure::new(reason) }
    }
}

fn is_json(reply: &Reply) -> Result<(), String> {
    let Some(value) = reply.headers.get(header::CONTENT_TYPE) else {
        return Err("no content type; expected application/json".to_owned());
    };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let subtype = essence.get(.."application/".len()).filter(|kind| kind.eq_ignore_ascii_case("application/"));
    let subtype = subtype.map(|_| &essence["application/".len()..]).unwrap_or_default();
    let suffix = subtype.len().checked_sub(5).and_then(|at| subtype.get(at..));
    if subtype.eq_ignore_ascii_case("json") || suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case("+json")) {
        Ok(())
    } else {
        Err(format!("content type {:?}; expected application/json", essence.chars().take(80).collect::<String>()))
    }
}
