//! Which headers a declaration may name. Some are the gateway's own, and nothing declared may touch them.

use proc_macro2::Span;

use crate::errors::Errors;

/// A header that an endpoint may read.
pub(crate) fn readable(name: &str, span: Span, errors: &mut Errors) {
    check(name, span, errors);
}

/// A header that a call may send.
pub(crate) fn sendable(name: &str, span: Span, errors: &mut Errors) {
    let reason = match name.to_ascii_lowercase().as_str() {
        "accept" => "answers are JSON, and the gateway asks for it",
        "accept-encoding"
        | "range"
        | "if-range"
        | "if-match"
        | "if-none-match"
        | "if-modified-since"
        | "if-unmodified-since" => "a call needs the whole answer, so the gateway decides what is sent here",
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

/// RFC 9110 section 5.1: a name is a token. Identity, the connection and the trace are the gateway's.
fn check(name: &str, span: Span, errors: &mut Errors) {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
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
