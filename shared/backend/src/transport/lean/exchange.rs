//! One request over one connection, until the head of its answer is in; with as much of the body as came along.

use std::io::{self, IoSlice};
use std::task::{Context, Poll, ready};

use http::{Request, Response};

use super::buffers;
use super::connection::Connection;
use super::inbox::{Answer, Inbox};
use super::outbox::{Outbox, Stuck};
use super::pool::{Lease, Place};
use super::request::{Host, write_head};
use super::rest::Rest;
use crate::transport::{Body, TransportError};

/// A request on its way, and its answer. Dropped, it takes the connection along.
pub(super) struct Exchange {
    lease: Lease,
    /// Whether anything has been sent.
    begun: bool,
    /// `None` when all has been sent.
    outbox: Option<Outbox>,
    /// Why the other side did not take the rest of the request.
    unsent: Option<io::Error>,
    inbox: Inbox,
}

/// Why there is no answer.
pub(super) enum Failed {
    /// The connection was closed, or spoke up, before anything of the request was sent: it is there as it was.
    Unsent(TransportError),
    /// Some of it may have been sent, or it cannot be sent at all.
    Broken(TransportError),
}

impl Exchange {
    pub(super) fn new(lease: Lease) -> Exchange {
        Exchange { lease, begun: false, outbox: None, unsent: None, inbox: Inbox::default() }
    }

    /// Sends `request`, whose body is taken out of it when something of it has been sent, and waits for the answer.
    pub(super) fn poll(
        &mut self,
        request: &mut Request<Body>,
        host: &Host,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Answer, Failed>> {
        if !self.begun {
            self.lease.connection().check_silent().map_err(Failed::Unsent)?;
            let begun = ready!(begin(self.lease.connection(), request, host, cx)).map_err(Failed::Broken)?;
            self.outbox = begun.map_err(|error| Failed::Unsent(TransportError::Broken(error.to_string())))?;
            self.begun = true;
        }
        // Sending goes on while the answer is waited for: it may come first.
        if let Some(outbox) = &mut self.outbox
            && let Poll::Ready(sent) = outbox.poll(self.lease.connection(), cx)
        {
            self.outbox = None;
            match sent {
                Ok(()) => {}
                Err(Stuck::Closed(error)) => self.unsent = Some(error),
                Err(Stuck::Body(error)) => return Poll::Ready(Err(Failed::Broken(error))),
            }
        }
        loop {
            let answer = buffers::read(|buffer| {
                let read = ready!(self.lease.connection().poll_read(cx, buffer));
                Poll::Ready(self.received(request, buffer, read))
            });
            if let Some(answer) = ready!(answer).map_err(Failed::Broken)? {
                return Poll::Ready(Ok(answer));
            }
        }
    }

    /// What has been read, at the beginning of `buffer`.
    fn received(
        &mut self,
        request: &Request<Body>,
        buffer: &[u8],
        read: io::Result<usize>,
    ) -> Result<Option<Answer>, TransportError> {
        match read {
            Ok(0) => {
                self.inbox.end(request.method())?;
                let why = self.unsent.as_ref().map(io::Error::to_string);
                Err(TransportError::Broken(why.unwrap_or_else(|| "closed before an answer came".to_owned())))
            }
            Ok(read) => Ok(self.inbox.take(&buffer[..read], request.method())?),
            Err(error) => Err(TransportError::Broken(error.to_string())),
        }
    }

    /// The answer, which takes over the connection as long as its body is not whole.
    pub(super) fn answered(self, Answer { head, decoder, data, more }: Answer) -> Response<Body> {
        // After half a request there is no place for the next.
        let keeps = head.keeps && !more && self.unsent.is_none();
        let body = if decoder.has_ended() {
            self.lease.end(keeps && self.outbox.is_none());
            Body::from(data)
        } else {
            Body::Stream(Box::pin(Rest::new(self.lease, data, decoder, keeps, self.outbox)))
        };
        head.response.map(|()| body)
    }

    /// Closes the connection, and keeps its place for another.
    pub(super) fn into_place(self) -> Place {
        self.lease.into_place()
    }
}

/// The first write: as a rule it takes all of the request along. What it leaves is returned.
fn begin(
    connection: &mut Connection,
    request: &mut Request<Body>,
    host: &Host,
    cx: &mut Context<'_>,
) -> Poll<Result<io::Result<Option<Outbox>>, TransportError>> {
    buffers::write(|head| {
        let framing = write_head(head, request, host)?;
        let sent = match request.body() {
            Body::Full(bytes) => connection.poll_write(cx, &[IoSlice::new(head), IoSlice::new(bytes)]),
            Body::Empty | Body::Stream(_) => connection.poll_write(cx, &[IoSlice::new(head)]),
        };
        let rest = |sent| match request.body() {
            // All of it has left: as a rule there is nothing else to send.
            Body::Empty if sent == head.len() => None,
            _ => Outbox::after(sent, head, std::mem::take(request.body_mut()), framing),
        };
        Poll::Ready(Ok(ready!(sent).map(rest)))
    })
}
