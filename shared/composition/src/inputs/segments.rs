//! Values of a request that are a whole segment of a call's URL: `.`, `..` and nothing cannot be one. Clients and servers on the way
//! resolve those, encoded or not.

use bytes::Bytes;
use trefoil_context::{Fault, Place, Problem};

use super::Inputs;
use crate::plan::{Plan, Source};
use crate::render::{self, Value};

/// The longest way to write one as JSON: `"\u002e\u002e"`.
const LONGEST: usize = 14;

/// The faults of parameters. They join the others.
pub(super) fn of_params(plan: &Plan, params: &[Value], faults: &mut Vec<Fault>) {
    for source in &plan.segments {
        if let Source::Param(index) = source
            && is_none(params.get(*index).and_then(Option::as_ref))
            && let Some(param) = plan.params.get(*index)
        {
            let detail = "is empty, `.` or `..`, which cannot be a part of a path".to_owned();
            faults.push(Fault { place: param.place, name: param.name.clone(), detail });
        }
    }
}

/// The problem of what stands in the body or the token.
pub(super) fn of_the_rest(plan: &Plan, inputs: &Inputs) -> Result<(), Problem> {
    for source in &plan.segments {
        if matches!(source, Source::Param(_)) || !is_none(inputs.value(*source).flatten().as_ref()) {
            continue;
        }
        return Err(match source {
            Source::Claim(index) => unusable(plan, plan.claims.get(*index).map_or("", |claim| &claim.wire)),
            Source::CallerId => unusable(plan, "sub"),
            _ => {
                let detail = "a text in it is empty, `.` or `..`, which cannot be a part of a path".to_owned();
                super::unfit(vec![Fault { place: Place::Body, name: String::new(), detail }])
            }
        });
    }
    Ok(())
}

/// A token that is valid, and not for this endpoint: whoever issues it must mend it, and an operator is told.
fn unusable(plan: &Plan, claim: &str) -> Problem {
    tracing::warn!(
        target: "trefoil::inputs",
        endpoint = plan.name,
        claim,
        "a token was refused: a claim is empty, `.` or `..`, and a call has it in its path"
    );
    super::unusable_claim(claim)
}

fn is_none(value: Option<&Bytes>) -> bool {
    let short = value.filter(|json| json.len() <= LONGEST).map(render::scalar);
    matches!(short, Some(Ok(text)) if matches!(&*text, "" | "." | ".."))
}
