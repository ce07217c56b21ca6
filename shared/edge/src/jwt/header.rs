//! The JOSE header of a token (RFC 7515 section 4): which key it asks for, and whether it is an access token at all.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::{Refused, strict_json};
use crate::Algorithm;

/// A longer key id is refused.
const MAX_KID_BYTES: usize = 256;

/// What is read of a header.
#[derive(Debug)]
pub(super) struct JoseHeader {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
}

impl JoseHeader {
    /// Reads the first part of a token. `allowed` are the algorithms that the operator believes.
    pub(super) fn read(part: &str, allowed: &[Algorithm], access_token_only: bool) -> Result<JoseHeader, Refused> {
        let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused::Invalid("the token is not a JWT"))?;
        let members = strict_json::object(&bytes).ok_or(Refused::Invalid("the token's header is not sound JSON"))?;
        if members.contains_key("crit") {
            // Nothing critical is understood here (RFC 7515 section 4.1.11).
            return Err(Refused::Invalid("the token's header asks for an extension"));
        }
        check_type(&members, access_token_only)?;
        Ok(JoseHeader { algorithm: algorithm(&members, allowed)?, kid: kid(&members)? })
    }
}

/// The names are compared exactly: `none`, `None` and `hs256` are all unknown.
fn algorithm(members: &Map<String, Value>, allowed: &[Algorithm]) -> Result<Algorithm, Refused> {
    let name = members.get("alg").and_then(Value::as_str);
    let known = allowed.iter().copied().find(|algorithm| name == Some(algorithm.name()));
    known.ok_or(Refused::Invalid("the token is signed with an algorithm that is not accepted"))
}

fn kid(members: &Map<String, Value>) -> Result<Option<String>, Refused> {
    match members.get("kid") {
        None => Ok(None),
        Some(Value::String(kid)) if kid.len() <= MAX_KID_BYTES => Ok(Some(kid.clone())),
        Some(_) => Err(Refused::Invalid("the token's key id is not sound")),
    }
}

/// `typ`: none, `JWT` or `at+jwt` (RFC 9068), the latter only if so asked.
fn check_type(members: &Map<String, Value>, access_token_only: bool) -> Result<(), Refused> {
    const WRONG: Refused = Refused::Invalid("the token is not an access token");
    let is_access_token = match members.get("typ") {
        None => false,
        Some(Value::String(typ)) => {
            let typ = typ.to_ascii_lowercase();
            match typ.strip_prefix("application/").unwrap_or(&typ) {
                "at+jwt" => true,
                "jwt" => false,
                _ => return Err(WRONG),
            }
        }
        Some(_) => return Err(WRONG),
    };
    if access_token_only && !is_access_token { Err(WRONG) } else { Ok(()) }
}
