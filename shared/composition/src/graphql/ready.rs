//! Gets the root fields of an operation ready before the first one runs: whether the caller may, and the keys of the writes.
//!
//! What is wrong with the request refuses all of them: a key that is missing or none, an argument that cannot go where it should. A caller
//! who may not call one of them is told so there, as ever in GraphQL, and the others run.
//!
//! One Idempotency-Key is for one operation. All its writes under the key take their keys at once, or none does: where one of them is
//! under way, or was asked for by another operation, no endpoint of the operation runs. An operation with one such write asks for what
//! a REST request asks for, and so is a repeat of it. With several it asks for all of them, in their order, whatever their aliases and
//! selections: each is named by its endpoint and its number among those of that endpoint, so a repeat finds the answer of each, makes
//! those that failed, and another number or order is another operation.

use std::time::Duration;

use trefoil_context::{Code, Problem};

use super::compile::{Root, RootField};
use super::execute::{Asks, Face};
use crate::access;
use crate::idempotency::{Asked, ClientKey, Fingerprint, Write};
use crate::inputs::Inputs;
use crate::plan::Plan;

/// A root field that may run.
pub(crate) struct Ready {
    pub(crate) inputs: Inputs,
    /// How its write is made.
    pub(crate) write: Write,
}

/// Whether a root field may run.
pub(crate) type Outcome = Result<Ready, Box<Problem>>;

/// Whether its caller may.
type Admission<'a> = Result<Admitted<'a>, Box<Problem>>;

/// A root field whose caller may, and the key of its write, if it has one.
struct Admitted<'a> {
    plan: &'a Plan,
    inputs: Inputs,
    key: Option<ClientKey>,
}

/// The root fields, in order; `None` for what is no endpoint.
pub(crate) async fn ready(face: &Face, roots: &[Root], inputs: Vec<Inputs>, asks: Asks<'_>) -> Vec<Option<Outcome>> {
    let admitted: Vec<_> = roots.iter().zip(inputs).map(|(root, inputs)| admit(face, root, inputs, asks)).collect();
    let writes = match fault(&admitted) {
        Some(problem) => Err(problem),
        None => writes(face, &admitted, asks).await,
    };
    match writes {
        Ok(writes) => {
            let ready = |(one, write): (Option<Admission<'_>>, Write)| {
                Some(one?.map(|Admitted { inputs, .. }| Ready { inputs, write }))
            };
            admitted.into_iter().zip(writes).map(ready).collect()
        }
        Err(problem) => admitted.into_iter().map(|one| Some(one?.and(Err(problem.clone())))).collect(),
    }
}

/// What is wrong with the request, whoever asks: the client mends it and sends all of it again, so nothing of it may have been done.
fn fault(admitted: &[Option<Admission<'_>>]) -> Option<Box<Problem>> {
    let of_request = |code| matches!(code, Code::MissingIdempotencyKey | Code::BadRequest | Code::InvalidInput);
    let mut problems = admitted.iter().flatten().filter_map(|one| one.as_ref().err());
    problems.find(|problem| of_request(problem.code())).cloned()
}

fn admit<'a>(face: &Face, root: &'a Root, inputs: Inputs, asks: Asks<'_>) -> Option<Admission<'a>> {
    let RootField::Endpoint(field) = &root.what else { return None };
    let plan = &field.plan;
    let admit = || {
        let caller = access::admit(&plan.access, &face.bff.name, asks.context)?;
        let key = ClientKey::of(plan, asks.headers)?;
        let inputs = inputs.asked_by(plan, &face.bff, caller)?;
        Ok(Admitted { plan, inputs, key })
    };
    Some(admit())
}

/// How each of them is made. Where one is refused all are, and the keys that were taken are given back.
async fn writes(face: &Face, admitted: &[Option<Admission<'_>>], asks: Asks<'_>) -> Result<Vec<Write>, Box<Problem>> {
    let admitted = || admitted.iter().map(|one| one.as_ref()?.as_ref().ok());
    let keyed = || admitted().flatten().filter(|one| one.key.is_some());
    if keyed().next().is_none() {
        return Ok(admitted().map(|_| Write::Plain).collect());
    }
    let fingerprint = Fingerprint::of(keyed().map(|one| (one.plan, &one.inputs)));
    let mut writes = Vec::new();
    // Mutations run one after another, so each waits for those before it.
    let mut turn = Duration::ZERO;
    let mut endpoints: Vec<&str> = Vec::new();
    for one in admitted() {
        let write = match one.and_then(|one| Some((one.plan, one.key.as_ref()?))) {
            Some((plan, key)) => {
                let number = endpoints.iter().filter(|name| **name == plan.name).count();
                endpoints.push(&plan.name);
                let part = (number > 0).then(|| number.to_string());
                let (bff, context, signals, part) = (&*face.bff.name, asks.context, &face.signals, part.as_deref());
                face.idempotency.begin(Asked { bff, plan, key, part, fingerprint, turn, context, signals }).await?
            }
            None => Write::Plain,
        };
        writes.push(write);
        turn += one.map_or(Duration::ZERO, |one| one.plan.deadline);
    }
    Ok(writes)
}
