//! A body that must be here in time: its reader gets an error when time is up, and a flag tells that this happened.
//!
//! What has already arrived is never refused: only waiting for more is bounded. A handler that takes its time to read
//! is not the client's fault.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep_until};

/// Whether time ran out. Shared with the layer that answers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Late(Arc<AtomicBool>);

/// The rest of the body did not come in time.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the body did not arrive in time")]
struct TooSlow;

pin_project! {
    struct TimedBody {
        inner: Body,
        // Costs nothing until it is waited for: a body that is here at once starts no timer.
        #[pin]
        until: Sleep,
        late: Late,
    }
}

/// Bounds the wait for a body.
pub(crate) fn expect(body: Body, until: Instant) -> (Body, Late) {
    let late = Late::default();
    (Body::new(TimedBody { inner: body, until: sleep_until(until), late: late.clone() }), late)
}

impl Late {
    /// Whether it did.
    pub(crate) fn happened(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl http_body::Body for TimedBody {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = self.project();
        if let Poll::Ready(frame) = Pin::new(&mut *this.inner).poll_frame(cx) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        if this.until.poll(cx).is_pending() {
            return Poll::Pending;
        }
        this.late.0.store(true, Ordering::Release);
        // Nothing more is wanted of it, however often the reader asks.
        *this.inner = Body::empty();
        Poll::Ready(Some(Err(TooSlow.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
