//! How many backend calls one operation may make.
//!
//! A caller's quota counts requests. Without a bound on its calls, one request would buy as many as aliases fit into a document.

use super::errors::GraphqlError;
use crate::bff::CompiledBff;
use crate::plan::{Plan, PlannedFan};

/// The most calls of one operation, unless an endpoint alone makes more: enough for a few screens at once, and few enough that
/// a quota counted in requests still bounds what reaches the backends.
pub(crate) const MAX_CALLS: usize = 20;

/// Refuses an operation whose root fields have these plans, if together they make too many calls.
pub(crate) fn check<'a>(bff: &CompiledBff, plans: impl Iterator<Item = &'a Plan>) -> Result<(), GraphqlError> {
    let (calls, allowed) = (plans.map(calls).fold(0, usize::saturating_add), allowed(bff));
    if calls <= allowed {
        return Ok(());
    }
    let message = format!(
        "the operation makes {calls} backend calls; {allowed} are allowed: select less, or send more than one operation"
    );
    Err(GraphqlError::request(message, None))
}

/// What REST serves in one request can be asked for in one operation, too.
fn allowed(bff: &CompiledBff) -> usize {
    bff.plans.iter().map(|plan| calls(plan)).max().unwrap_or_default().max(MAX_CALLS)
}

/// How many calls a plan makes, as far as it is known before lists are: a batch is one call, a call for each item as many as may
/// be under way at a time.
fn calls(plan: &Plan) -> usize {
    let count = |fan: &PlannedFan| match fan {
        PlannedFan::One | PlannedFan::Batch { .. } => 1,
        PlannedFan::Each { at_once } => *at_once,
        PlannedFan::Derived(_) => 0,
    };
    plan.calls.iter().map(|call| count(&call.fan)).fold(0, usize::saturating_add)
}
