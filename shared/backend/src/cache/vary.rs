//! `Vary`: whether an answer can be told apart by the key (RFC 9111 section 4.1).

use http::{HeaderMap, header};
use trefoil_context::{ATTEMPT_HEADER, REQUEST_ID_HEADER, TIMEOUT_HEADER, TRACEPARENT_HEADER, TRACESTATE_HEADER};

/// Whether all that the answer depends on is in the key, or the same in every call. The declared headers and the caller's are
/// in the key, so an answer that depends on them is kept for each of their values. One that depends on what differs from call
/// to call by itself (the trace, the request's id, the deadline), or on `*`, can never be given out again.
pub(crate) fn is_told_apart(headers: &HeaderMap) -> bool {
    let by_call = [ATTEMPT_HEADER, REQUEST_ID_HEADER, TIMEOUT_HEADER, TRACEPARENT_HEADER, TRACESTATE_HEADER];
    headers.get_all(header::VARY).iter().all(|value| {
        let Ok(text) = value.to_str() else { return false };
        text.split(',')
            .map(str::trim)
            .all(|name| name != "*" && !by_call.iter().any(|header| header.as_str().eq_ignore_ascii_case(name)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn what_depends_on_the_call_itself_is_not_kept() {
        for (vary, kept) in [
            ("accept-language", true),
            ("Accept-Encoding, Trefoil-Caller", true),
            ("", true),
            ("*", false),
            ("accept, *", false),
            ("X-Request-Id", false),
            ("accept,traceparent", false),
        ] {
            let headers = HeaderMap::from_iter([(header::VARY, HeaderValue::from_static(vary))]);
            assert_eq!(is_told_apart(&headers), kept, "{vary}");
        }
    }
}
