//! A streaming answer becomes a whole one, within the backend's limit.

use bytes::{Bytes, BytesMut};
use http_body::Body as _;
use http_body_util::BodyExt as _;

use crate::client::{CallFailure, Reply};
use crate::transport::Body;

/// Reads the whole body. A body of one frame, as most are, is not copied.
pub(crate) async fn whole(response: http::Response<Body>, limit: usize) -> Result<Reply, CallFailure> {
    let (head, mut body) = response.into_parts();
    if body.size_hint().lower() > limit as u64 {
        return Err(CallFailure::TooLarge { limit });
    }
    let mut first = Bytes::new();
    let mut joined = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(CallFailure::Transport)?.into_data() else { continue };
        if first.len().max(joined.len()) + data.len() > limit {
            return Err(CallFailure::TooLarge { limit });
        }
        if first.is_empty() && joined.is_empty() {
            first = data;
        } else {
            if joined.is_empty() {
                joined.extend_from_slice(&first);
            }
            joined.extend_from_slice(&data);
        }
    }
    let body = if joined.is_empty() { first } else { joined.freeze() };
    Ok(Reply { status: head.status, headers: head.headers, body, cached: None })
}
