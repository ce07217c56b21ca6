//! The issuer's key: RSA, 2048 bits, made at start and gone at the end. Nothing of it is ever written down.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::Serialize;

use super::IssuerError;

/// What stands in PKCS#8 (RFC 5208) before the PKCS#1 key that it wraps, for an RSA key of 2048 bits: two lengths of
/// four bytes, the version, the algorithm, and the head of an octet string.
const PKCS8_HEAD: usize = 26;

/// Signs access tokens, and publishes the other half of its key.
pub(super) struct Signer {
    key: EncodingKey,
    id: String,
    public: JwkSet,
}

impl Signer {
    pub(super) fn new() -> Result<Self, IssuerError> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| IssuerError::Key)?;
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| IssuerError::Key)?;
        let key = EncodingKey::from_rsa_der(pkcs8.as_ref().get(PKCS8_HEAD..).ok_or(IssuerError::Key)?);
        // This reads the key, so a head of another length would be noticed here.
        let mut public = Jwk::from_encoding_key(&key, Algorithm::RS256)?;
        let id = public.thumbprint(ThumbprintHash::SHA256)?;
        public.common.key_id = Some(id.clone());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        Ok(Self { key, id, public: JwkSet { keys: vec![public] } })
    }

    /// The JWKS (RFC 7517).
    pub(super) fn public(&self) -> &JwkSet {
        &self.public
    }

    /// A signed access token (RFC 9068).
    pub(super) fn sign(&self, claims: &impl Serialize) -> Result<String, IssuerError> {
        let mut header = Header::new(Algorithm::RS256);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(self.id.clone());
        Ok(encode(&header, claims, &self.key)?)
    }
}
