//! Runs a plan: each call starts the moment its own inputs exist.
//!
//! All calls of a request live in the one future of that request. Dropping it (the caller left), or the failure of a call
//! that the answer cannot do without, ends every call that is still under way.

mod derive;
mod due;
mod judge;
mod requests;
mod send;
mod state;
mod ties;
mod under_way;

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use trefoil_backend::{Cached, Clients};
use trefoil_context::{Deadline, RequestContext};

pub(crate) use self::due::{due, for_calls};
use self::judge::Verdict;
pub(crate) use self::judge::{Fault, is_whole_json, is_without_body};
use self::requests::{Request, Waiting, Waits};
use self::send::Ended;
pub(crate) use self::state::{Settled, State};
use self::under_way::UnderWay;
use crate::idempotency::Write;
use crate::inputs::Inputs;
use crate::outcome::{Failure, Reason};
use crate::plan::{Need, Plan, PlannedFan, Source};
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
/// arrival; calls get that less a margin in which the answer is written. `write` says how the plan's write is made. `observe` is told
/// of each top-level field the moment that it and all under it are settled: its number, and what is known.
pub(crate) async fn run(
    plan: &Plan,
    inputs: &Inputs,
    context: &RequestContext,
    clients: &Clients,
    signals: &Signals,
    write: &Write,
    observe: Option<&mut Observe<'_>>,
) -> Run {
    let mut report = observe.map(|observe| Report { observe, open: (0..plan.fields.len()).collect() });
    let calls_due = for_calls(due(context, plan.deadline));
    let doing = Doing { plan, inputs, context, clients, signals, write, calls_due, is_over: AtomicBool::new(false) };
    let calls = plan.calls.len();
    let mut runner = Runner {
        doing: &doing,
        state: State::new(plan),
        progress: std::iter::repeat_with(Progress::default).take(calls).collect(),
        timings: Vec::with_capacity(calls),
    };
    let result = runner.run(report.as_mut()).await.map(|()| runner.state);
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
    /// Whether calls are given up by now.
    is_over: AtomicBool,
}

/// Who is told of fields that have settled.
struct Report<'r, 'o> {
    observe: &'r mut Observe<'o>,
    /// The top-level fields that have not.
    open: Vec<usize>,
}

/// How far one call is.
#[derive(Default)]
struct Progress {
    started: bool,
    settled: bool,
    requests: Vec<Request>,
    /// How many of them have been sent, the first ones; the rest waits for a place.
    sent: usize,
    under_way: usize,
}

struct Runner<'a> {
    doing: &'a Doing<'a>,
    state: State,
    progress: Vec<Progress>,
    timings: Vec<Timing>,
}

/// A failure that the answer cannot do without.
pub(crate) type Fatal = (usize, Failure);

impl<'a> Runner<'a> {
    async fn run(&mut self, mut report: Option<&mut Report<'_, '_>>) -> Result<(), Fatal> {
        let doing = self.doing;
        let calls = doing.plan.calls.len();
        let mut under_way = UnderWay::with_capacity(calls);
        // One timer for all calls that may take all of the time.
        let mut over = pin!(doing.calls_due.over());
        loop {
            // A call stands after what it waits for, so one pass starts all that can start: also what a skipped call frees.
            for call in 0..calls {
                let ready = !self.progress[call].started
                    && doing.plan.calls[call].after.iter().all(|&other| self.progress[other].settled);
                if ready {
                    self.start(call)?;
                    while let Some((request, rendered)) = self.next_request(call) {
                        under_way.push(doing.send(call, request, rendered));
                    }
                    self.close(call);
                }
            }
            if let Some(report) = &mut report {
                self.report(report)?;
            }
            let next = poll_fn(|cx| {
                let next = under_way.poll_next(cx);
                // An answer that came just in time is one.
                if next.is_pending() && !doing.is_over.load(Ordering::Relaxed) && over.as_mut().poll(cx).is_ready() {
                    doing.is_over.store(true, Ordering::Relaxed);
                    under_way.mark_all();
                    return under_way.poll_next(cx);
                }
                next
            });
            let Some(Ended { call, request, verdict, timing }) = next.await else { return Ok(()) };
            self.timings.push(timing);
            self.progress[call].under_way -= 1;
            // Returning drops the calls still under way.
            self.take(call, request, verdict)?;
            while let Some((request, rendered)) = self.next_request(call) {
                under_way.push(doing.send(call, request, rendered));
            }
            self.close(call);
        }
    }

    /// Tells of the fields that have settled.
    fn report(&self, Report { observe, open }: &mut Report<'_, '_>) -> Result<(), Fatal> {
        for field in std::mem::take(open) {
            if self.doing.plan.fields[field].calls.iter().all(|&call| self.progress[call].settled) {
                observe(&self.state, field)?;
            } else {
                open.push(field);
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

    /// Takes the next request, if there is a place for it.
    fn next_request(&mut self, call: usize) -> Option<(usize, Rendered)> {
        let places = match self.doing.plan.calls[call].fan {
            PlannedFan::Each { at_once } => at_once,
            PlannedFan::One | PlannedFan::Batch { .. } | PlannedFan::Derived(_) => usize::MAX,
        };
        let progress = &mut self.progress[call];
        if progress.under_way >= places {
            return None;
        }
        let request = progress.sent;
        let rendered = std::mem::take(&mut progress.requests.get_mut(request)?.rendered);
        progress.sent += 1;
        progress.under_way += 1;
        Some((request, rendered))
    }

    fn close(&mut self, call: usize) {
        let progress = &mut self.progress[call];
        progress.settled = progress.under_way == 0 && progress.sent == progress.requests.len();
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
