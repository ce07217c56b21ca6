//! Every error answer is `application/problem+json` with the request id, also those that a router or a library made.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use trefoil_context::{Code, Problem};

use crate::around::{Around, Step};
use crate::visit::Visit;

/// Media types of error answers that say all there is to say in a form of their own.
const OWN_FORMS: [&str; 2] = ["application/problem+json", "application/graphql-response+json"];

/// See the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RenderProblems;

impl Around for RenderProblems {
    type Kept = Option<Arc<Visit>>;

    fn before(&self, request: &mut Request) -> Step<Option<Arc<Visit>>> {
        Step::Go(Visit::of(request).cloned())
    }

    fn after(&self, kept: Option<Arc<Visit>>, response: &mut Response) {
        let (Some(visit), true) = (kept, is_error(response.status())) else { return };
        let problem = match response.extensions_mut().remove::<Problem>() {
            Some(problem) if problem.has_request_id() => {
                response.extensions_mut().insert(problem);
                return;
            }
            Some(problem) => problem,
            None if has_own_form(response.headers()) => return,
            None => problem_for(response.status(), visit.route.is_some()),
        };
        render(problem.with_request_id(visit.id.clone()), response);
    }
}

fn is_error(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

fn has_own_form(headers: &HeaderMap) -> bool {
    let Some(Ok(value)) = headers.get(header::CONTENT_TYPE).map(HeaderValue::to_str) else { return false };
    let essence = value.split(';').next().unwrap_or_default().trim();
    OWN_FORMS.iter().any(|form| essence.eq_ignore_ascii_case(form))
}

/// The problem of an answer that came without one; it keeps a client error's status.
fn problem_for(status: StatusCode, has_route: bool) -> Problem {
    if status == StatusCode::NOT_FOUND && has_route {
        return Problem::new(Code::NotFound);
    }
    let code = Code::for_status(status);
    if status.is_client_error() && code.status() != status { Problem::passed(status) } else { Problem::new(code) }
}

/// Puts the problem in the place of the body. Headers that are not about the old body stay: `Allow`, `Retry-After`,
/// `WWW-Authenticate`, those of CORS and quota.
fn render(problem: Problem, response: &mut Response) {
    *response.status_mut() = problem.status();
    let headers = response.headers_mut();
    for of_the_old_body in [
        header::CONTENT_LENGTH,
        header::CONTENT_ENCODING,
        header::CONTENT_RANGE,
        header::ETAG,
        header::LAST_MODIFIED,
        header::TRANSFER_ENCODING,
    ] {
        headers.remove(of_the_old_body);
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    *response.body_mut() = Body::from(problem.to_json());
    response.extensions_mut().insert(problem);
}
