//! What browsers are told about every answer. What a handler said itself stays.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use http::{HeaderName, HeaderValue, header};

use crate::SecurityHeadersConfig;
use crate::around::{Around, Step};
use crate::visit::Visit;

/// See the file.
#[derive(Debug, Clone)]
pub(crate) struct SecurityHeaders {
    hsts: Option<HeaderValue>,
}

const DEFAULTS: [(HeaderName, HeaderValue); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("frame-ancestors 'none'")),
];

impl SecurityHeaders {
    pub(crate) fn new(config: &SecurityHeadersConfig) -> SecurityHeaders {
        let subdomains = if config.hsts_include_subdomains { "; includeSubDomains" } else { "" };
        let hsts = (config.hsts_max_age_s > 0).then(|| format!("max-age={}{subdomains}", config.hsts_max_age_s));
        // Digits and fixed words always make a header.
        SecurityHeaders { hsts: hsts.and_then(|value| HeaderValue::try_from(value).ok()) }
    }
}

impl Around for SecurityHeaders {
    type Kept = Option<Arc<Visit>>;

    fn before(&self, request: &mut Request) -> Step<Option<Arc<Visit>>> {
        Step::Go(Visit::of(request).cloned())
    }

    fn after(&self, visit: Option<Arc<Visit>>, response: &mut Response) {
        let tls = visit.as_ref().is_some_and(|visit| visit.tls);
        let authenticated = visit.is_some_and(|visit| visit.caller().is_some());
        let headers = response.headers_mut();
        for (name, value) in DEFAULTS {
            headers.entry(name).or_insert(value);
        }
        if let (true, Some(hsts)) = (tls, &self.hsts) {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, hsts.clone());
        }
        if authenticated {
            // An answer to one caller must not reach another from a cache.
            headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-store"));
        }
    }
}
