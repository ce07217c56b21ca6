//! Media types in headers: what a body is said to be, and what a client accepts (RFC 9110, sections 8.3 and 12.5.1).

use http::{HeaderMap, HeaderValue, header};
use trefoil_backend::codings;

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
    said.is("application/json") && said.other_than_utf8().is_none() && codings(headers).next().is_none()
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
