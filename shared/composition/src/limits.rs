//! Limits that an operator may move without a build: laid over a plan after it was compiled, whichever face asked for it.
//!
//! What was moved stays in the plan beside what was declared, so that pictures and tables can say which of them wins.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::declare::Access;
use crate::plan::Plan;

/// The most that a deadline or a call's own time may be, in milliseconds; the least is 1. The same holds in a declaration.
pub const LONGEST_MS: u64 = 60_000;

/// What an operator moved of one endpoint. What is left out stays as declared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// The most time an answer may take.
    pub deadline: Option<Duration>,
    /// The most time the call of a field may take, by the field's path in the client's names: `orders.lines.product`. The endpoint's
    /// name stands for a field that is the answer as a whole.
    pub within: BTreeMap<String, Duration>,
    /// Scopes that are needed beside the declared ones.
    pub scopes: Vec<String>,
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
        /// The endpoint.
        endpoint: String,
        /// The path.
        field: String,
        /// The paths that there are.
        known: Vec<String>,
    },
    /// Two fields are filled by one call, and are given different times.
    OneCall {
        /// The path of one.
        field: String,
        /// The path of the other.
        other: String,
    },
    /// Whoever calls a public endpoint has no token, and so no scopes.
    Public {
        /// The endpoint.
        endpoint: String,
    },
}

impl Limits {
    /// Everything of these limits that does not fit `plan`, which shows the whole endpoint.
    pub(crate) fn misfits(&self, plan: &Plan) -> Vec<LimitError> {
        let mut errors = Vec::new();
        let call_of = |path: &str| {
            (0..plan.nodes.len()).find(|&node| plan.name_of(node) == path).map(|node| plan.nodes[node].call)
        };
        for (index, (field, time)) in self.within.iter().enumerate() {
            let Some(call) = call_of(field) else {
                let known = (0..plan.nodes.len()).map(|node| plan.name_of(node).to_owned()).collect();
                errors.push(LimitError::UnknownField { endpoint: plan.name.clone(), field: field.clone(), known });
                continue;
            };
            let before = self.within.iter().take(index);
            let clash = before.filter(|(other, _)| call_of(other) == Some(call)).find(|(_, other)| *other != time);
            errors.extend(clash.map(|(other, _)| LimitError::OneCall { field: field.clone(), other: other.clone() }));
        }
        if !self.scopes.is_empty() && plan.access == Access::Public {
            errors.push(LimitError::Public { endpoint: plan.name.clone() });
        }
        errors
    }

    /// The same limits, with a time for every field that shares its call with one that has a time: a part of the endpoint
    /// that shows only the other field has the same times as the whole.
    pub(crate) fn for_every_field(mut self, plan: &Plan) -> Limits {
        let shared = plan.calls.iter().flat_map(|call| {
            let fields: Vec<&str> = call.nodes.iter().map(|&node| plan.name_of(node)).collect();
            let time = fields.iter().find_map(|field| self.within.get(*field)).copied();
            time.into_iter().flat_map(move |time| fields.clone().into_iter().map(move |field| (field.to_owned(), time)))
        });
        self.within = shared.collect();
        self
    }

    /// Lays them over `plan`, which may show a part of the endpoint.
    pub(crate) fn apply(&self, plan: &mut Plan) {
        if let Some(now) = self.deadline {
            plan.moved.push(Moved::Deadline { declared: plan.deadline, now });
            plan.deadline = now;
        }
        let declared: Vec<Option<Duration>> = plan.calls.iter().map(|call| call.within).collect();
        for node in 0..plan.nodes.len() {
            let (field, call) = (plan.name_of(node).to_owned(), plan.nodes[node].call);
            if let Some(&now) = self.within.get(&field) {
                plan.calls[call].within = Some(now);
                plan.moved.push(Moved::Within { field, declared: declared[call], now });
            }
        }
        if let Access::Token { scopes } = &mut plan.access {
            let added: Vec<String> = self.scopes.iter().filter(|scope| !scopes.contains(scope)).cloned().collect();
            scopes.extend(added.iter().cloned());
            if !added.is_empty() {
                plan.moved.push(Moved::Scopes { added });
            }
        }
    }
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
            LimitError::OneCall { field, other } => {
                write!(f, "`{field}` and `{other}` are filled by one call, which cannot have two times")
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
            Moved::Scopes { added } => write!(f, "scopes: {} by config, beside those declared", added.join(", ")),
        }
    }
}
