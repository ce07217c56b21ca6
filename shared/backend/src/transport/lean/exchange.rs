//! One request over one connection, until the head of its answer is in; with as much of the body as came along.

use std::future::poll_fn;
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

/// Why there is no answer.
pub(super) enum Failed {
    /// The connection was closed before anything of the request was sent. Its place is still there.
    Unsent(Place, TransportError),
    /// Some of it may have been sent, or it cannot be sent at all.
    Broken(TransportError),
}

impl Failed {
    pub(super) fn into_error(self) -> TransportError {
        let (Failed::Unsent(_, error) | Failed::Broken(error)) = self;
        error
    }
}

/// Sends `request`, which is left as it is until something of it is sent, and waits for its answer. Dropped, it takes the connection
/// along.
pub(super) async fn run(mut lease: Lease, request: &mut Request<Body>, host: &Host) -> Result<Response<Body>, Failed> {
    let begun = poll_fn(|cx| begin(lease.connection(), request, host, cx)).await.map_err(Failed::Broken)?;
    let outbox = match begun {
        Ok(outbox) => outbox,
        Err(error) => return Err(Failed::Unsent(lease.into_place(), TransportError::Broken(error.to_string()))),
    };
    let inbox = Inbox::new(request.method().clone());
    let mut exchange = Exchange { lease, outbox, unsent: None, inbox };
    let answer = poll_fn(|cx| exchange.poll(cx)).await.map_err(Failed::Broken)?;
    Ok(exchange.answered(answer))
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
        let rest = |sent| Outbox::after(sent, head, std::mem::take(request.body_mut()), framing);
        Poll::Ready(Ok(ready!(sent).map(rest)))
    })
}

struct Exchange {
    lease: Lease,
    /// `None` when all has been sent.
    outbox: Option<Outbox>,
    /// Why the other side did not take the rest of the request.
    unsent: Option<io::Error>,
    inbox: Inbox,
}

impl Exchange {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Answer, TransportError>> {
        // Sending goes on while the answer is waited for: it may come first.
        if let Some(outbox) = &mut self.outbox
            && let Poll::Ready(sent) = outbox.poll(self.lease.connection(), cx)
        {
            self.outbox = None;
            match sent {
                Ok(()) => {}
                Err(Stuck::Closed(error)) => self.unsent = Some(error),
                Err(Stuck::Body(error)) => return Poll::Ready(Err(error)),
            }
        }
        loop {
            let answer = buffers::read(|buffer| {
                let read = ready!(self.lease.connection().poll_read(cx, buffer));
                Poll::Ready(self.received(buffer, read))
            });
            if let Some(answer) = ready!(answer)? {
                return Poll::Ready(Ok(answer));
            }
        }
    }

    /// What has been read, at the beginning of `buffer`.
    fn received(&mut self, buffer: &[u8], read: io::Result<usize>) -> Result<Option<Answer>, TransportError> {
        match read {
            Ok(0) => {
                self.inbox.end()?;
                let why = self.unsent.as_ref().map(io::Error::to_string);
                Err(TransportError::Broken(why.unwrap_or_else(|| "closed before an answer came".to_owned())))
            }
            Ok(read) => Ok(self.inbox.take(&buffer[..read])?),
            Err(error) => Err(TransportError::Broken(error.to_string())),
        }
    }

    fn answered(self, Answer { head, decoder, data, more }: Answer) -> Response<Body> {
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
}
