//! A panic in a handler is that request's 500, logged once; the process and its other requests go on.

use std::any::Any;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use futures_util::future::CatchUnwind;
use pin_project_lite::pin_project;
use tower::{Layer, Service};
use trefoil_context::{Code, Problem};

use crate::visit::Visit;

/// See the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CatchPanicLayer;

/// The service of a [`CatchPanicLayer`].
#[derive(Debug, Clone)]
pub(crate) struct CatchPanic<S> {
    inner: S,
}

pin_project! {
    /// The future of a [`CatchPanic`].
    pub(crate) struct CatchPanicFuture<F> {
        visit: Option<Arc<Visit>>,
        // What a panic in `call` itself left behind; else the future goes on.
        panicked: Option<Box<dyn Any + Send>>,
        #[pin]
        inner: Option<CatchUnwind<AssertUnwindSafe<F>>>,
    }
}

// === impl CatchPanicLayer ===

impl<S> Layer<S> for CatchPanicLayer {
    type Service = CatchPanic<S>;

    fn layer(&self, inner: S) -> CatchPanic<S> {
        CatchPanic { inner }
    }
}

// === impl CatchPanic ===

impl<S> Service<Request> for CatchPanic<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = CatchPanicFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let visit = Visit::of(&request).cloned();
        // Nothing of the inner service is used again after a panic: each request has its own copy.
        match std::panic::catch_unwind(AssertUnwindSafe(|| self.inner.call(request))) {
            Ok(future) => {
                let inner = Some(AssertUnwindSafe(future).catch_unwind());
                CatchPanicFuture { visit, panicked: None, inner }
            }
            Err(panic) => CatchPanicFuture { visit, panicked: Some(panic), inner: None },
        }
    }
}

// === impl CatchPanicFuture ===

impl<F> Future for CatchPanicFuture<F>
where
    F: Future<Output = Result<Response, Infallible>>,
{
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let outcome = match (this.inner.as_pin_mut(), this.panicked.take()) {
            (_, Some(panic)) => Err(panic),
            (Some(inner), None) => ready!(inner.poll(cx)),
            // Polled after completion: a future may then stay pending for good.
            (None, None) => return Poll::Pending,
        };
        Poll::Ready(match outcome {
            Ok(answer) => answer,
            Err(panic) => {
                let request_id = this.visit.as_ref().map(|visit| visit.id.as_str());
                tracing::error!(request_id, panic = message(&*panic), "a handler panicked");
                Ok(Problem::new(Code::Internal).into_response())
            }
        })
    }
}

/// What the panic said, for the log only.
fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
