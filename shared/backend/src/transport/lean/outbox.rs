//! What of a request did not leave with its first write: bytes that the socket had no room for, and a body that comes piece by piece.
//! The next piece is asked for when the last one has left, so that nothing piles up.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use futures_util::Stream;

use super::connection::Connection;
use super::request::Framing;
use crate::transport::{Body, TransportError};

/// The most that is handed to one write: a chunk with what is around it, and a head before it.
const MOST_PARTS: usize = 4;

/// What is still to be sent.
pub(super) struct Outbox {
    queue: VecDeque<Bytes>,
    pieces: Option<Pieces>,
}

/// Why the rest of a request cannot be sent.
pub(super) enum Stuck {
    /// The other side takes no more. There may be an answer all the same, one that did not wait for it.
    Closed(io::Error),
    /// The body broke off, or is not as long as its length says: nobody can make anything of half a request.
    Body(TransportError),
}

/// A body that comes piece by piece.
struct Pieces {
    stream: Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>,
    /// How much of a length that was announced is still to come; `None`: it goes in chunks.
    left: Option<u64>,
}

impl Outbox {
    /// What is left when `sent` bytes of the head and of a body at hand have left; `None`: nothing.
    pub(super) fn after(sent: usize, head: &[u8], body: Body, framing: Framing) -> Option<Outbox> {
        let mut queue = VecDeque::new();
        if let Some(head) = head.get(sent..).filter(|head| !head.is_empty()) {
            queue.push_back(Bytes::copy_from_slice(head));
        }
        let pieces = match body {
            Body::Empty => None,
            Body::Full(bytes) => {
                let rest = bytes.slice(sent.saturating_sub(head.len()).min(bytes.len())..);
                if !rest.is_empty() {
                    queue.push_back(rest);
                }
                None
            }
            Body::Stream(stream) => {
                let left = if let Framing::Length(length) = framing { Some(length) } else { None };
                Some(Pieces { stream, left })
            }
        };
        (!queue.is_empty() || pieces.is_some()).then_some(Outbox { queue, pieces })
    }

    /// Sends on, until all has left.
    pub(super) fn poll(&mut self, connection: &mut Connection, cx: &mut Context<'_>) -> Poll<Result<(), Stuck>> {
        loop {
            while !self.queue.is_empty() {
                let sent = ready!(self.write(connection, cx)).map_err(Stuck::Closed)?;
                self.forget(sent);
            }
            let Some(pieces) = &mut self.pieces else { return Poll::Ready(Ok(())) };
            match ready!(pieces.stream.as_mut().poll_next(cx)).transpose().map_err(Stuck::Body)? {
                Some(piece) => pieces.frame(piece, &mut self.queue).map_err(Stuck::Body)?,
                None => {
                    pieces.end(&mut self.queue).map_err(Stuck::Body)?;
                    self.pieces = None;
                }
            }
        }
    }

    fn write(&self, connection: &mut Connection, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut parts = [IoSlice::new(&[]); MOST_PARTS];
        let mut count = 0;
        for (part, bytes) in parts.iter_mut().zip(&self.queue) {
            *part = IoSlice::new(bytes);
            count += 1;
        }
        connection.poll_write(cx, &parts[..count])
    }

    fn forget(&mut self, mut sent: usize) {
        while let Some(first) = self.queue.front_mut() {
            if sent < first.len() {
                first.advance(sent);
                return;
            }
            sent -= first.len();
            self.queue.pop_front();
        }
    }
}

impl Pieces {
    fn frame(&mut self, piece: Bytes, queue: &mut VecDeque<Bytes>) -> Result<(), TransportError> {
        // An empty chunk would be the last one.
        if piece.is_empty() {
            return Ok(());
        }
        match &mut self.left {
            Some(left) => {
                *left = left.checked_sub(piece.len() as u64).ok_or_else(|| amiss("longer"))?;
                queue.push_back(piece);
            }
            None => {
                queue.push_back(format!("{:x}\r\n", piece.len()).into());
                queue.extend([piece, Bytes::from_static(b"\r\n")]);
            }
        }
        Ok(())
    }

    fn end(&self, queue: &mut VecDeque<Bytes>) -> Result<(), TransportError> {
        match self.left {
            Some(0) => Ok(()),
            Some(_) => Err(amiss("shorter")),
            None => {
                queue.push_back(Bytes::from_static(b"0\r\n\r\n"));
                Ok(())
            }
        }
    }
}

fn amiss(how: &str) -> TransportError {
    TransportError::Broken(format!("the request's body is {how} than its Content-Length"))
}
