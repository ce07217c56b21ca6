//! Which host a request is for: said once, or the same twice (RFC 9112 section 3.2, RFC 9113 section 8.3.1).
//!
//! Nothing here is routed by host. But caches and proxies in front are, and must not be made to believe another one.

use axum::extract::Request;
use http::uri::Authority;
use http::{Version, header};
use trefoil_context::{Code, Problem};

/// Refuses a request that does not say its host as it must.
pub(crate) fn check(request: &Request) -> Result<(), Problem> {
    let refuse = |detail| Err(Problem::new(Code::BadRequest).with_detail(detail));
    let authority = request.uri().authority();
    if authority.is_some_and(|authority| !is_host(authority.as_str())) {
        return refuse("the request's authority is not a host and a port");
    }
    // More than one is refused elsewhere.
    let Some(host) = request.headers().get(header::HOST) else {
        return if request.version() == Version::HTTP_11 { refuse("`host` is missing") } else { Ok(()) };
    };
    if !host.to_str().is_ok_and(is_host) {
        return refuse("`host` is not a host and a port");
    }
    match authority {
        Some(authority) if !authority.as_str().as_bytes().eq_ignore_ascii_case(host.as_bytes()) => {
            refuse("`host` is another one than the request's authority")
        }
        _ => Ok(()),
    }
}

/// Whether `text` is `host[:port]` (RFC 3986 section 3.2.2), without a user.
fn is_host(text: &str) -> bool {
    is_plain_host(text) || is_any_host(text)
}

/// Whether it is a name of letters, digits, `-` and `.`, or an IPv4 address, and perhaps a port: nearly every one is.
fn is_plain_host(text: &str) -> bool {
    let (name, port) = text.split_once(':').unwrap_or((text, ""));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    !name.is_empty() && name.bytes().all(plain) && (port.is_empty() || is_port(port))
}

/// The same by the whole grammar.
fn is_any_host(text: &str) -> bool {
    let Ok(authority) = text.parse::<Authority>() else { return false };
    let host = authority.host();
    // What follows the host is nothing, or a port; the grammar lets the digits be missing.
    let port = text.strip_prefix(host).and_then(|rest| if rest.is_empty() { Some("") } else { rest.strip_prefix(':') });
    !host.is_empty() && port.is_some_and(|port| port.is_empty() || is_port(port))
}

/// Digits only: `parse` alone would let a sign pass.
fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_and_perhaps_a_port() {
        for good in ["a", "a.example", "a.example:8080", "A-b.example.", "127.0.0.1:1", "[::1]", "[::1]:65535", "a:"] {
            assert!(is_host(good), "{good}");
        }
        for bad in [
            "", ":80", "a b", "a:b", "a:65536", "a:+1", "a:1:2", "u@a", "u:p@a", "a/b", "a?b", "a#b", "[::1", "::1",
            "a,b c",
        ] {
            assert!(!is_host(bad), "{bad}");
        }
    }
}
