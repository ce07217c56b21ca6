//! The client's key, as it stands in the header.

use http::{HeaderMap, HeaderName};
use trefoil_context::{Code, Problem};

use crate::plan::Plan;

/// `Idempotency-Key`: the client's name for one write.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The most characters of a key.
const MOST: usize = 255;

/// A key that a client sent: 1 to 255 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientKey {
    text: String,
}

impl ClientKey {
    /// The key of a request, if it has one. The draft has a string (RFC 9651 section 3.3.3); the same without its quotes
    /// is accepted, since most clients send a bare UUID. Anything else, or two of them, is a 400.
    pub fn read(headers: &HeaderMap) -> Result<Option<ClientKey>, Problem> {
        let refused = |what: &str| Problem::new(Code::BadRequest).with_detail(format!("Idempotency-Key {what}"));
        let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
        let Some(sent) = values.next() else { return Ok(None) };
        if values.next().is_some() {
            return Err(refused("stands more than once; give it once"));
        }
        let text = sent.to_str().ok().and_then(|text| key(text.trim()));
        match text {
            Some(text) => Ok(Some(ClientKey { text })),
            None => Err(refused(
                "is no key: send 1 to 255 visible ASCII characters, such as a UUID, in double quotes or without any \
                 (then also without commas and semicolons)",
            )),
        }
    }

    /// The key that a request to this endpoint has. One that is needed and missing is a 400; where none is declared, none is
    /// looked at.
    pub(crate) fn of(plan: &Plan, headers: &HeaderMap) -> Result<Option<ClientKey>, Problem> {
        let Some(declared) = &plan.idempotency else { return Ok(None) };
        match ClientKey::read(headers)? {
            None if declared.required => Err(Problem::new(Code::MissingIdempotencyKey)),
            key => Ok(key),
        }
    }

    /// The key, without quotes.
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn key(text: &str) -> Option<String> {
    let key = match text.strip_prefix('"') {
        Some(rest) => unquote(rest)?,
        None if text.contains(['"', ',', ';']) => return None,
        None => text.to_owned(),
    };
    let fits = (1..=MOST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then_some(key)
}

/// What stands before the closing quote, which must be the end.
fn unquote(rest: &str) -> Option<String> {
    let mut key = String::with_capacity(rest.len());
    let mut letters = rest.chars();
    loop {
        match letters.next()? {
            '"' => return letters.next().is_none().then_some(key),
            '\\' => key.push(letters.next().filter(|letter| matches!(letter, '"' | '\\'))?),
            letter => key.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_key_is_a_string_or_the_same_without_quotes() {
        for (sent, expected) in [
            ("\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", Some("8e03978e-40d5-43dd-bc93-6894a57f9324")),
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", Some("8e03978e-40d5-43dd-bc93-6894a57f9324")),
            (r#""a\"b\\c""#, Some(r#"a"b\c"#)),
            ("\"a,b;c\"", Some("a,b;c")),
            ("", None),
            ("\"\"", None),
            ("\"a", None),
            ("a\"", None),
            (r#""a\n""#, None),
            ("\"a\", \"b\"", None),
            ("\"a\";x=1", None),
            ("a,b", None),
            ("\"a b\"", None),
        ] {
            assert_eq!(key(sent).as_deref(), expected, "{sent}");
        }
        assert!(key(&"a".repeat(255)).is_some() && key(&"a".repeat(256)).is_none());
    }

    #[test]
    fn two_keys_are_none() {
        let mut headers = HeaderMap::new();
        headers.append(IDEMPOTENCY_KEY, HeaderValue::from_static("a"));
        assert_eq!(ClientKey::read(&headers).unwrap().unwrap().text(), "a");
        headers.append(IDEMPOTENCY_KEY, HeaderValue::from_static("a"));
        assert_eq!(ClientKey::read(&headers).unwrap_err().code(), Code::BadRequest);
    }
}
