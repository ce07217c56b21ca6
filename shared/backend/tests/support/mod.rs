//! One backend, in memory or really connected to, and calls to it.
#![allow(dead_code, reason = "each test binary uses some of it")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{HeaderMap, Method};
use trefoil_backend::{
    BackendConfig, Body, Cache, CacheConfig, Call, CallFailure, Client, Clients, DnsConfig, Effort, Policy,
    Reply as Replied,
};
use trefoil_context::{Deadline, IdentityHeaders, RequestContext};
use trefoil_testing::{FakeBackends, Received, Reply};

/// The client of a backend called `users` that is really connected to; and all clients, which look names up as long as they live.
pub(crate) fn connected(config: BackendConfig, dns: &DnsConfig) -> (Clients, Arc<Client>) {
    let configs = BTreeMap::from([("users".to_owned(), config)]);
    let (meter, tls) = (opentelemetry::global::meter("test"), BTreeMap::new());
    let cache = Cache::new(CacheConfig::default(), &meter);
    let clients = Clients::build(&configs, &tls, dns, &IdentityHeaders::default(), &meter, &cache).unwrap();
    let client = Arc::clone(clients.get("users").unwrap());
    (clients, client)
}

/// A GET of `/users`, which may take so long.
pub(crate) async fn get(client: &Arc<Client>, millis: u64) -> Result<Replied, CallFailure> {
    get_with(client, Duration::from_millis(millis), Effort::default()).await
}

/// The same, tried as hard as is said.
pub(crate) async fn get_with(client: &Arc<Client>, time: Duration, effort: Effort) -> Result<Replied, CallFailure> {
    let call = Call {
        context: &RequestContext::local("test", None),
        field: "user",
        method: Method::GET,
        path_and_query: "/users".to_owned(),
        headers: HeaderMap::new(),
        body: Body::Empty,
        deadline: Deadline::within(time),
        effort,
        cache: None,
        for_effect: false,
    };
    client.call(call).await
}

/// A backend.
pub(crate) struct Backend {
    backends: FakeBackends,
    client: Arc<Client>,
    forgotten: AtomicUsize,
}

/// What is asked of it, and how.
#[derive(Debug)]
pub(crate) struct Asking {
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    pub(crate) effort: Effort,
    pub(crate) millis: u64,
    pub(crate) callers_attempt: u32,
    pub(crate) cache: Option<Policy>,
    pub(crate) for_effect: bool,
    /// Whether its spans are.
    pub(crate) recorded: bool,
}

impl Default for Asking {
    fn default() -> Asking {
        Asking {
            method: Method::GET,
            headers: HeaderMap::new(),
            body: Body::Empty,
            effort: Effort::default(),
            millis: 1_000,
            callers_attempt: 1,
            cache: None,
            for_effect: false,
            recorded: false,
        }
    }
}

impl Backend {
    pub(crate) fn new() -> Backend {
        Backend::with(BackendConfig::at("http://shop.test"))
    }

    pub(crate) fn with(config: BackendConfig) -> Backend {
        let backends = FakeBackends::new();
        let meter = opentelemetry::global::meter("test");
        let cache = Cache::new(CacheConfig::default(), &meter);
        let configs = BTreeMap::from([("shop".to_owned(), config)]);
        let transport = |name: &str, _: &BackendConfig| Ok(backends.transport(name));
        let clients =
            Clients::with_transports(&configs, &IdentityHeaders::default(), &meter, &cache, transport).unwrap();
        let client = Arc::clone(clients.get("shop").unwrap());
        Backend { backends, client, forgotten: AtomicUsize::new(0) }
    }

    /// What it answers from now on: one after the other, and the last for good.
    pub(crate) fn answers(&self, replies: impl IntoIterator<Item = Reply>) {
        self.backends.on("shop", "/").in_turn(replies);
    }

    /// What it answers from now on.
    pub(crate) fn asked(&self, reply: impl Fn(&Received) -> Reply + Send + Sync + 'static) {
        self.backends.on("shop", "/").asked(reply);
    }

    /// The calls that it got since it was last told to forget.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.backends.calls("shop").split_off(self.forgotten.load(Ordering::Relaxed))
    }

    pub(crate) fn forget(&self) {
        self.forgotten.store(self.backends.calls("shop").len(), Ordering::Relaxed);
    }

    pub(crate) async fn ask(&self, asking: Asking) -> Result<Replied, CallFailure> {
        let mut context = RequestContext::local("test", None);
        context.attempt = asking.callers_attempt;
        context.trace.recorded = asking.recorded;
        let call = Call {
            context: &context,
            field: "product",
            method: asking.method,
            path_and_query: "/products/7".to_owned(),
            headers: asking.headers,
            body: asking.body,
            deadline: Deadline::within(Duration::from_millis(asking.millis)),
            effort: asking.effort,
            cache: asking.cache,
            for_effect: asking.for_effect,
        };
        self.client.call(call).await
    }
}
