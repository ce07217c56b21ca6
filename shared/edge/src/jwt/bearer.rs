//! Takes the token out of `Authorization: Bearer …` (RFC 6750 section 2.1). Nowhere else may a token stand.

use http::{HeaderMap, header};

use super::Refused;

/// A larger token is refused unread, in bytes.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// A bearer token as it was sent; nothing but its size is known of it.
#[derive(Clone, Copy)]
pub(crate) struct BearerToken<'a>(&'a [u8]);

/// The one bearer token. Another scheme counts as no token.
pub(crate) fn bearer_token(headers: &HeaderMap) -> Result<BearerToken<'_>, Refused> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or(Refused::NoToken)?;
    if values.next().is_some() {
        return Err(Refused::Invalid("there is more than one Authorization header"));
    }
    let (scheme, token) = value.as_bytes().split_at_checked("bearer ".len()).ok_or(Refused::NoToken)?;
    if !scheme.eq_ignore_ascii_case(b"bearer ") {
        return Err(Refused::NoToken);
    }
    let token = BearerToken(trim(token));
    if token.0.len() > MAX_TOKEN_BYTES {
        return Err(Refused::Invalid("the token is too large"));
    }
    Ok(token)
}

/// Without blanks around it.
fn trim(mut token: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] | [rest @ .., b' '] = token {
        token = rest;
    }
    token
}

// === impl BearerToken ===

impl<'a> BearerToken<'a> {
    /// What was sent.
    pub(crate) fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// The token as text, if it is made of what a JWT is made of: the base64url alphabet and dots (RFC 7515 section 7.1).
    pub(crate) fn text(self) -> Result<&'a str, Refused> {
        let known = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let text = std::str::from_utf8(self.0).ok().filter(|_| self.0.iter().all(known));
        text.ok_or(Refused::Invalid("the token is not a JWT"))
    }
}
