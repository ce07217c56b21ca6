//! What became of the calls, and what that makes of the answer: complete, degraded, or a problem.
//!
//! Degradation is data: an answer names each field that is missing, and why. The words are the same in REST, in streams and
//! in GraphQL.

mod places;
mod write;

use std::fmt;

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use trefoil_context::{Code, Problem};

use crate::plan::{Need, Plan};
use crate::run::{Settled, State};

pub(crate) use self::places::{Step, failed_places, missing_places};

/// Why a field is missing, in the one word that clients see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// The call took too long.
    Timeout,
    /// The backend could not be reached, or broke off before its answer was whole.
    Connect,
    /// The backend is known to be sick and was not asked.
    Breaker,
    /// The call was dropped to protect the backend or the gateway.
    Shed,
    /// The backend answered with a status that the declaration does not expect.
    Status,
    /// The backend's answer is no HTTP, or not what the type says.
    Shape,
    /// Another call, on whose value this one depends, failed.
    Dependency,
}

impl Reason {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Reason::Timeout => "timeout",
            Reason::Connect => "connect",
            Reason::Breaker => "breaker",
            Reason::Shed => "shed",
            Reason::Status => "status",
            Reason::Shape => "shape",
            Reason::Dependency => "dependency",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// The reason that is named.
    pub reason: Reason,
    /// What decides the status when it cannot be done without: its own reason, or that of the call it depends on.
    pub cause: Reason,
    /// The status, where there was one.
    pub status: Option<StatusCode>,
}

impl Failure {
    /// A failure of the call itself.
    pub fn new(reason: Reason) -> Failure {
        Failure { reason, cause: reason, status: None }
    }

    /// What the failure of a call means for one that depends on it.
    #[must_use]
    pub fn dependency(self) -> Failure {
        Failure { reason: Reason::Dependency, cause: self.cause, status: None }
    }
}

/// One missing part of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The path of the field whose call failed, in the client's names.
    pub path: String,
    /// Why.
    pub reason: Reason,
    /// How many items of lists are missing; 1 for a field that is in no list.
    #[serde(skip_serializing_if = "is_one")]
    pub count: usize,
    /// Whether a declared default stands in.
    #[serde(rename = "default", skip_serializing_if = "std::ops::Not::not")]
    pub defaulted: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_one(count: &usize) -> bool {
    *count == 1
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The JSON text.
    pub body: Bytes,
    /// What is missing, in the order of the plan; empty for a complete answer.
    pub missing: Vec<Missing>,
}

/// Writes the answer: every hole is filled with its call's piece, its default, or null. Where a null may not stand, it climbs
/// to the nearest thing that may be null; an answer in which nothing may is no answer, and the failed node is returned.
pub fn answer(plan: &Plan, state: &State) -> Result<Answer, (usize, Failure)> {
    let body = write::write(plan, state)?;
    Ok(Answer { body, missing: missing(plan, state) })
}

/// Writes the top-level field with this number, once it and all under it are settled.
pub(crate) fn field(plan: &Plan, state: &State, output: usize) -> Result<Bytes, (usize, Failure)> {
    write::field(plan, state, output)
}

/// What is missing, in the order of the plan.
pub(crate) fn missing(plan: &Plan, state: &State) -> Vec<Missing> {
    let mut all: Vec<Missing> = Vec::new();
    (0..plan.nodes.len()).for_each(|node| missing_of(plan, state, node, &mut all));
    all
}

/// Adds what is missing because of one node.
fn missing_of(plan: &Plan, state: &State, node: usize, all: &mut Vec<Missing>) {
    let (settled, node) = (&state.settled[node], &plan.nodes[node]);
    for (item, settled) in settled.iter().enumerate() {
        if let Settled::Failed(failure) = settled {
            let (count, defaulted) = (state.places[node.site][item], node.need == Need::Default);
            add(all, &Missing { path: node.field.clone(), reason: failure.reason, count, defaulted });
        }
    }
}

/// What is missing as REST and streams name it. An answer that shows nothing has no place that an empty path could be: it is called
/// by the endpoint's name.
pub(crate) fn named(plan: &Plan, mut missing: Vec<Missing>) -> Vec<Missing> {
    if plan.answer.is_nothing() {
        missing.iter_mut().filter(|one| one.path.is_empty()).for_each(|one| one.path.clone_from(&plan.name));
    }
    missing
}

/// Adds to what is missing: one entry for each path and reason, paths in the order in which they were first met, the reasons of
/// one by themselves, since objects are in the order of arrival and that must not show.
fn add(all: &mut Vec<Missing>, one: &Missing) {
    let same =
        |other: &&mut Missing| (&other.path, other.reason, other.defaulted) == (&one.path, one.reason, one.defaulted);
    if let Some(other) = all.iter_mut().find(same) {
        other.count += one.count;
        return;
    }
    let after = all
        .iter()
        .rposition(|other| other.path == one.path && (other.reason, other.defaulted) < (one.reason, one.defaulted));
    let first = all.iter().position(|other| other.path == one.path);
    let at = after.map(|after| after + 1).or(first).unwrap_or(all.len());
    all.insert(at, one.clone());
}

/// The problem of an answer that cannot do without a failed call.
pub fn problem(plan: &Plan, node: usize, failure: Failure) -> Problem {
    let pass = &plan.call_of(node).pass;
    let problem = match failure.status.filter(|status| pass.contains(&status.as_u16())) {
        Some(status) if failure.cause == Reason::Status => Problem::passed(status),
        _ => problem_of(failure.cause),
    };
    problem.with_field(plan.name_of(node))
}

/// What a reason makes of an answer that cannot do without the call.
pub(crate) fn problem_of(cause: Reason) -> Problem {
    match cause {
        Reason::Status => Problem::new(Code::BackendStatus),
        Reason::Timeout => Problem::new(Code::DeadlineExceeded),
        Reason::Connect => Problem::new(Code::BackendUnreachable),
        Reason::Shape | Reason::Dependency => Problem::new(Code::BackendShape),
        Reason::Breaker | Reason::Shed => {
            Problem::new(Code::BackendOverloaded).with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
        }
    }
}

/// The value of `Trefoil-Degraded`: an RFC 9651 list, one member for each path and reason. `None` for a complete answer.
pub fn degraded_header(missing: &[Missing]) -> Option<HeaderValue> {
    if missing.is_empty() {
        return None;
    }
    let mut merged = Vec::with_capacity(missing.len());
    missing.iter().for_each(|one| add(&mut merged, one));
    let members: Vec<String> = merged
        .iter()
        .map(|Missing { path, reason, count, defaulted }| {
            let count = if *count > 1 { format!(";count={count}") } else { String::new() };
            let default = if *defaulted { ";default" } else { "" };
            format!("{};reason={reason}{count}{default}", item(path))
        })
        .collect();
    HeaderValue::from_str(&members.join(", ")).ok()
}

/// A path as an RFC 9651 token where it is one, else as a string.
pub(crate) fn item(path: &str) -> String {
    let mut bytes = path.bytes();
    let starts = bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'*');
    let goes_on = bytes.all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte));
    if starts && goes_on {
        return path.to_owned();
    }
    let escaped: String = path
        .chars()
        .flat_map(|letter| match letter {
            '"' | '\\' => vec!['\\', letter],
            ' '..='~' => vec![letter],
            _ => vec!['?'],
        })
        .collect();
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(path: &str, reason: Reason, count: usize, defaulted: bool) -> Missing {
        Missing { path: path.into(), reason, count, defaulted }
    }

    #[test]
    fn the_header_has_one_member_for_each_path_and_reason() {
        let missing = [
            one("picks", Reason::Timeout, 1, false),
            one("orders.lines.product", Reason::Status, 2, false),
            one("banner", Reason::Connect, 1, true),
            one("orders.lines.product", Reason::Status, 1, false),
            one("_x", Reason::Shape, 1, false),
        ];
        assert_eq!(
            degraded_header(&missing).unwrap(),
            "picks;reason=timeout, orders.lines.product;reason=status;count=3, banner;reason=connect;default, \"_x\";reason=shape"
        );
        assert_eq!(degraded_header(&[]), None);
    }
}
