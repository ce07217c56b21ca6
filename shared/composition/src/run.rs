//! Runs a plan: each call starts the moment its own inputs exist.
//!
//! All calls of a request live in the one future of that request. Dropping it (the caller left), or the failure of a call
//! that the answer cannot do without, ends every call that is still under way.

mod derive;
mod due;
mod judge;
mod requests;
mod state;
mod ties;

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use http::header;
use tokio::time::Instant;
use trefoil_backend::{Body, Cached, Call, Clients, Criticality, Effort, Policy};
use trefoil_context::{Deadline, RequestContext};

pub(crate) use self::due::{due, for_calls};
use self::judge::Verdict;
pub(crate) use self::judge::{Fault, is_whole_json, is_without_body};
use self::requests::{Request, Waiting, Waits};
pub(crate) use self::state::{Settled, State};
use crate::idempotency::Write;
use crate::inputs::Inputs;
use crate::outcome::{Failure, Reason};
use crate::plan::{Need, Plan, PlannedCall, PlannedFan, Source};
use crate::render::{NotMade, Rendered, Value, scalar};
use crate::signals::Signals;

/// What became of a run.
#[derive(Debug)]
pub struct Run {
    /// What is known at the end, or the call that the answer could not do without, by its node.
    pub result: Result<State, (usize, Failure)>,
    /// How long each request took, in the order in which they ended.
    pub timings: Vec<Timing>,
}

/// How long one request took, and what the cache did for it.
#[derive(Debug, Clone)]
pub struct Timing {
    /// The node that names its call.
    pub node: usize,
    /// From its start to its whole answer.
    pub took: Duration,
    /// `None` for one whose answer is not kept.
    pub cached: Option<Cached>,
}

/// Runs `plan`. The answer is due at the earlier of the endpoint's and the caller's deadline, counted from the request's
/// arrival; calls get that less a margin in which the answer is written. `write` says how the plan's write is made.
pub(crate) async fn run(
    plan: &Plan,
    inputs: &Inputs,
    context: &RequestContext,
    clients: &Clients,
    signals: &Signals,
    write: &Write,
) -> Run {
    run_observed(plan, inputs, context, clients, signals, write, &mut |_, _| Ok(())).await
}

/// The same, told of each top-level field the moment that it and all under it are settled: its number, and what is known.
pub(crate) async fn run_observed(
    plan: &Plan,
    inputs: &Inputs,
    context: &RequestContext,
    clients: &Clients,
    signals: &Signals,
    write: &Write,
    observe: &mut Observe<'_>,
) -> Run {
    let calls_due = for_calls(due(context, plan.deadline));
    let doing = Doing { plan, inputs, context, clients, signals, write, calls_due };
    let mut runner = Runner {
        doing: &doing,
        state: State::new(plan),
        progress: Vec::new(),
        timings: Vec::new(),
        fields: (0..plan.fields.len()).collect(),
    };
    let failed = runner.run(observe).await;
    let result = match failed {
        Ok(()) => Ok(runner.state),
        Err(failed) => Err(failed),
    };
    Run { result, timings: runner.timings }
}

/// Is told of a top-level field, and may end the run: a field that cannot be null may turn out to be.
pub(crate) type Observe<'a> = dyn FnMut(&State, usize) -> Result<(), Fatal> + Send + 'a;

/// What does not change during a run.
struct Doing<'a> {
    plan: &'a Plan,
    inputs: &'a Inputs,
    context: &'a RequestContext,
    clients: &'a Clients,
    signals: &'a Signals,
    write: &'a Write,
    calls_due: Deadline,
}

/// How far one call is.
#[derive(Default)]
struct Progress {
    started: bool,
    settled: bool,
    requests: Vec<Request>,
    /// The requests that wait for a place.
    queue: VecDeque<usize>,
    under_way: usize,
}

struct Runner<'a> {
    doing: &'a Doing<'a>,
    state: State,
    progress: Vec<Progress>,
    timings: Vec<Timing>,
    /// The top-level fields that are not settled yet.
    fields: Vec<usize>,
}

/// A failure that the answer cannot do without.
pub(crate) type Fatal = (usize, Failure);

impl<'a> Runner<'a> {
    async fn run(&mut self, observe: &mut Observe<'_>) -> Result<(), Fatal> {
        let doing = self.doing;
        let calls = doing.plan.calls.len();
        self.progress.resize_with(calls, Progress::default);
        let mut under_way = FuturesUnordered::new();
        loop {
            // A call stands after what it waits for, so one pass starts all that can start: also what a skipped call frees.
            for call in 0..calls {
                let ready = !self.progress[call].started
                    && doing.plan.calls[call].after.iter().all(|&other| self.progress[other].settled);
                if ready {
                    self.start(call)?;
                    for (request, rendered) in self.next_requests(call) {
                        under_way.push(doing.call(call, request, rendered));
                    }
                    self.close(call);
                }
            }
            self.report(observe)?;
            let Some((call, request, verdict, timing)) = under_way.next().await else { return Ok(()) };
            self.timings.push(timing);
            self.progress[call].under_way -= 1;
            // Returning drops the calls still under way.
            self.take(call, request, verdict)?;
            for (request, rendered) in self.next_requests(call) {
                under_way.push(doing.call(call, request, rendered));
            }
            self.close(call);
        }
    }

    /// Tells of the fields that have settled.
    fn report(&mut self, observe: &mut Observe<'_>) -> Result<(), Fatal> {
        let fields = std::mem::take(&mut self.fields);
        for field in fields {
            if self.doing.plan.fields[field].calls.iter().all(|&call| self.progress[call].settled) {
                observe(&self.state, field)?;
            } else {
                self.fields.push(field);
            }
        }
        Ok(())
    }

    /// Finds who waits for a call and what it must ask. Who cannot be served is settled at once.
    fn start(&mut self, call: usize) -> Result<(), Fatal> {
        let plan = self.doing.plan;
        self.progress[call].started = true;
        let mut waiting: Vec<Waiting> = Vec::new();
        for &node in &plan.calls[call].nodes {
            for item in self.state.standing(plan.nodes[node].site) {
                if !self.is_wanted((node, item))? {
                    continue;
                }
                match self.dependency(node, item) {
                    None => waiting.push((node, item)),
                    Some(failure) => {
                        // The cause is logged where it is; this is its consequence.
                        self.doing.signals.depends(plan, node);
                        self.fail(node, item, failure.dependency())?;
                    }
                }
            }
        }
        if let PlannedFan::Derived(derivation) = &plan.calls[call].fan {
            return self.derive(call, derivation, waiting);
        }
        let (requests, refused) = requests::requests(plan, call, waiting, |who, source| self.value(who, source));
        for ((node, item), not_made) in refused {
            self.refuse(node, item, &not_made)?;
        }
        self.progress[call].queue = (0..requests.len()).collect();
        self.progress[call].requests = requests;
        Ok(())
    }

    /// The failure of a node for an object, unless a default stands in.
    fn failure(&self, node: usize, item: usize) -> Option<Failure> {
        match self.state.settled[node].get(item) {
            Some(Settled::Failed(failure)) if self.doing.plan.nodes[node].need != Need::Default => Some(*failure),
            _ => None,
        }
    }

    fn value(&self, (node, item): Waiting, source: Source) -> Value {
        let plan = self.doing.plan;
        self.doing.inputs.value(source).unwrap_or_else(|| self.state.value(plan, plan.nodes[node].site, item, source))
    }

    fn refuse(&mut self, node: usize, item: usize, not_made: &NotMade) -> Result<(), Fatal> {
        let need = self.doing.plan.nodes[node].need;
        let what = match not_made {
            NotMade::Null if need == Need::Optional => {
                self.state.settled[node][item] = Settled::Null;
                return Ok(());
            }
            NotMade::Null if need == Need::Default => {
                self.state.settled[node][item] = Settled::Default;
                return Ok(());
            }
            NotMade::Null => "an input of a required call is null",
            NotMade::Unfit(what) => what,
        };
        let doing = self.doing;
        doing.signals.failed(doing.plan, node, doing.context, Reason::Shape, None, what);
        self.fail(node, item, Failure::new(Reason::Shape))
    }

    fn fail(&mut self, node: usize, item: usize, failure: Failure) -> Result<(), Fatal> {
        self.state.settled[node][item] = Settled::Failed(failure);
        if self.doing.plan.nodes[node].fatal { Err((node, failure)) } else { Ok(()) }
    }

    /// Takes the requests for which there is a place.
    fn next_requests(&mut self, call: usize) -> Vec<(usize, Rendered)> {
        let places = match self.doing.plan.calls[call].fan {
            PlannedFan::Each { at_once } => at_once,
            PlannedFan::One | PlannedFan::Batch { .. } | PlannedFan::Derived(_) => usize::MAX,
        };
        let progress = &mut self.progress[call];
        let mut taken = Vec::new();
        while progress.under_way < places
            && let Some(request) = progress.queue.pop_front()
        {
            if let Some(rendered) = progress.requests[request].rendered.take() {
                progress.under_way += 1;
                taken.push((request, rendered));
            }
        }
        taken
    }

    fn close(&mut self, call: usize) {
        let progress = &mut self.progress[call];
        progress.settled = progress.under_way == 0 && progress.queue.is_empty();
    }

    /// Hands a request's outcome to all who wait for it.
    fn take(&mut self, call: usize, request: usize, verdict: Verdict) -> Result<(), Fatal> {
        let plan = self.doing.plan;
        let waits = std::mem::replace(&mut self.progress[call].requests[request].waiting, Waits::Whole(Vec::new()));
        match (verdict, waits) {
            (Verdict::Answered(projections), Waits::Whole(waiting)) => {
                let entry = self.state.answer(plan, (call, request), projections).start;
                for who in waiting {
                    self.state.fill(plan, who, entry);
                }
            }
            (Verdict::Answered(projections), Waits::ByKey(mut keys)) => {
                for entry in self.state.answer(plan, (call, request), projections) {
                    let key = self.state.entries[call][entry].noted.first().cloned().flatten();
                    let text = key.as_ref().and_then(|json| scalar(json).ok());
                    let waiting = text.and_then(|text| keys.remove(&*text)).unwrap_or_default();
                    for who in waiting {
                        self.state.fill(plan, who, entry);
                    }
                }
                // A key that was not answered counts as its objects' 404. It is no failure of the call: nothing is logged.
                for (node, item) in in_order(keys) {
                    self.unanswered(call, node, item)?;
                }
            }
            (Verdict::Absent, waits) => {
                for (node, item) in everybody(waits) {
                    self.state.settled[node][item] = Settled::Null;
                }
            }
            (Verdict::Failed(failure), waits) => {
                for (node, item) in everybody(waits) {
                    self.fail(node, item, failure)?;
                }
            }
        }
        Ok(())
    }

    fn unanswered(&mut self, call: usize, node: usize, item: usize) -> Result<(), Fatal> {
        let doing = self.doing;
        if doing.plan.calls[call].absent.contains(&404) {
            self.state.settled[node][item] = Settled::Null;
            return Ok(());
        }
        doing.signals.unanswered(doing.plan, node);
        self.fail(node, item, Failure::new(Reason::Status))
    }
}

impl Doing<'_> {
    fn effort(&self, node: usize, call: &PlannedCall) -> Effort {
        let required = self.plan.nodes[node].need == Need::Required;
        Effort {
            attempts: call.retry,
            hedge: call.hedge,
            criticality: if required { Criticality::Required } else { Criticality::Optional },
            own_time: Some(due::own_time(self.context, self.plan.deadline, call.within)),
        }
    }

    async fn call(&self, call: usize, request: usize, rendered: Rendered) -> (usize, usize, Verdict, Timing) {
        let started = Instant::now();
        let mut cached = None;
        let verdict = self.verdict(call, rendered, &mut cached).await;
        (call, request, verdict, Timing { node: self.plan.first_node(call), took: started.elapsed(), cached })
    }

    async fn verdict(&self, call: usize, rendered: Rendered, cached: &mut Option<Cached>) -> Verdict {
        let planned = &self.plan.calls[call];
        let node = self.plan.first_node(call);
        let failed = |reason, status, detail: &str| {
            // A failure is logged and counted here and nowhere else.
            self.signals.failed(self.plan, node, self.context, reason, status, detail);
            Verdict::Failed(Failure { status, ..Failure::new(reason) })
        };
        let Some(client) = self.clients.get(&planned.backend) else {
            return failed(Reason::Connect, None, "the backend is not configured");
        };
        let deadline = planned.within.map_or(self.calls_due, |within| Deadline::within(within).earlier(self.calls_due));
        let ranged = rendered.headers.contains_key(header::RANGE);
        let outgoing = Call {
            context: self.context,
            field: self.plan.name_of(node),
            method: planned.method.clone(),
            path_and_query: rendered.path_and_query,
            headers: rendered.headers,
            body: rendered.body.map_or(Body::Empty, Body::Full),
            deadline,
            effort: self.effort(node, planned),
            cache: planned.cache.as_ref().map(|(policy, _)| Policy { tags: rendered.tags, ..policy.clone() }),
        };
        // What must not be made twice is made by its own rules.
        let result = if self.plan.write == Some(call) {
            // Boxed: it is rare, and would make every call's future as large as its own.
            Box::pin(self.write.call(client, outgoing)).await
        } else {
            client.call(outgoing).await
        };
        match result {
            Ok(reply) => {
                let verdict = judge::judge(planned, &reply, ranged)
                    .unwrap_or_else(|fault| failed(fault.reason, Some(reply.status), &fault.detail));
                *cached = reply.cached;
                verdict
            }
            Err(failure) => {
                let fault = Fault::of(&failure);
                failed(fault.reason, None, &fault.detail)
            }
        }
    }
}

fn everybody(waits: Waits) -> Vec<Waiting> {
    match waits {
        Waits::Whole(waiting) => waiting,
        Waits::ByKey(keys) => in_order(keys),
    }
}

/// In the order of the answer, whatever the order of the map.
fn in_order(keys: std::collections::HashMap<String, Vec<Waiting>>) -> Vec<Waiting> {
    let mut all: Vec<Waiting> = keys.into_values().flatten().collect();
    all.sort_unstable();
    all
}
