//! The body of an answer that did not come whole with its head: as it comes. The connection is given back at its end.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::Stream;

use super::buffers;
use super::decode::Decoder;
use super::outbox::{Outbox, Stuck};
use super::pool::Lease;
use crate::transport::TransportError;

/// What is still to come. Dropped, it takes the connection along.
pub(super) struct Rest {
    /// `None` at the end of the body.
    lease: Option<Lease>,
    /// What came with the head.
    first: Bytes,
    decoder: Decoder,
    /// Whether the connection may be used again.
    keeps: bool,
    /// What is still to be sent: an answer may begin before the request ends, and wait for more of it.
    outbox: Option<Outbox>,
}

impl Rest {
    pub(super) fn new(lease: Lease, first: Bytes, decoder: Decoder, keeps: bool, outbox: Option<Outbox>) -> Rest {
        Rest { lease: Some(lease), first, decoder, keeps, outbox }
    }

    /// The next of it; `None` at its end.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, TransportError>>> {
        while let Some(lease) = &mut self.lease {
            let read = buffers::read(|buffer| {
                let read = ready!(lease.connection().poll_read(cx, buffer));
                Poll::Ready(take(&mut self.decoder, buffer, read))
            });
            let Some((data, more)) = ready!(read)? else {
                self.end(false);
                break;
            };
            if self.decoder.has_ended() {
                self.end(!more);
            }
            if !data.is_empty() {
                return Poll::Ready(Some(Ok(data)));
            }
        }
        Poll::Ready(None)
    }

    fn end(&mut self, clean: bool) {
        if let Some(lease) = self.lease.take() {
            lease.end(clean && self.keeps && self.outbox.is_none());
        }
    }
}

/// What of the body has been read, at the beginning of `buffer`, and whether there was something after it. `None`: it has ended with the
/// connection.
fn take(
    decoder: &mut Decoder,
    buffer: &[u8],
    read: io::Result<usize>,
) -> Result<Option<(Bytes, bool)>, TransportError> {
    match read {
        Ok(0) if decoder.ends_with_connection() => Ok(None),
        Ok(0) => Err(TransportError::Broken("closed before the answer was whole".to_owned())),
        Ok(read) => {
            let mut read = &buffer[..read];
            let data = decoder.decode(&mut read)?;
            Ok(Some((data, !read.is_empty())))
        }
        Err(error) => Err(TransportError::Broken(error.to_string())),
    }
}

impl Stream for Rest {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if !this.first.is_empty() {
            return Poll::Ready(Some(Ok(std::mem::take(&mut this.first))));
        }
        if let (Some(outbox), Some(lease)) = (&mut this.outbox, &mut this.lease)
            && let Poll::Ready(sent) = outbox.poll(lease.connection(), cx)
        {
            this.outbox = None;
            match sent {
                Ok(()) => {}
                Err(Stuck::Closed(_)) => this.keeps = false,
                Err(Stuck::Body(error)) => {
                    this.lease = None;
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
        let polled = this.poll_read(cx);
        if let Poll::Ready(Some(Err(_))) = polled {
            this.lease = None;
        }
        polled
    }
}
