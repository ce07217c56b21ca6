//! Media types in headers: what a body is said to be, and what a client accepts (RFC 9110, sections 8.3 and 12.5.1).

use http::{HeaderMap, HeaderValue, header};

/// A media type and its parameters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MediaType<'a> {
    /// `type/subtype`.
    pub(crate) essence: &'a str,
    parameters: &'a str,
}

impl<'a> MediaType<'a> {
    /// Reads one; what is none has an essence that equals nothing.
    pub(crate) fn read(text: &'a str) -> MediaType<'a> {
        let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
        MediaType { essence: essence.trim(), parameters }
    }

    /// Whether it is `name`, in any case.
    pub(crate) fn is(self, name: &str) -> bool {
        self.essence.eq_ignore_ascii_case(name)
    }

    fn parameters(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let parts = self.parameters.split(';').filter_map(|part| part.split_once('='));
        parts.map(|(name, value)| (name.trim(), value.trim()))
    }

    /// A declared encoding that is not the only one JSON has (RFC 8259, section 8.1).
    pub(crate) fn other_than_utf8(self) -> Option<&'a str> {
        let charset = |(name, value): (&str, &'a str)| name.eq_ignore_ascii_case("charset").then_some(value);
        self.parameters().filter_map(charset).find(|charset| !charset.trim_matches('"').eq_ignore_ascii_case("utf-8"))
    }

    /// Its weight in `Accept`, in thousandths; what is none counts as zero.
    fn weight(self) -> u16 {
        self.parameters()
            .find(|(name, _)| name.eq_ignore_ascii_case("q"))
            .map_or(1000, |(_, weight)| thousandths(weight))
    }
}

/// Whether a request's body is said to be JSON, in UTF-8 and not encoded further.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(value)) = headers.get(header::CONTENT_TYPE).map(HeaderValue::to_str) else { return false };
    let said = MediaType::read(value);
    said.is("application/json") && said.other_than_utf8().is_none() && coding(headers).is_none()
}

/// How a body is encoded beyond its media type, the first coding of those that there are (RFC 9110, section 8.4): several may stand in
/// one header or in several, in any case, and `identity` is none. What is no text is a coding that nobody knows.
pub(crate) fn coding(headers: &HeaderMap) -> Option<&str> {
    let values = headers.get_all(header::CONTENT_ENCODING).iter();
    let codings = values.flat_map(|value| value.to_str().unwrap_or("unreadable").split(','));
    codings.map(str::trim).find(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"))
}

/// The ranges of `Accept`, in order, each with its weight in thousandths.
pub(crate) fn accepted(headers: &HeaderMap) -> impl Iterator<Item = (MediaType<'_>, u16)> {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges = values.flat_map(|value| value.split(',')).map(MediaType::read);
    ranges.filter(|range| !range.essence.is_empty()).map(|range| (range, range.weight()))
}

fn thousandths(weight: &str) -> u16 {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(fraction) || fraction.len() > 3 {
        return 0;
    }
    match whole {
        "1" => 1000,
        "0" => format!("{fraction:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_encoded_unless_all_that_is_said_is_identity() {
        // Lines by `|`.
        let said = |lines: &'static str| -> HeaderMap {
            let named = |line: &'static str| (header::CONTENT_ENCODING, HeaderValue::from_static(line));
            lines.split('|').map(named).collect()
        };
        for plain in ["", "identity", "Identity", "identity, IDENTITY ,", "identity|"] {
            assert_eq!(coding(&said(plain)), None, "{plain}");
        }
        for (coded, first) in [
            ("gzip", "gzip"),
            ("GZIP", "GZIP"),
            ("identity, gzip", "gzip"),
            ("gzip, identity", "gzip"),
            ("identity|br", "br"),
            ("identity;q=1", "identity;q=1"),
        ] {
            assert_eq!(coding(&said(coded)), Some(first), "{coded}");
        }
        let unreadable = HeaderValue::from_bytes(b"\xff").unwrap();
        assert_eq!(coding(&HeaderMap::from_iter([(header::CONTENT_ENCODING, unreadable)])), Some("unreadable"));
    }
}
