//! The GraphQL endpoint, briefly: its schema is in another language, and in another document.

use utoipa::openapi::path::{Operation, OperationBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{AdditionalProperties, SchemaType};
use utoipa::openapi::{
    ArrayBuilder, Content, ContentBuilder, Object, ObjectBuilder, Ref, Required, ResponseBuilder, Schema,
    SecurityRequirement, Type,
};

use super::errors::Errors;
use super::{BEARER, Names, headers};
use crate::bff::CompiledBff;

/// Its operation id, unless an endpoint has this name.
pub(super) const OPERATION: &str = "graphql";
/// Its tag.
pub(super) const TAG: &str = "graphql";

const ABOUT: &str = "\
Every GET endpoint is a field of `Query`, every other one a field of `Mutation`, under its operation id; parameters are \
arguments. The data and the missing parts are the same as here: `errors` has an entry for each failed place that is null, and \
`extensions.degraded` is the whole list, by response keys. The endpoints' own scopes hold. To a client that accepts \
`application/graphql-response+json`, a document or variables that do not do are a 400 in that form.";

/// `POST /graphql`.
pub(super) fn operation(bff: &CompiledBff, names: &Names, errors: &Errors) -> Operation {
    let request = ContentBuilder::new().schema(Some(request())).build();
    let body = RequestBodyBuilder::new().content("application/json", request).required(Some(Required::True));
    let result = Content::new(Some(Ref::from_schema_name(&names.result)));
    let mut response = ResponseBuilder::new()
        .description("The result: data, and what is missing in it.")
        .content("application/graphql-response+json", result.clone())
        .content("application/json", result)
        .header_ref("X-Request-Id", headers::reference(headers::REQUEST_ID))
        .header_ref("RateLimit", headers::reference(headers::RATE_LIMIT))
        .header_ref("RateLimit-Policy", headers::reference(headers::RATE_LIMIT_POLICY));
    if bff.server_timing {
        response = response.header_ref("Server-Timing", headers::reference(headers::SERVER_TIMING));
    }
    if bff.plans.iter().any(|plan| plan.idempotency.is_some()) {
        response = response.header_ref("Idempotency-Replayed", headers::reference(headers::REPLAYED));
    }
    let id = if bff.plan(OPERATION).is_some() { "postGraphql" } else { OPERATION };
    let mut operation = OperationBuilder::new()
        .tag(TAG)
        .summary(Some("The same endpoints, in GraphQL."))
        .description(Some(ABOUT))
        .operation_id(Some(id))
        .request_body(Some(body.build()))
        .security(SecurityRequirement::new(BEARER, [""; 0]))
        .response("200", response);
    for (status, response) in errors.references() {
        operation = operation.response(status, response);
    }
    operation.build()
}

fn request() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("query", ObjectBuilder::new().schema_type(Type::String).description(Some("The GraphQL document.")))
        .required("query")
        .property(
            "operationName",
            ObjectBuilder::new()
                .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
                .description(Some("Which of the document's operations, where it has several.")),
        )
        .property("variables", open(SchemaType::from_iter([Type::Object, Type::Null]), "The values of its variables."))
        .build()
}

/// The schema of a result.
pub(super) fn result() -> Schema {
    let error = ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("message", ObjectBuilder::new().schema_type(Type::String))
        .required("message")
        .property(
            "path",
            ArrayBuilder::new()
                .items(ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::String, Type::Integer]))),
        )
        .property("extensions", open(Type::Object, "`code` is a problem's code."));
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("What a GraphQL operation gave, and what is missing in it."))
        .property("data", open(SchemaType::from_iter([Type::Object, Type::Null]), "What the document asked for."))
        .property("errors", ArrayBuilder::new().items(error))
        .property("extensions", open(Type::Object, "`degraded` lists what is missing."))
        .build()
        .into()
}

/// An object with any members.
fn open(kind: impl Into<SchemaType>, about: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(kind)
        .description(Some(about))
        .additional_properties(Some(AdditionalProperties::FreeForm(true)))
}
