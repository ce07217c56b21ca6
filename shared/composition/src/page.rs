//! Bytes that do not change while the process lives, sent with an entity tag.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::conditional::Tag;

/// A page or an asset.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    body: Bytes,
    content_type: &'static str,
    caching: &'static str,
    policy: Option<HeaderValue>,
    tag: Option<Tag>,
}

impl Page {
    /// These bytes. Their tag is the same in every process of the same build.
    pub(crate) fn new(content_type: &'static str, body: Bytes) -> Page {
        // Asked for again each time, and then nearly always a 304: a new build is seen at once.
        let tag = Tag::of(&body);
        Page { body, content_type, caching: "no-cache", policy: None, tag }
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
        let mut response = if self.tag.as_ref().is_some_and(|tag| tag.is_known(asked)) {
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
        if let Some(tag) = &self.tag {
            headers.insert(header::ETAG, tag.clone().into_value());
        }
        if let Some(policy) = &self.policy {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
        }
        response
    }
}
