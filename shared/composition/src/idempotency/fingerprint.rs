//! What a key stands for: whose it is, and which request. Both are SHA-256 digests (by aws-lc-rs): a store learns neither
//! callers nor payloads, and nobody can make up another's.

use std::fmt;

use aws_lc_rs::digest::{Context, SHA256};
use http::HeaderValue;

use crate::inputs::Inputs;
use crate::plan::Plan;

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

/// The name of a write in a store: the BFF's, the endpoint's, the caller's and the client's key, in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StoreKey(pub Digest);

/// What a request asks for: the endpoint, its parameters, its declared headers and its validated body. A repeat of the same request has
/// the same one, whichever face it came by and however its JSON was laid out. A GraphQL operation with several writes under one key
/// asks for all of them, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub Digest);

impl StoreKey {
    /// The name of the write that `caller` calls `key`. `part` tells apart several of one request to this endpoint.
    pub fn new(bff: &str, endpoint: &str, caller: &str, key: &str, part: Option<&str>) -> StoreKey {
        let parts = [Some(bff), Some(endpoint), Some(caller), Some(key), part];
        StoreKey(digest("trefoil key 1", parts.map(|part| part.map(str::as_bytes))))
    }

    /// What the backend of the write gets as `Idempotency-Key`: a UUID (RFC 9562, version 8) of this name, the same for each repeat.
    /// The client's own word never travels: a backend that does not tell callers apart would give one the other's answer.
    pub(crate) fn for_backend(&self) -> HeaderValue {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.0.0[..16]);
        HeaderValue::from_str(&uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string())
            .unwrap_or(HeaderValue::from_static(""))
    }
}

impl Fingerprint {
    /// Of a request that makes these writes, most often one.
    pub(crate) fn of<'a>(writes: impl IntoIterator<Item = (&'a Plan, &'a Inputs)>) -> Fingerprint {
        let parts = writes.into_iter().flat_map(|(plan, inputs)| {
            let head = [plan.method.as_str().as_bytes(), plan.name.as_bytes()].map(Some);
            head.into_iter().chain(inputs.given())
        });
        Fingerprint(digest("trefoil request 1", parts))
    }
}

/// Each part with its length before it, so that no two lists of parts run into one another.
fn digest<'a>(what: &str, parts: impl IntoIterator<Item = Option<&'a [u8]>>) -> Digest {
    let mut context = Context::new(&SHA256);
    context.update(what.as_bytes());
    for part in parts {
        match part {
            Some(bytes) => {
                context.update(&[1]);
                context.update(&(bytes.len() as u64).to_be_bytes());
                context.update(bytes);
            }
            None => context.update(&[0]),
        }
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    Digest(digest)
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_others_are_others() {
        let mine = StoreKey::new("web", "placeOrder", "u-1", "k", None);
        assert_eq!(mine, StoreKey::new("web", "placeOrder", "u-1", "k", None));
        for other in [
            StoreKey::new("mobile", "placeOrder", "u-1", "k", None),
            StoreKey::new("web", "cancelOrder", "u-1", "k", None),
            StoreKey::new("web", "placeOrder", "u-2", "k", None),
            StoreKey::new("web", "placeOrder", "u-1", "l", None),
            StoreKey::new("web", "placeOrder", "u-1", "k", Some("")),
            StoreKey::new("web", "placeOrderu-", "1", "k", None),
        ] {
            assert_ne!(mine, other);
        }
    }
}
