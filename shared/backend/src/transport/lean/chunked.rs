//! Chunks (RFC 9112 section 7.1): what is taken out of them, wherever their bytes are cut. Extensions and trailers are bounded,
//! checked and dropped.

use crate::transport::answer::{MOST_FIELDS, MOST_HEAD_BYTES, Malformed};

/// The most digits of a chunk's size: those of a 64-bit integer, which therefore cannot overflow.
const MOST_DIGITS: u8 = 16;
/// The most bytes of all extensions of a body: 16 KiB (hyper's).
const MOST_EXTENSION_BYTES: usize = 16 << 10;

/// How far a body in chunks has been read.
#[derive(Debug, Default)]
pub(super) struct Chunked {
    at: At,
    /// What is left of the chunk.
    size: u64,
    digits: u8,
    extension_bytes: usize,
    /// The trailers so far, lines and all.
    trailers: Vec<u8>,
}

/// What the next byte belongs to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum At {
    #[default]
    Size,
    /// Blanks between a size and what ends it.
    AfterSize,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    /// The beginning of a trailer, or of the line that ends them.
    Trailer,
    InTrailer,
    TrailerLf,
    EndLf,
    End,
}

impl Chunked {
    /// Whether the body is whole.
    pub(super) fn has_ended(&self) -> bool {
        self.at == At::End
    }

    /// Takes bytes off the front of `input`, up to the end of the body's next bytes, which are returned. `None`: nothing of the body
    /// is left in it, and unless the body has ended, nothing else is.
    pub(super) fn next<'a>(&mut self, input: &mut &'a [u8]) -> Result<Option<&'a [u8]>, Malformed> {
        loop {
            if self.at == At::Data {
                let here = usize::try_from(self.size).unwrap_or(usize::MAX).min(input.len());
                if here == 0 {
                    return Ok(None);
                }
                let (data, rest) = input.split_at(here);
                *input = rest;
                self.size -= here as u64;
                if self.size == 0 {
                    self.at = At::DataCr;
                }
                return Ok(Some(data));
            }
            if self.has_ended() {
                return Ok(None);
            }
            let Some((&byte, rest)) = input.split_first() else { return Ok(None) };
            *input = rest;
            self.at = self.step(byte)?;
        }
    }

    /// Where the byte leads, which is no part of the body.
    fn step(&mut self, byte: u8) -> Result<At, Malformed> {
        match (self.at, byte) {
            (At::Size, b'\r' | b';' | b' ' | b'\t') if self.digits == 0 => Err(Malformed("a chunk without a size")),
            (At::Size | At::AfterSize | At::Extension, b'\r') => Ok(At::SizeLf),
            (At::Size | At::AfterSize, b';') => Ok(At::Extension),
            (At::Size | At::AfterSize, b' ' | b'\t') => self.count_extension(At::AfterSize),
            (At::Size, _) => {
                let digit = char::from(byte).to_digit(16).filter(|_| self.digits < MOST_DIGITS);
                self.size = self.size << 4 | u64::from(digit.ok_or(Malformed("a chunk's size"))?);
                self.digits += 1;
                Ok(At::Size)
            }
            (At::Extension, b'\n') => Err(Malformed("a chunk's extension")),
            (At::Extension, _) => self.count_extension(At::Extension),
            (At::SizeLf, b'\n') => {
                self.digits = 0;
                Ok(if self.size == 0 { At::Trailer } else { At::Data })
            }
            (At::DataCr, b'\r') => Ok(At::DataLf),
            (At::DataLf, b'\n') => Ok(At::Size),
            (At::Trailer, b'\r') => Ok(At::EndLf),
            (At::InTrailer, b'\r') => self.keep_trailer(byte, At::TrailerLf),
            (At::Trailer | At::InTrailer, _) => self.keep_trailer(byte, At::InTrailer),
            (At::TrailerLf, b'\n') => self.keep_trailer(byte, At::Trailer),
            (At::EndLf, b'\n') => self.check_trailers(),
            _ => Err(Malformed("a chunk's end")),
        }
    }

    fn count_extension(&mut self, next: At) -> Result<At, Malformed> {
        self.extension_bytes += 1;
        if self.extension_bytes > MOST_EXTENSION_BYTES {
            return Err(Malformed("too long extensions of chunks"));
        }
        Ok(next)
    }

    fn keep_trailer(&mut self, byte: u8, next: At) -> Result<At, Malformed> {
        if self.trailers.len() >= MOST_HEAD_BYTES {
            return Err(Malformed("too long trailers"));
        }
        self.trailers.push(byte);
        Ok(next)
    }

    fn check_trailers(&mut self) -> Result<At, Malformed> {
        let mut trailers = std::mem::take(&mut self.trailers);
        trailers.extend_from_slice(b"\r\n");
        let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
        match httparse::parse_headers(&trailers, &mut fields) {
            Ok(httparse::Status::Complete((read, _))) if read == trailers.len() => Ok(At::End),
            _ => Err(Malformed("a trailer")),
        }
    }
}
