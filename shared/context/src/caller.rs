//! Who is asking: what the edge verified, and what a composition may refer to as `caller`.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use http::HeaderValue;
use serde_json::Value;

use crate::identity::{SentIdentity, UnsendableIdentity};

/// The claims of a verified token, by name, as the issuer wrote them.
pub type Claims = serde_json::Map<String, Value>;

/// A caller whose token was verified. Only the edge makes one from a request; nothing a client sends reaches it unverified.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The subject (`sub`, RFC 7519 section 4.1.2): `{caller.id}` in a declaration.
    pub id: String,
    /// The scopes granted (`scope`, RFC 9068 section 2.2.3: a list separated by blanks).
    pub scopes: BTreeSet<String>,
    /// All claims of the token, for the BFF's own typed claims.
    pub claims: Claims,
    /// Id and scopes as backends read them: worked out at the caller's first call.
    sent: OnceLock<Result<SentIdentity, UnsendableIdentity>>,
}

impl Caller {
    /// A caller. Whoever calls this answers for it: nothing is verified here.
    pub fn new(id: impl Into<String>, scopes: BTreeSet<String>, claims: Claims) -> Caller {
        Caller { id: id.into(), scopes, claims, sent: OnceLock::new() }
    }

    /// Whether every one of `needed` was granted.
    pub fn has_scopes<'a>(&self, needed: impl IntoIterator<Item = &'a str>) -> bool {
        needed.into_iter().all(|scope| self.scopes.contains(scope))
    }

    /// The id and the scopes, separated by blanks, as backends learn them. An id or a scope that cannot stand in a header (control
    /// characters, not ASCII) is an error: it must not be sent altered.
    pub fn to_headers(&self) -> Result<[HeaderValue; 2], UnsendableIdentity> {
        let SentIdentity { id, scopes } =
            self.sent.get_or_init(|| SentIdentity::of(self)).as_ref().map_err(|&error| error)?;
        Ok([id.clone(), scopes.clone()])
    }
}
