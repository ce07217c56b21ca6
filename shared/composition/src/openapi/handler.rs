//! A handler as an operation: what its author says of it.

use http::StatusCode;
use utoipa::openapi::path::{Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, Required, Response, ResponseBuilder, Type};

use super::errors::Errors;
use super::operation::{scopes, security, split, tag};
use super::{headers, text};
use crate::declare::Access;
use crate::handler::Handler;

/// The operation of a handler.
pub(super) fn operation(handler: &Handler, errors: &Errors) -> Operation {
    let (summary, about) = split(&handler.doc);
    let about = [about.as_str(), &scopes(&handler.access)].join("\n\n");
    let params: Vec<Parameter> = handler.path_params().map(|name| parameter(handler, name)).collect();
    let mut operation = OperationBuilder::new()
        .tags(tag(&handler.path).map(|tag| [tag]))
        .summary(text(&summary))
        .description(text(&about))
        .operation_id(Some(&handler.name))
        .parameters((!params.is_empty()).then_some(params))
        .securities(Some(security(&handler.access)))
        .response(StatusCode::OK.as_str(), answer(handler));
    for (status, response) in errors.references() {
        operation = operation.response(status, response);
    }
    operation.build()
}

fn parameter(handler: &Handler, name: &str) -> Parameter {
    let doc = handler.params.iter().find(|(param, _)| param == name).map_or("", |(_, doc)| doc);
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .description(text(doc))
        .required(Required::True)
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

/// The answer in the media type that the author names, as text: nothing more is known of it.
fn answer(handler: &Handler) -> Response {
    let mut response = ResponseBuilder::new().description("The answer.");
    if let Some(content_type) = &handler.content_type {
        let schema = ObjectBuilder::new().schema_type(Type::String);
        response = response.content(content_type, ContentBuilder::new().schema(Some(schema)).build());
    }
    response = response.header_ref("X-Request-Id", headers::reference(headers::REQUEST_ID));
    if handler.access != Access::Public {
        response = response
            .header_ref("RateLimit", headers::reference(headers::RATE_LIMIT))
            .header_ref("RateLimit-Policy", headers::reference(headers::RATE_LIMIT_POLICY));
    }
    response.build()
}
