//! Limits that an operator may move without a build: laid over a plan after it was compiled, whichever face asked for it.
//!
//! What was moved stays in the plan beside what was declared, so that pictures and tables can say which of them wins.

mod tries;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::declare::Access;
use crate::plan::{Node, Plan};

/// The most that a deadline or a call's own time may be, in milliseconds; the least is 1. The same holds in a declaration.
pub const LONGEST_MS: u64 = 60_000;

/// The most that answers may be kept, in seconds (a day); the least is 1. The same holds in a declaration.
pub const LONGEST_KEPT_S: u64 = 86_400;

/// What an operator moved of one endpoint. What is left out stays as declared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// The most time an answer may take.
    pub deadline: Option<Duration>,
    /// The most time the call of a field may take, by the field's path in the client's names: `orders.lines.product`. The endpoint's
    /// name stands for a field that is the answer as a whole.
    pub within: BTreeMap<String, Duration>,
    /// How long answers of the call of a field are kept, by the field's path. The declaration says which are kept at all.
    pub kept: BTreeMap<String, Kept>,
    /// Scopes that are needed beside the declared ones.
    pub scopes: Vec<String>,
}

/// How long the answers of a call are kept. What is left out stays as declared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// How long one is fresh.
    pub ttl: Option<Duration>,
    /// How long after that it is still given out, while it is made new.
    pub stale_while_revalidate: Option<Duration>,
    /// How long after that it is still given out in place of a failure.
    pub stale_if_error: Option<Duration>,
}

/// A limit that was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// The endpoint's deadline.
    Deadline {
        /// As it was declared.
        declared: Duration,
        /// As it is now.
        now: Duration,
    },
    /// A call's own time.
    Within {
        /// The path of its field.
        field: String,
        /// As it was declared, if it was.
        declared: Option<Duration>,
        /// As it is now.
        now: Duration,
    },
    /// How long the answers of a call are kept.
    Kept {
        /// The path of its field.
        field: String,
        /// Which of the times, by the word of the declaration; `ttl` for the first.
        time: &'static str,
        /// As it was declared; `None` where that was left to the backend.
        declared: Option<Duration>,
        /// As it is now.
        now: Duration,
    },
    /// How often a call may be attempted, which its declaration leaves to its backend's configuration.
    Attempts {
        /// The path of its field.
        field: String,
        /// The most in all, by `backends.<name>.retry`.
        now: u32,
    },
    /// A call beside which a second attempt may be sent, by `backends.<name>.hedge.all`: its declaration does not say so.
    Hedge {
        /// The path of its field.
        field: String,
    },
    /// What a caller needs.
    Scopes {
        /// Those that came to the declared ones.
        added: Vec<String>,
    },
}

/// Why a limit cannot be moved.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitError {
    /// No call fills a field at this path.
    UnknownField {
        /// Whose time it was to be.
        of: Timed,
        /// The endpoint.
        endpoint: String,
        /// The path.
        field: String,
        /// The paths that there are.
        known: Vec<String>,
    },
    /// Two fields are filled by one call, and are given different times.
    OneCall {
        /// Whose time it was to be.
        of: Timed,
        /// The path of one.
        field: String,
        /// The path of the other.
        other: String,
    },
    /// The declaration does not say that the call's answers are kept.
    NotKept {
        /// The path.
        field: String,
    },
    /// Whoever calls a public endpoint has no token, and so no scopes.
    Public {
        /// The endpoint.
        endpoint: String,
    },
}

/// What is given times by the paths of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timed {
    /// [`Limits::within`].
    Within,
    /// [`Limits::kept`].
    Kept,
}

impl Limits {
    /// Everything of these limits that does not fit `plan`, which shows the whole endpoint.
    pub(crate) fn misfits(&self, plan: &Plan) -> Vec<LimitError> {
        let mut errors = misfits(Timed::Within, &self.within, plan);
        errors.extend(misfits(Timed::Kept, &self.kept, plan));
        let not_kept = |field: &&String| call_of(plan, field).is_some_and(|call| plan.calls[call].cache.is_none());
        errors.extend(self.kept.keys().filter(not_kept).map(|field| LimitError::NotKept { field: field.clone() }));
        if !self.scopes.is_empty() && plan.access == Access::Public {
            errors.push(LimitError::Public { endpoint: plan.name.clone() });
        }
        errors
    }

    /// The same limits, with a time for every field that shares its call with one that has a time: a part of the endpoint
    /// that shows only the other field has the same times as the whole.
    pub(crate) fn for_every_field(mut self, plan: &Plan) -> Limits {
        self.within = for_every_field(&self.within, plan);
        self.kept = for_every_field(&self.kept, plan);
        self
    }

    /// Lays them over `plan`, which may show a part of the endpoint.
    pub(crate) fn apply(&self, plan: &mut Plan) {
        plan.moved.extend(self.move_deadline(&mut plan.deadline));
        let declared: Vec<Option<Duration>> = plan.calls.iter().map(|call| call.within).collect();
        for node in 0..plan.nodes.len() {
            let (field, call) = (plan.name_of(node).to_owned(), plan.nodes[node].call);
            if let Some(&now) = self.within.get(&field) {
                plan.calls[call].within = Some(now);
                plan.moved.push(Moved::Within { field, declared: declared[call], now });
            }
        }
        let declared: Vec<_> = plan.calls.iter().map(|call| call.cache.clone()).collect();
        for node in &plan.nodes {
            if let Some(kept) = self.kept.get(&node.field)
                && let (Some((policy, _)), Some((before, _))) = (&mut plan.calls[node.call].cache, &declared[node.call])
            {
                let mut moved = |time, declared, now: Option<Duration>| {
                    let field = node.field.clone();
                    plan.moved.extend(now.map(|now| Moved::Kept { field, time, declared, now }));
                };
                moved("ttl", before.ttl, kept.ttl);
                moved("stale_while_revalidate", Some(before.stale_while_revalidate), kept.stale_while_revalidate);
                moved("stale_if_error", Some(before.stale_if_error), kept.stale_if_error);
                policy.ttl = kept.ttl.or(before.ttl);
                policy.stale_while_revalidate = kept.stale_while_revalidate.unwrap_or(before.stale_while_revalidate);
                policy.stale_if_error = kept.stale_if_error.unwrap_or(before.stale_if_error);
            }
        }
        plan.moved.extend(self.add_scopes(&mut plan.access));
    }

    pub(crate) fn move_deadline(&self, deadline: &mut Duration) -> Option<Moved> {
        let now = self.deadline?;
        Some(Moved::Deadline { declared: std::mem::replace(deadline, now), now })
    }

    pub(crate) fn add_scopes(&self, access: &mut Access) -> Option<Moved> {
        let Access::Token { scopes } = access else { return None };
        let added: Vec<String> = self.scopes.iter().filter(|scope| !scopes.contains(scope)).cloned().collect();
        scopes.extend(added.iter().cloned());
        (!added.is_empty()).then_some(Moved::Scopes { added })
    }
}

/// The call that fills the field at a path.
fn call_of(plan: &Plan, path: &str) -> Option<usize> {
    timed(plan).find(|node| node.field == path).map(|node| node.call)
}

/// The nodes that make requests: what is made of other fields takes no time of its own.
fn timed(plan: &Plan) -> impl Iterator<Item = &Node> {
    plan.nodes.iter().filter(|node| plan.calls[node.call].is_requested())
}

/// Paths that are no call's, and calls that would have two times.
fn misfits<T: PartialEq>(of: Timed, times: &BTreeMap<String, T>, plan: &Plan) -> Vec<LimitError> {
    let mut errors = Vec::new();
    for (index, (field, time)) in times.iter().enumerate() {
        let field = field.clone();
        let Some(call) = call_of(plan, &field) else {
            let known = timed(plan).map(|node| node.field.clone()).collect();
            errors.push(LimitError::UnknownField { of, endpoint: plan.name.clone(), field, known });
            continue;
        };
        let mut before = times.iter().take(index).filter(|(other, _)| call_of(plan, other) == Some(call));
        if let Some((other, _)) = before.find(|(_, other)| *other != time) {
            errors.push(LimitError::OneCall { of, field, other: other.clone() });
        }
    }
    errors
}

fn for_every_field<T: Copy>(times: &BTreeMap<String, T>, plan: &Plan) -> BTreeMap<String, T> {
    let of_call = |call: usize| {
        let fields = plan.nodes.iter().filter(move |node| node.call == call).map(|node| &node.field);
        let time = fields.clone().find_map(|field| times.get(field)).copied();
        time.into_iter().flat_map(move |time| fields.clone().map(move |field| (field.clone(), time)))
    };
    (0..plan.calls.len()).flat_map(of_call).collect()
}

impl Plan {
    /// The declared time of a node's call, if another one holds now.
    pub(crate) fn moved_within(&self, node: usize) -> Option<Option<Duration>> {
        self.moved.iter().find_map(|moved| match moved {
            Moved::Within { field, declared, .. } if field == self.name_of(node) => Some(*declared),
            _ => None,
        })
    }
}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LimitError::UnknownField { endpoint, field, .. } => {
                write!(f, "no call fills a field `{field}` of `{endpoint}`")
            }
            LimitError::OneCall { field, other, .. } => {
                write!(f, "`{field}` and `{other}` are filled by one call, which cannot have two times")
            }
            LimitError::NotKept { field } => {
                write!(f, "the answers for `{field}` are not kept: its declaration has no `cache(…)`")
            }
            LimitError::Public { endpoint } => {
                write!(f, "`{endpoint}` is public: who calls it has no token, and so no scopes")
            }
        }
    }
}

impl std::error::Error for LimitError {}

/// `deadline: 400 ms by config, 300 ms as declared`.
impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Moved::Deadline { declared, now } => {
                write!(f, "deadline: {} ms by config, {} ms as declared", now.as_millis(), declared.as_millis())
            }
            Moved::Within { field, declared, now } => {
                write!(f, "within of {field}: {} ms by config, ", now.as_millis())?;
                match declared {
                    Some(declared) => write!(f, "{} ms as declared", declared.as_millis()),
                    None => f.write_str("none as declared"),
                }
            }
            Moved::Kept { field, time, declared, now } => {
                write!(f, "{time} of {field}: {} s by config, ", now.as_secs())?;
                match declared {
                    Some(declared) => write!(f, "{} s as declared", declared.as_secs()),
                    None => f.write_str("the backend's as declared"),
                }
            }
            Moved::Attempts { field, now } => write!(f, "attempts at {field}: {now} by config, none as declared"),
            Moved::Hedge { field } => write!(f, "hedge of {field}: by config, none as declared"),
            Moved::Scopes { added } => write!(f, "scopes: {} by config, beside those declared", added.join(", ")),
        }
    }
}
