//! What a plan may cost at the worst: the way through it that may take the longest, and how many requests it may make.
//!
//! Retries and hedges are counted where the declaration asks for them, or where the configuration that the plan is shown with adds them.

use std::time::Duration;

use super::{Plan, PlannedCall, PlannedFan};

/// The calls that may keep an answer waiting the longest, one after the other.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Longest {
    /// The nodes with these calls, in the order in which they are made.
    pub(super) nodes: Vec<usize>,
    /// Their declared times together.
    pub(super) time: Duration,
    /// Those of them that nothing but the deadline ends: they have no time of their own, or are made for each object of a list.
    pub(super) open: Vec<usize>,
}

/// The longest way; `None` where no request is made. A call that nothing else ends counts as long as the deadline.
pub(super) fn longest(plan: &Plan) -> Option<Longest> {
    let mut ways: Vec<(Duration, usize, Option<usize>)> = Vec::with_capacity(plan.nodes.len());
    for (number, node) in plan.nodes.iter().enumerate() {
        let before = farthest(&ways, node.after.iter().copied());
        let (time, calls) = before.map_or((Duration::ZERO, 0), |before| (ways[before].0, ways[before].1));
        let requested = plan.call_of(number).is_requested();
        let own = if requested { bounded(plan, number).unwrap_or(plan.deadline) } else { Duration::ZERO };
        ways.push((time + own, calls + usize::from(requested), before));
    }
    let last = farthest(&ways, 0..ways.len())?;
    let mut nodes: Vec<usize> = std::iter::successors(Some(last), |&node| ways[node].2).collect();
    nodes.reverse();
    nodes.retain(|&node| plan.call_of(node).is_requested());
    if nodes.is_empty() {
        return None;
    }
    let time = nodes.iter().filter_map(|&node| plan.call_of(node).within).sum();
    let open = nodes.iter().copied().filter(|&node| bounded(plan, node).is_none()).collect();
    Some(Longest { nodes, time, open })
}

/// The first of the ways that no other is longer than, in time or else in calls.
fn farthest(ways: &[(Duration, usize, Option<usize>)], of: impl Iterator<Item = usize>) -> Option<usize> {
    let length = |node: usize| (ways[node].0, ways[node].1);
    of.reduce(|best, other| if length(other) > length(best) { other } else { best })
}

/// The most time that the call of a node may take by what is declared of it.
fn bounded(plan: &Plan, node: usize) -> Option<Duration> {
    let call = plan.call_of(node);
    match call.fan {
        PlannedFan::Each { at_once } if repeated(plan, call) || call.nodes.len() > at_once => None,
        _ => call.within,
    }
}

/// The declared times on the longest way to each node, its own included, where calls without one count nothing.
pub(super) fn budgets(plan: &Plan) -> Vec<Duration> {
    let mut budgets: Vec<Duration> = Vec::with_capacity(plan.nodes.len());
    for (number, node) in plan.nodes.iter().enumerate() {
        let before = node.after.iter().map(|&other| budgets[other]).max().unwrap_or_default();
        budgets.push(before + plan.call_of(number).within.unwrap_or_default());
    }
    budgets
}

/// Whether a call stands for objects of a list, so that only what comes says how many there are.
pub(super) fn repeated(plan: &Plan, call: &PlannedCall) -> bool {
    call.nodes.iter().any(|&node| {
        let site = &plan.sites[plan.nodes[node].site];
        site.keys.contains(&None) || site.from.is_some_and(|(outer, _)| repeated(plan, &plan.calls[outer]))
    })
}

/// How many requests an answer may cost at the most, in words: `5 (profile 2, picks 2) + 1 for every 100 keys of orders.lines.product`.
pub(super) fn requests(plan: &Plan) -> String {
    let (mut known, mut attempted, mut terms) = (0, Vec::new(), Vec::new());
    for (index, call) in plan.calls.iter().enumerate().filter(|(_, call)| call.is_requested()) {
        let (attempts, name) = (attempts(plan, index), plan.name_of(plan.first_node(index)));
        let made = match call.fan {
            PlannedFan::Each { .. } if repeated(plan, call) => {
                terms.push(format!("{attempts} for each object with {name}"));
                continue;
            }
            PlannedFan::Batch { most, .. } if repeated(plan, call) => {
                let alike = if call.varies() { " that need the same" } else { "" };
                terms.push(format!("{attempts} for every {most} keys of {name}{alike}"));
                continue;
            }
            PlannedFan::Each { .. } => call.nodes.len(),
            PlannedFan::Batch { most, .. } if !call.varies() => call.nodes.len().div_ceil(most.max(1)),
            PlannedFan::Batch { .. } => call.nodes.len(),
            PlannedFan::One | PlannedFan::Derived(_) => 1,
        };
        known += made * attempts;
        if attempts > 1 {
            attempted.push(format!("{name} {}", made * attempts));
        }
    }
    if known > 0 || terms.is_empty() {
        let attempted = if attempted.is_empty() { String::new() } else { format!(" ({})", attempted.join(", ")) };
        terms.insert(0, format!("{known}{attempted}"));
    }
    terms.join(" + ")
}

/// The most attempts at one request of a call: each of those it may have, and beside the first of them a hedge.
fn attempts(plan: &Plan, index: usize) -> usize {
    let call = &plan.calls[index];
    let tries = call.retry.or_else(|| plan.attempts_by_config(index)).unwrap_or(1);
    let hedged = call.hedge || plan.is_hedged_by_config(index);
    usize::try_from(tries).unwrap_or(usize::MAX).max(1).saturating_add(usize::from(hedged))
}
