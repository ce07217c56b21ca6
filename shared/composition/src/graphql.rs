//! The GraphQL face: `POST /graphql`, and the explorer by GET.
//!
//! async-graphql parses, validates and introspects; it never runs a field. A validated document becomes, once per operation
//! and set of `@skip` and `@include` values, the same plans and projections that REST runs ([`compile`]), and running it is
//! the same pass over the same bytes ([`execute`]). So the data is REST's, byte for byte, save for a value of an enum that
//! GraphQL cannot spell ([`names`]).
//!
//! - Each GET endpoint is a nullable field of `Query`, each other method one of `Mutation`, named as the endpoint. A BFF
//!   without a GET endpoint has a `Query` with nothing but `_empty`, which is null: GraphQL has no type without fields.
//! - A parameter is an argument. It is required unless it is optional or has a default. What is not optional is non-null, with its default
//!   (`limit: Int! = 6`): it may be left out, and an explicit null is refused; of what is optional, null is null, and no default.
//! - All arguments and variables are looked at before the first field runs. What does not do, by its type or by its bounds, is a
//!   request error: nothing runs, and there is no `data`.
//! - `errors` has one entry for each place that is null because of a failure. `path` holds response keys, `extensions.code`
//!   the code of the problem that REST would answer with, `extensions.reason` why the call failed. When a required call
//!   fails, its whole root field is null; the path leads to the call's field if it was selected, else to the root field.
//! - `extensions.degraded` lists what REST's `Trefoil-Degraded` lists, in the same order and with the same words:
//!   `{"path", "reason", "count"?, "default"?}`. A path is of response keys, as in `errors`, without the indices of lists: what is shown
//!   under two aliases is named under both. A call that is not shown, and that others depend on, is named as REST names it.
//! - One `Idempotency-Key` is for one operation ([`ready`]): with one write it is a REST request's; with several it is for all of them in
//!   their order, and all of them or none begin. Another operation under the same key is refused (`idempotency-key-reused`).
//! - An operation costs one unit of the caller's quota, as any request. So its calls are bounded ([`cost`]): the calls of all
//!   its root fields together are at most 20, or as many as the BFF's largest endpoint makes alone. More is refused before
//!   anything runs.

mod answer;
mod cache;
mod coerce;
mod compile;
mod cost;
mod errors;
mod execute;
mod explorer;
mod http;
mod inputs;
mod limits;
mod merging;
mod names;
mod negotiate;
mod operation;
mod positions;
mod ready;
mod request;
mod respell;
mod root;
mod scalars;
mod schema;
mod select;
mod tokens;
mod twice;
mod unseen;
mod validate;

use std::sync::Arc;

use async_graphql::dynamic::SchemaBuilder;
use axum::Router;
use trefoil_backend::Clients;

use self::execute::Face;
use self::schema::Model;
use crate::bff::CompiledBff;
use crate::idempotency::Idempotency;
use crate::signals::Signals;

/// Checks that the BFF's names make a schema. The error says which does not, and how to mend it.
pub(crate) fn check(bff: &CompiledBff) -> Result<(), String> {
    schema::build(bff, &Model::new(bff))
        .and_then(SchemaBuilder::finish)
        .map(|_| ())
        .map_err(|error| format!("GraphQL: {error}"))
}

/// The schema in its definition language.
pub(crate) fn definition(bff: &CompiledBff) -> String {
    // A name that GraphQL refuses: the routes say so, once, in the log.
    schema::build(bff, &Model::new(bff)).and_then(SchemaBuilder::finish).map(|schema| schema.sdl()).unwrap_or_default()
}

/// `/graphql`: the API by POST, the explorer by GET; its files and the schema below.
pub(crate) fn routes(
    bff: &Arc<CompiledBff>,
    clients: &Arc<Clients>,
    signals: &Signals,
    idempotency: &Idempotency,
) -> Router {
    match Face::new(bff, Model::new(bff), clients, signals, idempotency) {
        Ok(face) => http::routes(Arc::new(face)),
        Err(error) => {
            tracing::error!(target: "trefoil::graphql", bff = bff.name, %error, "there is no GraphQL face");
            Router::new()
        }
    }
}
