//! What the head of an answer may be, whichever transport it came by. A backend's answer is input: where it can be read in two
//! ways, it is not read at all.

use std::error::Error;

use http::{StatusCode, Version, header, response};

use super::TransportError;

/// The most bytes of an answer's head, and of its trailers: 60 KiB (Envoy's `max_response_headers_kb`).
pub(super) const MOST_HEAD_BYTES: usize = 60 << 10;
/// The most fields in it: 100 (Envoy's and hyper's).
const MOST_FIELDS: usize = 100;

/// Refuses a head that is too large, that changes the protocol, or whose body has no certain end (RFC 9112 section 6.3): a length
/// beside chunks, more than one length, a transfer coding other than chunks.
pub(super) fn check(head: &response::Parts) -> Result<(), TransportError> {
    let refused = |why: &str| Err(TransportError::Broken(format!("the answer's head is malformed: {why}")));
    if head.status == StatusCode::SWITCHING_PROTOCOLS {
        return refused("a change of protocol that nobody asked for");
    }
    if head.headers.len() > MOST_FIELDS {
        return refused("too many fields");
    }
    let bytes = head.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    if bytes.sum::<usize>() > MOST_HEAD_BYTES {
        return refused("too large");
    }
    let mut lengths = head.headers.get_all(header::CONTENT_LENGTH).iter();
    let length = lengths.next();
    let digits = |value: &http::HeaderValue| value.as_bytes().iter().all(u8::is_ascii_digit);
    if lengths.next().is_some() || !length.is_none_or(digits) {
        return refused("not one Content-Length");
    }
    // Of HTTP/2, connections have no such fields.
    if head.version <= Version::HTTP_11 {
        let mut codings = head.headers.get_all(header::TRANSFER_ENCODING).iter();
        if let Some(coding) = codings.next() {
            if length.is_some() {
                return refused("both Transfer-Encoding and Content-Length");
            }
            if codings.next().is_some() || !coding.as_bytes().eq_ignore_ascii_case(b"chunked") {
                return refused("a Transfer-Encoding other than `chunked`");
            }
        }
    }
    Ok(())
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
