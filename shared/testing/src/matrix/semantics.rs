//! What a declaration says of one call's failure, and where an answer is not so. It is written from the semantics, not from
//! the code that runs them.

use std::collections::BTreeSet;

use serde_json::Value;
use trefoil_composition::plan::{Derivation, Need, Plan, PlannedFan, Source};

use super::Fault;
use super::difference::{differences, is_of, values};
use crate::Answer;

/// The reason that a fault has, and the status and code of an answer that cannot do without the call.
fn table(fault: Fault) -> Option<(&'static str, u16, &'static str)> {
    Some(match fault {
        Fault::None => return None,
        Fault::Slow => ("timeout", 504, "deadline-exceeded"),
        Fault::Refused | Fault::Broken => ("connect", 503, "backend-unreachable"),
        Fault::Status500 | Fault::Status404 => ("status", 502, "backend-status"),
        Fault::WrongShape | Fault::Html => ("shape", 502, "backend-shape"),
    })
}

/// A call that is affected by the failure of another, and how.
struct Affected {
    node: usize,
    /// The reason under which it is named; none if it may do anything (what it refers to is a default now).
    reason: Option<&'static str>,
}

/// Where `now` is not what the declaration makes of `well` when this call fails so.
pub(super) fn problems(plan: &Plan, call: usize, fault: Fault, well: &Answer, now: &Answer) -> Vec<String> {
    let planned = &plan.calls[call];
    // Of a success for `()` nothing is read, so nothing can be wrong with it.
    let unread = planned.shape.is_nothing() && matches!(fault, Fault::WrongShape | Fault::Html);
    let fault = if unread { Fault::None } else { fault };
    let absent = fault.status().is_some_and(|status| planned.absent.contains(&status.as_u16()));
    let Some((reason, status, code)) = table(fault) else { return complete(&[], plan, well, now) };
    if absent {
        return complete(&planned.nodes, plan, well, now);
    }
    let required = planned.nodes.iter().any(|&node| plan.nodes[node].need == Need::Required);
    // In a view that contains itself a null may climb as far as the answer, or not: which, the plan cannot say.
    if planned.nodes.iter().any(|&node| plan.nodes[node].fatal) || (required && now.status != plan.status) {
        // What the answer cannot do without.
        let passed = fault.status().filter(|status| planned.pass.contains(&status.as_u16()));
        let status = passed.map_or(status, |status| status.as_u16());
        let code = passed.map_or(code, |status| trefoil_context::Code::for_passed(status).name());
        return failed(plan, &planned.nodes, status, code, now);
    }
    degraded(plan, call, reason, well, now)
}

/// The answer is complete; these calls have no value, and what refers to them was not asked.
fn complete(nodes: &[usize], plan: &Plan, well: &Answer, now: &Answer) -> Vec<String> {
    let mut problems = Vec::new();
    if now.status != plan.status {
        problems.push(format!("expected: {}, complete", plan.status.as_u16()));
        return problems;
    }
    if let Some(missing) = now.header("trefoil-degraded") {
        problems.push(format!("expected: a complete answer; missing is {missing}"));
    }
    let affected = affected(plan, nodes, Some("absent"));
    let (well, now) = (shown(well), shown(now));
    nulls(plan, nodes, &now, &mut problems);
    unchanged(plan, &affected, &well, &now, &mut problems);
    problems
}

fn failed(plan: &Plan, nodes: &[usize], status: u16, code: &str, now: &Answer) -> Vec<String> {
    let fields: Vec<&str> = nodes.iter().map(|&node| plan.name_of(node)).collect();
    let json: Value = serde_json::from_slice(&now.body).unwrap_or_default();
    let same = now.status == status && json["code"] == code;
    let field = json["field"].as_str().is_some_and(|field| fields.contains(&field));
    if same && field {
        return Vec::new();
    }
    vec![format!("expected: {status}, code {code}, field {}", fields.join(" or "))]
}

fn degraded(plan: &Plan, call: usize, reason: &'static str, well: &Answer, now: &Answer) -> Vec<String> {
    let nodes = &plan.calls[call].nodes;
    if now.status != plan.status {
        return vec![format!("expected: {}, degraded", plan.status.as_u16())];
    }
    let mut problems = Vec::new();
    let affected = affected(plan, nodes, Some(reason));
    let named = named(now.header("trefoil-degraded").unwrap_or_default());
    let name = |node: usize, reason: &str| {
        let default = if plan.nodes[node].need == Need::Default { ";default" } else { "" };
        format!("{};reason={reason}{default}", plan.nodes[node].field)
    };
    // At least one place of the call had an answer to lose.
    let own: Vec<String> = nodes.iter().map(|&node| name(node, reason)).collect();
    if !own.iter().any(|own| named.contains(own)) {
        problems.push(format!("expected as missing: {}", own.join(" or ")));
    }
    let free = affected.iter().any(|one| one.reason.is_none());
    let allowed: BTreeSet<String> =
        affected.iter().filter_map(|one| one.reason.map(|reason| name(one.node, reason))).collect();
    for one in named.difference(&allowed).filter(|_| !free) {
        problems.push(format!("not expected as missing: {one}"));
    }
    // What refers to a call of the outermost struct is named with it.
    for one in affected.iter().filter(|one| plan.nodes[one.node].site == 0 && !nodes.contains(&one.node)) {
        if let Some(expected) = one.reason.map(|reason| name(one.node, reason))
            && !named.contains(&expected)
        {
            problems.push(format!("expected as missing: {expected}"));
        }
    }
    if now.header("cache-control") != Some("no-store") {
        problems.push("expected: cache-control: no-store".to_owned());
    }
    let (well, now) = (shown(well), shown(now));
    nulls(plan, nodes, &now, &mut problems);
    unchanged(plan, &affected, &well, &now, &mut problems);
    problems
}

/// What an answer shows; nothing, where it has no body.
fn shown(answer: &Answer) -> Value {
    if answer.body.is_empty() { Value::Null } else { answer.json() }
}

/// The failed calls, and those of the same objects that refer to them, directly or not.
fn affected(plan: &Plan, nodes: &[usize], reason: Option<&'static str>) -> Vec<Affected> {
    let mut affected: Vec<Affected> = nodes.iter().map(|&node| Affected { node, reason }).collect();
    // A node stands after all nodes that it waits for.
    for (node, planned) in plan.nodes.iter().enumerate() {
        if affected.iter().any(|one| one.node == node) {
            continue;
        }
        let sources = affected
            .iter()
            .filter(|one| planned.after.contains(&one.node) && plan.nodes[one.node].site == planned.site);
        let anything = |one: &Affected| {
            one.reason.is_none() || plan.nodes[one.node].need == Need::Default || tolerates(plan, node, one.node)
        };
        let sources: Vec<bool> = sources.map(anything).collect();
        if !sources.is_empty() {
            // What refers to a default is asked with it, and may get anything.
            let reason = if sources.contains(&false) { reason.map(|_| "dependency") } else { None };
            affected.push(Affected { node, reason });
        }
    }
    affected
}

/// Whether a node refers to another only by arguments of a function that may be nothing.
fn tolerates(plan: &Plan, node: usize, other: usize) -> bool {
    let (planned, call) = (&plan.nodes[node], plan.call_of(node));
    let application = match &call.fan {
        PlannedFan::Derived(Derivation::Computed(application)) => Some(application),
        PlannedFan::Derived(Derivation::Header { .. }) => None,
        _ => call.when.as_ref(),
    };
    let of_other = |source: &Source| match source {
        Source::Noted { field, .. } => plan.node_at(planned.site, *field) == Some(other),
        _ => false,
    };
    !planned.needs.contains(&other)
        && application.is_some_and(|application| {
            application.arguments.iter().all(|(source, optional)| *optional || !of_other(source))
        })
}

/// Everywhere a failed call's value must be null (or its default) or out of reach.
fn nulls(plan: &Plan, nodes: &[usize], now: &Value, problems: &mut Vec<String>) {
    for planned in nodes.iter().map(|&node| &plan.nodes[node]) {
        let path: Vec<&str> = planned.field.split('.').filter(|name| !name.is_empty()).collect();
        let found = values(now, &path, &planned.variants);
        let wrong = match planned.need {
            Need::Optional | Need::Required => found.iter().any(|value| !value.is_null()),
            Need::Default => found.iter().any(|value| value.is_null()),
        };
        if wrong {
            let expected = if planned.need == Need::Default { "its default" } else { "null" };
            problems.push(format!("expected at `{}`: {expected}", planned.field));
        }
    }
}

/// Nothing else may be other than when all is well.
fn unchanged(plan: &Plan, affected: &[Affected], well: &Value, now: &Value, problems: &mut Vec<String>) {
    for difference in differences(well, now) {
        let explained = affected.iter().any(|one| {
            let planned = &plan.nodes[one.node];
            if !is_of(&difference.way, &planned.variants) {
                return false;
            }
            let here = difference.path == planned.field;
            let inside = below(&difference.path, &planned.field);
            // A null that may not stand where it is climbs.
            let above = below(&planned.field, &difference.path);
            match planned.need {
                Need::Default => here || inside,
                Need::Optional => here && (difference.null || one.reason.is_none()),
                Need::Required => (here || above) && difference.null,
            }
        });
        if !explained {
            problems.push(format!("`{}` is another than when all is well", difference.path));
        }
    }
}

/// Whether the first path leads further in than the second. The empty one is the answer as a whole.
fn below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.starts_with('.') || (above.is_empty() && !rest.is_empty()))
}

/// The members of `Trefoil-Degraded`, without their counts.
fn named(header: &str) -> BTreeSet<String> {
    let member = |member: &str| {
        let parts = member.split(';').filter(|part| !part.starts_with("count="));
        parts.map(|part| part.trim_matches('"')).collect::<Vec<_>>().join(";")
    };
    header.split(", ").filter(|text| !text.is_empty()).map(member).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_compared_without_their_counts() {
        let named = named("a.b;reason=status;count=3, \"_c\";reason=connect;default");
        assert_eq!(named.into_iter().collect::<Vec<_>>(), ["_c;reason=connect;default", "a.b;reason=status"]);
    }

    #[test]
    fn each_reason_has_its_status() {
        for (fault, status) in [(Fault::Slow, 504), (Fault::Broken, 503), (Fault::Status404, 502), (Fault::Html, 502)] {
            assert_eq!(table(fault).map(|(_, status, _)| status), Some(status));
        }
        assert_eq!(table(Fault::None), None);
    }
}
