//! `POST /graphql` as "GraphQL over HTTP" has it, and what GET answers.
//!
//! An operation is sent by POST alone: GET `/graphql` is public, since it is the explorer's page, so a GET never has a
//! caller. A GET with `query=` is answered with 405.
//!
//! Statuses: what is no GraphQL request is a problem (400, 406, 413, 415, 422). With `application/json` every other answer is
//! a 200; with `application/graphql-response+json` a document or variables that do not do are a 400.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, Request};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{RequestExt as _, Router};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use trefoil_context::{Code, Problem, RequestContext};

use super::execute::{Answered, Asks, Face};
use super::explorer;
use super::negotiate::{Form, accepts_html, negotiate};
use super::request::GraphqlRequest;
use crate::idempotency::REPLAYED;
use crate::media::is_json;
use crate::server_timing::{self, SERVER_TIMING};

/// The most bytes of a request's body: a document, and variables.
const MAX_BODY: usize = 256 * 1024;

/// `/graphql` and what is below it.
pub(crate) fn routes(face: Arc<Face>) -> Router {
    let page = Arc::new(explorer::Explorer::new(&face));
    let for_page = Arc::clone(&page);
    let by_get = move |request: Request| std::future::ready(by_get(&for_page, &request));
    let by_post = move |request: Request| {
        let face = Arc::clone(&face);
        async move { serve(&face, request).await.unwrap_or_else(|problem| (*problem).into_response()) }
    };
    let api = get(by_get).post(by_post).layer(DefaultBodyLimit::max(MAX_BODY));
    Router::new().route("/graphql", api).route(
        "/graphql/{*file}",
        get(move |Path(file): Path<String>, headers: HeaderMap| {
            let page = Arc::clone(&page);
            async move { page.file(&file, &headers).await }
        }),
    )
}

fn by_get(explorer: &explorer::Explorer, request: &Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let asks = query.split('&').any(|pair| pair == "query" || pair.starts_with("query="));
    if asks || !accepts_html(request.headers()) {
        return Problem::new(Code::MethodNotAllowed)
            .with_detail("send operations by POST, as application/json")
            .with_header(header::ALLOW, HeaderValue::from_static("POST"))
            .into_response();
    }
    explorer.page(request.headers())
}

async fn serve(face: &Face, mut request: Request) -> Result<Response, Box<Problem>> {
    let context = request.extensions_mut().remove::<RequestContext>();
    // Default deny: what did not come through the edge has no context, and no answer.
    let context =
        context.ok_or_else(|| Box::new(Problem::new(Code::Internal).with_detail("the request has no context")))?;
    let named = |problem: Problem| Box::new(problem.with_request_id(context.id.clone()));

    let Some(form) = negotiate(request.headers()) else {
        let detail = "answers are application/graphql-response+json or application/json";
        return Err(named(Problem::new(Code::NotAcceptable).with_detail(detail)));
    };
    if !is_json(request.headers()) {
        return Err(named(Problem::new(Code::UnsupportedMediaType)));
    }
    let headers = request.headers().clone();
    let body = request.extract::<Bytes, _>().await.map_err(|error| named(unreadable(error.status())))?;
    let request = GraphqlRequest::read(&body).map_err(named)?;
    let asks = Asks { context: &context, headers: &headers };
    Ok(respond(form, face.answer(&request, asks).await))
}

/// A body that is too large, or whose sender left.
fn unreadable(status: StatusCode) -> Problem {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(Code::BodyTooLarge).with_detail(format!("at most {MAX_BODY} bytes are allowed"));
    }
    Problem::new(Code::BadRequest).with_detail("the body did not come whole")
}

fn respond(form: Form, answered: Answered) -> Response {
    let (status, body, executed) = match (form, answered) {
        (Form::Json, Answered::Refused(body)) => (StatusCode::OK, body, None),
        (Form::GraphqlResponse, Answered::Refused(body)) => (StatusCode::BAD_REQUEST, body, None),
        (_, Answered::Executed(executed)) => (StatusCode::OK, executed.body.clone(), Some(executed)),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(match form {
            Form::Json => "application/json; charset=utf-8",
            Form::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        }),
    );
    if !executed.as_ref().is_some_and(|executed| executed.complete) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if executed.as_ref().is_some_and(|executed| executed.replayed) {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    if let Some(timing) = executed.and_then(|executed| server_timing::header(executed.timings.into_iter())) {
        headers.insert(SERVER_TIMING, timing);
    }
    response
}
