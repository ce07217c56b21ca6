//! What an operator may set about the edge as a whole. What belongs to one BFF is in `policy.rs`.

use http::{HeaderName, header};
use serde::{Deserialize, Serialize};
use trefoil_context::{
    ATTEMPT_HEADER, IdentityHeaders, REQUEST_ID_HEADER, TIMEOUT_HEADER, TRACEPARENT_HEADER, TRACESTATE_HEADER,
};

use crate::BuildError;

/// Names that say something else to whoever reads them, of the message, the connection or the client.
const TAKEN: [HeaderName; 26] = [
    header::ACCEPT,
    header::ACCEPT_CHARSET,
    header::ACCEPT_ENCODING,
    header::ACCEPT_LANGUAGE,
    header::AUTHORIZATION,
    header::CACHE_CONTROL,
    header::CONNECTION,
    header::COOKIE,
    header::DATE,
    header::EXPECT,
    header::FORWARDED,
    header::HOST,
    HeaderName::from_static("keep-alive"),
    header::ORIGIN,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-connection"),
    header::RANGE,
    header::REFERER,
    header::SET_COOKIE,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::USER_AGENT,
    header::VIA,
];

/// Names under which the gateway tells backends other things.
const OURS: [HeaderName; 6] = [
    TIMEOUT_HEADER,
    ATTEMPT_HEADER,
    TRACEPARENT_HEADER,
    TRACESTATE_HEADER,
    REQUEST_ID_HEADER,
    HeaderName::from_static("idempotency-key"),
];

/// Section `edge`: the same for every BFF.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EdgeConfig {
    /// `limits`: how large a request may be.
    pub limits: LimitsConfig,
    /// `compression`: of answers. Requests are never decompressed.
    pub compression: CompressionConfig,
    /// `identity`: the headers by which backends learn the caller.
    pub identity: IdentityConfig,
    /// `security_headers`: what browsers are told.
    pub security_headers: SecurityHeadersConfig,
    /// `keys`: how long the keys of an issuer are believed.
    pub keys: KeysConfig,
}

/// Section `edge.limits`. What is larger is refused before anything else looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// `uri_bytes`: path and query, in bytes. Default 8192. Larger: 414.
    pub uri_bytes: usize,
    /// `header_bytes`: names and values of all headers, in bytes. Default 32768. Larger: 431.
    pub header_bytes: usize,
    /// `header_count`: header lines. Default 100. More: 431.
    pub header_count: usize,
    /// `body_bytes`: the body, in bytes. Default 1048576. Larger: 413, at once if `Content-Length` says so, else when
    /// it runs over.
    pub body_bytes: u64,
    /// `body_timeout_ms`: from the head of a request to the end of its body, in milliseconds; the caller's own
    /// `Trefoil-Timeout-Ms` if that is less. Default 10000. Slower: 408.
    pub body_timeout_ms: u64,
}

/// Section `edge.compression`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CompressionConfig {
    /// `enabled`: gzip and brotli for clients that accept them. Default true.
    pub enabled: bool,
    /// `min_bytes`: smaller answers are sent as they are, in bytes. Default 1024.
    pub min_bytes: u64,
}

/// Section `edge.identity`. A client's headers of these names, and all that begin with `Trefoil-`, are removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentityConfig {
    /// `caller_header`: carries the caller's id. Default `Trefoil-Caller`.
    pub caller_header: String,
    /// `scopes_header`: carries the granted scopes, separated by blanks. Default `Trefoil-Scopes`.
    pub scopes_header: String,
}

/// Section `edge.security_headers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecurityHeadersConfig {
    /// `hsts_max_age_s`: for how many seconds a browser insists on TLS; sent on TLS only. Default 31536000 (a year),
    /// 0 sends none.
    pub hsts_max_age_s: u64,
    /// `hsts_include_subdomains`: whether that holds for every subdomain. Default false.
    pub hsts_include_subdomains: bool,
}

/// Section `edge.keys`: the key sets (JWKS, RFC 7517) of the issuers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeysConfig {
    /// `refresh_s`: a set older than this many seconds is fetched anew in the background; older than twice as many,
    /// requests wait for it. Default 600.
    pub refresh_s: u64,
    /// `cooldown_s`: tokens that name an unknown key cause at most one fetch in this many seconds. Default 30.
    pub cooldown_s: u64,
    /// `max_stale_s`: while the issuer cannot be reached, a set is believed up to this age, in seconds. Default 86400.
    pub max_stale_s: u64,
    /// `timeout_ms`: a fetch is given up after this many milliseconds. Default 5000.
    pub timeout_ms: u64,
}

// === impl LimitsConfig ===

impl Default for LimitsConfig {
    fn default() -> LimitsConfig {
        LimitsConfig {
            uri_bytes: 8 * 1024,
            header_bytes: 32 * 1024,
            header_count: 100,
            body_bytes: 1024 * 1024,
            body_timeout_ms: 10_000,
        }
    }
}

// === impl CompressionConfig ===

impl Default for CompressionConfig {
    fn default() -> CompressionConfig {
        CompressionConfig { enabled: true, min_bytes: 1024 }
    }
}

// === impl IdentityConfig ===

impl Default for IdentityConfig {
    fn default() -> IdentityConfig {
        IdentityConfig { caller_header: "Trefoil-Caller".into(), scopes_header: "Trefoil-Scopes".into() }
    }
}

impl IdentityConfig {
    /// The names, checked: each is a header name, they differ, and neither is one that HTTP or the edge itself needs.
    pub fn headers(&self) -> Result<IdentityHeaders, BuildError> {
        let caller = identity_name(&self.caller_header)?;
        let scopes = identity_name(&self.scopes_header)?;
        if caller == scopes {
            return Err(BuildError::IdentityHeader { name: self.scopes_header.clone(), why: "is used twice" });
        }
        Ok(IdentityHeaders { caller, scopes })
    }
}

fn identity_name(text: &str) -> Result<HeaderName, BuildError> {
    let refuse = |why| BuildError::IdentityHeader { name: text.to_owned(), why };
    let name = HeaderName::try_from(text).map_err(|_| refuse("is not a header name"))?;
    if name.as_str().contains('_') {
        // Proxies drop such names, and servers that follow CGI take `_` and `-` for the same.
        return Err(refuse("has a `_` in it, which many servers drop or take for a `-`"));
    }
    if name.as_str().starts_with("content-") || TAKEN.contains(&name) {
        return Err(refuse("has a meaning of its own"));
    }
    if OURS.contains(&name) { Err(refuse("is sent by the gateway itself")) } else { Ok(name) }
}

// === impl SecurityHeadersConfig ===

impl Default for SecurityHeadersConfig {
    fn default() -> SecurityHeadersConfig {
        SecurityHeadersConfig { hsts_max_age_s: 31_536_000, hsts_include_subdomains: false }
    }
}

// === impl KeysConfig ===

impl Default for KeysConfig {
    fn default() -> KeysConfig {
        KeysConfig { refresh_s: 600, cooldown_s: 30, max_stale_s: 86_400, timeout_ms: 5_000 }
    }
}
