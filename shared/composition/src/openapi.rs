//! The OpenAPI 3.1 face: the document of a BFF, read from its plans and shapes, and its route.
//!
//! The document speaks of the answer only. It never names a backend, a path at one, or a name that only a backend uses.

pub(crate) mod choice;
mod errors;
mod graphql;
mod handler;
mod headers;
mod input;
mod operation;
mod problem;
pub(crate) mod raw;
mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use http::HeaderMap;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, HttpMethod, InfoBuilder, OpenApiBuilder, Paths, Schema, Server, Tag};

use self::errors::{Errors, Sent};
use crate::bff::CompiledBff;
use crate::page::Page;

/// What holds for every operation; it stands once, in the document's description.
const CONVENTIONS: &str = "\
**Errors** are `application/problem+json` (RFC 9457). Branch on `code`: codes are added, never renamed. \
`type` leads to the code's page.

**Degraded answers.** A part that cannot be had does not fail the answer where the answer can do without it: it is null, or a \
default stands in, and the header `Trefoil-Degraded` names it with the reason. An answer without that header is complete.

**Deadlines.** Send `Trefoil-Timeout-Ms` with the whole milliseconds that you will still wait, and no work is done that you \
would not see. It can shorten an answer's deadline, never lengthen it.

**Request ids.** Every answer has an `X-Request-Id`; send your own, and it is kept. Name it when you report a problem.

**Numbers** keep the literal that the source of the data gave. A 64-bit integer can exceed what a JavaScript number holds.";

/// The name of the one security scheme.
const BEARER: &str = "bearer";

/// The document, as pretty JSON with a newline at its end. The same BFF always gives the same bytes.
pub(crate) fn document(bff: &CompiledBff) -> String {
    let schemas = schema::reached(bff);
    let names = Names::beside(&schemas);
    let mut paths = Paths::new();
    let mut tags: Vec<String> = Vec::new();
    let mut all_errors = Vec::new();
    for plan in &bff.plans {
        let errors = Errors::of(plan);
        let operation = operation::operation(bff, plan, &errors);
        tags.extend(operation::tag(&plan.path));
        paths.add_path_operation(operation::path(bff, plan), vec![operation::method(&plan.method)], operation);
        all_errors.push(errors);
    }
    for handler in &bff.handlers {
        let errors = Errors::of_handler(handler);
        let operation = handler::operation(handler, &errors);
        tags.extend(operation::tag(&handler.path));
        let path = format!("/{}{}", bff.name, handler.path);
        paths.add_path_operation(path, vec![operation::method(&handler.method)], operation);
        all_errors.push(errors);
    }
    let errors = Errors::of_graphql();
    paths.add_path_operation(
        format!("/{}/graphql", bff.name),
        vec![HttpMethod::Post],
        graphql::operation(bff, &names, &errors),
    );
    tags.push(graphql::TAG.to_owned());
    all_errors.push(errors);

    let sent = Sent { timed: bff.server_timing, kept: bff.plans.iter().any(|plan| operation::keeps(plan)) };
    let keyed = bff.plans.iter().any(|plan| plan.idempotency.is_some());
    let mut components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .schemas_from_iter(problem::schemas(&names))
        .schema(&names.result, graphql::result())
        .responses_from_iter(all_errors.iter().flat_map(|errors| errors.responses(&names, sent)))
        .security_scheme(BEARER, bearer())
        .build();
    components.headers = headers::shared(sent, keyed);
    let mut seen = Vec::new();
    tags.retain(|tag| {
        !seen.contains(tag) && {
            seen.push(tag.clone());
            true
        }
    });
    let description = [bff.doc.trim(), CONVENTIONS].join("\n\n");
    let info =
        InfoBuilder::new().title(&bff.title).description(Some(description.trim())).version(env!("CARGO_PKG_VERSION"));
    let document = OpenApiBuilder::new()
        .info(info)
        .servers(Some([Server::new("/")]))
        .paths(paths)
        .components(Some(components))
        .tags(Some(tags.into_iter().map(Tag::new)))
        .build();
    // A tree of strings and numbers always serialises.
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// `GET /openapi.json`, rendered once.
pub(crate) fn routes(bff: &Arc<CompiledBff>) -> Router {
    let page = Page::new("application/json", document(bff).into());
    Router::new().route("/openapi.json", get(move |headers: HeaderMap| std::future::ready(page.answer(&headers))))
}

/// The names of our own schemas: they give way to a view of the BFF that has the same name.
struct Names {
    /// The error answer.
    problem: String,
    /// One fault in it.
    fault: String,
    /// Its stable code.
    code: String,
    /// What GraphQL answers.
    result: String,
}

impl Names {
    fn beside(schemas: &BTreeMap<String, Schema>) -> Names {
        let free = |name: &str| {
            let mut name = name.to_owned();
            while schemas.contains_key(&name) {
                name.insert_str(0, "Trefoil");
            }
            name
        };
        Names {
            problem: free("Problem"),
            fault: free("ProblemFault"),
            code: free("ProblemCode"),
            result: free("GraphqlResult"),
        }
    }
}

fn bearer() -> SecurityScheme {
    let http = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    let about = "An access token of this BFF's issuer. The scopes that an operation needs stand in its requirement.";
    SecurityScheme::Http(http.description(Some(about)).build())
}

/// Text for a description; none where there is nothing to say.
fn text(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}
