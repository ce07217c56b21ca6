//! What has been read of an answer, until its head is whole. Bytes in, an answer out: nothing here knows of sockets.

use bytes::Bytes;
use http::Method;

use super::decode::Decoder;
use super::head::{self, Head, Parsed};
use crate::transport::answer::{MOST_HEAD_BYTES, Malformed};

/// The most heads before the one that counts (1xx).
const MOST_INTERIM: u8 = 16;

/// What came so far.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    /// Of a head that did not come in one piece, what there is.
    partial: Vec<u8>,
    /// How much of it was there when it was last looked at.
    looked_at: usize,
    interim: u8,
}

/// A head, and what came with it of the body.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) head: Head,
    pub(super) decoder: Decoder,
    pub(super) data: Bytes,
    /// Whether there was something after the body.
    pub(super) more: bool,
}

impl Inbox {
    /// Takes what has been read of the answer to a request by `method`. `None`: the head is not whole yet.
    pub(super) fn take(&mut self, read: &[u8], method: &Method) -> Result<Option<Answer>, Malformed> {
        // As a rule all of a head comes at once, and is read where it lies.
        if self.partial.is_empty() {
            return self.parse(read, method);
        }
        let before = self.partial.len();
        self.partial.extend_from_slice(read);
        if !self.is_worth_a_look(before) {
            return Ok(None);
        }
        let partial = std::mem::take(&mut self.partial);
        self.parse(&partial, method)
    }

    /// Nothing more will come. An error says that what came was the beginning of no answer.
    pub(super) fn end(&mut self, method: &Method) -> Result<(), Malformed> {
        let partial = std::mem::take(&mut self.partial);
        self.parse(&partial, method).map(|_| ())
    }

    /// Whether a head that comes bit by bit may be whole, or has become much longer: looking at it each time would cost the square of
    /// its length.
    fn is_worth_a_look(&self, before: usize) -> bool {
        let length = self.partial.len();
        let fresh = &self.partial[before.saturating_sub(2)..];
        let ends = fresh.windows(2).any(|end| end == b"\n\n") || fresh.windows(3).any(|end| end == b"\n\r\n");
        ends || length > MOST_HEAD_BYTES || length >= 2 * self.looked_at
    }

    fn parse(&mut self, mut bytes: &[u8], method: &Method) -> Result<Option<Answer>, Malformed> {
        loop {
            match head::parse(bytes, method)? {
                Parsed::Partial => {
                    self.looked_at = bytes.len();
                    self.partial = bytes.to_vec();
                    return Ok(None);
                }
                Parsed::Interim(length) => {
                    self.interim += 1;
                    if self.interim > MOST_INTERIM {
                        return Err(Malformed("too many answers before the answer"));
                    }
                    bytes = &bytes[length..];
                }
                Parsed::Head(head) => {
                    let mut rest = &bytes[head.length..];
                    let mut decoder = Decoder::of(head.end);
                    let data = decoder.decode(&mut rest)?;
                    return Ok(Some(Answer { head, decoder, data, more: !rest.is_empty() }));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
