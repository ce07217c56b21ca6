//! Takes the token out of `Authorization: Bearer …` (RFC 6750 section 2.1). Nowhere else may a token stand.

use http::{HeaderMap, header};

use super::Refused;

/// A larger token is refused unread, in bytes.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// The one bearer token. Another scheme counts as no token.
pub(crate) fn bearer_token(headers: &HeaderMap) -> Result<&str, Refused> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or(Refused::NoToken)?;
    if values.next().is_some() {
        return Err(Refused::Invalid("there is more than one Authorization header"));
    }
    let text = value.to_str().map_err(|_| Refused::Invalid("the token is not a JWT"))?;
    let (scheme, token) = text.split_once(' ').ok_or(Refused::NoToken)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refused::NoToken);
    }
    let token = token.trim_matches(' ');
    if token.len() > MAX_TOKEN_BYTES {
        return Err(Refused::Invalid("the token is too large"));
    }
    // The base64url alphabet and dots (RFC 7515 section 7.1): one spelling of a token, so one entry in a cache.
    if !token.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')) {
        return Err(Refused::Invalid("the token is not a JWT"));
    }
    Ok(token)
}
