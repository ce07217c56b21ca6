//! What an author should know of a plan before users do: budgets that cannot hold, calls that multiply, fields that can take
//! the whole answer with them or hold it up.
//!
//! Times on a way that are longer together than the deadline are a warning and no compile error, though the macro could add them
//! up: a `within` is the most that a call may take and not what it mostly takes, so such a plan can be meant; and an operator may
//! move either. What can never be of use, one `within` that is not shorter than its deadline, is an error of the macro.

use std::fmt;
use std::time::Duration;

use super::{Need, Plan, PlannedFan, cost};

/// The longest wait before a first retry, where the backend's configuration has no other (`retry.base_ms`).
const FIRST_WAIT: Duration = Duration::from_millis(25);

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It may be meant: what it costs is said.
    Note,
    /// What is declared cannot all hold: `check --strict` fails.
    Warning,
}

/// One thing worth knowing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The endpoint's name.
    pub endpoint: String,
    /// The field's path, in the client's names.
    pub field: String,
    /// What it is, why it matters, and how to mend it.
    pub what: String,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}: {}", self.endpoint, self.field, self.what)
    }
}

/// Everything worth knowing of a plan, in the order of its fields.
pub(super) fn findings(plan: &Plan) -> Vec<Finding> {
    let mut found = Vec::new();
    let budgets = cost::budgets(plan);
    for (number, node) in plan.nodes.iter().enumerate() {
        let call = &plan.calls[node.call];
        // What is made of other fields costs and risks nothing of its own.
        if !call.is_requested() {
            continue;
        }
        let mut find = |severity, what: String| {
            let (endpoint, field) = (plan.name.clone(), plan.name_of(number).to_owned());
            found.push(Finding { severity, endpoint, field, what });
        };
        let mut say = |what| find(Severity::Note, what);
        if node.need != Need::Required && call.within.is_none() {
            say("it may be missing, and has no `within`: when it is slow it holds the answer up to the deadline; give it one".to_owned());
        }
        let time = call.within.unwrap_or(plan.deadline);
        if call.retry.is_some_and(|attempts| attempts > 1) && time < FIRST_WAIT {
            say(format!(
                "it may be attempted again, and has {} ms: the wait before that alone may be {} ms; give it more time, or drop `retry`",
                time.as_millis(),
                FIRST_WAIT.as_millis()
            ));
        }
        let in_a_list = plan.sites[node.site].from.is_some();
        if node.need == Need::Required && in_a_list {
            let lost = if node.fatal { "the whole answer" } else { "the nearest `Option` above it" };
            say(format!(
                "it is required inside another answer: one failure costs {lost}; make it an `Option` if the rest is of use without it"
            ));
        }
        if let PlannedFan::Each { at_once } = call.fan
            && cost::repeated(plan, call)
        {
            say(format!(
                "it is called once for each object, {at_once} at a time: a long list is many calls in a row; use `batch` if the backend takes several keys"
            ));
        }
        if follows_the_write(plan, number) {
            if node.fatal {
                say("it is required, and read after the write: when it fails the answer does, though the write has happened; make it an `Option`".to_owned());
            }
            if call.cache.is_some() {
                say("its answers are kept, and it is read after the write: what it shows may be from before; drop `cache`, or read it elsewhere".to_owned());
            }
        }
        // Said once, where a way passes the deadline, and not again of all that comes after.
        let over = |node: usize| budgets[node] > plan.deadline;
        if over(number) && !node.after.iter().any(|&other| over(other)) {
            find(
                Severity::Warning,
                format!(
                    "its own time and that of the calls before it are {} ms together, and the deadline is {} ms: if each takes what it may, the last does not get its own; shorten one, or move the deadline",
                    budgets[number].as_millis(),
                    plan.deadline.as_millis()
                ),
            );
        }
    }
    found
}

/// Whether a node starts only when the plan's write has succeeded.
fn follows_the_write(plan: &Plan, node: usize) -> bool {
    let before = &plan.nodes[node].after;
    before.iter().any(|&other| Some(plan.nodes[other].call) == plan.write || follows_the_write(plan, other))
}
