//! The error answers of an operation: those that can happen, and no others.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::Value;
use trefoil_context::{Code, Fault, Place, Problem};
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::{ContentBuilder, Ref, Response, ResponseBuilder};

use super::{Names, headers};
use crate::declare::Access;
use crate::handler::Handler;
use crate::plan::{Need, Plan};

/// The codes that an operation can answer with, by status.
#[derive(Default)]
pub(super) struct Errors {
    codes: BTreeMap<u16, Vec<Code>>,
    /// Whether they can come after a write that an earlier request made.
    keyed: bool,
}

impl Errors {
    /// The errors of an endpoint.
    pub(super) fn of(plan: &Plan) -> Errors {
        let mut errors = Errors::of_any();
        errors.add_of_access(&plan.access);
        if plan.body.is_some() {
            for code in [Code::MalformedBody, Code::RequestTimeout, Code::BodyTooLarge, Code::UnsupportedMediaType] {
                errors.add(code);
            }
        }
        if !plan.params.is_empty() {
            errors.add(Code::InvalidInput);
        }
        if let Some(declared) = &plan.idempotency {
            errors.keyed = true;
            if declared.required {
                errors.add(Code::MissingIdempotencyKey);
            }
            for code in [Code::IdempotencyKeyInUse, Code::IdempotencyKeyReused, Code::IdempotencyStoreUnavailable] {
                errors.add(code);
            }
        }
        let mut required = plan.nodes.iter().filter(|node| node.need == Need::Required).peekable();
        if required.peek().is_some() {
            errors.add_of_calls();
        }
        for status in required.flat_map(|node| &plan.calls[node.call].pass) {
            // Any other status is not passed on: it becomes a 502.
            if let Some(status) = StatusCode::from_u16(*status).ok().filter(StatusCode::is_client_error) {
                errors.add_as(status, Code::for_passed(status));
            }
        }
        errors
    }

    /// The errors of a handler: those of its access and its calls. What else it answers, only its author knows.
    pub(super) fn of_handler(handler: &Handler) -> Errors {
        let mut errors = Errors::of_any();
        errors.add_of_access(&handler.access);
        errors.add(Code::DeadlineExceeded);
        if !handler.backends.is_empty() {
            errors.add_of_calls();
        }
        errors
    }

    /// The errors of the GraphQL endpoint that are about the whole request.
    pub(super) fn of_graphql() -> Errors {
        let mut errors = Errors::of_any();
        errors.add_of_tokens();
        for code in [
            Code::MalformedBody,
            Code::NotAcceptable,
            Code::RequestTimeout,
            Code::BodyTooLarge,
            Code::UnsupportedMediaType,
            Code::InvalidInput,
        ] {
            errors.add(code);
        }
        errors
    }

    fn of_any() -> Errors {
        let mut errors = Errors::default();
        for code in [Code::InvalidPath, Code::BadRequest, Code::UriTooLong, Code::HeadersTooLarge, Code::Internal] {
            errors.add(code);
        }
        errors
    }

    fn add_of_access(&mut self, access: &Access) {
        if let Access::Token { scopes } = access {
            self.add_of_tokens();
            if !scopes.is_empty() {
                self.add(Code::InsufficientScope);
            }
        }
    }

    /// What can go wrong with a call that the answer cannot do without.
    fn add_of_calls(&mut self) {
        for code in [
            Code::BackendStatus,
            Code::BackendShape,
            Code::BackendUnreachable,
            Code::BackendOverloaded,
            Code::DeadlineExceeded,
        ] {
            self.add(code);
        }
    }

    /// What can go wrong with a token, its issuer's keys and its caller's quota.
    fn add_of_tokens(&mut self) {
        for code in [Code::Unauthenticated, Code::InvalidToken, Code::QuotaExceeded, Code::BackendUnreachable] {
            self.add(code);
        }
    }

    fn add(&mut self, code: Code) {
        self.add_as(code.status(), code);
    }

    fn add_as(&mut self, status: StatusCode, code: Code) {
        let codes = self.codes.entry(status.as_u16()).or_default();
        if !codes.contains(&code) {
            codes.push(code);
        }
    }

    /// The statuses, each with the reference to its response.
    pub(super) fn references(&self) -> impl Iterator<Item = (String, Ref)> {
        self.codes
            .iter()
            .map(|(status, codes)| (status.to_string(), Ref::from_response_name(self.component(*status, codes))))
    }

    /// The responses, by component name.
    pub(super) fn responses(&self, names: &Names, sent: Sent) -> impl Iterator<Item = (String, Response)> {
        self.codes.iter().map(move |(status, codes)| {
            (self.component(*status, codes), response(names, *status, codes, sent, self.replays(codes)))
        })
    }

    /// Whether one of them can stand beside a write that an earlier request made.
    fn replays(&self, codes: &[Code]) -> bool {
        self.keyed && codes.iter().any(is_of_calls)
    }

    /// `InvalidTokenOrUnauthenticated`: operations with the same errors share a response.
    fn component(&self, status: u16, codes: &[Code]) -> String {
        let pascal = |code: &Code| -> String {
            let words = code.name().split('-').map(|word| match word.split_at_checked(1) {
                Some((first, rest)) => format!("{}{rest}", first.to_ascii_uppercase()),
                None => String::new(),
            });
            words.collect()
        };
        let mut name = codes.iter().map(pascal).collect::<Vec<_>>().join("Or");
        if codes.iter().any(|code| code.status().as_u16() != status) {
            name.push_str(&status.to_string());
        }
        if self.replays(codes) {
            name.push_str("OfWrite");
        }
        name
    }
}

/// The headers beside those of every answer that a BFF's answers can have once calls were made.
#[derive(Clone, Copy)]
pub(super) struct Sent {
    /// `Server-Timing`.
    pub(super) timed: bool,
    /// `Cache-Status`.
    pub(super) kept: bool,
}

/// Whether it says what became of a call.
fn is_of_calls(code: &Code) -> bool {
    matches!(
        code,
        Code::BackendStatus
            | Code::BackendShape
            | Code::BackendUnreachable
            | Code::BackendOverloaded
            | Code::DeadlineExceeded
            | Code::NotFound
            | Code::Conflict
            | Code::Gone
            | Code::Rejected
    )
}

fn response(names: &Names, status: u16, codes: &[Code], sent: Sent, replays: bool) -> Response {
    let line = |code: &Code| format!("- `{}`: {}. {}", code.name(), code.title(), code.help());
    let about = codes.iter().map(line).collect::<Vec<_>>().join("\n");
    let examples = codes.iter().map(|code| (code.name(), ExampleBuilder::new().value(Some(example(status, *code)))));
    let content =
        ContentBuilder::new().schema(Some(Ref::from_schema_name(&names.problem))).examples_from_iter(examples);
    let mut response = ResponseBuilder::new()
        .description(about)
        .content("application/problem+json", content.build())
        .header_ref("X-Request-Id", headers::reference(headers::REQUEST_ID));
    if matches!(status, 401 | 403) {
        response = response.header_ref("WWW-Authenticate", headers::reference(headers::CHALLENGE));
    }
    if matches!(status, 429 | 503) || codes.contains(&Code::IdempotencyKeyInUse) {
        response = response.header_ref("Retry-After", headers::reference(headers::RETRY_AFTER));
    }
    // What is refused before it is known who asks counts against nobody.
    if !matches!(status, 401 | 414 | 431) {
        response = response
            .header_ref("RateLimit", headers::reference(headers::RATE_LIMIT))
            .header_ref("RateLimit-Policy", headers::reference(headers::RATE_LIMIT_POLICY));
    }
    if codes.iter().any(is_of_calls) {
        let after_calls =
            [(sent.kept, "Cache-Status", headers::CACHE_STATUS), (sent.timed, "Server-Timing", headers::SERVER_TIMING)];
        for (_, name, component) in after_calls.into_iter().filter(|(is_sent, ..)| *is_sent) {
            response = response.header_ref(name, headers::reference(component));
        }
    }
    if replays {
        response = response.header_ref("Idempotency-Replayed", headers::reference(headers::REPLAYED));
    }
    response.build()
}

/// A problem as it would be sent.
fn example(status: u16, code: Code) -> Value {
    let problem = match StatusCode::from_u16(status) {
        Ok(status) if status != code.status() => Problem::passed(status),
        _ => Problem::new(code),
    };
    let problem = if code == Code::InvalidInput {
        let detail = "expected a whole number from 1 to 20".to_owned();
        problem.with_faults(vec![Fault { place: Place::Query, name: "limit".to_owned(), detail }])
    } else {
        problem
    };
    // A problem is always JSON.
    serde_json::from_str(&problem.to_json()).unwrap_or_default()
}
