//! Which headers a declaration may name. Some are the gateway's own, and nothing declared may touch them.

use proc_macro2::Span;

use crate::errors::Errors;

/// A header that an endpoint may read.
pub(crate) fn readable(name: &str, span: Span, errors: &mut Errors) {
    check(name, span, errors);
}

/// A header that a call may send; `ranges` says whether it may ask for a part of something.
pub(crate) fn sendable(name: &str, span: Span, ranges: bool, errors: &mut Errors) {
    let reason = match name.to_ascii_lowercase().as_str() {
        "accept" => "answers are JSON, and the gateway asks for it",
        "range" | "if-range" if !ranges => "a range is asked of one GET: this call writes, or is a batch",
        "accept-encoding" | "if-match" | "if-none-match" | "if-modified-since" | "if-unmodified-since" => {
            "a call needs the whole answer, so the gateway decides what is sent here"
        }
        "content-type" | "content-encoding" => "this call has no body",
        _ => {
            check(name, span, errors);
            return;
        }
    };
    errors.at_span(span, format!("the header `{name}` cannot be declared: {reason}"));
}

/// A header of a backend's answer that a field may be read from.
pub(crate) fn answered(name: &str, span: Span, errors: &mut Errors) {
    check(name, span, errors);
}

/// A header that an answer may have of its own.
pub(crate) fn answerable(name: &str, span: Span, errors: &mut Errors) {
    let reason = match name.to_ascii_lowercase().as_str() {
        "location" => "write `location = \"/path\"`, which encodes what it refers to",
        "link" => "write `link(next = \"/path\")`, which encodes what it refers to",
        "set-cookie" => "write `cookie(\"name\" = \"{value}\")`, which is secure unless it says otherwise",
        "etag" | "last-modified" | "cache-control" | "cache-status" | "age" | "expires" | "pragma" | "vary"
        | "clear-site-data" => {
            "what caches may keep is decided from the calls, so that no cache hands one caller's answer to another"
        }
        "content-type"
        | "content-encoding"
        | "content-language"
        | "content-location"
        | "content-range"
        | "content-disposition"
        | "accept-ranges"
        | "date"
        | "server"
        | "alt-svc"
        | "allow"
        | "retry-after"
        | "www-authenticate" => "the gateway writes the body, and says itself what it is",
        "server-timing" => "the gateway tells the calls' times by itself, where the BFF says `server_timing`",
        "ratelimit" | "ratelimit-policy" => "the gateway tells the caller's quota by itself",
        "idempotency-key" | "idempotency-replayed" => "the gateway says by itself whether a write was made before",
        "x-content-type-options"
        | "referrer-policy"
        | "x-frame-options"
        | "content-security-policy"
        | "strict-transport-security"
        | "permissions-policy"
        | "cross-origin-opener-policy"
        | "cross-origin-embedder-policy"
        | "cross-origin-resource-policy"
        | "refresh"
        | "x-accel-buffering" => "what browsers are told is the same for every answer, and the edge's to say",
        cors if cors.starts_with("access-control-") => {
            "which pages may read an answer is the operator's to say, in the config of the edge"
        }
        _ => {
            check(name, span, errors);
            return;
        }
    };
    errors.at_span(span, format!("the header `{name}` cannot be declared: {reason}"));
}

/// RFC 9110 section 5.6.2.
pub(crate) fn is_token(name: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(token)
}

/// RFC 9110 section 5.1: a name is a token. Identity, the connection and the trace are the gateway's.
fn check(name: &str, span: Span, errors: &mut Errors) {
    if !is_token(name) {
        errors.at_span(
            span,
            format!("`{name}` is not a header's name: letters, digits and `-`, as in `accept-language`"),
        );
        return;
    }
    let folded = name.to_ascii_lowercase().replace('_', "-");
    let reason = match folded.as_str() {
        name if name.starts_with("trefoil-") => {
            "headers of this family are the gateway's: by them it tells backends who is calling"
        }
        "authorization" | "proxy-authorization" | "cookie" | "set-cookie" => {
            "identity is the gateway's: it verifies the token and tells backends who is calling; refer to `caller.id` instead"
        }
        "connection" | "keep-alive" | "proxy-connection" | "proxy-authenticate" | "te" | "trailer"
        | "transfer-encoding" | "upgrade" => {
            "it belongs to one connection (RFC 9110, section 7.6.1), and a request has two"
        }
        "host" | "content-length" | "expect" => "it belongs to one message, and the gateway writes its own",
        "traceparent" | "tracestate" | "x-request-id" => "the gateway passes it on by itself",
        "forwarded" | "x-forwarded-for" | "x-forwarded-host" | "x-forwarded-proto" => {
            "a client can write anything there, so only the gateway reads it"
        }
        _ => return,
    };
    errors.at_span(span, format!("the header `{name}` cannot be declared: {reason}"));
}
