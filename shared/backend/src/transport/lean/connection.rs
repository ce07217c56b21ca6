//! A connection that whoever waits on it drives.
//!
//! hyper's halves tell each other by wakers that there is something to do. Here one task has both, and looks at the one after
//! it has polled the other; a waker of the task in all of hyper's places would wake it for what it has just done itself. So progress is
//! made quietly, with a waker that does nothing, and the task's own is put where the socket is only when there is
//! nothing left to do but wait. A connection that lies idle has been polled quietly last: it wakes nobody and holds no task's memory.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http1};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::transport::Body;

/// One connection: hyper's two halves of it, and how far it has come.
pub(super) struct Connection {
    sender: http1::SendRequest<Body>,
    /// `None` once it has ended.
    driver: Option<http1::Connection<TokioIo<TcpStream>, Body>>,
    /// Whether it was polled quietly last.
    quiet: bool,
    /// Whether somebody waits for an answer on it.
    owing: bool,
}

impl Connection {
    pub(super) fn new(
        sender: http1::SendRequest<Body>,
        driver: http1::Connection<TokioIo<TcpStream>, Body>,
    ) -> Connection {
        Connection { sender, driver: Some(driver), quiet: true, owing: false }
    }

    /// Hands over a request. The connection must be polled for anything to happen.
    pub(super) fn send(
        &mut self,
        request: Request<Body>,
    ) -> impl Future<Output = Result<Response<Incoming>, TrySendError<Request<Body>>>> + use<> {
        self.owing = true;
        self.sender.try_send_request(request)
    }

    /// Goes as far as it can, and leaves no waker behind.
    pub(super) fn poll_quietly(&mut self) {
        self.quiet = true;
        self.advance(&mut Context::from_waker(Waker::noop()));
    }

    /// Goes as far as it can, and wakes the task when it can go on.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) {
        self.quiet = false;
        self.advance(cx);
    }

    fn advance(&mut self, cx: &mut Context<'_>) {
        // Why it ended is told to who waits for the answer. With it hyper's half goes, which fails what it still owed.
        let ended = self.driver.as_mut().is_some_and(|driver| Pin::new(driver).poll(cx).is_ready());
        if ended {
            self.driver = None;
        }
    }

    /// Whether it takes another request: the last one and its answer went over it whole, neither side wants to close it, and
    /// nothing came after the answer.
    pub(super) fn is_free(&mut self) -> bool {
        if !self.quiet {
            self.poll_quietly();
        }
        self.driver.is_some() && self.sender.is_ready()
    }

    /// The answer is whole.
    pub(super) fn settle(&mut self) {
        self.owing = false;
    }
}

impl Drop for Connection {
    /// One that still owes an answer is reset. So the backend learns at once that nobody waits, and no port of ours stays taken for
    /// a minute (TIME-WAIT), which would soon be all there are where many calls time out.
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take().filter(|_| self.owing) {
            let _ = driver.into_parts().io.into_inner().set_zero_linger();
        }
    }
}

/// Polls with a waker that does nothing: for what can only have changed by polling its connection.
pub(super) fn quietly<T>(poll: impl FnOnce(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
    poll(&mut Context::from_waker(Waker::noop()))
}
