//! A client per backend: what composition calls.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use opentelemetry::metrics::Meter;
use tokio::time::Instant;
use trefoil_context::{Caller, Deadline, IdentityHeaders, RequestContext};

use crate::addresses::config::DnsConfig;
use crate::addresses::dns::Dns;
use crate::addresses::{self, Addresses};
use crate::balance::{self, Balancer};
use crate::cache::{Cache, Cached, Policy};
use crate::config::{BackendConfig, Base};
use crate::effort::Effort;
use crate::headers::Headers;
use crate::health::Checks;
use crate::hedge::{HedgeConfig, Latency};
use crate::lag::Lag;
use crate::limit::{self, Limit};
use crate::retry::Retry;
use crate::signal::Signals;
use crate::stack;
use crate::task::Task;
use crate::transport::{self, Body, TlsPem, Transport, TransportError};

/// Calls one backend.
pub struct Client {
    pub(crate) name: String,
    pub(crate) base: Base,
    pub(crate) addresses: Addresses,
    pub(crate) balancer: Arc<Balancer>,
    /// What looks names up; none for a client whose transport connects to nothing.
    dns: Option<Arc<Dns>>,
    checks: Option<Checks>,
    /// What goes on in the background, from the first call or [`Clients::start`] to the client's end.
    tasks: OnceLock<Vec<Task>>,
    pub(crate) max_body_bytes: usize,
    /// How dense a compressed answer may be; `None` where none is asked for.
    pub(crate) max_inflate_ratio: Option<u32>,
    identity: IdentityHeaders,
    pub(crate) headers: Headers,
    pub(crate) signals: Signals,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) cache: Arc<Cache>,
    pub(crate) retry: Retry,
    pub(crate) hedge: HedgeConfig,
    pub(crate) latency: Latency,
    pub(crate) limit: Arc<Limit>,
    pub(crate) lag: Arc<Lag>,
}

/// One call, as composition makes it.
#[derive(Debug)]
pub struct Call<'a> {
    /// The request that it is made for.
    pub context: &'a RequestContext,
    /// The part of the answer that it fills, for its span.
    pub field: &'a str,
    /// The method.
    pub method: Method,
    /// The path and query below the backend's URL, encoded, starting with `/`.
    pub path_and_query: String,
    /// The declared headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
    /// When it is given up.
    pub deadline: Deadline,
    /// How hard it is tried.
    pub effort: Effort,
    /// How its answer is kept; `None` for one that is not. Only the answer to a GET without a body is.
    pub cache: Option<Policy>,
    /// Whether only its status is of use. Its body is then never asked for compressed, nor decoded, unless the answer is kept.
    pub for_effect: bool,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decoded.
    pub body: Bytes,
    /// What the cache did; `None` for a call that is not kept.
    pub cached: Option<Cached>,
}

/// Why there is no whole answer. The text is for the log, never for a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallFailure {
    /// The deadline passed first.
    Timeout,
    /// No connection, or it broke, or what came over it is no answer.
    Transport(TransportError),
    /// The body is larger than the backend's `max_body_bytes`, as it came or decoded.
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The body, decoded, is larger than `compression.max_inflate_ratio` lets one be of which so little came.
    TooDense {
        /// The limit, in bytes decoded for each that came.
        max_ratio: u32,
    },
    /// The backend is known to be sick and was not asked.
    Breaker,
    /// The call was dropped to protect the backend or the gateway; how.
    Shed(&'static str),
    /// The request cannot be put into words: a value that fits no URL, or an identity that fits no header.
    Unsendable(&'static str),
}

impl fmt::Display for CallFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallFailure::Timeout => f.write_str("no whole answer in time"),
            CallFailure::Transport(error) => error.fmt(f),
            CallFailure::TooLarge { limit } => write!(f, "the body is larger than {limit} bytes"),
            CallFailure::TooDense { max_ratio } => {
                write!(f, "the body inflates to more than {max_ratio} times its size")
            }
            CallFailure::Breaker => f.write_str("the breaker is open: the backend is known to be sick"),
            CallFailure::Shed(why) => write!(f, "the call was shed: {why}"),
            CallFailure::Unsendable(what) => write!(f, "the call cannot be sent: {what}"),
        }
    }
}

impl std::error::Error for CallFailure {}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("name", &self.name).field("base", &self.base).finish_non_exhaustive()
    }
}

impl Client {
    /// A client that sends by `transport` to what is looked up, or to nowhere where nothing is.
    fn new(
        name: &str,
        config: &BackendConfig,
        transport: Arc<dyn Transport>,
        common: &Common<'_>,
    ) -> Result<Client, String> {
        let Common { identity, meter, dns, cache, lag } = common;
        let base = config.base()?;
        if let Some((at, what)) = config.faults().into_iter().next() {
            return Err(format!("`{}`: {what}", at.join(".")));
        }
        let balancer = Arc::new(Balancer::new(name, config, meter));
        Ok(Client {
            signals: Signals::new(name, &base, meter),
            name: name.to_owned(),
            addresses: match dns {
                Some(_) => Addresses::of(config.places()?, &balancer),
                None => Addresses::none(&balancer),
            },
            checks: config
                .health
                .as_ref()
                .filter(|_| dns.is_some())
                .map(|health| Checks::new(name, health.clone(), &base, meter))
                .transpose()?,
            dns: dns.clone(),
            tasks: OnceLock::new(),
            balancer,
            base,
            max_body_bytes: config.max_body_bytes,
            max_inflate_ratio: config.compression.max_inflate_ratio(),
            headers: Headers::new(identity),
            identity: (*identity).clone(),
            transport,
            cache: Arc::clone(cache),
            retry: Retry::new(&config.retry),
            hedge: config.hedge.clone(),
            latency: Latency::new(),
            limit: Arc::new(Limit::new(name, &config.concurrency, meter)),
            lag: Arc::clone(lag),
        })
    }

    /// The backend's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Makes one call. Dropping the future ends it, and that counts against no backend.
    pub fn call<'a>(self: &'a Arc<Self>, call: Call<'a>) -> impl Future<Output = Result<Reply, CallFailure>> + 'a {
        let given_up = call.deadline.over();
        self.call_until(call, given_up)
    }

    /// The same, given up when `given_up` ends, which says when it was to: whoever makes several calls with one deadline needs one timer.
    /// A call whose answer is kept has a timer of its own in any case: when its time is over, an old answer may stand in.
    pub fn call_until<'a>(
        self: &'a Arc<Self>,
        call: Call<'a>,
        given_up: impl Future<Output = Instant> + 'a,
    ) -> impl Future<Output = Result<Reply, CallFailure>> + 'a {
        stack::send(self, call, given_up)
    }

    /// Starts what goes on in the background, if it has not been.
    pub(crate) fn start(&self) {
        self.tasks.get_or_init(|| {
            self.lag.start();
            let (mut tasks, shared) = (Vec::new(), self.addresses.start());
            let (balancer, transport) = (|| Arc::clone(&self.balancer), || Arc::clone(&self.transport));
            if let (Some(places), Some(dns)) = (&self.addresses.places, &self.dns) {
                let keep = addresses::keep(shared, places.clone(), Arc::clone(dns), balancer(), transport());
                tasks.push(Task(tokio::spawn(keep)));
            }
            if let Some(checks) = &self.checks {
                tasks.push(Task(tokio::spawn(checks.clone().run(balancer(), transport(), Arc::clone(&self.lag)))));
            }
            tasks
        });
    }

    /// Writes who asks into `headers`.
    pub(crate) fn write_identity(&self, caller: &Caller, headers: &mut HeaderMap) -> Result<(), CallFailure> {
        let unsendable = |_| CallFailure::Unsendable("the caller's id or scopes fit no header");
        self.identity.write(caller, headers).map_err(unsendable)
    }
}

/// What all clients share.
struct Common<'a> {
    identity: &'a IdentityHeaders,
    meter: &'a Meter,
    dns: Option<Arc<Dns>>,
    cache: &'a Arc<Cache>,
    lag: Arc<Lag>,
}

/// The clients of all backends, by name.
#[derive(Debug, Default)]
pub struct Clients(BTreeMap<String, Arc<Client>>);

/// A backend that cannot be called as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientsError {
    /// The backend's name.
    pub backend: String,
    /// What is wrong and what is expected.
    pub reason: String,
}

impl fmt::Display for ClientsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "backend `{}`: {}", self.backend, self.reason)
    }
}

impl std::error::Error for ClientsError {}

impl Clients {
    /// One client per configured backend, each with its own transport. `tls` is what the files of their TLS hold, for those that have any.
    /// Names are looked up as `dns` says, from [`Clients::start`] or the first call on; what clients keep, they keep in `cache`.
    pub fn build(
        configs: &BTreeMap<String, BackendConfig>,
        tls: &BTreeMap<String, TlsPem>,
        dns: &DnsConfig,
        identity: &IdentityHeaders,
        meter: &Meter,
        cache: &Arc<Cache>,
    ) -> Result<Clients, ClientsError> {
        Clients::with(configs, identity, meter, cache, Some(dns), |name, config| {
            transport::build(config, tls.get(name).unwrap_or(&TlsPem::default()))
        })
    }

    /// The same, with transports of the caller's choosing (name and config in, transport out) that connect to nothing: no address
    /// is looked up.
    pub fn with_transports(
        configs: &BTreeMap<String, BackendConfig>,
        identity: &IdentityHeaders,
        meter: &Meter,
        cache: &Arc<Cache>,
        transport: impl Fn(&str, &BackendConfig) -> Result<Arc<dyn Transport>, String>,
    ) -> Result<Clients, ClientsError> {
        Clients::with(configs, identity, meter, cache, None, transport)
    }

    fn with(
        configs: &BTreeMap<String, BackendConfig>,
        identity: &IdentityHeaders,
        meter: &Meter,
        cache: &Arc<Cache>,
        dns: Option<&DnsConfig>,
        transport: impl Fn(&str, &BackendConfig) -> Result<Arc<dyn Transport>, String>,
    ) -> Result<Clients, ClientsError> {
        let dns = dns.map(|dns| Arc::new(Dns::new(dns, meter)));
        let common = Common { identity, meter, dns, cache, lag: Arc::new(Lag::new(meter)) };
        let clients = configs
            .iter()
            .map(|(name, config)| {
                transport(name, config)
                    .and_then(|transport| Client::new(name, config, transport, &common))
                    .map(|client| (name.clone(), Arc::new(client)))
                    .map_err(|reason| ClientsError { backend: name.clone(), reason })
            })
            .collect::<Result<BTreeMap<_, Arc<Client>>, _>>()?;
        balance::signal::observe(meter, clients.values().map(|client| &client.balancer));
        let connections = clients.values().map(|client| (&client.balancer, &client.transport));
        balance::signal::observe_connections(meter, connections);
        limit::observe(meter, clients.values().map(|client| &client.limit));
        Ok(Clients(clients))
    }

    /// Starts what goes on in the background: look-ups and health checks. Waits for nothing. Without it they start with the first call.
    pub fn start(&self) {
        self.0.values().for_each(|client| client.start());
    }

    /// The client of the backend with this name.
    pub fn get(&self, name: &str) -> Option<&Arc<Client>> {
        self.0.get(name)
    }
}
