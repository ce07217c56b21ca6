//! The failure matrix: each call of an endpoint with each fault, and whether the answer is what the declaration says.

mod calls;
mod difference;
mod semantics;

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use axum::body::Body;
use http::{Method, StatusCode};
use tokio::time::Instant;
use trefoil_composition::plan::{Plan, PlannedFan};
use trefoil_composition::shape::Shape;

use crate::{Answer, End, FakeBackends, Kit, Received, Reply};

/// What can be wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: it is well.
    None,
    /// It is answered after the endpoint's deadline.
    Slow,
    /// No connection.
    Refused,
    /// The head comes, then the connection breaks.
    Broken,
    /// Status 500.
    Status500,
    /// Status 404.
    Status404,
    /// JSON of another shape than the type says.
    WrongShape,
    /// An HTML page with status 200.
    Html,
}

/// What came of every call with every fault.
#[derive(Debug, Clone)]
pub struct Matrix {
    path: String,
    cases: Vec<Case>,
}

/// What came of one call with one fault.
#[derive(Debug, Clone)]
pub struct Case {
    /// The path of the call's field, in the client's names; the first, where it has several. A tagged enum on the way is told by
    /// what its tag says: `payments[card].bank`.
    pub call: String,
    /// What was wrong with it.
    pub fault: Fault,
    /// What came.
    pub answer: Answer,
    /// Where the answer is not what the declaration says; empty where it is.
    pub problems: Vec<String>,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Fault; 8] = [
        Fault::None,
        Fault::Slow,
        Fault::Refused,
        Fault::Broken,
        Fault::Status500,
        Fault::Status404,
        Fault::WrongShape,
        Fault::Html,
    ];

    /// The status, where the fault is one.
    pub(crate) fn status(self) -> Option<StatusCode> {
        match self {
            Fault::Status500 => Some(StatusCode::INTERNAL_SERVER_ERROR),
            Fault::Status404 => Some(StatusCode::NOT_FOUND),
            _ => None,
        }
    }

    /// The reply, for a call whose answer is a list or not.
    fn reply(self, list: bool, deadline: Duration) -> Option<Reply> {
        let late = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX / 2).saturating_add(1_000);
        Some(match self {
            Fault::None => return None,
            Fault::Slow => Reply::status(500).slow(late),
            Fault::Refused => Reply::refused(),
            Fault::Broken => Reply::broken(),
            Fault::Status500 => Reply::status(500),
            Fault::Status404 => Reply::status(404),
            Fault::WrongShape => Reply::json(if list { r#"{"unexpected":[]}"# } else { r#"[["unexpected"]]"# }),
            Fault::Html => Reply::answer(200, "text/html", "<!doctype html><title>Sign in</title>"),
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::None => "well",
            Fault::Slow => "slow",
            Fault::Refused => "refused",
            Fault::Broken => "broken",
            Fault::Status500 => "500",
            Fault::Status404 => "404",
            Fault::WrongShape => "wrong shape",
            Fault::Html => "an HTML page",
        })
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "`{}`, {}:", self.call, self.fault)?;
        for problem in &self.problems {
            writeln!(f, "    {problem}")?;
        }
        let degraded = self.answer.header("trefoil-degraded").unwrap_or("nothing");
        write!(f, "    came: {}, missing: {degraded}, {}", self.answer.status, self.answer.text())
    }
}

impl Matrix {
    /// Every case, call by call.
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// Fails the test if an answer is not what the declaration says, and shows each such case.
    pub fn assert_semantics(&self) {
        let wrong: Vec<String> =
            self.cases.iter().filter(|case| !case.problems.is_empty()).map(ToString::to_string).collect();
        assert!(
            wrong.is_empty(),
            "{} of {} cases of {} are not what is declared:\n{}",
            wrong.len(),
            self.cases.len(),
            self.path,
            wrong.join("\n")
        );
    }
}

/// One answer, and what was asked for it.
pub(crate) struct Ran {
    pub(crate) answer: Answer,
    pub(crate) calls: Vec<Received>,
    pub(crate) took: Duration,
}

/// What is asked in every case.
#[derive(Debug, Clone)]
pub(crate) struct Asked<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    /// The body; empty for none.
    pub(crate) json: &'a str,
}

async fn ask(kit: &Kit, backends: &FakeBackends, asked: &Asked<'_>) -> Ran {
    let mut kit = kit.over(backends);
    if !asked.json.is_empty() {
        kit = kit.header("content-type", "application/json");
    }
    let started = Instant::now();
    let answer = kit.send(asked.method.clone(), asked.path, Body::from(asked.json.to_owned())).await;
    Ran { answer, calls: backends.all_calls(), took: started.elapsed() }
}

pub(crate) async fn run(kit: &Kit, asked: Asked<'_>) -> Matrix {
    let path = asked.path;
    let plan = calls::plan(kit, &asked.method, path);
    let well = ask(kit, &kit.backends.fresh(), &asked).await;
    let degraded = well.answer.header("trefoil-degraded");
    assert!(
        well.answer.status == plan.status && degraded.is_none(),
        "the matrix needs backends that are all well; {path} came as {}, missing: {degraded:?}, {}",
        well.answer.status,
        well.answer.text()
    );
    let of_calls = calls::by_call(&plan, &well.calls);
    let mut cases = Vec::new();
    for (call, paths) in of_calls.iter().enumerate().filter(|(_, paths)| !paths.is_empty()) {
        for fault in Fault::ALL {
            let backends = kit.backends.fresh();
            if let Some(reply) = fault.reply(answers_a_list(&plan, call), plan.deadline) {
                for path in paths {
                    backends.on(&plan.calls[call].backend, path).reply(reply.clone());
                }
            }
            let ran = ask(kit, &backends, &asked).await;
            cases.push(Case {
                call: calls::name(&plan, call),
                fault,
                problems: problems(&plan, call, fault, &well, &ran),
                answer: ran.answer,
            });
        }
    }
    Matrix { path: path.to_owned(), cases }
}

/// How many writes were made. Attempts under one key are one: the backend can tell.
fn writes(method: &Method, calls: &[Received]) -> usize {
    let mut keys = BTreeSet::new();
    let made = calls.iter().filter(|call| call.method == *method);
    made.filter(|call| call.header("idempotency-key").is_none_or(|key| keys.insert(key))).count()
}

fn answers_a_list(plan: &Plan, call: usize) -> bool {
    let call = &plan.calls[call];
    matches!(call.fan, PlannedFan::Batch { .. }) || matches!(call.shape.unwrap_nullable().0, Shape::List(_))
}

fn problems(plan: &Plan, call: usize, fault: Fault, well: &Ran, ran: &Ran) -> Vec<String> {
    let mut problems = semantics::problems(plan, call, fault, &well.answer, &ran.answer);
    // A write under a key runs to its end, whoever has left: the one call that may outlive its answer.
    let outlives =
        |received: &Received| plan.idempotency.is_some() && !matches!(received.method.as_str(), "GET" | "HEAD");
    for under_way in ran.calls.iter().filter(|call| call.end == End::UnderWay && !outlives(call)) {
        problems.push(format!("{} {} is still under way after the answer", under_way.backend, under_way.path));
    }
    let writes = plan.write.map_or(0, |write| writes(&plan.calls[write].method, &ran.calls));
    if writes > 1 {
        problems.push(format!("it wrote {writes} times"));
    }
    if ran.took > plan.deadline {
        problems.push(format!("it took {:?}, and the deadline is {:?}", ran.took, plan.deadline));
    }
    problems
}
