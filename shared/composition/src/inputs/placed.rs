//! Values of a request that go where not every text can: `.`, `..` and nothing cannot be a whole segment of a URL, since clients and
//! servers on the way resolve those, encoded or not; and a header carries visible ASCII and blanks.
//!
//! They are refused with the inputs, before any call: it is no backend's failure.

use bytes::Bytes;
use trefoil_context::{Fault, Place, Problem};

use super::Inputs;
use crate::access;
use crate::bff::CompiledBff;
use crate::plan::{Plan, Source};
use crate::render::{self, Value};

/// The longest way to write dots as JSON: `"\u002e\u002e"`.
const LONGEST_DOTS: usize = 14;

/// The faults of parameters. They join the others.
pub(super) fn of_params(plan: &Plan, params: &[Value], faults: &mut Vec<Fault>) {
    let value = |source: Source| match source {
        Source::Param(index) => params.get(index).cloned().flatten(),
        _ => None,
    };
    for (source, detail) in misfits(plan, value) {
        if let Source::Param(index) = source
            && let Some(param) = plan.params.get(index)
        {
            faults.push(Fault { place: param.place, name: param.name.clone(), detail: detail.to_owned() });
        }
    }
}

/// The problem of what stands in the body or the token.
pub(super) fn of_the_rest(plan: &Plan, bff: &CompiledBff, inputs: &Inputs) -> Result<(), Problem> {
    let value = |source| match source {
        // These have been looked at.
        Source::Param(_) => None,
        source => inputs.value(source).flatten(),
    };
    let Some((source, detail)) = misfits(plan, value).next() else { return Ok(()) };
    let claim = match source {
        Source::Claim(index) => plan.claims.get(index).map_or("", |claim| &claim.wire),
        Source::CallerId => "sub",
        _ => {
            let detail = format!("a text in it {detail}");
            return Err(super::unfit(vec![Fault { place: Place::Body, name: String::new(), detail }]));
        }
    };
    // The token is valid, and not for this endpoint: whoever issues it must mend it, and an operator is told.
    tracing::warn!(target: "trefoil::inputs", endpoint = plan.name, claim, detail, "a token was refused for a claim");
    Err(access::unusable_claim(&bff.name, claim))
}

/// What does not do where it goes, and why.
fn misfits<'p>(
    plan: &'p Plan,
    value: impl Fn(Source) -> Value + 'p,
) -> impl Iterator<Item = (Source, &'static str)> + 'p {
    let in_path = plan.placed.segments.iter().map(|source| {
        (*source, is_no_segment as fn(&Bytes) -> bool, "is empty, `.` or `..`, which cannot be a part of a path")
    });
    let in_header = plan.placed.headers.iter().map(|source| {
        (
            *source,
            is_no_header as fn(&Bytes) -> bool,
            "has characters other than visible ASCII, which no header can carry",
        )
    });
    in_path.chain(in_header).filter_map(move |(source, is_unfit, detail)| {
        value(source).is_some_and(|json| is_unfit(&json)).then_some((source, detail))
    })
}

fn is_no_segment(json: &Bytes) -> bool {
    json.len() <= LONGEST_DOTS && render::scalar(json).is_ok_and(|text| render::is_no_segment(&text))
}

fn is_no_header(json: &Bytes) -> bool {
    render::scalar(json).is_ok_and(|text| render::header(&text).is_err())
}
