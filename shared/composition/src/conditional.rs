//! Entity tags and conditional requests: who has an answer already is told so, in place of the bytes (RFC 9110 section 13).

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use trefoil_context::{Place, write_hex};
use twox_hash::XxHash3_128;

use crate::declare::Access;
use crate::plan::Plan;

/// The entity tag of some bytes.
///
/// It is the bytes' XXH3 of 128 bits, which is fast and the same in every gateway, and guards against chance alone: who could
/// make two bodies with one tag can only show an old body of his own as the new one. It is weak, because an answer may be
/// compressed on its way and is the same answer then (RFC 9110 section 8.8.3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag(HeaderValue);

impl Tag {
    /// The tag of `body`.
    pub(crate) fn of(body: &[u8]) -> Option<Tag> {
        let mut text = *b"W/\"00000000000000000000000000000000\"";
        write_hex(&mut text[3..35], &XxHash3_128::oneshot(body).to_be_bytes());
        // Hexadecimal digits always make a header.
        HeaderValue::from_bytes(&text).ok().map(Tag)
    }

    /// The value of `ETag`.
    pub(crate) fn into_value(self) -> HeaderValue {
        self.0
    }

    /// Whether a client has these bytes: `If-None-Match` is `*` or names them. The comparison is the weak one, as
    /// RFC 9110 section 13.1.2 demands.
    pub(crate) fn is_known(&self, asked: &HeaderMap) -> bool {
        let ours = opaque(self.0.as_bytes());
        let values = asked.get_all(header::IF_NONE_MATCH);
        // Alone it means any; in a list it is no tag.
        values.iter().eq(["*"]) || values.iter().any(|value| Tags(value.as_bytes()).any(|tag| tag == ours))
    }
}

/// The opaque tags of a list, with their quotes: what stands between two is the tag's, a comma too. The list ends where it is none.
struct Tags<'a>(&'a [u8]);

impl<'a> Iterator for Tags<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let start = self.0.iter().position(|byte| !matches!(byte, b',' | b' ' | b'\t'))?;
        let rest = opaque(&self.0[start..]);
        let inside = rest.strip_prefix(b"\"")?;
        let end = inside.iter().position(|byte| *byte == b'"')? + 2;
        let (tag, rest) = rest.split_at(end);
        self.0 = rest;
        Some(tag)
    }
}

fn opaque(tag: &[u8]) -> &[u8] {
    tag.strip_prefix(b"W/").unwrap_or(tag)
}

/// Makes a complete answer to a GET one that can be kept and asked for again, and a 304 where the client has it already.
/// `body` is the answer's. An answer that sets a cookie is not to be kept by anybody.
pub(crate) fn apply(response: &mut Response, body: &[u8], asked: &HeaderMap, caching: HeaderValue, vary: &HeaderValue) {
    if response.status() != StatusCode::OK {
        return;
    }
    if response.headers().contains_key(header::SET_COOKIE) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        return;
    }
    let Some(tag) = Tag::of(body) else { return };
    let known = tag.is_known(asked);
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag.into_value());
    headers.insert(header::CACHE_CONTROL, caching);
    headers.append(header::VARY, vary.clone());
    if known {
        headers.remove(header::CONTENT_TYPE);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
    }
}

/// What an endpoint's answers depend on beside the URL: who asks, the form (a stream or not), the declared headers, and the
/// coding, which is said here because a 304 passes by what compresses.
pub(crate) fn vary(plan: &Plan) -> HeaderValue {
    let mut names = vec!["accept", "accept-encoding"];
    if plan.access != Access::Public {
        names.push("authorization");
    }
    for param in plan.params.iter().filter(|param| param.place == Place::Header) {
        if !names.iter().any(|name| name.eq_ignore_ascii_case(&param.name)) {
            names.push(&param.name);
        }
    }
    // Header names always make a header; a value that must not be shared is the cautious one.
    HeaderValue::try_from(names.join(", ").to_ascii_lowercase()).unwrap_or(HeaderValue::from_static("*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (header::IF_NONE_MATCH, HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn a_tag_is_known_however_it_is_listed_and_no_part_of_a_foreign_one_is_it_or_any() {
        let tag = Tag::of(b"{}").unwrap();
        let text = tag.clone().into_value().to_str().unwrap().to_owned();
        let strong = text.strip_prefix("W/").unwrap().to_owned();
        for known in [
            vec![text.as_str()],
            vec![&strong],
            vec!["*"],
            vec![&format!("\"a\", {text} ,\"b\"")],
            vec!["\"a\"", &strong],
            vec![&format!("\"a,b\",{strong}")],
        ] {
            assert!(tag.is_known(&asked(&known)), "{known:?}");
        }
        for unknown in [
            vec![],
            vec![""],
            vec!["\"a,*,b\""],
            vec!["*", "\"a\""],
            vec!["\"a\", *"],
            vec![&format!("\"a,{}", &strong[1..])],
            vec!["\"a\""],
            vec!["W/W/\"a\""],
            vec![strong.trim_matches('"')],
        ] {
            assert!(!tag.is_known(&asked(&unknown)), "{unknown:?}");
        }
        assert_ne!(Tag::of(b"{} "), Some(tag));
    }
}
