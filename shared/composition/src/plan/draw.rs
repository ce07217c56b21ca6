//! A plan for a terminal: what is called, what each call waits for, what its failure means.

use std::fmt::Write as _;
use std::time::Duration;

use trefoil_backend::Policy;

use super::cost::{self, Longest};
use super::{Derivation, Need, Plan, PlannedCall, PlannedFan, PlannedJson, Text, TextPart};
use crate::declare::Access;
use crate::limits::Moved;

pub(super) fn draw(plan: &Plan) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write(plan, &mut out);
    out
}

/// `home  GET /home  deadline 300 ms  any valid token`: what is said of an endpoint before what it does.
pub(crate) fn head(route: &str, deadline: Duration, access: &Access, moved: &[Moved]) -> String {
    let access = match access {
        Access::Public => "public".to_owned(),
        Access::Token { scopes } if scopes.is_empty() => "any valid token".to_owned(),
        Access::Token { scopes } => format!("scopes {}", scopes.join(", ")),
    };
    let (mut deadline, mut by_config) = (millis(deadline), String::new());
    for moved in moved {
        match moved {
            Moved::Deadline { declared, .. } => deadline.push_str(&over(Some(*declared))),
            Moved::Scopes { added } => by_config = format!(" (by config: {})", added.join(", ")),
            // They stand with their calls.
            Moved::Within { .. } | Moved::Kept { .. } | Moved::Attempts { .. } | Moved::Hedge { .. } => {}
        }
    }
    format!("{route}  deadline {deadline}  {access}{by_config}")
}

fn write(plan: &Plan, out: &mut String) -> std::fmt::Result {
    let route = format!("{}  {} {}", plan.name, plan.method, plan.path);
    writeln!(out, "{}", head(&route, plan.deadline, &plan.access, &plan.moved))?;
    let width = (0..plan.nodes.len()).map(|node| plan.name_of(node).chars().count()).max().unwrap_or(0);
    // Calls that wait for nothing are the roots; the others hang below the last call that they wait for.
    let roots: Vec<usize> = (0..plan.nodes.len()).filter(|&node| parent(plan, node).is_none()).collect();
    for (position, &root) in roots.iter().enumerate() {
        branch(plan, root, "", position + 1 == roots.len(), width, out)?;
    }
    writeln!(out, "{}", calls(plan))?;
    if let Some(longest) = cost::longest(plan) {
        writeln!(out, "longest: {}", way(plan, &longest))?;
    }
    writeln!(out, "requests: at most {}", cost::requests(plan))?;
    for finding in plan.findings() {
        writeln!(out, "{}: {}: {}", finding.severity, finding.field, finding.what)?;
    }
    Ok(())
}

/// `3 calls, 2 in a row`
fn calls(plan: &Plan) -> String {
    let calls = plan.requested().count();
    let deepest = (0..plan.nodes.len()).map(|node| depth(plan, node)).max().unwrap_or(0);
    format!("{calls} call{}, {deepest} in a row", if calls == 1 { "" } else { "s" })
}

/// `profile → picks, at most 180 of 300 ms`
fn way(plan: &Plan, longest: &Longest) -> String {
    let names =
        |nodes: &[usize], between: &str| nodes.iter().map(|&node| plan.name_of(node)).collect::<Vec<_>>().join(between);
    let of = millis(plan.deadline);
    let (each, timeless): (Vec<usize>, Vec<usize>) =
        longest.open.iter().copied().partition(|&node| plan.call_of(node).within.is_some());
    let time = if !timeless.is_empty() {
        format!("up to the deadline of {of}: no `within` on {}", names(&timeless, ", "))
    } else if !each.is_empty() {
        format!("up to the deadline of {of}: {} in turn for the objects of a list", names(&each, ", "))
    } else {
        format!("at most {} of {of}", longest.time.as_millis())
    };
    format!("{}, {time}", names(&longest.nodes, " → "))
}

fn branch(plan: &Plan, node: usize, indent: &str, last: bool, width: usize, out: &mut String) -> std::fmt::Result {
    let (call, name) = (&plan.nodes[node], plan.name_of(node));
    let (corner, below) = if last { ("└─", "   ") } else { ("├─", "│  ") };
    let pad = width.saturating_sub(name.chars().count()) + 12usize.saturating_sub(indent.chars().count());
    let also: Vec<&str> = call
        .after
        .iter()
        .filter(|&&other| Some(other) != parent(plan, node))
        .map(|&other| plan.name_of(other))
        .collect();
    let also = if also.is_empty() { String::new() } else { format!("  also after {}", also.join(", ")) };
    writeln!(out, "{indent}{corner} {}{:pad$}  {}  {}{also}", name, "", request(plan, node), rules(plan, node))?;
    let children: Vec<usize> = (0..plan.nodes.len()).filter(|&other| parent(plan, other) == Some(node)).collect();
    for (position, &child) in children.iter().enumerate() {
        branch(plan, child, &format!("{indent}{below}"), position + 1 == children.len(), width, out)?;
    }
    Ok(())
}

/// The call below which it is drawn: the deepest of those it waits for.
fn parent(plan: &Plan, node: usize) -> Option<usize> {
    plan.nodes[node].after.iter().copied().max_by_key(|&other| depth(plan, other))
}

/// How many calls are made one after the other until a node is there, its own among them.
fn depth(plan: &Plan, node: usize) -> usize {
    usize::from(plan.call_of(node).is_requested())
        + plan.nodes[node].after.iter().map(|&other| depth(plan, other)).max().unwrap_or(0)
}

fn request(plan: &Plan, node: usize) -> String {
    let call: &PlannedCall = plan.call_of(node);
    let mut query: Vec<String> = call.query.iter().map(|(name, value)| format!("{name}={}", text(value))).collect();
    let keys = match &call.fan {
        PlannedFan::Batch { parameter, most, .. } => {
            query.push(format!("{parameter}=…"));
            format!(", all keys at once, {most} at the most")
        }
        PlannedFan::Each { at_once } => format!(", for each, {at_once} at a time"),
        PlannedFan::One => String::new(),
        PlannedFan::Derived(Derivation::Header { written, .. }) => return format!("from {written}"),
        PlannedFan::Derived(Derivation::Computed(application)) => return application.written.clone(),
    };
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let body = call.body.as_ref().map(|body| format!(" with {}", json(body))).unwrap_or_default();
    format!("{} {} {}{query}{keys}{body}", call.method, call.backend, text(&call.path))
}

/// `{user_id: {caller.id}, source: "web"}`
fn json(of: &PlannedJson) -> String {
    match of {
        PlannedJson::Literal(json) => json.clone(),
        PlannedJson::Value { written, .. } => format!("{{{written}}}"),
        PlannedJson::Text(of) => format!("{:?}", text(of)),
        PlannedJson::Object(members) => {
            let members: Vec<String> = members.iter().map(|(name, value)| format!("{name}: {}", json(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

fn rules(plan: &Plan, node: usize) -> String {
    let call = plan.call_of(node);
    let mut rules = vec![match plan.nodes[node].need {
        Need::Required => "required".to_owned(),
        Need::Optional => "optional".to_owned(),
        Need::Default => "or its default".to_owned(),
    }];
    rules.extend(call.when.as_ref().map(|when| format!("when {}", when.written)));
    let moved = plan.moved_within(node).map(over).unwrap_or_default();
    rules.extend(call.within.map(|within| format!("within {}{moved}", millis(within))));
    rules.extend(call.cache.as_ref().map(|(policy, _)| kept(policy) + &kept_by_config(plan, node)));
    rules.extend(call.retry.map(|attempts| match attempts {
        1 => "no retries".to_owned(),
        attempts => format!("up to {attempts} attempts"),
    }));
    let at = plan.nodes[node].call;
    rules.extend(plan.attempts_by_config(at).map(|attempts| format!("up to {attempts} attempts (by config)")));
    rules.extend(call.hedge.then(|| "hedged".to_owned()));
    rules.extend(plan.is_hedged_by_config(at).then(|| "hedged (by config)".to_owned()));
    rules.extend(call.absent.iter().map(|status| format!("{status} is absent")));
    rules.extend(call.pass.iter().map(|status| format!("{status} is passed on")));
    format!("[{}]", rules.join(", "))
}

fn kept(policy: &Policy) -> String {
    let how_long = match policy.ttl {
        Some(ttl) => format!("for {} s", ttl.as_secs()),
        None => "as the backend says".to_owned(),
    };
    format!("kept {how_long}{}", if policy.shared { " for all" } else { "" })
}

/// The times that config has moved, with what was declared.
fn kept_by_config(plan: &Plan, node: usize) -> String {
    let times = plan.moved.iter().filter_map(|moved| match moved {
        Moved::Kept { field, time, declared, .. } if *field == plan.nodes[node].field => {
            let declared = declared.map_or_else(|| "the backend's".to_owned(), |time| format!("{} s", time.as_secs()));
            Some(format!(" ({time} by config; declared {declared})"))
        }
        _ => None,
    });
    times.collect()
}

fn text(text: &Text) -> String {
    let part = |part: &TextPart| match part {
        TextPart::Literal(text) => text.clone(),
        TextPart::Value { written, .. } => format!("{{{written}}}"),
    };
    text.0.iter().map(part).collect()
}

/// What a limit by config lies over.
fn over(declared: Option<Duration>) -> String {
    format!(" (by config; declared {})", declared.map_or_else(|| "none".to_owned(), millis))
}

fn millis(duration: Duration) -> String {
    format!("{} ms", duration.as_millis())
}
