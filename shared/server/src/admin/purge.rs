//! `POST /cache/purge`: drops kept answers of backends before their time.
//!
//! The body says which: `{"tags": ["catalog"]}` (with any of these tags), `{"backend": "catalog"}` or `{"all": true}`. The
//! answer says how many there were: `{"purged": 3}`. What was under way at that moment is not kept. Only this process is
//! meant: each gateway keeps its own.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::json;
use trefoil_backend::Purge;
use trefoil_context::{Code, Problem};

use super::Admin;

/// The most bytes of a request's body.
pub(super) const MAX_BODY: usize = 64 * 1024;
/// The most tags in one request.
const MAX_TAGS: usize = 256;

/// One of the three.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Asked {
    tags: Option<Vec<String>>,
    backend: Option<String>,
    all: Option<bool>,
}

/// See the file.
pub(super) async fn purge(
    State(admin): State<Admin>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    // A page in an operator's browser cannot send this media type to another origin without asking first.
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(Code::UnsupportedMediaType).with_detail("send the body as application/json"));
    }
    let body = body.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(Code::BodyTooLarge).with_detail(format!("at most {MAX_BODY} bytes are allowed"))
        }
        _ => Problem::new(Code::MalformedBody).with_detail("the body did not come whole"),
    })?;
    let purge = read(&body)?;
    let purged = admin.cache.purge(&purge);
    tracing::info!(purged, ?purge, "kept answers were purged");
    Ok(Json(json!({ "purged": purged })).into_response())
}

fn read(body: &[u8]) -> Result<Purge, Problem> {
    let malformed = |error: serde_json::Error| Problem::new(Code::MalformedBody).with_detail(error.to_string());
    let unfit = |detail: String| Problem::new(Code::InvalidInput).with_detail(detail);
    let value: serde_json::Value = serde_json::from_slice(body).map_err(malformed)?;
    let asked = Asked::deserialize(value).map_err(|error| unfit(error.to_string()))?;
    match asked {
        Asked { tags: Some(tags), backend: None, all: None } => {
            if tags.is_empty() || tags.len() > MAX_TAGS || tags.iter().any(String::is_empty) {
                return Err(unfit(format!("`tags` is a list of 1 to {MAX_TAGS} tags, none of them empty")));
            }
            Ok(Purge::Tags(tags))
        }
        Asked { tags: None, backend: Some(backend), all: None } if !backend.is_empty() => Ok(Purge::Backend(backend)),
        Asked { tags: None, backend: None, all: Some(true) } => Ok(Purge::All),
        _ => Err(unfit(
            "say which answers: one of `{\"tags\": [\"catalog\"]}`, `{\"backend\": \"catalog\"}`, `{\"all\": true}`"
                .to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_which_answers_in_one_way() {
        for (body, expected) in [
            (r#"{"tags":["a","b"]}"#, Purge::Tags(vec!["a".to_owned(), "b".to_owned()])),
            (r#"{"backend":"catalog"}"#, Purge::Backend("catalog".to_owned())),
            (r#"{"all":true}"#, Purge::All),
        ] {
            assert_eq!(read(body.as_bytes()).unwrap(), expected);
        }
        let many = json!({ "tags": vec!["a"; MAX_TAGS + 1] }).to_string();
        for (body, status) in [
            ("", 400),
            ("{", 400),
            ("[]", 422),
            ("{}", 422),
            (r#"{"tags":[]}"#, 422),
            (r#"{"tags":[""]}"#, 422),
            (r#"{"tags":"a"}"#, 422),
            (r#"{"tags":["a"],"all":true}"#, 422),
            (r#"{"all":false}"#, 422),
            (r#"{"backend":""}"#, 422),
            (r#"{"everything":true}"#, 422),
            (&many, 422),
        ] {
            assert_eq!(read(body.as_bytes()).unwrap_err().status().as_u16(), status, "{body}");
        }
    }
}
