//! One endpoint as an operation.

use http::{Method, StatusCode};
use trefoil_context::Place;
use utoipa::openapi::path::{Operation, OperationBuilder, Parameter as Described, ParameterBuilder, ParameterIn};
use utoipa::openapi::{
    ContentBuilder, HttpMethod, ObjectBuilder, Required, Response, ResponseBuilder, SecurityRequirement, Type,
};

use super::errors::Errors;
use super::{BEARER, headers, input, schema, text};
use crate::bff::CompiledBff;
use crate::declare::{Access, Idempotency};
use crate::plan::{Parameter, Plan};
use crate::project;
use crate::shape::Shapes;

/// The operation of an endpoint.
pub(super) fn operation(bff: &CompiledBff, plan: &Plan, errors: &Errors) -> Operation {
    let (summary, about) = split(&plan.doc);
    let about = [about.as_str(), &scopes(&plan.access)].join("\n\n");
    let params = plan.params.iter().filter_map(|param| parameter(&bff.shapes, param));
    let params: Vec<Described> = params.chain(plan.idempotency.as_ref().map(key)).collect();
    let mut operation = OperationBuilder::new()
        .tags(tag(&plan.path).map(|tag| [tag]))
        .summary(text(&summary))
        .description(text(&about))
        .operation_id(Some(&plan.name))
        .parameters((!params.is_empty()).then_some(params))
        .request_body(input::body(bff, plan))
        .securities(Some(security(&plan.access)))
        .response(plan.status.as_str(), answer(bff, plan));
    if plan.status != StatusCode::OK {
        let about =
            "The same as events, where `Accept` asks for them: this status, whatever the answer's own would be.";
        let response = streamed(plan, ResponseBuilder::new().description(about));
        operation = operation.response(StatusCode::OK.as_str(), of_every_answer(plan, response).build());
    }
    if plan.method == Method::GET && !plan.answer.is_nothing() {
        operation = operation.response(StatusCode::NOT_MODIFIED.as_str(), not_modified(bff, plan));
    }
    for (status, response) in errors.references() {
        operation = operation.response(status, response);
    }
    operation.build()
}

/// What a request needs.
pub(super) fn security(access: &Access) -> Vec<SecurityRequirement> {
    match access {
        Access::Public => Vec::new(),
        Access::Token { scopes } => vec![SecurityRequirement::new(BEARER, scopes)],
    }
}

/// The whole path, with the client's names of its parameters.
pub(super) fn path(bff: &CompiledBff, plan: &Plan) -> String {
    let segment = |segment: &str| {
        let rust = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let param = rust.and_then(|rust| {
            plan.params.iter().find(|param| param.place == Place::Path && param.rust.trim_start_matches("r#") == rust)
        });
        param.map_or_else(|| segment.to_owned(), |param| format!("{{{}}}", param.name))
    };
    let path: Vec<String> = plan.path.split('/').map(segment).collect();
    format!("/{}{}", bff.name, path.join("/"))
}

/// What operations are grouped by: the first segment of the path, unless it is a parameter. An ending such as `.csv` is left out.
pub(super) fn tag(path: &str) -> Option<String> {
    let first = path.split('/').nth(1)?.split('.').next()?;
    (!first.is_empty() && !first.starts_with('{')).then(|| first.to_owned())
}

/// OpenAPI's word for a method.
pub(super) fn method(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::PATCH => HttpMethod::Patch,
        Method::DELETE => HttpMethod::Delete,
        Method::HEAD => HttpMethod::Head,
        Method::OPTIONS => HttpMethod::Options,
        _ => HttpMethod::Get,
    }
}

/// The forms in which the answer is sent field by field, each with what it is and an example.
fn streams(plan: &Plan) -> [(&'static str, String, String); 2] {
    const END: &str = "`end`: `{\"degraded\": [{\"path\", \"reason\"}]}`";
    let first = plan.fields.iter().find_map(|field| field.key.as_deref());
    let mut about = match first {
        None => format!("One event when it is done, {END}; or `error` with the problem."),
        Some("") => format!(
            "The answer in one event `field`, with an empty path: `{{\"path\", \"value\"}}`. Then {END}. Or `error` with the problem."
        ),
        Some(_) => format!(
            "Each field of the answer in an event `field`, as soon as it is known: `{{\"path\", \"value\"}}`. Then {END}, or \
             `error` with the problem."
        ),
    };
    let own: Vec<String> = headers::own(plan).into_keys().map(|name| format!("`{name}`")).collect();
    if !own.is_empty() {
        about.push_str(&format!(" It begins before {} can be known, and goes without.", own.join(", ")));
    }
    let key = first.map(project::quoted);
    let example = |field: fn(&str) -> String, end: &str| key.as_deref().map(field).unwrap_or_default() + end;
    let event = example(
        |key| format!("event: field\ndata: {{\"path\":{key},\"value\":…}}\n\n"),
        "event: end\ndata: {\"degraded\":[]}\n\n",
    );
    let line = example(
        |key| format!("{{\"event\":\"field\",\"path\":{key},\"value\":…}}\n"),
        "{\"event\":\"end\",\"degraded\":[]}\n",
    );
    let same = "The same, an object a line, each with its event in `event`.".to_owned();
    [("text/event-stream", about, event), ("application/x-ndjson", same, line)]
}

fn answer(bff: &CompiledBff, plan: &Plan) -> Response {
    let degraded = headers::degraded(plan);
    let about = match degraded {
        Some(_) if plan.answer.is_nothing() => "It is done, or done but for what `Trefoil-Degraded` names.",
        Some(_) => "The answer: complete, or with `Trefoil-Degraded` naming what is missing in it.",
        None if plan.answer.is_nothing() => "It is done.",
        None => "The answer, always complete.",
    };
    let content = ContentBuilder::new().schema(Some(schema::value(&bff.shapes, &plan.answer, "")));
    let mut response = ResponseBuilder::new().description(about);
    if !plan.answer.is_nothing() {
        response = response.content("application/json", content.build());
    }
    if plan.status == StatusCode::OK {
        response = streamed(plan, response);
    }
    for (name, header) in headers::own(plan) {
        response = response.header(name, header);
    }
    if let Some(degraded) = degraded {
        response = response.header("Trefoil-Degraded", degraded);
    }
    if plan.method == Method::GET && !plan.answer.is_nothing() {
        response = response.header_ref("ETag", headers::reference(headers::ENTITY_TAG));
    }
    of_calls(bff, plan, of_every_answer(plan, response)).build()
}

/// The headers of every answer that is no problem, a stream's too.
fn of_every_answer(plan: &Plan, mut response: ResponseBuilder) -> ResponseBuilder {
    if plan.idempotency.is_some() {
        response = response.header_ref("Idempotency-Replayed", headers::reference(headers::REPLAYED));
    }
    response = response.header_ref("X-Request-Id", headers::reference(headers::REQUEST_ID));
    // Who is not known has no quota.
    if plan.access != Access::Public {
        response = response
            .header_ref("RateLimit", headers::reference(headers::RATE_LIMIT))
            .header_ref("RateLimit-Policy", headers::reference(headers::RATE_LIMIT_POLICY));
    }
    response
}

/// The headers that tell of the calls behind it: a stream begins before they are known.
fn of_calls(bff: &CompiledBff, plan: &Plan, mut response: ResponseBuilder) -> ResponseBuilder {
    if keeps(plan) {
        response = response.header_ref("Cache-Status", headers::reference(headers::CACHE_STATUS));
    }
    if bff.server_timing {
        response = response.header_ref("Server-Timing", headers::reference(headers::SERVER_TIMING));
    }
    response
}

/// Whether the answers of some of its calls are kept.
pub(super) fn keeps(plan: &Plan) -> bool {
    plan.calls.iter().any(|call| call.cache.is_some())
}

fn streamed(plan: &Plan, mut response: ResponseBuilder) -> ResponseBuilder {
    for (media_type, about, example) in streams(plan) {
        let content = ObjectBuilder::new().schema_type(Type::String).description(Some(about));
        let content = ContentBuilder::new().schema(Some(content)).example(Some(example.into()));
        response = response.content(media_type, content.build());
    }
    response
}

/// What a GET with a current `If-None-Match` gets.
fn not_modified(bff: &CompiledBff, plan: &Plan) -> Response {
    let mut response = ResponseBuilder::new()
        .description("The client has this answer already: its tag is in `If-None-Match`.")
        .header_ref("ETag", headers::reference(headers::ENTITY_TAG));
    for (name, header) in headers::own(plan) {
        response = response.header(name, header);
    }
    of_calls(bff, plan, of_every_answer(plan, response)).build()
}

/// A parameter; a member of the body is none.
fn parameter(shapes: &Shapes, param: &Parameter) -> Option<Described> {
    let place = match param.place {
        Place::Path => ParameterIn::Path,
        Place::Query => ParameterIn::Query,
        Place::Header => ParameterIn::Header,
        Place::Body => return None,
    };
    let needed = param.place == Place::Path || (param.default.is_none() && !param.shape.is_nullable());
    let described = ParameterBuilder::new()
        .name(&param.name)
        .parameter_in(place)
        .description(text(&param.doc))
        .required(if needed { Required::True } else { Required::False })
        .schema(Some(schema::parameter(shapes, param)));
    Some(described.build())
}

/// `Idempotency-Key`.
fn key(declared: &Idempotency) -> Described {
    let minutes = declared.keep.as_secs() / 60;
    let keep = match (minutes / 60, minutes % 60) {
        (1, 0) => "an hour".to_owned(),
        (hours, 0) => format!("{hours} hours"),
        _ => format!("{minutes} minutes"),
    };
    let without = if declared.required { "" } else { " Without a key each request writes." };
    let about = format!(
        "Your name for this write, such as a UUID: 1 to 255 visible ASCII characters, in double quotes or without. A repeat of the \
         same request with the same key writes nothing: it is answered with what the first write made (`Idempotency-Replayed: \
         true`), for {keep}.{without}"
    );
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(about))
        .required(if declared.required { Required::True } else { Required::False })
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(520))))
        .example(Some("8e03978e-40d5-43dd-bc93-6894a57f9324".into()))
        .build()
}

/// The scopes in words: not every tool shows those of an HTTP scheme.
pub(super) fn scopes(access: &Access) -> String {
    match access {
        Access::Token { scopes } if !scopes.is_empty() => {
            let scopes: Vec<String> = scopes.iter().map(|scope| format!("`{scope}`")).collect();
            format!("Needs the scopes: {}.", scopes.join(", "))
        }
        Access::Token { .. } | Access::Public => String::new(),
    }
}

/// The first paragraph of a doc comment on one line, and the rest.
pub(super) fn split(doc: &str) -> (String, String) {
    let lines: Vec<&str> = doc.trim().lines().map(str::trim).collect();
    let end = lines.iter().position(|line| line.is_empty()).unwrap_or(lines.len());
    (lines[..end].join(" "), lines[end..].join("\n").trim().to_owned())
}
