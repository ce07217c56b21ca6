//! What is kept of a write's answer.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use trefoil_backend::Reply;

use super::store::StoreError;

/// What is kept of a write that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// What the backend answered.
    Answer {
        /// The status.
        status: StatusCode,
        /// The headers that answers are made of; nothing that says who somebody is.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
    },
    /// The write was made, and its answer was too large to be kept.
    TooLarge,
}

/// The head of a stored answer, in one line of JSON before its body.
#[derive(Serialize, Deserialize)]
struct Head {
    status: u16,
    headers: Vec<(String, String)>,
}

const TOO_LARGE: &[u8] = b"too large";

impl Stored {
    /// Whether an answer with this status is kept. Success is, and so is what says that the request itself will not do: a repeat would be
    /// told the same. Not so what says "not now" or "not you" (401, 403, 408, 409, 425, 429): nothing was written, and the same
    /// request may well do later; nor a 5xx or 3xx, which say nothing definite. 409 is also how a backend that knows keys
    /// says that the first write is still under way.
    pub fn keeps(status: StatusCode) -> bool {
        let later = matches!(status.as_u16(), 401 | 403 | 408 | 409 | 425 | 429);
        status.is_success() || (status.is_client_error() && !later)
    }

    /// What is kept of an answer, of a body of at most `max` bytes.
    pub fn of(reply: &Reply, max: usize) -> Stored {
        if reply.body.len() > max {
            return Stored::TooLarge;
        }
        let kept = reply.headers.iter().filter(|(name, _)| is_kept(name));
        let headers = kept.map(|(name, value)| (name.clone(), value.clone())).collect();
        Stored::Answer { status: reply.status, headers, body: reply.body.clone() }
    }

    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        match self {
            Stored::Answer { headers, body, .. } => {
                headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 64).sum::<usize>() + body.len()
            }
            Stored::TooLarge => 0,
        }
    }

    /// As bytes, for a store outside of this process.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Stored::Answer { status, headers, body } = self else { return TOO_LARGE.to_vec() };
        let text =
            |(name, value): (&HeaderName, &HeaderValue)| Some((name.to_string(), value.to_str().ok()?.to_owned()));
        let head = Head { status: status.as_u16(), headers: headers.iter().filter_map(text).collect() };
        // A struct of strings and numbers always serialises.
        let mut bytes = serde_json::to_vec(&head).unwrap_or_default();
        bytes.push(b'\n');
        bytes.extend_from_slice(body);
        bytes
    }

    /// Read back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Stored, StoreError> {
        if bytes == TOO_LARGE {
            return Ok(Stored::TooLarge);
        }
        let broken = || StoreError("a stored answer cannot be read".to_owned());
        let end = bytes.iter().position(|byte| *byte == b'\n').ok_or_else(broken)?;
        let head: Head = serde_json::from_slice(&bytes[..end]).map_err(|_| broken())?;
        let mut headers = HeaderMap::with_capacity(head.headers.len());
        for (name, value) in head.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| broken())?;
            headers.append(name, HeaderValue::from_str(&value).map_err(|_| broken())?);
        }
        let status = StatusCode::from_u16(head.status).map_err(|_| broken())?;
        Ok(Stored::Answer { status, headers, body: Bytes::copy_from_slice(&bytes[end + 1..]) })
    }
}

/// All that an answer may be made of: not what is about the connection or the moment, nor what says who somebody is.
fn is_kept(name: &HeaderName) -> bool {
    let about_the_exchange = [
        header::CONNECTION,
        header::TRANSFER_ENCODING,
        header::TE,
        header::TRAILER,
        header::UPGRADE,
        header::CONTENT_LENGTH,
        header::DATE,
        header::SERVER,
        header::VIA,
        header::AGE,
        header::SET_COOKIE,
        header::WWW_AUTHENTICATE,
        header::AUTHORIZATION,
        header::PROXY_AUTHENTICATE,
        header::PROXY_AUTHORIZATION,
    ];
    !about_the_exchange.contains(name)
        && !matches!(name.as_str(), "keep-alive" | "server-timing")
        && !name.as_str().starts_with("trefoil-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply() -> Reply {
        let mut headers = HeaderMap::new();
        for (name, value) in
            [("content-type", "application/json"), ("location", "/orders/1"), ("trefoil-caller", "u-1"), ("date", "x")]
        {
            headers.append(name, HeaderValue::from_static(value));
        }
        Reply { status: StatusCode::CREATED, headers, body: Bytes::from_static(b"{\"a\":\n1}"), cached: None }
    }

    #[test]
    fn an_answer_comes_back_as_it_was_without_what_says_who_somebody_is() {
        let stored = Stored::of(&reply(), 100);
        assert_eq!(Stored::from_bytes(&stored.to_bytes()).unwrap(), stored);
        let Stored::Answer { status, headers, body } = stored else { panic!() };
        assert_eq!((status, body), (StatusCode::CREATED, reply().body));
        assert_eq!(headers.keys().map(HeaderName::as_str).collect::<Vec<_>>(), ["content-type", "location"]);
    }

    #[test]
    fn an_answer_that_is_too_large_is_known_to_have_been() {
        let stored = Stored::of(&reply(), 7);
        assert_eq!(stored, Stored::TooLarge);
        assert_eq!(Stored::from_bytes(&stored.to_bytes()).unwrap(), stored);
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        for bytes in [&b""[..], b"{}", b"{\"status\":9999,\"headers\":[]}\n", b"x\ny"] {
            assert!(Stored::from_bytes(bytes).is_err());
        }
    }

    #[test]
    fn only_a_definite_answer_is_kept() {
        let kept: Vec<u16> =
            (200..600).filter(|status| Stored::keeps(StatusCode::from_u16(*status).unwrap())).collect();
        for status in [200, 201, 204, 400, 404, 410, 422] {
            assert!(kept.contains(&status), "{status}");
        }
        for status in [301, 401, 403, 408, 409, 425, 429, 500, 503] {
            assert!(!kept.contains(&status), "{status}");
        }
    }
}
