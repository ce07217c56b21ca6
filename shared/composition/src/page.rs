//! Bytes that do not change while the process lives, sent with an entity tag.

use std::hash::{DefaultHasher, Hasher as _};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// A page or an asset.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    body: Bytes,
    content_type: &'static str,
    caching: &'static str,
    policy: Option<HeaderValue>,
    etag: Option<HeaderValue>,
}

impl Page {
    /// These bytes. Their tag is the same in every process of the same build.
    pub(crate) fn new(content_type: &'static str, body: Bytes) -> Page {
        let mut hasher = DefaultHasher::new();
        hasher.write(&body);
        // Weak, because an answer may be compressed on its way, and is the same page then.
        let etag = format!("W/\"{:016x}\"", hasher.finish());
        // Hexadecimal digits always make a header.
        let etag = HeaderValue::try_from(etag).ok();
        // Asked for again each time, and then nearly always a 304: a new build is seen at once.
        Page { body, content_type, caching: "no-cache", policy: None, etag }
    }

    /// The same page with a `Content-Security-Policy`.
    pub(crate) fn with_policy(self, policy: &'static str) -> Page {
        Page { policy: Some(HeaderValue::from_static(policy)), ..self }
    }

    /// The same page, never asked for again: for a name with a version in it, whose content never changes.
    pub(crate) fn forever(self) -> Page {
        Page { caching: "public, max-age=31536000, immutable", ..self }
    }

    /// 304 to who has it (`If-None-Match`, RFC 9110 section 13.1.2), else all of it.
    pub(crate) fn answer(&self, asked: &HeaderMap) -> Response {
        let mut response = if self.is_known(asked) {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else {
            let mut response = Response::new(Body::from(self.body.clone()));
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
            response
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.caching));
        if let Some(etag) = &self.etag {
            headers.insert(header::ETAG, etag.clone());
        }
        if let Some(policy) = &self.policy {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
        }
        response
    }

    fn is_known(&self, asked: &HeaderMap) -> bool {
        let Some(etag) = self.etag.as_ref().and_then(|etag| etag.to_str().ok()) else { return false };
        let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        let ours = opaque(etag);
        let values = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|tag| tag.trim() == "*" || opaque(tag) == ours)
    }
}
