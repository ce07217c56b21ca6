//! What an operator sets per BFF: who may call from which page, with whose tokens, how often.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// The edge's part of the section `bffs.<name>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BffPolicy {
    /// Which web pages may call.
    pub cors: CorsPolicy,
    /// Whose tokens are believed.
    pub auth: AuthPolicy,
    /// How often one caller may call; `None` for no quota.
    pub quota: Option<QuotaPolicy>,
}

/// Section `bffs.<name>.cors` (the Fetch standard's CORS protocol).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CorsPolicy {
    /// `origins`: exact origins, `scheme://host[:port]`. `*` alone means any, and goes with `credentials: false` only.
    /// `null` is refused. Default: none.
    pub origins: Vec<String>,
    /// `credentials`: whether pages may send cookies and TLS client certificates. Default false.
    pub credentials: bool,
    /// `methods`: what a page may use. Default GET, HEAD, POST, PUT, PATCH, DELETE.
    pub methods: Vec<String>,
    /// `headers`: which request headers a page may set. Default: those that the gateway reads.
    pub headers: Vec<String>,
    /// `max_age_s`: for how many seconds a browser keeps the answer to a preflight. Default 600.
    pub max_age_s: u64,
}

/// Section `bffs.<name>.auth`: what a bearer token must be (RFC 7519, RFC 8725, RFC 9068).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthPolicy {
    /// `issuer`: the exact value of `iss`. Required.
    pub issuer: String,
    /// `audience`: the value that `aud` must be or contain. Required.
    pub audience: String,
    /// `algorithms`: the signatures believed, each bound to keys of its own type. Default RS256, ES256, EdDSA.
    #[serde(default = "AuthPolicy::default_algorithms")]
    pub algorithms: Vec<Algorithm>,
    /// `leeway_s`: by how many seconds clocks may differ. Default 60, at most 300.
    #[serde(default = "AuthPolicy::default_leeway_s")]
    pub leeway_s: u64,
    /// `require_access_token_type`: whether `typ` must be `at+jwt` (RFC 9068). Default false: `JWT` and none are
    /// accepted too, and then an ID token made for the same audience cannot be told from an access token.
    #[serde(default)]
    pub require_access_token_type: bool,
    /// `verified_tokens`: how many verified tokens are remembered, so that a signature is checked once. Default 10000.
    #[serde(default = "AuthPolicy::default_verified_tokens")]
    pub verified_tokens: u64,
}

/// A signature algorithm (RFC 7518 section 3, RFC 8037). Symmetric ones do not exist here: a published key set must
/// never be able to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are those of RFC 7518")]
pub enum Algorithm {
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    EdDSA,
}

/// Section `bffs.<name>.quota`: a bucket per caller, refilled steadily.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuotaPolicy {
    /// `per_second`: requests that flow back in each second. Required, at least 1.
    pub per_second: NonZeroU32,
    /// `burst`: requests that may come at once after a pause. Required, at least 1.
    pub burst: NonZeroU32,
    /// `when_unavailable`: what happens while the store of the counters cannot be reached: `open` lets requests in,
    /// `closed` answers 503. Default `open`.
    #[serde(default)]
    pub when_unavailable: WhenUnavailable,
}

/// What a quota does while its store cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WhenUnavailable {
    /// Requests are let in uncounted.
    #[default]
    Open,
    /// Requests are answered 503.
    Closed,
}

// === impl CorsPolicy ===

impl Default for CorsPolicy {
    fn default() -> CorsPolicy {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        CorsPolicy {
            origins: Vec::new(),
            credentials: false,
            methods: owned(&["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
            headers: owned(&[
                "accept",
                "authorization",
                "content-type",
                "idempotency-key",
                "if-match",
                "if-none-match",
                "traceparent",
                "tracestate",
                "trefoil-timeout-ms",
                "x-request-id",
            ]),
            max_age_s: 600,
        }
    }
}

// === impl AuthPolicy ===

impl AuthPolicy {
    /// The most that `leeway_s` may be: more would keep revoked tokens alive.
    pub const MAX_LEEWAY_S: u64 = 300;

    /// A policy for this issuer and audience, all else by default.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> AuthPolicy {
        AuthPolicy {
            issuer: issuer.into(),
            audience: audience.into(),
            algorithms: AuthPolicy::default_algorithms(),
            leeway_s: AuthPolicy::default_leeway_s(),
            require_access_token_type: false,
            verified_tokens: AuthPolicy::default_verified_tokens(),
        }
    }

    fn default_algorithms() -> Vec<Algorithm> {
        vec![Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA]
    }

    fn default_leeway_s() -> u64 {
        60
    }

    fn default_verified_tokens() -> u64 {
        10_000
    }
}

// === impl QuotaPolicy ===

impl QuotaPolicy {
    /// The seconds in which an empty bucket is full again, rounded up: `w` of `RateLimit-Policy`.
    pub fn window_s(&self) -> u32 {
        self.burst.get().div_ceil(self.per_second.get())
    }
}
