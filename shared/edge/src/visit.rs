//! What the edge itself knows about a request while it is inside: worked out once, read by every layer.

use std::sync::{Arc, OnceLock};

use axum::extract::{MatchedPath, Request};
use http::Method;
use trefoil_context::{Caller, RequestId, TraceContext};

use crate::bff::{Bff, Bffs, Quota};

/// Marks a request that came over TLS. The listener puts it into the request's extensions; nothing a client sends can.
#[derive(Debug, Clone, Copy)]
pub struct Tls;

/// Rides in the request's extensions; layers that want it after the answer keep it.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) id: RequestId,
    /// The method, if it is one of those that exist; else `_OTHER` (semantic conventions: bounded cardinality).
    pub(crate) method: &'static str,
    /// The template of the route; `None` when there is no route.
    pub(crate) route: Option<Arc<str>>,
    pub(crate) bff: Option<Arc<Bff>>,
    /// Whether this method of this route needs no token.
    pub(crate) public: bool,
    /// What this method of this route counts against.
    pub(crate) quota: Option<Arc<Quota>>,
    pub(crate) tls: bool,
    /// What the client's `traceparent` says, if there is a sane one.
    pub(crate) remote: Option<TraceContext>,
    /// Whose token was verified, once it was.
    caller: OnceLock<Arc<Caller>>,
}

/// What is the same for all requests of a route. It is worked out at the route's first request.
#[derive(Debug, Clone)]
pub(crate) struct RouteFacts(Arc<OnceLock<Facts>>);

#[derive(Debug)]
struct Facts {
    route: Arc<str>,
    bff: Option<Arc<Bff>>,
    public: Vec<Method>,
    quotas: Vec<(Method, Arc<Quota>)>,
}

/// What is known of a request by its route and its method.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) route: Option<Arc<str>>,
    pub(crate) bff: Option<Arc<Bff>>,
    pub(crate) public: bool,
    pub(crate) quota: Option<Arc<Quota>>,
}

// === impl Visit ===

impl Visit {
    /// What is known when a request comes in.
    pub(crate) fn new(
        id: RequestId,
        method: &'static str,
        found: Found,
        tls: bool,
        remote: Option<TraceContext>,
    ) -> Visit {
        let Found { route, bff, public, quota } = found;
        Visit { id, method, route, bff, public, quota, tls, remote, caller: OnceLock::new() }
    }

    /// The visit of a request. There always is one inside the stack.
    pub(crate) fn of(request: &Request) -> Option<&Arc<Visit>> {
        request.extensions().get::<Arc<Visit>>()
    }

    /// Says who is asking; the first word stands.
    pub(crate) fn authenticated(&self, caller: Arc<Caller>) {
        let _ = self.caller.set(caller);
    }

    /// Who is asking, if a token was needed and verified.
    pub(crate) fn caller(&self) -> Option<&Arc<Caller>> {
        self.caller.get()
    }

    /// `http` or `https`.
    pub(crate) fn scheme(&self) -> &'static str {
        if self.tls { "https" } else { "http" }
    }
}

// === impl RouteFacts ===

impl RouteFacts {
    pub(crate) fn new() -> RouteFacts {
        RouteFacts(Arc::new(OnceLock::new()))
    }

    /// The route, its BFF, whether this request needs no token, and what it counts against.
    pub(crate) fn look_up(&self, request: &Request, bffs: &Bffs) -> Found {
        let Some(matched) = request.extensions().get::<MatchedPath>() else {
            return Found { bff: bffs.of(request.uri().path()).cloned(), ..Found::default() };
        };
        let facts = self.0.get_or_init(|| {
            let bff = bffs.of(matched.as_str()).cloned();
            let public = bff.iter().flat_map(|bff| &bff.public).filter(|public| public.path == matched.as_str());
            let public = public.map(|public| public.method.clone()).collect();
            let quotas = bff.iter().flat_map(|bff| &bff.quotas).filter(|(_, path, _)| path == matched.as_str());
            let quotas = quotas.map(|(method, _, quota)| (method.clone(), quota.clone())).collect();
            Facts { route: matched.as_str().into(), public, quotas, bff }
        });
        let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
        let own = facts.quotas.iter().find(|(of, _)| of == method).map(|(_, quota)| quota.clone());
        Found {
            route: Some(facts.route.clone()),
            bff: facts.bff.clone(),
            public: facts.public.contains(method),
            quota: own.or_else(|| facts.bff.as_ref()?.quota.clone()),
        }
    }
}

/// The method's name if it is one that exists (RFC 9110, PATCH, QUERY), else `_OTHER`.
pub(crate) fn known_method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        "CONNECT" => "CONNECT",
        "TRACE" => "TRACE",
        "QUERY" => "QUERY",
        _ => "_OTHER",
    }
}
