//! Runs one root field: an endpoint, by its narrowed plan.

use serde_json::{Map, Value};
use trefoil_context::{Problem, RequestContext};

use super::answer::{self, Field};
use super::compile::{EndpointField, Given, Root, RootField};
use super::errors::GraphqlError;
use super::execute::Face;
use crate::access;
use crate::inputs::Inputs;
use crate::outcome::{self, Settled};
use crate::plan::{Hole, Need};
use crate::run::{self, Run};

/// Runs a root field. Introspection is run elsewhere, for all root fields at once.
pub(crate) async fn run(face: &Face, root: &Root, variables: &Map<String, Value>, context: &RequestContext) -> Field {
    match &root.what {
        RootField::Typename(name) => Field { value: Some(format!("\"{name}\"").into()), ..Field::default() },
        RootField::Introspection => Field::default(),
        RootField::Endpoint(field) => {
            let run = run_endpoint(face, field, &arguments(field, variables), context).await;
            run.map_or_else(
                |problem| Field {
                    errors: vec![GraphqlError::problem(&field.plan, &problem, vec![root.key.clone()], None)],
                    ..Field::default()
                },
                |run| field_of(face, &root.key, field, run),
            )
        }
    }
}

async fn run_endpoint(
    face: &Face,
    field: &EndpointField,
    arguments: &Map<String, Value>,
    context: &RequestContext,
) -> Result<Run, Box<Problem>> {
    let plan = &field.plan;
    let caller = access::admit(&plan.access, &face.bff.name, context)?;
    let inputs = Inputs::from_arguments(plan, &face.bff.shapes, arguments, caller)?;
    Ok(run::run(plan, &inputs, context, &face.clients, &face.signals).await)
}

/// What a run makes of its root field.
fn field_of(face: &Face, key: &str, field: &EndpointField, run: Run) -> Field {
    let plan = &field.plan;
    let timed = |timing: &run::Timing| (format!("{key}.{}", plan.nodes[timing.node].field), timing.took);
    let timings = if face.bff.server_timing { run.timings.iter().map(timed).collect() } else { Vec::new() };
    match run.result {
        Ok(settled) => {
            let answer = outcome::answer(plan, &settled);
            Field {
                errors: failed_places(key, field, &settled),
                degraded: answer::degraded(key, &answer.missing),
                value: Some(match &field.respell {
                    Some(respell) => respell.apply(&answer.body),
                    None => answer.body,
                }),
                timings,
            }
        }
        Err((node, failure)) => {
            let problem = outcome::problem(plan, node, failure);
            // The place that failed, if it was selected.
            let place = plan.holes.iter().position(|hole| hole.node == node).and_then(|hole| field.holes.get(hole));
            let path = std::iter::once(key.to_owned()).chain(place.cloned()).collect();
            let error = GraphqlError::problem(plan, &problem, path, Some(failure.reason));
            Field { errors: vec![error], timings, ..Field::default() }
        }
    }
}

/// One error for each place that is null because its call failed.
fn failed_places(key: &str, field: &EndpointField, settled: &[Settled]) -> Vec<GraphqlError> {
    let plan = &field.plan;
    let failed = |(hole, name): (&Hole, &String)| match &settled[hole.node] {
        Settled::Failed(failure) if plan.nodes[hole.node].need == Need::Optional => {
            let problem = outcome::problem(plan, hole.node, *failure);
            let path = vec![key.to_owned(), name.clone()];
            Some(GraphqlError::problem(plan, &problem, path, Some(failure.reason)))
        }
        Settled::Failed(_) | Settled::Filled { .. } | Settled::Null => None,
    };
    plan.holes.iter().zip(&field.holes).filter_map(failed).collect()
}

/// The arguments that are given. A variable that was not given gives none.
fn arguments(field: &EndpointField, variables: &Map<String, Value>) -> Map<String, Value> {
    let value = |given: &Given| match given {
        Given::Value(value) => Some(value.clone()),
        Given::Variable(name) => variables.get(name.as_str()).cloned(),
    };
    field.arguments.iter().filter_map(|(name, given)| Some((name.clone(), value(given)?))).collect()
}
