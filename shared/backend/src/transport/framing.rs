//! How long an answer's body is (RFC 9112 section 6.3), and what of a head leaves that unsure. A backend's answer is input: where its
//! end can be seen in two places, it is not read at all. And which requests say that they have no body.

use http::{HeaderName, Method, StatusCode, Version, header};

use super::answer::Malformed;

/// The longest body that may be announced: what a signed 64-bit integer holds, as in nginx and Go.
const LONGEST: u64 = i64::MAX as u64;

/// What the fields of a head, one after the other, say of its body.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Framing {
    length: Option<u64>,
    chunked: bool,
}

/// Where a body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// After so many bytes.
    After(u64),
    /// With the last chunk and the trailers after it.
    LastChunk,
    /// With the connection.
    Close,
}

impl Framing {
    /// Takes one field into account. Refused: more than one length, a length that is not one number, a transfer coding other than
    /// chunks.
    pub(super) fn field(&mut self, name: &HeaderName, value: &[u8]) -> Result<(), Malformed> {
        if name == header::CONTENT_LENGTH {
            let length = number(value).filter(|_| self.length.is_none());
            self.length = Some(length.ok_or(Malformed("not one Content-Length"))?);
        } else if name == header::TRANSFER_ENCODING {
            if self.chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(Malformed("a Transfer-Encoding other than `chunked`"));
            }
            self.chunked = true;
        }
        Ok(())
    }

    /// Refuses what the fields say only together: a length beside chunks; and chunks before they were invented.
    pub(super) fn check(&self, version: Version) -> Result<(), Malformed> {
        if self.chunked && self.length.is_some() {
            return Err(Malformed("both Transfer-Encoding and Content-Length"));
        }
        if self.chunked && version == Version::HTTP_10 {
            return Err(Malformed("Transfer-Encoding in HTTP/1.0"));
        }
        Ok(())
    }

    /// Where the body ends of an answer with this status to a request by this method. To HEAD, and with 204 and 304, there is none,
    /// whatever the fields say: they tell of another answer.
    pub(super) fn end(&self, method: &Method, status: StatusCode) -> End {
        if method == Method::HEAD || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
            return End::After(0);
        }
        match self.length {
            _ if self.chunked => End::LastChunk,
            Some(length) => End::After(length),
            None => End::Close,
        }
    }
}

/// Whether a request by this method says so when it has no body: one would mean something (RFC 9110 section 8.6).
pub(super) fn tells_of_no_body(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

/// Digits and nothing else.
fn number(value: &[u8]) -> Option<u64> {
    if value.is_empty() {
        return None;
    }
    let more = |sum: u64, digit: &u8| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    };
    value.iter().try_fold(0, more).filter(|&length| length <= LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framing(fields: &[(HeaderName, &str)], version: Version) -> Result<Framing, Malformed> {
        let mut framing = Framing::default();
        fields.iter().try_for_each(|(name, value)| framing.field(name, value.as_bytes()))?;
        framing.check(version).map(|()| framing)
    }

    #[test]
    fn a_body_ends_where_its_head_says() {
        use header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
        for (fields, end) in [
            (vec![], End::Close),
            (vec![(CONTENT_TYPE, "12")], End::Close),
            (vec![(CONTENT_LENGTH, "0")], End::After(0)),
            (vec![(CONTENT_LENGTH, "0012")], End::After(12)),
            (vec![(CONTENT_LENGTH, "9223372036854775807")], End::After(LONGEST)),
            (vec![(TRANSFER_ENCODING, "Chunked")], End::LastChunk),
        ] {
            let framing = framing(&fields, Version::HTTP_11).unwrap();
            assert_eq!(framing.end(&Method::GET, StatusCode::OK), end, "{fields:?}");
            for (method, status) in [(Method::HEAD, 200), (Method::GET, 204), (Method::GET, 304)] {
                assert_eq!(framing.end(&method, StatusCode::from_u16(status).unwrap()), End::After(0));
            }
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        use header::{CONTENT_LENGTH, TRANSFER_ENCODING};
        for fields in [
            vec![(CONTENT_LENGTH, "")],
            vec![(CONTENT_LENGTH, "9223372036854775808")],
            vec![(CONTENT_LENGTH, "99999999999999999999")],
            vec![(CONTENT_LENGTH, "2"), (CONTENT_LENGTH, "2")],
            vec![(CONTENT_LENGTH, "2, 2")],
            vec![(CONTENT_LENGTH, "2"), (TRANSFER_ENCODING, "chunked")],
            vec![(TRANSFER_ENCODING, "gzip, chunked")],
            vec![(TRANSFER_ENCODING, "chunked"), (TRANSFER_ENCODING, "chunked")],
        ] {
            assert!(framing(&fields, Version::HTTP_11).is_err(), "{fields:?}");
        }
        assert!(framing(&[(TRANSFER_ENCODING, "chunked")], Version::HTTP_10).is_err());
    }
}
