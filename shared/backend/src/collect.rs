//! A streaming answer becomes a whole one, within the backend's limit.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use tokio::task::yield_now;

use crate::client::{CallFailure, Reply};
use crate::inflate;
use crate::transport::Body;

/// After so many pieces, each of 64 KiB at the most, others have their turn.
const PIECES_A_TURN: u32 = 8;

/// Reads the whole body. `max_ratio`: a compressed one was asked for, may be so dense, and is decoded.
pub(crate) async fn whole(
    response: http::Response<Body>,
    limit: usize,
    max_ratio: Option<u32>,
) -> Result<Reply, CallFailure> {
    let (mut head, body) = response.into_parts();
    let compressed = max_ratio.filter(|_| inflate::takes_off(&mut head));
    let body = match (body, compressed) {
        (Body::Empty, _) => Bytes::new(),
        // Boxed, as all is that not every call does.
        (body, Some(max_ratio)) => Box::pin(inflate::inflated(body, limit, max_ratio)).await?,
        (Body::Full(bytes), None) if bytes.len() > limit => return Err(CallFailure::TooLarge { limit }),
        (Body::Full(bytes), None) => bytes,
        // Boxed likewise.
        (body @ Body::Stream(_), None) => Box::pin(collected(body, limit)).await?,
    };
    Ok(Reply { status: head.status, headers: head.headers, body, cached: None })
}

/// A body that comes in pieces; one of a single piece is not copied.
async fn collected(mut body: Body, limit: usize) -> Result<Bytes, CallFailure> {
    let mut first = Bytes::new();
    let mut joined = BytesMut::new();
    let mut pieces: u32 = 0;
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
        // A backend that never stops sending must not keep others, nor the timers, from their turn.
        pieces += 1;
        if pieces.is_multiple_of(PIECES_A_TURN) {
            yield_now().await;
        }
    }
    Ok(if joined.is_empty() { first } else { joined.freeze() })
}
