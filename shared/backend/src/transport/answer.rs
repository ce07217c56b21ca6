//! What the head of an answer may be, whichever transport it came by.

use std::error::Error;

use http::{StatusCode, response};

use super::TransportError;
use super::framing::Framing;

/// The most bytes of an answer's head, and of its trailers: 60 KiB (Envoy's `max_response_headers_kb`).
pub(super) const MOST_HEAD_BYTES: usize = 60 << 10;
/// The most fields in it: 100 (Envoy's and hyper's).
pub(super) const MOST_FIELDS: usize = 100;

/// Why an answer is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) &'static str);

/// An answer that changes the protocol.
pub(super) const SWITCHED: Malformed = Malformed("a change of protocol that nobody asked for");
/// An answer whose head is over [`MOST_HEAD_BYTES`].
pub(super) const TOO_LARGE: Malformed = Malformed("too large a head");
/// An answer whose head is over [`MOST_FIELDS`].
pub(super) const TOO_MANY: Malformed = Malformed("too many fields");

impl From<Malformed> for TransportError {
    fn from(Malformed(why): Malformed) -> TransportError {
        TransportError::Malformed(why.to_owned())
    }
}

/// Refuses a head that another library has read if it is too large, changes the protocol, or leaves its body without a certain end.
pub(super) fn check(head: &response::Parts) -> Result<(), Malformed> {
    if head.status == StatusCode::SWITCHING_PROTOCOLS {
        return Err(SWITCHED);
    }
    if head.headers.len() > MOST_FIELDS {
        return Err(TOO_MANY);
    }
    let mut framing = Framing::default();
    let mut bytes = 0;
    for (name, value) in &head.headers {
        framing.field(name, value.as_bytes())?;
        bytes += name.as_str().len() + value.len() + ": \r\n".len();
    }
    if bytes > MOST_HEAD_BYTES {
        return Err(TOO_LARGE);
    }
    framing.check(head.version)
}

/// An error with its causes: the outermost one's text says little.
pub(super) fn reason(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
