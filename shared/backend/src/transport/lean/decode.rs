//! The bytes of a body, out of what was read. They are copied, once and exactly: what keeps a body, however small, keeps nothing else.

use bytes::Bytes;

use super::chunked::Chunked;
use crate::transport::answer::Malformed;
use crate::transport::framing::End;

/// How far a body has been read.
#[derive(Debug)]
pub(super) enum Decoder {
    /// So many bytes are still to come.
    Length(u64),
    /// It comes in chunks.
    Chunked(Chunked),
    /// It ends with the connection.
    Close,
}

impl Decoder {
    pub(super) fn of(end: End) -> Decoder {
        match end {
            End::After(length) => Decoder::Length(length),
            End::LastChunk => Decoder::Chunked(Chunked::default()),
            End::Close => Decoder::Close,
        }
    }

    /// Takes what there is of the body off the front of `input`. What is left in it then came after the body's end.
    pub(super) fn decode(&mut self, input: &mut &[u8]) -> Result<Bytes, Malformed> {
        match self {
            Decoder::Length(left) => {
                let (here, rest) = input.split_at(usize::try_from(*left).unwrap_or(usize::MAX).min(input.len()));
                *left -= here.len() as u64;
                *input = rest;
                Ok(Bytes::copy_from_slice(here))
            }
            Decoder::Chunked(chunked) => {
                let Some(first) = chunked.next(input)? else { return Ok(Bytes::new()) };
                let Some(second) = chunked.next(input)? else { return Ok(Bytes::copy_from_slice(first)) };
                let mut joined = [first, second].concat();
                while let Some(next) = chunked.next(input)? {
                    joined.extend_from_slice(next);
                }
                Ok(Bytes::from(joined.into_boxed_slice()))
            }
            Decoder::Close => Ok(Bytes::copy_from_slice(std::mem::take(input))),
        }
    }

    /// Whether the body is whole.
    pub(super) fn has_ended(&self) -> bool {
        match self {
            Decoder::Length(left) => *left == 0,
            Decoder::Chunked(chunked) => chunked.has_ended(),
            Decoder::Close => false,
        }
    }

    /// Whether the connection's end is the body's.
    pub(super) fn ends_with_connection(&self) -> bool {
        matches!(self, Decoder::Close)
    }
}
