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

use super::execute::{Answered, Face};
use super::explorer;
use super::request::GraphqlRequest;

/// The most bytes of a request's body: a document, and variables.
const MAX_BODY: usize = 256 * 1024;

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `application/json`: what old clients know.
    Json,
    /// `application/graphql-response+json`: its status says whether the request was understood.
    GraphqlResponse,
}

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
    explorer.page()
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
    let body = request.extract::<Bytes, _>().await.map_err(|error| named(unreadable(error.status())))?;
    let request = GraphqlRequest::read(&body).map_err(named)?;
    Ok(respond(form, face.answer(&request, &context).await))
}

/// A body that is too large, or whose sender left.
fn unreadable(status: StatusCode) -> Problem {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(Code::BodyTooLarge).with_detail(format!("at most {MAX_BODY} bytes are allowed"));
    }
    Problem::new(Code::BadRequest).with_detail("the body did not come whole")
}

fn respond(form: Form, answered: Answered) -> Response {
    let (status, body, complete) = match (form, answered) {
        (Form::Json, Answered::Refused(body)) => (StatusCode::OK, body, false),
        (Form::GraphqlResponse, Answered::Refused(body)) => (StatusCode::BAD_REQUEST, body, false),
        (_, Answered::Executed { body, complete }) => (StatusCode::OK, body, complete),
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
    if !complete {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(value)) = headers.get(header::CONTENT_TYPE).map(HeaderValue::to_str) else { return false };
    let mut parts = value.split(';').map(str::trim);
    let json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    // JSON is UTF-8 and nothing else.
    let utf8 = |part: &str| {
        let Some((name, value)) = part.split_once('=') else { return true };
        !name.trim().eq_ignore_ascii_case("charset") || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    };
    json && parts.all(utf8)
}

/// The form that the client prefers; `application/json` to one that does not care. `None` if it accepts neither.
fn negotiate(headers: &HeaderMap) -> Option<Form> {
    let json = quality(headers, "application", "json");
    let response = quality(headers, "application", "graphql-response+json");
    let (form, best) = match response.quality.cmp(&json.quality) {
        std::cmp::Ordering::Greater => (Form::GraphqlResponse, response),
        // Who names it knows it.
        std::cmp::Ordering::Equal if response.named => (Form::GraphqlResponse, response),
        std::cmp::Ordering::Equal | std::cmp::Ordering::Less => (Form::Json, json),
    };
    (best.quality > 0).then_some(form)
}

fn accepts_html(headers: &HeaderMap) -> bool {
    quality(headers, "text", "html").quality > 0
}

/// How much a media type is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wanted {
    /// In thousandths.
    quality: u16,
    /// Whether it was named in full.
    named: bool,
}

/// What `Accept` says about a media type: its most specific range counts (RFC 9110, section 12.5.1).
fn quality(headers: &HeaderMap, kind: &str, subtype: &str) -> Wanted {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges: Vec<&str> =
        values.flat_map(|value| value.split(',')).map(str::trim).filter(|range| !range.is_empty()).collect();
    if ranges.is_empty() {
        return Wanted { quality: 1000, named: false };
    }
    let mut best = (0, Wanted { quality: 0, named: false });
    for range in ranges {
        let mut parts = range.split(';').map(str::trim);
        let (left, right) = parts.next().and_then(|essence| essence.split_once('/')).unwrap_or_default();
        let specific = match (left.eq_ignore_ascii_case(kind), right.eq_ignore_ascii_case(subtype)) {
            (true, true) => 3,
            (true, false) if right == "*" => 2,
            (false, _) if left == "*" && right == "*" => 1,
            _ => continue,
        };
        if specific > best.0 {
            let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
            best = (specific, Wanted { quality: weight.map_or(1000, thousandths), named: specific == 3 });
        }
    }
    best.1
}

/// A weight in thousandths; what is none counts as zero.
fn thousandths(weight: &str) -> u16 {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(fraction) || fraction.len() > 3 {
        return 0;
    }
    match whole {
        "1" => 1000,
        "0" => format!("{fraction:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, value.parse().unwrap());
        headers
    }

    #[test]
    fn the_form_is_what_the_client_prefers() {
        assert_eq!(negotiate(&HeaderMap::new()), Some(Form::Json));
        for (value, form) in [
            ("*/*", Some(Form::Json)),
            ("application/json", Some(Form::Json)),
            ("application/*", Some(Form::Json)),
            ("application/graphql-response+json", Some(Form::GraphqlResponse)),
            ("application/json, application/graphql-response+json", Some(Form::GraphqlResponse)),
            ("application/graphql-response+json;q=0.5, application/json;q=0.9", Some(Form::Json)),
            ("application/graphql-response+json;q=0, */*;q=0.1", Some(Form::Json)),
            ("text/html", None),
            ("application/json;q=0", None),
        ] {
            assert_eq!(negotiate(&accept(value)), form, "{value}");
        }
    }

    #[test]
    fn a_browser_accepts_a_page_and_an_api_client_does_not() {
        assert!(accepts_html(&accept("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")));
        assert!(accepts_html(&accept("*/*")));
        assert!(!accepts_html(&accept("application/json")));
    }
}
