//! An answer in gzip, decoded as it comes. What it may cost is bounded before it is spent: by the backend's `max_body_bytes`, by how
//! dense it is, and by how many members it is of.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::GzDecoder;
use http::{StatusCode, header, response};
use http_body_util::BodyExt as _;
use tokio::task::yield_now;

use crate::client::CallFailure;
use crate::compression::codings;
use crate::transport::{Body, TransportError};

/// What decodes to no more is not judged by how dense it is: of a short answer a ratio says nothing.
const FLOOR: u64 = 64 << 10;
/// Each begins with buffers of its own, so that many that hold nothing would cost much. As many as would take a body of 64 MiB from a
/// compressor that works in blocks of 64 KiB (BGZF).
const MOST_MEMBERS: u32 = 1024;
/// After so many steps, each of which decodes 32 KiB at the most, others have their turn.
const STEPS_A_TURN: u32 = 16;

/// Whether an answer is in gzip, and nothing else; if so its head no longer says that it is, nor how long it was.
/// A part of something compressed cannot be decoded.
pub(crate) fn takes_off(head: &mut response::Parts) -> bool {
    let mut codings = codings(&head.headers);
    // Both names are the same coding (RFC 9110 section 8.4.1.3).
    let is_gzip = |coding: &str| ["gzip", "x-gzip"].iter().any(|name| coding.eq_ignore_ascii_case(name));
    let only = matches!((codings.next(), codings.next()), (Some(coding), None) if is_gzip(coding));
    drop(codings);
    if !only || head.status == StatusCode::PARTIAL_CONTENT {
        return false;
    }
    head.headers.remove(header::CONTENT_ENCODING);
    head.headers.remove(header::CONTENT_LENGTH);
    true
}

/// Reads the whole body and decodes it. One without a byte is one: there is none after HEAD, or with 204 and 304.
pub(crate) async fn inflated(mut body: Body, limit: usize, max_ratio: u32) -> Result<Bytes, CallFailure> {
    let mut inflate = Inflate::new(limit, max_ratio);
    let mut steps: u32 = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(CallFailure::Transport)?.into_data() else { continue };
        let mut left = &data[..];
        while !left.is_empty() {
            left = inflate.step(left)?;
            // Neither a backend that never stops sending nor what a little of it decodes to must keep others from their turn.
            steps = steps.wrapping_add(1);
            if steps.is_multiple_of(STEPS_A_TURN) {
                yield_now().await;
            }
        }
    }
    inflate.finish()
}

/// The decoding of one body.
struct Inflate {
    member: GzDecoder<Decoded>,
    members: u32,
}

/// What is decoded so far.
struct Decoded {
    bytes: Vec<u8>,
    /// How many came of what is decoded.
    came: u64,
    limit: usize,
    max_ratio: u32,
    /// Which limit was reached.
    failure: Option<CallFailure>,
}

impl Inflate {
    fn new(limit: usize, max_ratio: u32) -> Inflate {
        let decoded = Decoded { bytes: Vec::new(), came: 0, limit, max_ratio, failure: None };
        Inflate { member: GzDecoder::new(decoded), members: 1 }
    }

    /// Takes some of `coded`, and says what is left of it.
    fn step<'a>(&mut self, coded: &'a [u8]) -> Result<&'a [u8], CallFailure> {
        let mut taken = self.write(coded)?;
        if taken == 0 {
            // The member is whole, and the next one begins (RFC 1952 section 2.2).
            self.next_member()?;
            taken = self.write(coded)?;
        }
        let decoded = self.member.get_mut();
        decoded.came += taken as u64;
        // There may be less in it than came.
        if decoded.came > decoded.limit as u64 {
            return Err(CallFailure::TooLarge { limit: decoded.limit });
        }
        match coded.get(taken..) {
            Some(left) if taken > 0 => Ok(left),
            _ => Err(malformed("the body is no gzip")),
        }
    }

    fn write(&mut self, coded: &[u8]) -> Result<usize, CallFailure> {
        self.member.write(coded).map_err(|error| self.failure(&error))
    }

    fn next_member(&mut self) -> Result<(), CallFailure> {
        if self.members == MOST_MEMBERS {
            return Err(malformed("the body is of more than 1024 members of gzip"));
        }
        self.members += 1;
        self.member.try_finish().map_err(|error| self.failure(&error))?;
        let decoded = self.member.get_mut();
        let decoded = Decoded { bytes: std::mem::take(&mut decoded.bytes), failure: None, ..*decoded };
        self.member = GzDecoder::new(decoded);
        Ok(())
    }

    /// The whole of it, if it is whole.
    fn finish(mut self) -> Result<Bytes, CallFailure> {
        if self.member.get_ref().came > 0 {
            self.member.try_finish().map_err(|error| self.failure(&error))?;
        }
        Ok(Bytes::from(std::mem::take(&mut self.member.get_mut().bytes)))
    }

    fn failure(&self, error: &io::Error) -> CallFailure {
        self.member
            .get_ref()
            .failure
            .clone()
            .unwrap_or_else(|| malformed(&format!("the body is no whole gzip: {error}")))
    }
}

impl Write for Decoded {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        let size = self.bytes.len() + more.len();
        let densest = self.came.saturating_mul(self.max_ratio.into()).max(FLOOR);
        self.failure = match () {
            () if size > self.limit => Some(CallFailure::TooLarge { limit: self.limit }),
            () if size as u64 > densest => Some(CallFailure::TooDense { max_ratio: self.max_ratio }),
            () => None,
        };
        if self.failure.is_some() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn malformed(what: &str) -> CallFailure {
    CallFailure::Transport(TransportError::Malformed(what.to_owned()))
}

#[cfg(test)]
mod tests;
