//! One request over one connection, until the head of its answer is in; with as much of the body as came along.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use http::{Request, Response};
use hyper::client::conn::TrySendError;

use super::connection::quietly;
use super::pool::Lease;
use super::rest::Rest;
use crate::transport::answer;
use crate::transport::{Body, TransportError};

/// Why there is no answer.
pub(super) enum Failed {
    /// The connection was closed before anything of the request was sent; here it is again.
    Unsent(Box<Request<Body>>, TransportError),
    /// Some of it may have been sent.
    Broken(TransportError),
}

impl Failed {
    pub(super) fn into_error(self) -> TransportError {
        let (Failed::Unsent(_, error) | Failed::Broken(error)) = self;
        error
    }
}

impl From<TrySendError<Request<Body>>> for Failed {
    fn from(mut error: TrySendError<Request<Body>>) -> Failed {
        let broken = TransportError::Broken(answer::reason(error.error()));
        match error.take_message() {
            Some(request) => Failed::Unsent(Box::new(request), broken),
            None => Failed::Broken(broken),
        }
    }
}

/// Sends `request` and waits for its answer. Dropped, it takes the connection along.
pub(super) async fn run(mut lease: Lease, request: Request<Body>) -> Result<Response<Body>, Failed> {
    let mut answered = pin!(lease.connection().send(request));
    let mut sent = false;
    let response = poll_fn(|cx| {
        // First it is written; there can be no answer yet. Woken after that, most often all of the answer is there: with a quiet
        // poll it is read and the connection free.
        if std::mem::replace(&mut sent, true) {
            lease.connection().poll_quietly();
            if let Poll::Ready(response) = quietly(|cx| answered.as_mut().poll(cx)) {
                return Poll::Ready(response);
            }
        }
        lease.connection().poll(cx);
        quietly(|cx| answered.as_mut().poll(cx))
    })
    .await?;
    let (head, incoming) = response.into_parts();
    answer::check(&head).map_err(Failed::Broken)?;
    let body = Rest::of(lease, incoming).into_body().map_err(Failed::Broken)?;
    Ok(Response::from_parts(head, body))
}
