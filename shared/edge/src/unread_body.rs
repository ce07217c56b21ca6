//! What was not read of a request's body does not stand before the next request of its connection.
//!
//! HTTP/1.1 serves one request at a time, so an answer that came without its request being read to the end (a refusal,
//! mostly) leaves the rest on the connection. A small rest is read and thrown away, and the connection lives on; before
//! any other the connection is ended, and the answer says so: a client that pools connections would send its next request
//! into one that is about to close (RFC 9112 section 9.6).

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::Request;
use axum::response::Response;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::{HeaderValue, StatusCode, Version, header};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;
use pin_project_lite::pin_project;
use tower::{Layer, Service};

/// The most bytes that are read in order to be thrown away. More would cost more than a new connection does.
const SMALL: u64 = 64 * 1024;

/// How long they may take to come. The answer waits for them.
const PATIENCE: Duration = Duration::from_millis(100);

/// See the file.
#[derive(Debug, Clone)]
pub(crate) struct UnreadBodyLayer;

#[derive(Debug, Clone)]
pub(crate) struct UnreadBody<S>(S);

/// Where a body is put that is dropped before its end.
type Left = Arc<Mutex<Option<Body>>>;

/// A body that is not lost when it is dropped.
struct Watched {
    inner: Body,
    ended: bool,
    left: Left,
}

pin_project! {
    pub(crate) struct UnreadBodyFuture<F> {
        // Where the rest of the body will be, and whether the client waits to be asked for it. `None` where there is none, or
        // where requests do not stand behind one another.
        watched: Option<(Left, bool)>,
        #[pin]
        future: F,
        // Rare, so it is boxed.
        ending: Option<BoxFuture<'static, Response>>,
    }
}

impl<S> Layer<S> for UnreadBodyLayer {
    type Service = UnreadBody<S>;

    fn layer(&self, inner: S) -> UnreadBody<S> {
        UnreadBody(inner)
    }
}

impl<S> Service<Request> for UnreadBody<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = UnreadBodyFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let mut watched = None;
        if request.version() < Version::HTTP_2 && !request.body().is_end_stream() {
            let left = Left::default();
            let inner = std::mem::take(request.body_mut());
            *request.body_mut() = Body::new(Watched { inner, ended: false, left: Arc::clone(&left) });
            watched = Some((left, request.headers().contains_key(header::EXPECT)));
        }
        UnreadBodyFuture { watched, future: self.0.call(request), ending: None }
    }
}

impl<F> Future for UnreadBodyFuture<F>
where
    F: Future<Output = Result<Response, Infallible>>,
{
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            if let Some(ending) = this.ending {
                return ending.as_mut().poll(cx).map(Ok);
            }
            let response = ready!(this.future.as_mut().poll(cx))?;
            let left = this.watched.take().and_then(|(left, expects)| Some((take(&left)?, expects)));
            // Somebody has read it to its end, or still does.
            let Some((rest, expects)) = left else { return Poll::Ready(Ok(response)) };
            *this.ending = Some(end(rest, expects, response).boxed());
        }
    }
}

/// Reads a small rest, or says that the connection ends.
async fn end(rest: Body, expects: bool, mut response: Response) -> Response {
    let small = rest.size_hint().upper().is_some_and(|bytes| bytes <= SMALL);
    // Who waits to be asked for a body (RFC 9110 section 10.1.1) may never send it, and reading would ask. What is late has
    // been waited for.
    let comes = small && !expects && response.status() != StatusCode::REQUEST_TIMEOUT;
    let gone = comes && tokio::time::timeout(PATIENCE, drained(rest)).await.is_ok_and(|whole| whole);
    if !gone {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Whether the body came to its end.
async fn drained(mut body: Body) -> bool {
    while let Some(frame) = body.frame().await {
        if frame.is_err() {
            return false;
        }
    }
    true
}

fn take(left: &Left) -> Option<Body> {
    left.lock().unwrap_or_else(PoisonError::into_inner).take()
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(cx));
        // After an error nothing more comes, and the connection is not one that could be used again.
        self.ended = !matches!(frame, Some(Ok(_)));
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if !self.ended && !self.inner.is_end_stream() {
            let rest = std::mem::take(&mut self.inner);
            *self.left.lock().unwrap_or_else(PoisonError::into_inner) = Some(rest);
        }
    }
}

impl<F> std::fmt::Debug for UnreadBodyFuture<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnreadBodyFuture").finish_non_exhaustive()
    }
}
