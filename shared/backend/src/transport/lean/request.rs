//! What a request looks like on the wire: its target is a path (RFC 9112 section 3.2.1), and its `Host` the authority it was for.

use http::uri::{Authority, Parts, Scheme};
use http::{HeaderValue, Request, Uri, header};

use crate::config::Base;
use crate::transport::{Body, TransportError};

/// The `Host` of the backend's own URL, made once: every call's is this one, as a rule.
#[derive(Debug)]
pub(super) struct Host {
    authority: Authority,
    value: Option<HeaderValue>,
}

impl Host {
    pub(super) fn of(base: &Base) -> Host {
        Host { value: value(&base.authority), authority: base.authority.clone() }
    }

    fn value(&self, authority: &Authority) -> Option<HeaderValue> {
        if authority.as_str() == self.authority.as_str() { self.value.clone() } else { value(authority) }
    }
}

fn value(authority: &Authority) -> Option<HeaderValue> {
    HeaderValue::from_str(authority.as_str()).ok()
}

/// Leaves the path and query as the target, and sets `Host`.
pub(super) fn to_origin_form(request: &mut Request<Body>, host: &Host) -> Result<(), TransportError> {
    let refused = |why: &str| TransportError::Connect(format!("the lean transport sends plain HTTP only: {why}"));
    let uri = std::mem::take(request.uri_mut()).into_parts();
    if uri.scheme != Some(Scheme::HTTP) {
        return Err(refused("the URL's scheme is not `http`"));
    }
    let value = uri.authority.as_ref().and_then(|authority| host.value(authority));
    request.headers_mut().insert(header::HOST, value.ok_or_else(|| refused("the URL has no host"))?);
    let mut target = Parts::default();
    target.path_and_query = uri.path_and_query;
    *request.uri_mut() = Uri::from_parts(target).map_err(|_| refused("the URL has no path"))?;
    Ok(())
}
