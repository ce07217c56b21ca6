//! A request body that ends in an error once it runs over the limit, and remembers that it did.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use http_body::{Frame, SizeHint};
use http_body_util::{LengthLimitError, Limited};

/// Whether the body ran over. Shared with the layer that answers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overrun(Arc<AtomicBool>);

struct LimitedBody {
    inner: Limited<Body>,
    overrun: Overrun,
}

/// Bounds a body.
pub(crate) fn limit(body: Body, max_bytes: u64) -> (Body, Overrun) {
    let overrun = Overrun::default();
    let inner = Limited::new(body, usize::try_from(max_bytes).unwrap_or(usize::MAX));
    (Body::new(LimitedBody { inner, overrun: overrun.clone() }), overrun)
}

impl Overrun {
    /// Whether it did.
    pub(crate) fn happened(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl http_body::Body for LimitedBody {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(cx));
        if let Some(Err(error)) = &frame
            && error.is::<LengthLimitError>()
        {
            self.overrun.0.store(true, Ordering::Release);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
