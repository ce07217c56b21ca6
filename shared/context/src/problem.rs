//! The one error answer: `application/problem+json` (RFC 9457) with a stable [`Code`].
//!
//! A problem never carries a backend's URL, headers or body. What an operator needs goes to the log, where the cause is.

use axum_core::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::{Code, RequestId};

/// Something is wrong, said to the client.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    code: Code,
    status: StatusCode,
    detail: Option<String>,
    field: Option<String>,
    request_id: Option<RequestId>,
    faults: Vec<Fault>,
    headers: HeaderMap,
}

/// One fault of an input. A problem lists all of them at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Where the input stands.
    #[serde(rename = "in")]
    pub place: Place,
    /// The input's name there; for a body, the path to the member.
    pub name: String,
    /// What is wrong and what would fit. Never repeats more than a short part of what was sent.
    pub detail: String,
}

/// Where an input stands (the words are OpenAPI's).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// A header.
    Header,
    /// The body.
    Body,
}

impl Problem {
    /// A problem with the code's own status.
    pub fn new(code: Code) -> Problem {
        Problem(Box::new(Parts {
            code,
            status: code.status(),
            detail: None,
            field: None,
            request_id: None,
            faults: Vec::new(),
            headers: HeaderMap::new(),
        }))
    }

    /// A problem that takes a backend's client-error status on (`pass = [404]`). A status outside 400 to 499 becomes 502.
    pub fn passed(status: StatusCode) -> Problem {
        if !status.is_client_error() {
            return Problem::new(Code::BackendStatus);
        }
        let mut problem = Problem::new(Code::for_passed(status));
        problem.0.status = status;
        problem
    }

    /// What is wrong with this very request. It is for people; clients branch on the code.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Problem {
        self.0.detail = Some(detail.into());
        self
    }

    /// The part of the answer that could not be filled: a path in the client's names.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Problem {
        self.0.field = Some(field.into());
        self
    }

    /// The request it belongs to.
    #[must_use]
    pub fn with_request_id(mut self, id: RequestId) -> Problem {
        self.0.request_id = Some(id);
        self
    }

    /// Every fault found in the input.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<Fault>) -> Problem {
        self.0.faults = faults;
        self
    }

    /// A header of the answer, such as `Retry-After`. Set, not appended.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Problem {
        self.0.headers.insert(name, value);
        self
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// What is wrong with this very request, if it was said.
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The part of the answer that could not be filled, if it is about one.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The faults of the input.
    pub fn faults(&self) -> &[Fault] {
        &self.0.faults
    }

    /// Whether it already names its request.
    pub fn has_request_id(&self) -> bool {
        self.0.request_id.is_some()
    }

    /// The JSON document.
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Document<'a> {
            #[serde(rename = "type")]
            uri: &'a str,
            title: &'a str,
            status: u16,
            code: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            detail: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            field: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            request_id: Option<&'a str>,
            #[serde(skip_serializing_if = "<[Fault]>::is_empty")]
            errors: &'a [Fault],
        }
        let parts = &*self.0;
        let document = Document {
            uri: parts.code.uri(),
            title: parts.code.title(),
            status: parts.status.as_u16(),
            code: parts.code.name(),
            detail: parts.detail.as_deref(),
            field: parts.field.as_deref(),
            request_id: parts.request_id.as_ref().map(RequestId::as_str),
            errors: &parts.faults,
        };
        // A struct of strings and numbers always serialises.
        serde_json::to_string(&document).unwrap_or_default()
    }
}

impl IntoResponse for Problem {
    /// The answer; the problem itself rides along in the response's extensions, for the access log and the metrics.
    fn into_response(self) -> Response {
        let mut response = Response::new(self.to_json().into());
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.extend(self.0.headers.clone());
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_names_code_field_and_request() {
        let problem = Problem::new(Code::DeadlineExceeded)
            .with_field("profile")
            .with_request_id(RequestId::accept("abc").unwrap());
        assert_eq!(
            problem.to_json(),
            r#"{"type":"/problems/deadline-exceeded","title":"The answer was not ready in time","status":504,"code":"deadline-exceeded","field":"profile","requestId":"abc"}"#
        );
    }

    #[test]
    fn only_a_client_error_is_passed_on() {
        assert_eq!(Problem::passed(StatusCode::NOT_FOUND).code(), Code::NotFound);
        assert_eq!(Problem::passed(StatusCode::IM_A_TEAPOT).status(), StatusCode::IM_A_TEAPOT);
        assert_eq!(Problem::passed(StatusCode::INTERNAL_SERVER_ERROR).status(), StatusCode::BAD_GATEWAY);
    }
}
