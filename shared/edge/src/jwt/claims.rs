//! The claims of a token whose signature is good: whose it is, for whom, for how long.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use trefoil_context::Caller;

use super::{Refused, strict_json};
use crate::AuthPolicy;

/// A longer subject is refused, in bytes (OpenID Connect Core section 2 has the same bound).
const MAX_SUBJECT_BYTES: usize = 255;

/// Reads the second part of a token at `now_s` (seconds since 1970): the caller, and when the token ends.
pub(super) fn read(part: &str, policy: &AuthPolicy, now_s: f64) -> Result<(Caller, f64), Refused> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused::Invalid("the token is not a JWT"))?;
    let claims = strict_json::object(&bytes).ok_or(Refused::Invalid("the token's claims are not sound JSON"))?;
    if claims.get("iss").and_then(Value::as_str) != Some(&policy.issuer) {
        return Err(Refused::Invalid("the token is by another issuer"));
    }
    if !names_audience(claims.get("aud"), &policy.audience) {
        return Err(Refused::Invalid("the token is for another audience"));
    }
    let ends_s = check_times(&claims, policy.leeway_s as f64, now_s)?;
    let id = subject(&claims)?;
    let scopes = scopes(&claims)?;
    Ok((Caller::new(id, scopes, claims), ends_s))
}

/// `aud` is a string, or an array of nothing but strings (RFC 7519 section 4.1.3).
fn names_audience(claim: Option<&Value>, audience: &str) -> bool {
    match claim {
        Some(Value::String(one)) => one == audience,
        Some(Value::Array(many)) => {
            many.iter().all(Value::is_string) && many.iter().any(|one| one.as_str() == Some(audience))
        }
        _ => false,
    }
}

/// The end of the token, leeway included, in seconds since 1970. A time that is no number is never taken for absent.
fn check_times(claims: &Map<String, Value>, leeway_s: f64, now_s: f64) -> Result<f64, Refused> {
    let time = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => value
            .as_f64()
            .filter(|seconds| seconds.is_finite() && *seconds >= 0.0)
            .map(Some)
            .ok_or(Refused::Invalid("a time in the token is not a number")),
    };
    let ends_s = time("exp")?.ok_or(Refused::Invalid("the token does not say when it expires"))? + leeway_s;
    if ends_s <= now_s {
        return Err(Refused::Invalid("the token is expired"));
    }
    if time("nbf")?.is_some_and(|begins| begins - leeway_s > now_s) {
        return Err(Refused::Invalid("the token is not yet valid"));
    }
    if time("iat")?.is_some_and(|issued| issued - leeway_s > now_s) {
        return Err(Refused::Invalid("the token is from the future"));
    }
    Ok(ends_s)
}

/// The subject, if it can stand in a header unaltered: visible ASCII, blanks inside only.
fn subject(claims: &Map<String, Value>) -> Result<String, Refused> {
    match claims.get("sub") {
        Some(Value::String(id)) if is_sendable(id) => Ok(id.clone()),
        _ => Err(Refused::Invalid("the token has no usable subject")),
    }
}

fn is_sendable(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= MAX_SUBJECT_BYTES
        && id.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && id.trim_matches(' ').len() == id.len()
}

/// `scope`, separated by blanks (RFC 9068 section 2.2.3), else `scp`, as some issuers name it.
fn scopes(claims: &Map<String, Value>) -> Result<BTreeSet<String>, Refused> {
    const UNUSABLE: Refused = Refused::Invalid("the token's scopes are not sound");
    let words: Vec<&str> = match (claims.get("scope"), claims.get("scp")) {
        (None, None) => Vec::new(),
        (Some(Value::String(text)), _) | (None, Some(Value::String(text))) => {
            text.split(' ').filter(|word| !word.is_empty()).collect()
        }
        (None, Some(Value::Array(items))) => items.iter().map(Value::as_str).collect::<Option<_>>().ok_or(UNUSABLE)?,
        _ => return Err(UNUSABLE),
    };
    // RFC 6749 section 3.3: what a scope is made of; and so it can stand in a header.
    let sound = |word: &str| !word.is_empty() && word.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
    if words.iter().all(|word| sound(word)) {
        Ok(words.into_iter().map(str::to_owned).collect())
    } else {
        Err(UNUSABLE)
    }
}
