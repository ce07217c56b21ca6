//! The body of an answer: at once where it came with the head, else as it comes. The connection is given back at its end.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;
use http_body::{Body as _, Frame};
use hyper::body::Incoming;

use super::connection::quietly;
use super::pool::Lease;
use crate::transport::answer;
use crate::transport::{Body, TransportError};

/// What is still to come. Dropped, it takes the connection along.
pub(super) struct Rest {
    /// `None` at the end of the body.
    lease: Option<Lease>,
    incoming: Incoming,
    /// Read already.
    ahead: VecDeque<Bytes>,
}

type Piece = Option<Result<Bytes, TransportError>>;

impl Rest {
    pub(super) fn of(lease: Lease, incoming: Incoming) -> Rest {
        let mut rest = Rest { lease: Some(lease), incoming, ahead: VecDeque::new() };
        rest.give_back_at_end();
        rest
    }

    /// The body: in one piece when that is what came with the head.
    pub(super) fn into_body(mut self) -> Result<Body, TransportError> {
        if self.lease.is_none() {
            return Ok(Body::Empty);
        }
        let first = match self.at_hand() {
            Poll::Pending => return Ok(Body::Stream(Box::pin(self))),
            Poll::Ready(None) => return Ok(Body::Empty),
            Poll::Ready(Some(piece)) => piece?,
        };
        // The end of a chunked body is a piece of its own, and is at hand too, as a rule.
        if self.lease.is_some() && self.incoming.size_hint().exact().is_none() {
            match self.at_hand() {
                Poll::Ready(Some(piece)) => self.ahead.push_back(piece?),
                Poll::Ready(None) | Poll::Pending => {}
            }
        }
        if self.lease.is_none() && self.ahead.is_empty() {
            return Ok(Body::Full(first));
        }
        self.ahead.push_front(first);
        Ok(Body::Stream(Box::pin(self)))
    }

    /// The next piece, as far as no waiting is needed for it.
    fn at_hand(&mut self) -> Poll<Piece> {
        if let Poll::Ready(piece) = self.taken() {
            return Poll::Ready(piece);
        }
        if let Some(lease) = &mut self.lease {
            lease.connection().poll_quietly();
        }
        self.taken()
    }

    /// The next piece that the connection has read.
    fn taken(&mut self) -> Poll<Piece> {
        if self.lease.is_none() {
            return Poll::Ready(None);
        }
        loop {
            let Poll::Ready(frame) = quietly(|cx| Pin::new(&mut self.incoming).poll_frame(cx)) else {
                return Poll::Pending;
            };
            let piece = match frame.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) => {
                    self.give_back_at_end();
                    Some(Ok(data))
                }
                // Trailers: nobody asked for any.
                Some(Ok(Err(_))) => continue,
                Some(Err(error)) => {
                    self.lease = None;
                    Some(Err(TransportError::Broken(answer::reason(&error))))
                }
                None => {
                    self.give_back();
                    None
                }
            };
            return Poll::Ready(piece);
        }
    }

    fn give_back_at_end(&mut self) {
        if self.incoming.is_end_stream() {
            self.give_back();
        }
    }

    fn give_back(&mut self) {
        if let Some(lease) = self.lease.take() {
            lease.give_back();
        }
    }
}

impl Stream for Rest {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(piece) = self.ahead.pop_front() {
            return Poll::Ready(Some(Ok(piece)));
        }
        if let Poll::Ready(piece) = self.at_hand() {
            return Poll::Ready(piece);
        }
        if let Some(lease) = &mut self.lease {
            lease.connection().poll(cx);
        }
        self.taken()
    }
}
