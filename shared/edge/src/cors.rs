//! CORS (the Fetch standard): which web pages may call a BFF. Origins are compared whole; nothing is reflected.
//!
//! A preflight is answered here: it carries no token by design, and costs no quota.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};

use crate::around::{Around, Step};
use crate::bff::Bff;
use crate::visit::Visit;
use crate::{BuildError, CorsPolicy};

/// What a page's script may read beyond the headers that are always open to it.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "x-request-id, ratelimit, ratelimit-policy, retry-after, trefoil-degraded, server-timing, location, link, etag, cache-status, idempotency-replayed",
);
/// What a preflight's answer depends on.
const PREFLIGHT_VARY: HeaderValue =
    HeaderValue::from_static("origin, access-control-request-method, access-control-request-headers");
const ORIGIN_VARY: HeaderValue = HeaderValue::from_static("origin");

/// A policy, compiled.
#[derive(Debug)]
pub(crate) struct Cors {
    origins: Origins,
    credentials: bool,
    methods: HeaderValue,
    headers: HeaderValue,
    max_age: HeaderValue,
}

#[derive(Debug)]
enum Origins {
    Any,
    /// In lower case, without default ports, as browsers send them.
    These(Vec<String>),
}

/// The layer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ApplyCors;

/// A request's BFF, and its `Origin` if it is let in.
pub(crate) struct FromPage {
    bff: Arc<Bff>,
    allowed: Option<HeaderValue>,
}

// === impl ApplyCors ===

impl Around for ApplyCors {
    type Kept = Option<FromPage>;

    fn before(&self, request: &mut Request) -> Step<Option<FromPage>> {
        let Some(bff) = Visit::of(request).and_then(|visit| visit.bff.clone()) else { return Step::Go(None) };
        let headers = request.headers();
        if let Some(origin) = headers.get(header::ORIGIN)
            && request.method() == Method::OPTIONS
            && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        {
            return Step::Stop(bff.cors.preflight(origin));
        }
        let allowed = headers.get(header::ORIGIN).and_then(|origin| bff.cors.allow(origin));
        Step::Go(Some(FromPage { bff, allowed }))
    }

    fn after(&self, kept: Option<FromPage>, response: &mut Response) {
        if let Some(FromPage { bff, allowed }) = kept {
            bff.cors.write(allowed, response.headers_mut());
        }
    }
}

// === impl Cors ===

impl Cors {
    /// Checks and compiles a policy.
    pub(crate) fn build(bff: &str, policy: &CorsPolicy) -> Result<Cors, BuildError> {
        let refuse = |value: &str, why| BuildError::Cors { bff: bff.to_owned(), value: value.to_owned(), why };
        let origins = if policy.origins.iter().any(|origin| origin == "*") {
            if policy.origins.len() > 1 {
                return Err(refuse("*", "stands beside other origins"));
            }
            if policy.credentials {
                return Err(refuse("*", "with credentials would let every page act as the user"));
            }
            Origins::Any
        } else {
            let checked = policy.origins.iter().map(|origin| canonical(origin).map_err(|why| refuse(origin, why)));
            Origins::These(checked.collect::<Result<_, _>>()?)
        };
        for method in &policy.methods {
            Method::from_bytes(method.as_bytes()).map_err(|_| refuse(method, "is not a method"))?;
        }
        for name in &policy.headers {
            HeaderName::try_from(name.as_str()).map_err(|_| refuse(name, "is not a header name"))?;
        }
        let joined = |words: &[String]| HeaderValue::try_from(words.join(", ")).map_err(|_| refuse("", "is not text"));
        Ok(Cors {
            origins,
            credentials: policy.credentials,
            methods: joined(&policy.methods)?,
            headers: joined(&policy.headers)?,
            max_age: HeaderValue::from(policy.max_age_s),
        })
    }

    /// The value of `Access-Control-Allow-Origin` for this origin, if it is let in.
    fn allow(&self, origin: &HeaderValue) -> Option<HeaderValue> {
        match &self.origins {
            Origins::Any => Some(HeaderValue::from_static("*")),
            Origins::These(origins) => origins
                .iter()
                .any(|known| known.as_bytes().eq_ignore_ascii_case(origin.as_bytes()))
                .then(|| origin.clone()),
        }
    }

    /// The answer to a preflight. To an origin that is not let in it says nothing; the browser then refuses.
    fn preflight(&self, origin: &HeaderValue) -> Response {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(header::VARY, PREFLIGHT_VARY);
        if let Some(allowed) = self.allow(origin) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, self.methods.clone());
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, self.headers.clone());
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, self.max_age.clone());
            if self.credentials {
                headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            }
        }
        response
    }

    /// The headers of an answer. `Vary` is there for pages that are not let in, too, or a cache would mix them up.
    fn write(&self, allowed: Option<HeaderValue>, headers: &mut HeaderMap) {
        match &self.origins {
            Origins::These(origins) if !origins.is_empty() => {
                headers.append(header::VARY, ORIGIN_VARY);
            }
            Origins::These(_) | Origins::Any => {}
        }
        if let Some(allowed) = allowed {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
            if self.credentials {
                headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            }
        }
    }
}

/// An origin as browsers send it: scheme, host, and the port unless it is the scheme's own.
fn canonical(origin: &str) -> Result<String, &'static str> {
    if origin == "null" {
        return Err("is the origin of every sandboxed page");
    }
    let uri: Uri = origin.parse().map_err(|_| "is not an origin")?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err("is not an origin: `scheme://host[:port]`");
    };
    // The parser gives an absent path as `/`; a slash that was written is refused, since no browser sends one.
    if !matches!(uri.path(), "" | "/")
        || uri.query().is_some()
        || origin.ends_with('/')
        || origin.contains(['#', '@', '*'])
    {
        return Err("is more than an origin: `scheme://host[:port]`");
    }
    let host = authority.host().to_ascii_lowercase();
    let own_port = matches!((scheme, authority.port_u16()), ("http", Some(80)) | ("https", Some(443)));
    Ok(match authority.port_u16() {
        Some(port) if !own_port => format!("{scheme}://{host}:{port}"),
        _ => format!("{scheme}://{host}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_scheme_a_host_and_a_port() {
        assert_eq!(canonical("https://Shop.Example:443").unwrap(), "https://shop.example");
        assert_eq!(canonical("http://localhost:3000").unwrap(), "http://localhost:3000");
        for text in [
            "null",
            "shop.example",
            "https://",
            "https://shop.example/",
            "https://shop.example/x",
            "https://*.example",
            "https://a@shop.example",
            "https://shop.example?x",
            "https://shop.example#x",
        ] {
            assert!(canonical(text).is_err(), "{text}");
        }
    }

    #[test]
    fn any_origin_with_credentials_is_refused() {
        let policy = CorsPolicy { origins: vec!["*".into()], credentials: true, ..CorsPolicy::default() };
        let error = Cors::build("web", &policy).unwrap_err();
        assert!(error.to_string().contains("with credentials"), "{error}");
    }
}
