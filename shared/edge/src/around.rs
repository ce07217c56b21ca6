//! How most layers are written: what happens before the rest of the stack, and what happens after.
//!
//! It is one generic service with one future, so that a layer's file holds its behaviour and nothing else, and so that
//! the common path allocates nothing.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use pin_project_lite::pin_project;
use tower::{Layer, Service};
use trefoil_context::Problem;

/// A layer's behaviour.
pub(crate) trait Around: Clone + Send + Sync + 'static {
    /// What `before` hands to `after`. It is dropped if the client leaves in between.
    type Kept: Send + 'static;

    /// A copy for one route: the place for what is worked out once per route. Called at build time.
    fn for_route(&self) -> Self {
        self.clone()
    }

    /// Looks at the request, may alter it, and decides.
    fn before(&self, request: &mut Request) -> Step<Self::Kept>;

    /// Runs right before the rest of the stack is called, after any waiting.
    fn enter(&self, _kept: &Self::Kept, _request: &mut Request) {}

    /// May alter the answer of the rest of the stack. Not called for answers that `before` gave.
    fn after(&self, _kept: Self::Kept, _response: &mut Response) {}
}

/// What becomes of a request.
pub(crate) enum Step<K> {
    /// It goes on.
    Go(K),
    /// It is answered here.
    Stop(Response),
    /// It waits, then goes on or is refused.
    Wait(BoxFuture<'static, Result<K, Problem>>),
}

/// Makes a layer of a behaviour.
#[derive(Debug, Clone)]
pub(crate) struct AroundLayer<A>(pub(crate) A);

/// The service of an [`AroundLayer`].
#[derive(Debug, Clone)]
pub(crate) struct AroundService<A, S> {
    around: A,
    inner: S,
}

pin_project! {
    /// The future of an [`AroundService`].
    pub(crate) struct AroundFuture<A, S>
    where
        A: Around,
        S: Service<Request>,
    {
        around: A,
        kept: Option<A::Kept>,
        #[pin]
        state: State<A::Kept, S, S::Future>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<K, S, F> {
        Stopped { response: Option<Response> },
        // Boxed whole: it is rare, and every layer's future would be as large as a request otherwise.
        Waiting { waiting: Option<Box<Waiting<K, S>>> },
        Running { #[pin] future: F },
    }
}

struct Waiting<K, S> {
    outcome: BoxFuture<'static, Result<K, Problem>>,
    request: Request,
    inner: S,
}

// === impl Step ===

impl<K> Step<K> {
    /// Refuses the request.
    pub(crate) fn refuse(problem: Problem) -> Step<K> {
        Step::Stop(problem.into_response())
    }
}

// === impl AroundLayer ===

impl<A: Around, S> Layer<S> for AroundLayer<A> {
    type Service = AroundService<A, S>;

    fn layer(&self, inner: S) -> Self::Service {
        AroundService { around: self.0.for_route(), inner }
    }
}

// === impl AroundService ===

impl<A, S> Service<Request> for AroundService<A, S>
where
    A: Around,
    S: Service<Request, Response = Response, Error = Infallible> + Clone,
{
    type Response = Response;
    type Error = Infallible;
    type Future = AroundFuture<A, S>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let around = self.around.clone();
        match around.before(&mut request) {
            Step::Go(kept) => {
                around.enter(&kept, &mut request);
                let future = self.inner.call(request);
                AroundFuture { around, kept: Some(kept), state: State::Running { future } }
            }
            Step::Stop(response) => {
                AroundFuture { around, kept: None, state: State::Stopped { response: Some(response) } }
            }
            Step::Wait(outcome) => {
                // The service that was made ready is the one to call; a clone takes its place.
                let clone = self.inner.clone();
                let inner = std::mem::replace(&mut self.inner, clone);
                let waiting = Some(Box::new(Waiting { outcome, request, inner }));
                AroundFuture { around, kept: None, state: State::Waiting { waiting } }
            }
        }
    }
}

// === impl AroundFuture ===

impl<A, S> Future for AroundFuture<A, S>
where
    A: Around,
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let running = match this.state.as_mut().project() {
                StateProjection::Running { future } => {
                    let mut response = ready!(future.poll(cx))?;
                    if let Some(kept) = this.kept.take() {
                        this.around.after(kept, &mut response);
                    }
                    return Poll::Ready(Ok(response));
                }
                StateProjection::Stopped { response } => match response.take() {
                    Some(response) => return Poll::Ready(Ok(response)),
                    // Polled after completion: a future may then stay pending for good.
                    None => return Poll::Pending,
                },
                StateProjection::Waiting { waiting } => {
                    let Some(mut wait) = waiting.take() else { return Poll::Pending };
                    match wait.outcome.as_mut().poll(cx) {
                        Poll::Pending => {
                            *waiting = Some(wait);
                            return Poll::Pending;
                        }
                        Poll::Ready(Err(problem)) => return Poll::Ready(Ok(problem.into_response())),
                        Poll::Ready(Ok(kept)) => {
                            let Waiting { mut request, mut inner, .. } = *wait;
                            this.around.enter(&kept, &mut request);
                            *this.kept = Some(kept);
                            State::Running { future: inner.call(request) }
                        }
                    }
                }
            };
            this.state.set(running);
        }
    }
}
