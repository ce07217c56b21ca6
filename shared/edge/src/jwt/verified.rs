//! The tokens that were verified, so that a signature is checked once. They are known by a keyed hash: tokens must not lie around
//! in memory.
//!
//! SipHash-2-4 with 128 bits (Aumasson and Bernstein, 2012) is a pseudorandom function: without the key, which never leaves the
//! process, nobody can look for two tokens of the same hash. It costs half of what SHA-256 does, where a machine has instructions
//! for that.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use moka::sync::Cache;
use siphasher::sip128::SipHasher24;
use trefoil_context::Caller;

/// Verified tokens of one BFF: what one policy let in says nothing about another.
pub(super) struct VerifiedTokens {
    hasher: SipHasher24,
    tokens: Cache<TokenHash, Verified>,
}

/// What a token is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TokenHash(u128);

/// What is known of a verified token.
#[derive(Debug, Clone)]
pub(super) struct Verified {
    pub(super) caller: Arc<Caller>,
    /// Seconds since 1970, leeway included.
    pub(super) ends_s: f64,
    /// Of the keys it was verified with.
    pub(super) generation: u64,
}

impl VerifiedTokens {
    /// Room for this many.
    ///
    /// # Errors
    /// When the system has no random bytes for the key.
    pub(super) fn new(most: u64) -> Result<VerifiedTokens, Unspecified> {
        let mut key = [0; 16];
        rand::fill(&mut key)?;
        Ok(VerifiedTokens { hasher: SipHasher24::new_with_key(&key), tokens: Cache::new(most) })
    }

    /// The hash of a token, whatever bytes it is made of.
    pub(super) fn hash(&self, token: &[u8]) -> TokenHash {
        TokenHash(self.hasher.hash(token).into())
    }

    /// What is known of a token: it was verified with this generation of keys, and is good at `now_s` (seconds since 1970).
    pub(super) fn get(&self, token: TokenHash, generation: u64, now_s: f64) -> Option<Arc<Caller>> {
        let known = self.tokens.get(&token)?;
        if known.generation == generation && known.ends_s > now_s {
            return Some(known.caller);
        }
        self.tokens.invalidate(&token);
        None
    }

    /// Remembers one.
    pub(super) fn insert(&self, token: TokenHash, verified: Verified) {
        self.tokens.insert(token, verified);
    }
}

impl fmt::Debug for VerifiedTokens {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedTokens").finish_non_exhaustive()
    }
}
