//! A BFF in process: its own router, without an edge, over fake backends.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{HeaderName, HeaderValue, Method, Request, Response};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use trefoil_backend::{BackendConfig, Cache, CacheConfig, Clients, Purge};
use trefoil_composition::{Bff, CompiledBff, Idempotency};
use trefoil_context::{Caller, Deadline, IdentityHeaders, RequestContext};

use crate::matrix::{self, Asked, Matrix};
use crate::{Answer, FakeBackends};

/// Asks a BFF's endpoints.
#[derive(Debug, Clone)]
pub struct Kit {
    pub(crate) bff: Arc<CompiledBff>,
    pub(crate) backends: FakeBackends,
    router: Router,
    cache: Arc<Cache>,
    caller: Option<Caller>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Kit {
    /// A kit for `bff`, all of whose backends are fake. Nobody is signed in yet.
    pub fn new(bff: &Bff, backends: &FakeBackends) -> Kit {
        let compiled = bff.compile().unwrap_or_else(|errors| {
            let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
            panic!("the BFF does not compile:\n{}", lines.join("\n"))
        });
        Kit::compiled(compiled, backends)
    }

    /// The same for a BFF that was compiled, and perhaps limited, before.
    pub fn compiled(bff: CompiledBff, backends: &FakeBackends) -> Kit {
        let bff = Arc::new(bff);
        let (router, cache) = router(&bff, backends, &Idempotency::default());
        Kit { bff, backends: backends.clone(), router, cache, caller: None, headers: Vec::new() }
    }

    /// The same kit over other backends.
    pub(crate) fn over(&self, backends: &FakeBackends) -> Kit {
        let (router, cache) = router(&self.bff, backends, &Idempotency::default());
        Kit { backends: backends.clone(), router, cache, ..self.clone() }
    }

    /// Every call of the endpoint at `path`, each with every [`Fault`](crate::Fault) there is, and what came of it. The
    /// backends must answer everything that the endpoint asks. They are left as they are: each case has its own.
    pub async fn matrix(&self, path: &str) -> Matrix {
        matrix::run(self, Asked { method: Method::GET, path, json: "" }).await
    }

    /// The same of an endpoint with another method, which is sent this JSON body (none if it is empty). Beside what holds for
    /// any endpoint, no case may write twice.
    pub async fn matrix_of(&self, method: &str, path: &str, json: &str) -> Matrix {
        let method = Method::from_bytes(method.as_bytes()).unwrap_or_else(|error| panic!("{method}: {error}"));
        matrix::run(self, Asked { method, path, json }).await
    }

    /// The same kit, with a caller of this id and these scopes.
    #[must_use]
    pub fn caller(mut self, id: &str, scopes: &[&str]) -> Kit {
        let scopes = scopes.iter().map(ToString::to_string).collect();
        let claims = self.caller.map_or_else(Default::default, |caller| caller.claims);
        self.caller = Some(Caller::new(id, scopes, claims));
        self
    }

    /// The same kit, with a claim in the caller's token. Say who calls first.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<serde_json::Value>) -> Kit {
        let Some(caller) = &mut self.caller else { panic!("say who calls before the claim `{name}`") };
        caller.claims.insert(name.to_owned(), value.into());
        self
    }

    /// The same kit, with a header in every request.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Kit {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let value = HeaderValue::from_str(value).unwrap_or_else(|error| panic!("{value}: {error}"));
        self.headers.push((name, value));
        self
    }

    /// The same kit, with this `Idempotency-Key` in every request. Keys are kept in process, by this kit and its clones.
    #[must_use]
    pub fn key(self, key: &str) -> Kit {
        self.header("idempotency-key", key)
    }

    /// The same kit, with keys kept elsewhere, or by another policy.
    #[must_use]
    pub fn idempotency(mut self, idempotency: &Idempotency) -> Kit {
        (self.router, self.cache) = router(&self.bff, &self.backends, idempotency);
        self
    }

    /// Drops the kept answers that have any of these tags, as `POST /cache/purge` does. Says how many there were.
    pub fn purge(&self, tags: &[&str]) -> usize {
        self.cache.purge(&Purge::Tags(tags.iter().map(|&tag| tag.to_owned()).collect()))
    }

    /// Asks by GET; the path is below the BFF's prefix.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty()).await
    }

    /// Asks by POST with a JSON body.
    pub async fn post(&self, path: &str, json: &str) -> Answer {
        self.clone()
            .header("content-type", "application/json")
            .send(Method::POST, path, Body::from(json.to_owned()))
            .await
    }

    /// Asks by any method. Dropping the future is what a caller who leaves does.
    pub async fn send(&self, method: Method, path: &str, body: Body) -> Answer {
        let (head, body) = self.respond(method, path, body).await.into_parts();
        let body = body.collect().await.unwrap_or_else(|error| panic!("the body broke: {error}")).to_bytes();
        Answer { status: head.status, headers: head.headers, body }
    }

    /// Asks by GET and reads no more than the answer's head: what a client does that does not read on.
    pub async fn open(&self, path: &str) -> Response<Body> {
        self.respond(Method::GET, path, Body::empty()).await
    }

    async fn respond(&self, method: Method, path: &str, body: Body) -> Response<Body> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        request.headers_mut().extend(self.headers.iter().cloned());
        let mut context = RequestContext::local("test", self.caller.clone());
        context.deadline = Deadline::asked_for(request.headers()).map(Deadline::within);
        context.attempt = trefoil_context::attempt(request.headers());
        request.extensions_mut().insert(context);
        match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// The BFF's router, and what its calls keep.
fn router(bff: &Arc<CompiledBff>, backends: &FakeBackends, idempotency: &Idempotency) -> (Router, Arc<Cache>) {
    let config = |name: String| {
        let config = BackendConfig::at(format!("http://{name}.test"));
        (name, config)
    };
    let configs: BTreeMap<String, BackendConfig> = bff.backends().into_iter().map(config).collect();
    let meter = opentelemetry::global::meter("trefoil-testing");
    let identity = IdentityHeaders::default();
    let cache = Cache::new(CacheConfig::default(), &meter);
    let clients = Clients::with_transports(&configs, &identity, &meter, &cache, |name, _| Ok(backends.transport(name)))
        .unwrap_or_else(|error| panic!("{error}"));
    (bff.router(&Arc::new(clients), &meter, idempotency), cache)
}
