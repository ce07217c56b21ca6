//! Which endpoint a path is, and which of its calls each recorded request was.

use std::collections::BTreeSet;
use std::sync::Arc;

use http::Method;
use trefoil_composition::plan::{Plan, PlannedCall, PlannedFan, TextPart};

use crate::{Kit, Received};

/// The plan of the endpoint with this method at this path.
pub(super) fn plan(kit: &Kit, method: &Method, path: &str) -> Arc<Plan> {
    let asked: Vec<&str> = path.split('?').next().unwrap_or_default().split('/').collect();
    // How many segments are as they stand in the declaration; nothing if it is another path.
    let fits = |plan: &Arc<Plan>| {
        let declared: Vec<&str> = plan.path.split('/').collect();
        let same = declared.iter().zip(&asked).filter(|(one, other)| one == other).count();
        let open = declared.iter().zip(&asked).filter(|(one, other)| one != other && one.starts_with('{')).count();
        let whole = declared.len() == asked.len() && same + open == asked.len();
        (whole && plan.method == *method).then_some(same)
    };
    let found = kit.bff.plans().iter().filter_map(|plan| fits(plan).map(|same| (same, plan)));
    match found.max_by_key(|(same, _)| *same) {
        Some((_, plan)) => Arc::clone(plan),
        None => panic!("there is no {method} endpoint at {path}"),
    }
}

/// The paths that each call asked, call by call.
pub(super) fn by_call(plan: &Plan, received: &[Received]) -> Vec<BTreeSet<String>> {
    let mut paths = vec![BTreeSet::new(); plan.calls.len()];
    for one in received {
        let fits = |(_, call): &(usize, &PlannedCall)| {
            call.is_requested() && call.backend == one.backend && call.method == one.method && is_of(call, &one.path)
        };
        // Where several could have asked it, the one that says most of it is meant.
        let literals = |(_, call): &(usize, &PlannedCall)| literals(call);
        let Some((call, _)) = plan.calls.iter().enumerate().filter(fits).max_by_key(literals) else {
            panic!("no call of `{}` asks {} {}", plan.name, one.backend, one.path)
        };
        paths[call].insert(one.path.clone());
    }
    let unasked = |(call, paths): (usize, &BTreeSet<String>)| {
        (paths.is_empty() && plan.calls[call].is_requested()).then(|| format!("`{}`", name(plan, call)))
    };
    let unasked: Vec<String> = paths.iter().enumerate().filter_map(unasked).collect();
    assert!(
        unasked.is_empty(),
        "with these backends {} is never called: give what it needs (an item in each list, a key that is not null)",
        unasked.join(", ")
    );
    paths
}

/// What a call is named by: its first field, and the variants of tagged enums on the way to it.
pub(super) fn name(plan: &Plan, call: usize) -> String {
    let node = plan.calls[call].nodes[0];
    let mut names: Vec<String> = plan.name_of(node).split('.').map(str::to_owned).collect();
    for variant in &plan.nodes[node].variants {
        // The answer as a whole has no name to put it behind.
        match variant.names.checked_sub(1).and_then(|last| names.get_mut(last)) {
            Some(name) => name.push_str(&format!("[{}]", variant.says)),
            None => names.insert(0, format!("[{}]", variant.says)),
        }
    }
    names.join(".")
}

fn literals(call: &PlannedCall) -> usize {
    let parts = call.path.0.iter().map(|part| match part {
        TextPart::Literal(text) => text.len(),
        TextPart::Value { .. } => 0,
    });
    parts.sum::<usize>() + call.query.len()
}

/// Whether the call can have asked this path and query.
fn is_of(call: &PlannedCall, path_and_query: &str) -> bool {
    let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
    let known = |pair: &str| {
        let name = pair.split('=').next().unwrap_or_default();
        call.query.iter().any(|(known, _)| known == name)
            || matches!(&call.fan, PlannedFan::Batch { parameter, .. } if parameter == name)
    };
    matches(&call.path.0, path) && query.split('&').filter(|pair| !pair.is_empty()).all(known)
}

/// A value is anything without a slash.
fn matches(parts: &[TextPart], text: &str) -> bool {
    match parts {
        [] => text.is_empty(),
        [TextPart::Literal(literal), rest @ ..] => text.strip_prefix(literal).is_some_and(|text| matches(rest, text)),
        [TextPart::Value { .. }, rest @ ..] => {
            let end = text.find('/').unwrap_or(text.len());
            (1..=end).rev().any(|length| text.is_char_boundary(length) && matches(rest, &text[length..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trefoil_composition::plan::Source;

    #[test]
    fn a_path_is_its_calls_where_the_literals_stand() {
        let value = || TextPart::Value { source: Source::CallerId, written: String::new(), omit: false };
        let literal = |text: &str| TextPart::Literal(text.to_owned());
        let parts = [literal("/users/"), value(), literal("/orders")];
        for (path, fits) in [
            ("/users/u-1/orders", true),
            ("/users/orders", false),
            ("/users//orders", false),
            ("/users/a/b/orders", false),
        ] {
            assert_eq!(matches(&parts, path), fits, "{path}");
        }
    }
}
