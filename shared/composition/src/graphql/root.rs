//! Runs one root field: an endpoint, by its narrowed plan.

use bytes::Bytes;
use serde_json::{Map, Value};
use trefoil_context::{Place, Problem};

use super::answer::{self, Field};
use super::compile::{EndpointField, Given, Root, RootField};
use super::errors::GraphqlError;
use super::execute::{Asks, Face};
use super::inputs;
use crate::access;
use crate::idempotency::{self, ClientKey, Write};
use crate::inputs::Inputs;
use crate::outcome::{self, Failure, Step};
use crate::render;
use crate::run::{self, Run};

/// What a root field is given.
#[derive(Default)]
pub(crate) struct Arguments {
    given: Map<String, Value>,
    /// Its body, validated.
    body: render::Value,
}

/// Runs a root field. Introspection is run elsewhere, for all root fields at once.
pub(crate) async fn run(face: &Face, root: &Root, arguments: &Arguments, asks: Asks<'_>) -> Field {
    match &root.what {
        RootField::Typename(name) => Field { value: Some(format!("\"{name}\"").into()), ..Field::default() },
        RootField::Introspection => Field::default(),
        RootField::Endpoint(field) => {
            let run = run_endpoint(face, &root.key, field, arguments, asks).await;
            run.map_or_else(
                |problem| Field {
                    errors: vec![GraphqlError::problem(&field.plan, &problem, vec![Step::Key(root.key.clone())], None)],
                    ..Field::default()
                },
                |(run, replayed)| Field { replayed, ..field_of(face, &root.key, field, run) },
            )
        }
    }
}

async fn run_endpoint(
    face: &Face,
    root: &str,
    field: &EndpointField,
    arguments: &Arguments,
    asks: Asks<'_>,
) -> Result<(Run, bool), Box<Problem>> {
    let (plan, context, bff) = (&field.plan, asks.context, &*face.bff.name);
    let caller = access::admit(&plan.access, bff, context)?;
    let key = ClientKey::of(plan, asks.headers)?;
    let inputs = Inputs::from_arguments(plan, &face.bff.shapes, &arguments.given, &arguments.body, caller)?;
    let (clients, signals) = (&face.clients, &face.signals);
    let write = match &key {
        Some(key) => {
            let part = asks.several.then_some(root);
            let asked = idempotency::Asked { bff, plan, key, part, inputs: &inputs, context, signals };
            face.idempotency.begin(asked).await?
        }
        None => Write::Plain,
    };
    Ok((run::run(plan, &inputs, context, clients, signals, &write, None).await, write.is_replay()))
}

/// What a run makes of its root field.
fn field_of(face: &Face, key: &str, field: &EndpointField, run: Run) -> Field {
    let plan = &field.plan;
    let timed = |timing: &run::Timing| (answer::below(key, &plan.nodes[timing.node].field), timing.took);
    let timings = if face.bff.server_timing { run.timings.iter().map(timed).collect() } else { Vec::new() };
    let failed = |(node, failure): (usize, Failure), path: Vec<Step>| {
        let problem = outcome::problem(plan, node, failure);
        GraphqlError::problem(plan, &problem, path, Some(failure.reason))
    };
    let root = || Step::Key(key.to_owned());
    let answered = run.result.and_then(|state| outcome::answer(plan, &state).map(|answer| (state, answer)));
    match answered {
        Ok((state, answer)) => Field {
            // One error for each place that is null because its call failed.
            errors: outcome::failed_places(plan, &state)
                .into_iter()
                .map(|place| failed((place.node, place.failure), std::iter::once(root()).chain(place.path).collect()))
                .collect(),
            degraded: answer::degraded(key, answer.missing),
            value: Some(match &field.respell {
                // That it was done is all there is to say.
                None if plan.answer.is_nothing() => Bytes::from_static(b"true"),
                Some(respell) => respell.apply(&answer.body),
                None => answer.body,
            }),
            timings,
            replayed: false,
        },
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

/// The arguments that are given, of a root field whose body does. A variable that was not given gives none.
pub(crate) fn arguments(face: &Face, root: &Root, variables: &Map<String, Value>) -> Result<Arguments, GraphqlError> {
    let RootField::Endpoint(field) = &root.what else { return Ok(Arguments::default()) };
    let body = field.plan.params.iter().find(|param| param.place == Place::Body);
    let value = |given: &Given| match given {
        Given::Value(value) => Some(value.clone()),
        Given::Variable(name) => variables.get(name.as_str()).cloned(),
        Given::Body(literal) => inputs::given(&face.bff, &face.model, &body?.shape, literal, variables),
    };
    let given = field.arguments.iter().filter_map(|(name, given)| Some((name.clone(), value(given)?))).collect();
    let body = Inputs::body_of(&field.plan, &given).map_err(|problem| {
        let literal = field.arguments.iter().find_map(|(name, given)| match given {
            Given::Body(literal) => Some((name.as_str(), literal)),
            Given::Value(_) | Given::Variable(_) => None,
        });
        let said = |fault: &trefoil_context::Fault| match literal {
            Some((name, literal)) => format!("{}: {}", inputs::place(name, literal, &fault.name), fault.detail),
            None => fault.detail.clone(),
        };
        let more = problem.detail().map(str::to_owned);
        let said: Vec<String> = problem.faults().iter().map(said).chain(more).collect();
        GraphqlError::unfit(&field.plan, &problem, &said.join("; "))
    })?;
    Ok(Arguments { given, body })
}
