//! Runs one root field: an endpoint, by its narrowed plan.

use bytes::Bytes;
use serde_json::{Map, Value};
use trefoil_context::{Place, Problem, RequestContext};

use super::answer::{self, Field};
use super::compile::{EndpointField, Given, Root, RootField};
use super::errors::GraphqlError;
use super::execute::Face;
use super::inputs;
use super::ready::{Outcome, Ready};
use crate::inputs::Inputs;
use crate::names::argument;
use crate::outcome::{self, Failure, Step};
use crate::plan::Parameter;
use crate::run::{self, Run};
use crate::server_timing::{Taken, by_call};

/// Runs a root field. Introspection is run elsewhere, for all root fields at once.
pub(crate) async fn run(face: &Face, root: &Root, ready: Option<Outcome>, context: &RequestContext) -> Field {
    match (&root.what, ready) {
        (RootField::Typename(name), _) => Field { value: Some(format!("\"{name}\"").into()), ..Field::default() },
        (RootField::Endpoint(field), Some(Ok(Ready { inputs, write }))) => {
            let run = run::run(&field.plan, &inputs, context, &face.clients, &face.signals, &write, None).await;
            Field { replayed: write.is_replay(), ..field_of(face, &root.key, field, run) }
        }
        (RootField::Endpoint(field), Some(Err(problem))) => Field {
            errors: vec![GraphqlError::problem(&field.plan, &problem, vec![Step::Key(root.key.clone())], None)],
            ..Field::default()
        },
        (RootField::Endpoint(_) | RootField::Empty | RootField::Introspection, _) => Field::default(),
    }
}

/// What a run makes of its root field.
fn field_of(face: &Face, key: &str, field: &EndpointField, run: Run) -> Field {
    let plan = &field.plan;
    let timed = |(node, taken): (usize, Taken)| (answer::below(key, &plan.nodes[node].field), taken);
    let timings =
        if face.bff.server_timing { by_call(&run.timings).into_iter().map(timed).collect() } else { Vec::new() };
    let failed = |(node, failure): (usize, Failure), path: Vec<Step>| {
        let problem = outcome::problem(plan, node, failure);
        GraphqlError::problem(plan, &problem, path, Some(failure.reason))
    };
    let root = || Step::Key(key.to_owned());
    let answered = run.result.and_then(|state| outcome::answer(plan, &state).map(|answer| (state, answer)));
    match answered {
        Ok((state, answer)) => {
            let places = outcome::failed_places(plan, &state);
            let degraded = answer::degraded(key, outcome::missing_places(plan, &state, &places));
            // One error for each place that is null because its call failed.
            let null = places.into_iter().filter(|place| place.is_null);
            Field {
                errors: null
                    .map(|place| {
                        failed((place.node, place.failure), std::iter::once(root()).chain(place.path).collect())
                    })
                    .collect(),
                degraded,
                value: Some(match &field.respell {
                    // That it was done is all there is to say.
                    None if plan.answer.is_nothing() => Bytes::from_static(b"true"),
                    Some(respell) => respell.apply(&answer.body),
                    None => answer.body,
                }),
                timings,
                replayed: false,
            }
        }
        Err((node, failure)) => {
            // The place that failed, as far as it can be named without an answer: its key, where it was selected.
            let site = &plan.sites[plan.nodes[node].site];
            let output = site.outputs.iter().position(|&(other, _)| other == node).filter(|_| site.from.is_none());
            let key = output.map(|output| &site.output_keys[output]).filter(|key| !key.is_empty());
            let place = key.map(|key| Step::Key(key.clone()));
            let path = std::iter::once(root()).chain(place).collect();
            Field { errors: vec![failed((node, failure), path)], timings, ..Field::default() }
        }
    }
}

/// What a root field is given, validated; nothing of what is no endpoint. A variable that was not given gives no argument.
pub(crate) fn inputs(face: &Face, root: &Root, variables: &Map<String, Value>) -> Result<Inputs, GraphqlError> {
    let RootField::Endpoint(field) = &root.what else { return Ok(Inputs::default()) };
    let body = field.plan.params.iter().find(|param| param.place == Place::Body);
    let value = |given: &Given| match given {
        Given::Value(value) => Some(value.clone()),
        Given::Variable(name) => variables.get(name.as_str()).cloned(),
        Given::Body(literal) => inputs::given(&face.bff, &face.model, &body?.shape, literal, variables),
    };
    let given = field.arguments.iter().filter_map(|one| Some((one.name.clone(), value(&one.given)?))).collect();
    Inputs::of_arguments(&field.plan, &face.bff, &given).map_err(|problem| unfit(field, &problem))
}

/// The error of a root field whose arguments do not do: every fault, and where it stands in the request.
fn unfit(field: &EndpointField, problem: &Problem) -> GraphqlError {
    let (mut said, mut at) = (Vec::new(), Vec::new());
    for fault in problem.faults() {
        let is =
            |param: &&Parameter| param.place == fault.place && (param.name == fault.name || fault.place == Place::Body);
        let name = field.plan.params.iter().find(is).map_or_else(|| fault.name.clone(), argument);
        let given = field.arguments.iter().find(|one| one.name == name);
        let place = match given.map(|one| &one.given) {
            Some(Given::Body(literal)) => inputs::place(&name, literal, &fault.name),
            Some(Given::Variable(variable)) => format!("variable \"${variable}\""),
            Some(Given::Value(_)) | None => format!("argument `{name}`"),
        };
        said.push(format!("{place}: {}", fault.detail));
        at.extend(given.map(|one| one.at).filter(|pos| !at.contains(pos)));
    }
    said.extend(problem.detail().map(str::to_owned));
    GraphqlError::unfit(&field.plan, problem, &said.join("; "), at)
}
