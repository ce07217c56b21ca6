//! The context of one request, made by the edge and carried in the request's extensions.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use http::{HeaderName, HeaderValue};
use tokio::time::Instant;

use crate::hex::write_hex;
use crate::random::random_u64;
use crate::{Caller, Deadline, TraceContext};

/// `X-Request-Id`: accepted from a client if sane, else made; echoed in every answer and in every problem.
pub const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id under which this request is found in logs. It is kept as it is sent: every call and the answer carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The most bytes an id may have.
    pub const MAX_BYTES: usize = 128;

    /// A new one: a UUID of version 7 (RFC 9562 section 5.7), so that ids sort by time.
    pub fn random() -> RequestId {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let id = uuid_v7(since.as_millis() as u64, random_u64(), random_u64()).to_be_bytes();
        let mut text = *b"00000000-0000-0000-0000-000000000000";
        for (digits, part) in [(0..8, 0..4), (9..13, 4..6), (14..18, 6..8), (19..23, 8..10), (24..36, 10..16)] {
            write_hex(&mut text[digits], &id[part]);
        }
        // Digits and dashes always make a header.
        RequestId(HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static("")))
    }

    /// `text`, if it is sane: 1 to 128 bytes, each a letter, a digit or one of `-_.`.
    pub fn accept(text: &str) -> Option<RequestId> {
        let sane = !text.is_empty()
            && text.len() <= Self::MAX_BYTES
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        HeaderValue::from_str(text).ok().filter(|_| sane).map(RequestId)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        // It was made of such text.
        self.0.to_str().unwrap_or_default()
    }

    /// The value of [`REQUEST_ID_HEADER`].
    pub fn to_header(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// Milliseconds since 1970, of which 48 bits stand in it, the version, 12 random bits, the variant and 62 random bits.
fn uuid_v7(millis: u64, a: u64, b: u64) -> u128 {
    let high = (millis << 16) | 0x7000 | (a & 0x0fff);
    let low = (0b10 << 62) | (b >> 2);
    (u128::from(high) << 64) | u128::from(low)
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What the edge knows about a request. The edge puts one into the request's extensions; composition reads it.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// The id echoed to the client.
    pub id: RequestId,
    /// When the request's head was read.
    pub arrived: Instant,
    /// What the caller said it will wait (`Trefoil-Timeout-Ms`), if it did.
    pub deadline: Option<Deadline>,
    /// Which attempt of the caller at this request it is, from 1, as the caller says (`Trefoil-Attempt`). One that is a retry is not
    /// retried again behind it: attempts would multiply.
    pub attempt: u32,
    /// Where the request stands in a trace.
    pub trace: TraceContext,
    /// What the tracers before this gateway say of the trace, as it came; it goes on to backends (see [`crate::tracestate`]). Behind a
    /// pointer, since most requests have none.
    pub tracestate: Option<Arc<HeaderValue>>,
    /// Who is asking; `None` until a token has been verified, and on public endpoints.
    pub caller: Option<Arc<Caller>>,
}

impl RequestContext {
    /// A context for a request that did not come through an edge: tests, the command line.
    pub fn local(id: &str, caller: Option<Caller>) -> RequestContext {
        RequestContext {
            id: RequestId::accept(id).unwrap_or_else(|| RequestId(HeaderValue::from_static("local"))),
            arrived: Instant::now(),
            deadline: None,
            attempt: 1,
            trace: TraceContext::random(),
            tracestate: None,
            caller: caller.map(Arc::new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_comes_out() {
        // RFC 9562 appendix A.6.
        assert_eq!(
            uuid_v7(0x017f_22e2_79b0, 0xcc3, 0x18c4_dc0c_0c07_398f << 2),
            0x017f_22e2_79b0_7cc3_98c4_dc0c_0c07_398f
        );
    }

    #[test]
    fn a_new_id_is_sane_and_no_other() {
        let (one, other) = (RequestId::random(), RequestId::random());
        assert_ne!(one, other);
        assert_eq!(RequestId::accept(one.as_str()), Some(one.clone()));
        assert_eq!((one.as_str().len(), one.as_str().as_bytes()[14]), (36, b'7'));
    }
}
