//! The body of a request, as it came. How many bytes it may have, and how long it may take, is the edge's.

use axum::extract::Request;
use bytes::Bytes;
use http::header;
use trefoil_context::{Code, Place, Problem};

use crate::media::is_json;
use crate::plan::Plan;

/// Reads the whole of it, if the endpoint takes one. `None` where there is none and there need be none.
pub(super) async fn read(plan: &Plan, request: &mut Request) -> Result<Option<Bytes>, Problem> {
    let Some(param) = plan.params.iter().find(|param| param.place == Place::Body) else { return Ok(None) };
    let unsupported = || Problem::new(Code::UnsupportedMediaType);
    let said = request.headers().contains_key(header::CONTENT_TYPE);
    let optional = param.shape.is_nullable();
    if (said && !is_json(request.headers())) || (!said && !optional) {
        return Err(unsupported());
    }
    let body = axum::body::to_bytes(std::mem::take(request.body_mut()), usize::MAX).await;
    let body = body.map_err(|_| Problem::new(Code::BadRequest).with_detail("the body did not come whole"))?;
    match (body.is_empty(), said) {
        (true, _) if optional => Ok(None),
        (_, false) => Err(unsupported()),
        (_, true) => Ok(Some(body)),
    }
}
