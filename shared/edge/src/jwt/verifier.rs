//! From a token to its caller. A signature is checked once per token.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::Instant;
use trefoil_context::Caller;

use super::bearer::BearerToken;
use super::header::JoseHeader;
use super::issuer_keys::KeySet;
use super::verified::{TokenHash, Verified, VerifiedTokens};
use super::{IssuerKeys, Refused, claims};
use crate::{AuthPolicy, BuildError};

/// Verifies the tokens of one BFF.
#[derive(Debug)]
pub(crate) struct Verifier {
    policy: AuthPolicy,
    keys: Arc<IssuerKeys>,
    verified: VerifiedTokens,
}

/// The outcome, at once or after keys have been fetched.
pub(crate) enum Verification {
    Done(Result<Arc<Caller>, Refused>),
    NeedsKeys(BoxFuture<'static, Result<Arc<Caller>, Refused>>),
}

/// Why a token was not verified with a key set.
enum Failure {
    UnknownKey,
    Refused(Refused),
}

impl Verifier {
    /// Checks and compiles a policy.
    pub(crate) fn build(bff: &str, policy: AuthPolicy, keys: Arc<IssuerKeys>) -> Result<Verifier, BuildError> {
        let refuse = |why| Err(BuildError::Auth { bff: bff.to_owned(), why });
        if policy.issuer.is_empty() || policy.audience.is_empty() {
            return refuse("issuer and audience are needed");
        }
        if policy.algorithms.is_empty() {
            return refuse("at least one algorithm is needed");
        }
        if policy.leeway_s > AuthPolicy::MAX_LEEWAY_S {
            return refuse("leeway_s is more than 300");
        }
        match VerifiedTokens::new(policy.verified_tokens) {
            Ok(verified) => Ok(Verifier { policy, keys, verified }),
            Err(_) => refuse("the system gives no random bytes"),
        }
    }

    /// Verifies a token; `now` is when its request arrived.
    pub(crate) fn verify(self: &Arc<Self>, token: BearerToken<'_>, now: Instant) -> Verification {
        let set = self.keys.usable(now);
        let hash = self.verified.hash(token.bytes());
        // A token that is known is not even looked at.
        if let Some(caller) = set.as_ref().and_then(|set| self.verified.get(hash, set.generation, unix_s())) {
            return Verification::Done(Ok(caller));
        }
        let token = match token.text() {
            Ok(token) => token,
            Err(refused) => return Verification::Done(Err(refused)),
        };
        let Some(set) = set else { return self.after_fetch(token, None) };
        match self.verify_with(&set, token, hash) {
            Ok(caller) => Verification::Done(Ok(caller)),
            Err(Failure::Refused(refused)) => Verification::Done(Err(refused)),
            Err(Failure::UnknownKey) => match self.keys.fetch_for_unknown_key(now) {
                Some(fetch) => self.after_fetch(token, Some(fetch)),
                None => Verification::Done(Err(Failure::UnknownKey.into())),
            },
        }
    }

    /// Waits for keys, then tries once.
    fn after_fetch(self: &Arc<Self>, token: &str, fetch: Option<super::issuer_keys::Fetch>) -> Verification {
        let verifier = self.clone();
        let token = token.to_owned();
        Verification::NeedsKeys(
            async move {
                if let Some(fetch) = fetch {
                    fetch.await;
                }
                let set = match verifier.keys.usable(Instant::now()) {
                    Some(set) => set,
                    None => verifier.keys.wait_for_set().await.ok_or(Refused::KeysUnavailable)?,
                };
                let hash = verifier.verified.hash(token.as_bytes());
                verifier.verify_with(&set, &token, hash).map_err(Refused::from)
            }
            .boxed(),
        )
    }

    /// The whole check: header, key, signature, and only then the claims.
    fn verify_with(&self, set: &KeySet, token: &str, hash: TokenHash) -> Result<Arc<Caller>, Failure> {
        const NOT_A_JWT: Refused = Refused::Invalid("the token is not a JWT");
        let (message, signature) = token.rsplit_once('.').ok_or(NOT_A_JWT)?;
        let (header, payload) = message.split_once('.').ok_or(NOT_A_JWT)?;
        if header.is_empty() || payload.is_empty() || payload.contains('.') || signature.is_empty() {
            return Err(NOT_A_JWT.into());
        }
        let header = JoseHeader::read(header, &self.policy.algorithms, self.policy.require_access_token_type)?;
        let key = set.find(header.kid.as_deref(), header.algorithm).ok_or(Failure::UnknownKey)?;
        if !key.verifies(header.algorithm, message, signature) {
            return Err(Refused::Invalid("the token's signature is not the issuer's").into());
        }
        let (caller, ends_s) = claims::read(payload, &self.policy, unix_s())?;
        let caller = Arc::new(caller);
        self.verified.insert(hash, Verified { caller: caller.clone(), ends_s, generation: set.generation });
        Ok(caller)
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Failure {
        Failure::Refused(refused)
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Refused {
        match failure {
            Failure::Refused(refused) => refused,
            Failure::UnknownKey => Refused::Invalid("the token is signed with a key that the issuer does not publish"),
        }
    }
}

/// Seconds since 1970. Tokens speak of wall-clock time, so it is the one clock here that can be set.
fn unix_s() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}
