//! The body among the inputs: validated as a whole, and the parts of it that calls refer to.

use std::borrow::Cow;
use std::collections::HashMap;

use bytes::Bytes;
use serde_json::value::RawValue;
use trefoil_context::{Code, Fault, Place, Problem};

use crate::body::Unfit;
use crate::plan::{Parameter, Plan};
use crate::render::Value;

/// The validated body in the backend's names; its faults join the others. What is no JSON ends the reading at once.
pub(super) fn value(
    plan: &Plan,
    param: &Parameter,
    given: Option<&[u8]>,
    faults: &mut Vec<Fault>,
) -> Result<Value, Problem> {
    let Some(planned) = &plan.body else { return Ok(None) };
    let Some(given) = given else {
        if !param.shape.is_nullable() {
            let detail = format!("is missing; expected {}", planned.program.expected());
            faults.push(Fault { place: Place::Body, name: String::new(), detail });
        }
        return Ok(None);
    };
    match planned.program.read(given) {
        Ok(body) => Ok(Some(body).filter(|body| body != "null")),
        Err(Unfit::Malformed(detail)) => Err(Problem::new(Code::MalformedBody).with_detail(detail)),
        Err(Unfit::Faults(more)) => {
            faults.extend(more);
            Ok(None)
        }
    }
}

/// The parts of a validated body, by number.
pub(super) fn parts(plan: &Plan, params: &[Value]) -> Vec<Value> {
    let Some(planned) = &plan.body else { return Vec::new() };
    let param = plan.params.iter().position(|param| param.place == Place::Body);
    let body = param.and_then(|param| params.get(param)).cloned().flatten();
    planned.parts.iter().map(|names| part(body.clone()?, names)).collect()
}

/// What stands below these names; `None` for null and for what was left out.
fn part(body: Bytes, names: &[String]) -> Value {
    let mut part = body;
    for name in names {
        // It was written by us, so it reads, unless null stands where an object may.
        let members: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_slice(&part).ok()?;
        let found = members.get(name.as_str())?;
        part = part.slice_ref(found.get().as_bytes());
    }
    Some(part).filter(|part| part != "null")
}
