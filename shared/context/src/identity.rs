//! The headers by which backends learn who is asking. Only the gateway sets them: the edge removes what a client sends
//! under these names, in every spelling.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::Caller;

/// The prefix of every header of ours, in lower case. A client's headers with it are removed at the edge, save
/// `Trefoil-Timeout-Ms` and [`ATTEMPT_HEADER`], which are read there and never passed on as they came.
pub const FAMILY: &str = "trefoil-";

/// `Trefoil-Attempt`: which attempt at the same call this is, from 1. Read from callers, sent to backends.
pub const ATTEMPT_HEADER: HeaderName = HeaderName::from_static("trefoil-attempt");

/// Which attempt the sender of these headers says this is; one that says it more than once, the latest of them. Anything but a whole
/// number from 1 on is ignored, as an unknown header would be, and means the first. A number too large for the type is its largest.
pub fn attempt(headers: &HeaderMap) -> u32 {
    headers.get_all(ATTEMPT_HEADER).iter().filter_map(|value| number(value.as_bytes())).max().unwrap_or(1).max(1)
}

/// Digits and nothing else.
fn number(text: &[u8]) -> Option<u32> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let more = |sum: u32, digit: &u8| sum.saturating_mul(10).saturating_add(u32::from(digit - b'0'));
    digits.then(|| text.iter().fold(0, more))
}

/// The names under which backends learn the caller.
#[derive(Debug, Clone)]
pub struct IdentityHeaders {
    /// Carries the caller's id. Default `Trefoil-Caller`.
    pub caller: HeaderName,
    /// Carries the granted scopes, separated by blanks. Default `Trefoil-Scopes`.
    pub scopes: HeaderName,
}

/// A caller's id or scope that cannot stand in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnsendableIdentity;

/// A caller's id and scopes as header values.
#[derive(Debug, Clone)]
pub(crate) struct SentIdentity {
    pub(crate) id: HeaderValue,
    pub(crate) scopes: HeaderValue,
}

impl Default for IdentityHeaders {
    fn default() -> IdentityHeaders {
        IdentityHeaders {
            caller: HeaderName::from_static("trefoil-caller"),
            scopes: HeaderName::from_static("trefoil-scopes"),
        }
    }
}

impl IdentityHeaders {
    /// Writes who is asking into `headers`. An id or a scope that cannot stand in a header (control characters, not
    /// ASCII) is an error and writes nothing: it must not be sent altered.
    pub fn write(&self, caller: &Caller, headers: &mut HeaderMap) -> Result<(), UnsendableIdentity> {
        let [id, scopes] = caller.to_headers()?;
        headers.insert(self.caller.clone(), id);
        headers.insert(self.scopes.clone(), scopes);
        Ok(())
    }

    /// Whether a client may not send `name`: it is of the `Trefoil-` family or one of these names, in any spelling
    /// (`_` counts as `-`; header names have no case).
    pub fn reserves(&self, name: &HeaderName) -> bool {
        let name = name.as_str();
        let is = |reserved: &str| {
            name.len() == reserved.len() && name.bytes().zip(reserved.bytes()).all(|(a, b)| fold(a) == fold(b))
        };
        (name.len() >= FAMILY.len() && name.bytes().zip(FAMILY.bytes()).all(|(a, b)| fold(a) == b))
            || is(self.caller.as_str())
            || is(self.scopes.as_str())
    }
}

impl SentIdentity {
    pub(crate) fn of(caller: &Caller) -> Result<SentIdentity, UnsendableIdentity> {
        let scopes = caller.scopes.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        Ok(SentIdentity { id: visible(&caller.id)?, scopes: visible(&scopes)? })
    }
}

fn visible(text: &str) -> Result<HeaderValue, UnsendableIdentity> {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        HeaderValue::from_str(text).map_err(|_| UnsendableIdentity)
    } else {
        Err(UnsendableIdentity)
    }
}

fn fold(byte: u8) -> u8 {
    if byte == b'_' { b'-' } else { byte.to_ascii_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_reserved_name_is_reserved() {
        let headers = IdentityHeaders { caller: HeaderName::from_static("x-user-id"), ..IdentityHeaders::default() };
        for name in ["trefoil-caller", "trefoil_caller", "Trefoil-Anything", "TREFOIL_x", "x-user-id", "X_USER-ID"] {
            assert!(headers.reserves(&name.parse().unwrap()), "{name}");
        }
        for name in ["trefoi", "x-user-ids", "x-user", "authorization"] {
            assert!(!headers.reserves(&name.parse().unwrap()), "{name}");
        }
    }

    #[test]
    fn an_attempt_is_what_its_sender_says_however_many_there_were() {
        let said = |values: &[&str]| {
            let named = |value: &&str| (ATTEMPT_HEADER, HeaderValue::from_str(value).unwrap());
            attempt(&values.iter().map(named).collect())
        };
        for (value, number) in [("1", 1), ("2", 2), ("255", 255), ("256", 256), ("007", 7), ("4294967296", u32::MAX)] {
            assert_eq!(said(&[value]), number, "{value}");
        }
        assert_eq!((said(&["1", "3", "2"]), said(&["x", "2"])), (3, 2));
        for nonsense in ["", "0", "-2", "+2", "2.5", "2, 3", "0x2", "two"] {
            assert_eq!(said(&[nonsense]), 1, "{nonsense}");
        }
        assert_eq!(said(&[]), 1);
    }

    #[test]
    fn an_id_that_cannot_stand_in_a_header_is_refused_whole() {
        let mut headers = HeaderMap::new();
        for id in ["a\r\nb", "é", "a\0"] {
            let caller = Caller::new(id, Default::default(), Default::default());
            assert!(IdentityHeaders::default().write(&caller, &mut headers).is_err(), "{id:?}");
        }
        assert!(headers.is_empty());
    }
}
