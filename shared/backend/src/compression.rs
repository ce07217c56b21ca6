//! Whether a backend is asked for compressed answers, and which codings a body is said to have.

use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};

use crate::faults::Faults;

/// How a backend's answers come, in `backends.<name>.compression`. Inside a cluster compression costs both sides more processor time than
/// it saves of the wire; it pays where traffic is counted or the way is long: between zones, regions or clouds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CompressionConfig {
    /// The coding that its answers may have. Default `none`.
    pub coding: Coding,
    /// How many bytes an answer may decode to for each byte that came; more fails its call. What decodes to 64 KiB or less is not
    /// judged. From 1 to 1032, which is all that deflate can do (zlib's technical details); default 100, as Envoy's `max_inflate_ratio`.
    /// `max_body_bytes` holds beside it.
    pub max_inflate_ratio: u32,
}

/// A content coding (RFC 9110 section 8.4.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coding {
    /// None: `Accept-Encoding` is not sent, and an answer that is encoded all the same fails its call.
    #[default]
    None,
    /// gzip (RFC 1952).
    Gzip,
}

impl Default for CompressionConfig {
    fn default() -> CompressionConfig {
        CompressionConfig { coding: Coding::None, max_inflate_ratio: 100 }
    }
}

impl CompressionConfig {
    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.range(&["compression", "max_inflate_ratio"], self.max_inflate_ratio.into(), 1..=1032);
    }

    /// How dense an answer may be, where one may be compressed at all.
    pub(crate) fn max_inflate_ratio(&self) -> Option<u32> {
        (self.coding == Coding::Gzip).then_some(self.max_inflate_ratio)
    }
}

/// How a body is encoded beyond its media type (RFC 9110 section 8.4): several codings may stand in one header or in several, in any case,
/// and `identity` is none. What is no text is a coding that nobody knows.
pub fn codings(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(header::CONTENT_ENCODING).iter();
    let codings = values.flat_map(|value| value.to_str().unwrap_or("unreadable").split(',')).map(str::trim);
    codings.filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_body_is_encoded_unless_all_that_is_said_is_identity() {
        // Lines by `|`.
        let said = |lines: &'static str| -> HeaderMap {
            let named = |line: &'static str| (header::CONTENT_ENCODING, HeaderValue::from_static(line));
            lines.split('|').map(named).collect()
        };
        for plain in ["", "identity", "Identity", "identity, IDENTITY ,", "identity|"] {
            assert_eq!(codings(&said(plain)).next(), None, "{plain}");
        }
        for (coded, first) in [
            ("gzip", "gzip"),
            ("GZIP", "GZIP"),
            ("identity, gzip", "gzip"),
            ("gzip, identity", "gzip"),
            ("identity|br", "br"),
            ("identity;q=1", "identity;q=1"),
        ] {
            assert_eq!(codings(&said(coded)).next(), Some(first), "{coded}");
        }
        let unreadable = HeaderValue::from_bytes(b"\xff").unwrap();
        assert_eq!(codings(&HeaderMap::from_iter([(header::CONTENT_ENCODING, unreadable)])).next(), Some("unreadable"));
    }
}
