//! An issuer's published keys (RFC 7517), each bound to what it may verify.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use serde_json::Value;

use crate::Algorithm;

/// Keys beyond this are not read: a set that large is not one issuer's.
const MAX_KEYS: usize = 100;
/// A shorter RSA modulus is not believed, in bytes (RFC 7518 section 3.3: 2048 bits).
const MIN_RSA_BYTES: usize = 256;

/// A key that can verify.
pub(super) struct Key {
    kid: Option<String>,
    /// The one algorithm that the issuer named for it.
    declared: Option<String>,
    kind: Kind,
    decoding: DecodingKey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rsa,
    P256,
    P384,
    Ed25519,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    use_: Option<String>,
    key_ops: Option<Vec<String>>,
    kid: Option<String>,
}

/// Reads a key set. Keys that cannot verify a signature here (symmetric ones, those for encryption, unknown curves) are
/// left out, as RFC 7517 section 5 asks. `None` if the document is not a key set.
pub(super) fn parse(document: &[u8]) -> Option<Vec<Key>> {
    let document: Document = serde_json::from_slice(document).ok()?;
    let jwks = document.keys.into_iter().take(MAX_KEYS).filter_map(|key| serde_json::from_value(key).ok());
    Some(jwks.filter_map(Key::of).collect())
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("kid", &self.kid).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Key {
    fn of(jwk: Jwk) -> Option<Key> {
        let for_signatures = jwk.use_.as_deref().is_none_or(|use_| use_ == "sig");
        let verifies = jwk.key_ops.as_ref().is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if !for_signatures || !verifies {
            return None;
        }
        let (kind, decoding) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => {
                let (n, e) = (bytes(jwk.n)?, bytes(jwk.e)?);
                (n.len() >= MIN_RSA_BYTES).then(|| (Kind::Rsa, DecodingKey::from_rsa_raw_components(&n, &e)))?
            }
            ("EC", Some("P-256")) => (Kind::P256, point(jwk.x, jwk.y, 32)?),
            ("EC", Some("P-384")) => (Kind::P384, point(jwk.x, jwk.y, 48)?),
            ("OKP", Some("Ed25519")) => {
                let x = bytes(jwk.x).filter(|x| x.len() == 32)?;
                (Kind::Ed25519, DecodingKey::from_ed_der(&x))
            }
            _ => return None,
        };
        Some(Key { kid: jwk.kid, declared: jwk.alg, kind, decoding })
    }

    /// Whether a token signed with `algorithm` may be checked by this key.
    pub(super) fn fits(&self, algorithm: Algorithm) -> bool {
        // RFC 9864 gives EdDSA over this curve a name of its own.
        let named = |name: &str| name == algorithm.name() || (algorithm == Algorithm::EdDSA && name == "Ed25519");
        algorithm.kind() == self.kind && self.declared.as_deref().is_none_or(named)
    }

    /// Whether it has this id.
    pub(super) fn is_called(&self, kid: &str) -> bool {
        self.kid.as_deref() == Some(kid)
    }

    /// Whether `signature` (base64url) is this key's over `message`.
    pub(super) fn verifies(&self, algorithm: Algorithm, message: &str, signature: &str) -> bool {
        self.fits(algorithm)
            && jsonwebtoken::crypto::verify(signature, message.as_bytes(), &self.decoding, algorithm.library())
                .unwrap_or(false)
    }
}

fn bytes(text: Option<String>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text?).ok()
}

/// An uncompressed point of a curve whose coordinates have `size` bytes.
fn point(x: Option<String>, y: Option<String>, size: usize) -> Option<DecodingKey> {
    let (x, y) = (bytes(x)?, bytes(y)?);
    (x.len() == size && y.len() == size).then(|| DecodingKey::from_ec_der(&[&[4], &x[..], &y[..]].concat()))
}

// === impl Algorithm ===

impl Algorithm {
    /// The name in a token's header.
    pub(super) fn name(self) -> &'static str {
        match self {
            Algorithm::RS256 => "RS256",
            Algorithm::RS384 => "RS384",
            Algorithm::RS512 => "RS512",
            Algorithm::PS256 => "PS256",
            Algorithm::PS384 => "PS384",
            Algorithm::PS512 => "PS512",
            Algorithm::ES256 => "ES256",
            Algorithm::ES384 => "ES384",
            Algorithm::EdDSA => "EdDSA",
        }
    }

    fn kind(self) -> Kind {
        match self {
            Algorithm::RS256 | Algorithm::RS384 | Algorithm::RS512 => Kind::Rsa,
            Algorithm::PS256 | Algorithm::PS384 | Algorithm::PS512 => Kind::Rsa,
            Algorithm::ES256 => Kind::P256,
            Algorithm::ES384 => Kind::P384,
            Algorithm::EdDSA => Kind::Ed25519,
        }
    }

    fn library(self) -> jsonwebtoken::Algorithm {
        match self {
            Algorithm::RS256 => jsonwebtoken::Algorithm::RS256,
            Algorithm::RS384 => jsonwebtoken::Algorithm::RS384,
            Algorithm::RS512 => jsonwebtoken::Algorithm::RS512,
            Algorithm::PS256 => jsonwebtoken::Algorithm::PS256,
            Algorithm::PS384 => jsonwebtoken::Algorithm::PS384,
            Algorithm::PS512 => jsonwebtoken::Algorithm::PS512,
            Algorithm::ES256 => jsonwebtoken::Algorithm::ES256,
            Algorithm::ES384 => jsonwebtoken::Algorithm::ES384,
            Algorithm::EdDSA => jsonwebtoken::Algorithm::EdDSA,
        }
    }
}
