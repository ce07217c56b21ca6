//! What the services share in how they answer: JSON, `{"error": …}`, and limits that are checked.

use axum::Json;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, StatusCode, Uri};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

/// How many items an answer holds in all, whatever the limit.
pub(super) const TOTAL: HeaderName = HeaderName::from_static("x-total-count");

/// A call that is answered with an error.
pub(super) struct Refusal(StatusCode, String);

pub(super) type Answer = Result<Response, Refusal>;

pub(super) fn found(value: impl Serialize) -> Answer {
    Ok(Json(value).into_response())
}

/// A list, with `X-Total-Count`.
pub(super) fn listed(total: usize, items: impl Serialize) -> Answer {
    Ok(([(TOTAL, total.to_string())], Json(items)).into_response())
}

pub(super) fn missing(what: impl Into<String>) -> Refusal {
    Refusal(StatusCode::NOT_FOUND, what.into())
}

pub(super) fn conflict(why: impl Into<String>) -> Refusal {
    Refusal(StatusCode::CONFLICT, why.into())
}

pub(super) fn bad(why: impl Into<String>) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, why.into())
}

pub(super) fn unfit(why: impl Into<String>) -> Refusal {
    Refusal(StatusCode::UNPROCESSABLE_ENTITY, why.into())
}

/// The query, typed. Names that the type does not know are ignored, as services do.
pub(super) fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Refusal> {
    Query::try_from_uri(uri).map(|Query(query)| query).map_err(|rejection| bad(rejection.body_text()))
}

/// A page's size: none or so many, never more than `most`.
pub(super) fn limit(asked: Option<usize>, usual: usize, most: usize) -> Result<usize, Refusal> {
    match asked {
        None => Ok(usual),
        Some(asked) if asked <= most => Ok(asked),
        Some(asked) => Err(bad(format!("limit is {asked}, and must be at most {most}"))),
    }
}

/// Ids separated by commas, at most 200.
pub(super) fn ids(text: &str) -> Result<Vec<u64>, Refusal> {
    let ids: Result<Vec<u64>, _> = text.split(',').filter(|id| !id.is_empty()).map(str::parse).collect();
    match ids {
        Ok(ids) if ids.len() <= 200 => Ok(ids),
        Ok(ids) => Err(bad(format!("{} ids asked for, and 200 are the most", ids.len()))),
        Err(_) => Err(bad("ids must be numbers separated by commas")),
    }
}

pub(super) async fn no_such_path(uri: Uri) -> Refusal {
    missing(format!("nothing at {}", uri.path()))
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}
