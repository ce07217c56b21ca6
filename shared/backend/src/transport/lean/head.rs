//! The head of an answer, from its status line to the empty line. httparse refuses what is no HTTP/1: folded lines, a space before a
//! colon, bytes that no name or value may have. Here its size is bounded, and it becomes types.

use std::mem::MaybeUninit;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Version, header};
use httparse::{ParserConfig, Status};

use crate::transport::answer::{MOST_FIELDS, MOST_HEAD_BYTES, Malformed, SWITCHED, TOO_LARGE, TOO_MANY};
use crate::transport::framing::{End, Framing};

/// What the first bytes of an answer are.
#[derive(Debug)]
pub(super) enum Parsed {
    /// The beginning of a head.
    Partial,
    /// A head before the one that counts (1xx), so many bytes long.
    Interim(usize),
    /// The head.
    Head(Head),
}

/// A whole head.
#[derive(Debug)]
pub(super) struct Head {
    /// Its bytes.
    pub(super) length: usize,
    pub(super) response: Response<()>,
    /// Where the body ends.
    pub(super) end: End,
    /// Whether the server means to take another request on the connection.
    pub(super) keeps: bool,
}

/// Reads the head of the answer to a request by `method`.
pub(super) fn parse(bytes: &[u8], method: &Method) -> Result<Parsed, Malformed> {
    let mut fields = [const { MaybeUninit::uninit() }; MOST_FIELDS];
    let mut parsed = httparse::Response::new(&mut []);
    let status = ParserConfig::default().parse_response_with_uninit_headers(&mut parsed, bytes, &mut fields);
    let length = match status.map_err(refused)? {
        Status::Complete(length) if length <= MOST_HEAD_BYTES => length,
        Status::Partial if bytes.len() <= MOST_HEAD_BYTES => return Ok(Parsed::Partial),
        Status::Complete(_) | Status::Partial => return Err(TOO_LARGE),
    };
    let status = StatusCode::from_u16(parsed.code.unwrap_or_default()).map_err(|_| Malformed("no such status"))?;
    if status == StatusCode::SWITCHING_PROTOCOLS {
        return Err(SWITCHED);
    }
    if status.is_informational() {
        return Ok(Parsed::Interim(length));
    }
    let version = if parsed.version == Some(0) { Version::HTTP_10 } else { Version::HTTP_11 };
    let mut headers = HeaderMap::with_capacity(parsed.headers.len());
    let (mut framing, mut connection) = (Framing::default(), Connection::default());
    for field in parsed.headers.iter() {
        let name = HeaderName::from_bytes(field.name.as_bytes()).map_err(|_| Malformed("a field's name"))?;
        framing.field(&name, field.value)?;
        if name == header::CONNECTION {
            connection.field(field.value);
        }
        let value = HeaderValue::from_bytes(field.value).map_err(|_| Malformed("a field's value"))?;
        headers.append(name, value);
    }
    framing.check(version)?;
    let mut response = Response::new(());
    *response.status_mut() = status;
    *response.version_mut() = version;
    *response.headers_mut() = headers;
    // Who has waited too long for a request is about to close (RFC 9110 section 15.5.9), and may have said so before there was one.
    let keeps = connection.keeps(version) && status != StatusCode::REQUEST_TIMEOUT;
    Ok(Parsed::Head(Head { length, response, end: framing.end(method, status), keeps }))
}

fn refused(error: httparse::Error) -> Malformed {
    match error {
        httparse::Error::HeaderName => Malformed("a field's name"),
        httparse::Error::HeaderValue => Malformed("a field's value"),
        httparse::Error::NewLine => Malformed("the end of a line"),
        httparse::Error::Status => Malformed("the status"),
        httparse::Error::Token => Malformed("the status line"),
        httparse::Error::TooManyHeaders => TOO_MANY,
        httparse::Error::Version => Malformed("not HTTP/1"),
    }
}

/// What `Connection` says (RFC 9112 section 9.3).
#[derive(Debug, Default)]
struct Connection {
    close: bool,
    keep_alive: bool,
}

impl Connection {
    fn field(&mut self, value: &[u8]) {
        for option in value.split(|&byte| byte == b',') {
            let option = option.trim_ascii();
            self.close |= option.eq_ignore_ascii_case(b"close");
            self.keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
        }
    }

    fn keeps(&self, version: Version) -> bool {
        !self.close && (version == Version::HTTP_11 || self.keep_alive)
    }
}
