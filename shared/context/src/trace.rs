//! Where a request stands in a distributed trace (W3C Trace Context, level 1).
//!
//! It exists for every request, recorded or not: logs and backends get the trace id either way. Whether spans are made is
//! decided once, at the edge, before any span exists.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::hex::write_hex;
use crate::random::random_u64;

/// `traceparent`.
pub const TRACEPARENT_HEADER: HeaderName = HeaderName::from_static("traceparent");
/// `tracestate`.
pub const TRACESTATE_HEADER: HeaderName = HeaderName::from_static("tracestate");

/// More of a `tracestate` is dropped whole, in bytes: W3C Trace Context section 3.3.1.5 asks for 512 at the least.
const MAX_TRACESTATE_BYTES: usize = 1024;

/// The `tracestate` of these headers, several of them joined as one list. `None` where there is none, or one that is too long or has
/// characters that it cannot have. It belongs to a `traceparent`: without a sane one it is to be left alone.
pub fn tracestate(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut values = headers.get_all(TRACESTATE_HEADER).iter();
    let first = values.next()?;
    let joined = match values.next() {
        None => first.clone(),
        Some(second) => {
            let all: Vec<&[u8]> = [first, second].into_iter().chain(values).map(HeaderValue::as_bytes).collect();
            HeaderValue::from_bytes(&all.join(&b","[..])).ok()?
        }
    };
    let fits = |value: &HeaderValue| !value.is_empty() && value.len() <= MAX_TRACESTATE_BYTES && value.to_str().is_ok();
    Some(joined).filter(fits)
}

/// A trace id, the id of the span that stands for this gateway's part, and whether it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceContext {
    /// The id of the whole trace; never all zero.
    pub trace_id: u128,
    /// The id of the current span; never zero.
    pub span_id: u64,
    /// The `sampled` flag as it travels: whether somebody records this trace.
    pub sampled: bool,
    /// Whether this gateway records it: whether spans are made here. One that does not passes the flag on as it came.
    pub recorded: bool,
}

impl TraceContext {
    /// A new trace that is not recorded.
    pub fn random() -> TraceContext {
        let high = u128::from(random_u64());
        TraceContext {
            trace_id: (high << 64) | u128::from(random_u64()),
            span_id: random_u64(),
            sampled: false,
            recorded: false,
        }
    }

    /// Reads the one `traceparent` of these headers. More than one, a wrong length, upper-case digits, zero ids or
    /// version `ff` count as none; a higher version is read as version 00.
    pub fn from_headers(headers: &HeaderMap) -> Option<TraceContext> {
        let mut values = headers.get_all(TRACEPARENT_HEADER).iter();
        let value = values.next()?.as_bytes();
        if values.next().is_some() || value.len() < 55 {
            return None;
        }
        let version = hex(&value[0..2])?;
        let separated = value[2] == b'-' && value[35] == b'-' && value[52] == b'-';
        let length_fits = if version == 0 { value.len() == 55 } else { value.len() == 55 || value[55] == b'-' };
        if version == 0xff || !separated || !length_fits {
            return None;
        }
        let trace_id = hex(&value[3..35])?;
        let span_id = u64::try_from(hex(&value[36..52])?).ok()?;
        let flags = hex(&value[53..55])?;
        (trace_id != 0 && span_id != 0).then_some(TraceContext {
            trace_id,
            span_id,
            sampled: flags & 1 == 1,
            recorded: false,
        })
    }

    /// The id of the whole trace as W3C Trace Context writes it: 32 digits.
    pub fn trace_id_text(&self) -> String {
        let mut text = [0; 32];
        write_hex(&mut text, &self.trace_id.to_be_bytes());
        String::from_utf8_lossy(&text).into_owned()
    }

    /// The `traceparent` value, version 00.
    pub fn to_traceparent(self) -> String {
        String::from_utf8_lossy(&self.written()).into_owned()
    }

    /// The same, as it is sent.
    pub fn to_header(self) -> HeaderValue {
        // Digits and dashes always make a header.
        HeaderValue::from_bytes(&self.written()).unwrap_or(HeaderValue::from_static(""))
    }

    fn written(self) -> [u8; 55] {
        let mut text = *b"00-00000000000000000000000000000000-0000000000000000-00";
        write_hex(&mut text[3..35], &self.trace_id.to_be_bytes());
        write_hex(&mut text[36..52], &self.span_id.to_be_bytes());
        text[54] += u8::from(self.sampled);
        text
    }
}

fn hex(digits: &[u8]) -> Option<u128> {
    digits.iter().try_fold(0u128, |number, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some((number << 4) | u128::from(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Option<TraceContext> {
        let mut headers = HeaderMap::new();
        headers.insert(TRACEPARENT_HEADER, value.parse().unwrap());
        TraceContext::from_headers(&headers)
    }

    #[test]
    fn a_traceparent_survives_the_round_trip() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(read(text).unwrap().to_traceparent(), text);
        assert!(read("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-holds").is_some());
    }

    #[test]
    fn a_tracestate_is_joined_and_one_that_is_too_long_or_no_text_is_dropped_whole() {
        let read = |values: &[&[u8]]| {
            let values = values.iter().map(|value| (TRACESTATE_HEADER, HeaderValue::from_bytes(value).unwrap()));
            tracestate(&values.collect())
        };
        assert_eq!(read(&[b"a=1"]).unwrap(), "a=1");
        assert_eq!(read(&[b"a=1,b=2", b"c=3"]).unwrap(), "a=1,b=2,c=3");
        assert_eq!(read(&[&[b'a'; 1024]]).unwrap().len(), 1024);
        let long = [[b'a'; 600], [b'b'; 600]].map(Vec::from);
        let none: [&[&[u8]]; 5] = [&[], &[b""], &[&[b'a'; 1025]], &[&long[0], &long[1]], &[b"a=\xff"]];
        for none in none {
            assert_eq!(read(none), None);
        }
    }

    #[test]
    fn a_malformed_traceparent_counts_as_none() {
        for text in [
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
