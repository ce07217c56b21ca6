//! Looks names up: all addresses, and for how long they hold.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::rdata::SRV;
use hickory_resolver::proto::rr::{RData, RecordType};
use hickory_resolver::system_conf::read_system_conf;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Histogram, Meter};
use trefoil_context::DURATION_BOUNDS_S;

use super::config::{AddressFamily, DnsConfig};
use super::places::Host;
use crate::balance::list::Target;

/// The resolver of all backends. It keeps nothing: who asks keeps what it was told for as long as that holds.
#[derive(Debug)]
pub(crate) struct Dns {
    pub(crate) config: DnsConfig,
    /// Made when it is first needed: many a gateway has only addresses, and no `/etc/resolv.conf`.
    resolver: OnceLock<Result<TokioResolver, String>>,
    duration: Histogram<f64>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) targets: Vec<Target>,
    /// For how long it holds; `None` for ever.
    pub(crate) ttl: Option<Duration>,
    /// Why a part of it could not be looked up.
    pub(crate) failed: Option<String>,
}

/// What the targets of a service were found to be, by their names.
pub(crate) type Known = HashMap<String, Vec<IpAddr>>;

impl Dns {
    pub(crate) fn new(config: &DnsConfig, meter: &Meter) -> Dns {
        let duration = meter
            .f64_histogram("dns.lookup.duration")
            .with_unit("s")
            .with_description("Duration of looking up names of backends, failed ones with their error.type.")
            .with_boundaries(DURATION_BOUNDS_S.to_vec())
            .build();
        Dns { config: config.clone(), resolver: OnceLock::new(), duration }
    }

    /// The addresses of a host.
    pub(crate) async fn host(&self, host: &Host) -> Result<Found, String> {
        let (name, port) = match host {
            Host::Address(address) => {
                return Ok(Found { targets: vec![Target::plain(*address)], ttl: None, failed: None });
            }
            Host::Name(name, port) => (name, *port),
        };
        let (ips, ttl) = self.measured(name, self.ips(name)).await?;
        let targets = ips.into_iter().map(|ip| Target::plain(SocketAddr::new(ip, port))).collect();
        Ok(Found { targets, ttl: Some(ttl), failed: None })
    }

    /// The addresses of a service, with their ranks and weights (RFC 2782). A target that cannot be looked up keeps what is `known` of it.
    pub(crate) async fn service(&self, name: &str, known: &mut Known) -> Result<Found, String> {
        let (services, mut least) = self.measured(name, self.services(name)).await?;
        let before = std::mem::take(known);
        let mut targets = Vec::new();
        let mut failed = None;
        for SRV { priority, weight, port, target, .. } in services {
            // A root target says that the service is decidedly not there.
            if target.is_root() {
                continue;
            }
            let host = target.to_utf8();
            let ips = match self.measured(name, self.ips(&host)).await {
                Ok((ips, ttl)) => {
                    least = least.min(ttl);
                    ips
                }
                Err(why) => {
                    failed = Some(why);
                    before.get(&host).cloned().unwrap_or_default()
                }
            };
            targets.extend(ips.iter().map(|ip| Target {
                address: SocketAddr::new(*ip, port),
                rank: priority,
                weight: u32::from(weight).max(1),
            }));
            known.insert(host, ips);
        }
        if targets.is_empty() {
            return Err(failed.unwrap_or_else(|| "there is no such service".to_owned()));
        }
        Ok(Found { targets, ttl: Some(least), failed })
    }

    async fn ips(&self, name: &str) -> Result<(Vec<IpAddr>, Duration), String> {
        let found = self.resolver()?.lookup_ip(name).await.map_err(|error| error.to_string())?;
        let ips: Vec<IpAddr> = found.iter().collect();
        if ips.is_empty() { Err("there is no address".to_owned()) } else { Ok((ips, left(found.valid_until()))) }
    }

    async fn services(&self, name: &str) -> Result<(Vec<SRV>, Duration), String> {
        let found = self.resolver()?.lookup(name, RecordType::SRV).await.map_err(|error| error.to_string())?;
        let service = |data: &RData| match data {
            RData::SRV(service) => Some(service.clone()),
            _ => None,
        };
        let services = found.answers().iter().filter_map(|record| service(&record.data)).collect();
        Ok((services, left(found.valid_until())))
    }

    async fn measured<T>(&self, name: &str, looking: impl Future<Output = Result<T, String>>) -> Result<T, String> {
        let started = Instant::now();
        let result = looking.await;
        let mut attributes = vec![KeyValue::new("dns.question.name", name.to_owned())];
        if result.is_err() {
            attributes.push(KeyValue::new("error.type", "lookup_failed"));
        }
        self.duration.record(started.elapsed().as_secs_f64(), &attributes);
        result.map_err(|why| format!("cannot look up `{name}`: {why}"))
    }

    fn resolver(&self) -> Result<&TokioResolver, String> {
        self.resolver.get_or_init(|| build(&self.config)).as_ref().map_err(Clone::clone)
    }
}

fn build(config: &DnsConfig) -> Result<TokioResolver, String> {
    let servers: Vec<NameServerConfig> = config.name_servers().map(name_server).collect();
    let (mut system, mut options) = match read_system_conf() {
        Ok(read) => read,
        Err(_) if !servers.is_empty() => (ResolverConfig::from_name_servers(Vec::new()), ResolverOpts::default()),
        Err(error) => return Err(format!("the system has no name servers ({error}); set `dns.servers`")),
    };
    if !servers.is_empty() {
        system.name_servers = servers;
    }
    options.timeout = Duration::from_millis(config.timeout_ms);
    options.attempts = 2;
    options.cache_size = 0;
    options.ip_strategy = match config.family {
        AddressFamily::Ipv4First => LookupIpStrategy::Ipv4thenIpv6,
        AddressFamily::Ipv6First => LookupIpStrategy::Ipv6thenIpv4,
        AddressFamily::All => LookupIpStrategy::Ipv4AndIpv6,
    };
    TokioResolver::builder_with_config(system, TokioRuntimeProvider::default())
        .with_options(options)
        .build()
        .map_err(|error| error.to_string())
}

fn name_server(address: SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    let mut server = NameServerConfig::udp(address.ip());
    server.connections = connections.into();
    server
}

fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}
