//! Answers without content say no length of it (RFC 9110 section 8.6): in a 204 it is forbidden, and in a 304 it would be the length
//! of what was not sent.
//!
//! axum says the length of every body that knows its own, an empty one too. So these have one that does not.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use http::{StatusCode, header};
use http_body::{Frame, SizeHint};

/// A body that is at its end, and says nothing of a length.
struct Unmeasured;

/// Leaves the length out, where the status says that there is no content.
pub(crate) fn leave_length_out(response: &mut Response) {
    if matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = Body::new(Unmeasured);
    }
}

impl HttpBody for Unmeasured {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        true
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
