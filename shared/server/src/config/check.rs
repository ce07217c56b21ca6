//! Whether a configuration makes sense by itself. Whether it fits the BFFs is asked in `assemble.rs`.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use trefoil_backend::LONGEST_MS;
use trefoil_edge::{AuthPolicy, BuildError, IdentityConfig};

use super::{Config, Fault};
use crate::keys;

/// What a header costs beside its name and value, in bytes (RFC 9113 section 6.5.2; HTTP/1.1 has less).
const HEADER_OVERHEAD_BYTES: usize = 32;

/// The most header lines that may be let in: twice as many are read for each request, so that one too many is seen.
const MOST_HEADERS: usize = 1000;

/// Every fault of `config`.
pub(super) fn check(config: &Config) -> Vec<Fault> {
    let mut faults = Faults { config, found: Vec::new() };
    listeners(&mut faults);
    process(&mut faults);
    edge(&mut faults);
    stores(&mut faults);
    idempotency(&mut faults);
    bffs(&mut faults);
    issuers(&mut faults);
    backends(&mut faults);
    faults.found
}

struct Faults<'a> {
    config: &'a Config,
    found: Vec<Fault>,
}

impl Faults<'_> {
    fn add(&mut self, path: &[&str], what: impl Into<String>, help: Option<&str>) {
        self.found.push(self.config.fault(path, what, help.map(str::to_owned)));
    }

    /// Those that a part found in itself: the keys below `path`, and what is wrong there.
    fn below(&mut self, path: &[&str], found: Vec<(Vec<String>, String)>) {
        for (below, what) in found {
            let below: Vec<&str> = below.iter().map(String::as_str).collect();
            self.add(&[path, below.as_slice()].concat(), what, None);
        }
    }

    fn positive(&mut self, path: &[&str], value: u64) {
        if value == 0 {
            self.add(path, "this must be at least 1", None);
        }
    }

    fn milliseconds(&mut self, path: &[&str], value: u64, least: u64) {
        if value < least {
            self.add(path, format!("this must be at least {least}, in milliseconds"), None);
        } else if value > LONGEST_MS {
            self.add(path, format!("this must be at most {LONGEST_MS}, in milliseconds (an hour)"), None);
        }
    }
}

fn listeners(faults: &mut Faults<'_>) {
    let config = faults.config;
    let listeners = &config.listeners;
    if listeners.public.is_none() && listeners.tls.is_none() {
        faults.add(&["listeners"], "there is no listener", Some("set `public.address`, `tls.address` or both"));
    }
    let mut taken: Vec<(SocketAddr, &str)> = Vec::new();
    let public = listeners.public.as_ref().map(|public| (public.address, "listeners.public.address"));
    let tls = listeners.tls.as_ref().map(|tls| (tls.address, "listeners.tls.address"));
    for (address, path) in public.into_iter().chain(tls).chain([(config.admin.address, "admin.address")]) {
        let clash = |other: &SocketAddr| {
            other.port() == address.port()
                && (other.ip() == address.ip() || other.ip().is_unspecified() || address.ip().is_unspecified())
        };
        if let Some((_, other)) = taken.iter().find(|(other, _)| address.port() != 0 && clash(other)) {
            let steps: Vec<&str> = path.split('.').collect();
            faults.add(&steps, format!("`{other}` has this port already"), Some("give each listener its own port"));
        }
        taken.push((address, path));
    }
    let limits = &listeners.limits;
    let at = |key| ["listeners", "limits", key];
    faults.positive(&at("max_connections"), limits.max_connections as u64);
    faults.positive(&at("h2_max_concurrent_streams"), limits.h2_max_concurrent_streams.into());
    faults.milliseconds(&at("header_read_timeout_ms"), limits.header_read_timeout_ms, 100);
    faults.milliseconds(&at("tls_handshake_timeout_ms"), limits.tls_handshake_timeout_ms, 100);
    faults.milliseconds(&at("h2_keep_alive_interval_ms"), limits.h2_keep_alive_interval_ms, 100);
    // So that what the edge refuses still reaches it: a header costs more than its name and value, in HTTP/2 by 32 bytes.
    let edge = &config.edge.limits;
    let lines = edge.header_count.saturating_mul(HEADER_OVERHEAD_BYTES);
    let of_edge = edge.uri_bytes.saturating_add(edge.header_bytes).saturating_add(lines);
    if !(8192..=1 << 20).contains(&limits.header_buffer_bytes) {
        faults.add(&at("header_buffer_bytes"), "this must be from 8192 to 1048576, in bytes", None);
    } else if limits.header_buffer_bytes <= of_edge {
        let what = format!(
            "this must be more than the {of_edge} bytes that `edge.limits` lets in (`uri_bytes` + `header_bytes` + \
             {HEADER_OVERHEAD_BYTES} × `header_count`)"
        );
        faults.add(&at("header_buffer_bytes"), what, Some("raise this, or lower those"));
    }
}

fn process(faults: &mut Faults<'_>) {
    let config = faults.config;
    faults.milliseconds(&["shutdown", "pre_stop_delay_ms"], config.shutdown.pre_stop_delay_ms, 0);
    faults.milliseconds(&["shutdown", "drain_timeout_ms"], config.shutdown.drain_timeout_ms, 0);
    faults.milliseconds(&["shutdown", "flush_timeout_ms"], config.shutdown.flush_timeout_ms, 0);
    if let Some(endpoint) = &config.telemetry.otlp_endpoint {
        let sane = endpoint.parse::<http::Uri>().is_ok_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https")) && uri.authority().is_some() && uri.query().is_none()
        });
        if !sane {
            faults.add(
                &["telemetry", "otlp_endpoint"],
                format!("`{endpoint}` is no endpoint"),
                Some("write `http://host:4318` or `https://host:4318`, without a query"),
            );
        }
    }
    let filter = &config.log.filter;
    if let Err(error) = tracing_subscriber::EnvFilter::try_new(filter) {
        faults.add(
            &["log", "filter"],
            format!("`{filter}` is no filter: {error}"),
            Some("write a level such as `info`, or `info,trefoil_edge=debug`"),
        );
    }
}

fn edge(faults: &mut Faults<'_>) {
    let edge = &faults.config.edge;
    if let Err(error) = edge.identity.headers() {
        faults.add(&["edge", "identity", identity_key(&edge.identity, &error)], error.to_string(), None);
    }
    let limit = |key| ["edge", "limits", key];
    faults.positive(&limit("uri_bytes"), edge.limits.uri_bytes as u64);
    faults.positive(&limit("header_bytes"), edge.limits.header_bytes as u64);
    faults.positive(&limit("header_count"), edge.limits.header_count as u64);
    if edge.limits.header_count > MOST_HEADERS {
        faults.add(&limit("header_count"), format!("this must be at most {MOST_HEADERS}"), None);
    }
    faults.milliseconds(&limit("body_timeout_ms"), edge.limits.body_timeout_ms, 100);
    let keys = |key| ["edge", "keys", key];
    faults.positive(&keys("refresh_s"), edge.keys.refresh_s);
    faults.positive(&keys("max_stale_s"), edge.keys.max_stale_s);
    faults.milliseconds(&keys("timeout_ms"), edge.keys.timeout_ms, 100);
}

/// The key of the name that is refused. If both have it, it is the one that is not the default.
fn identity_key(identity: &IdentityConfig, error: &BuildError) -> &'static str {
    let default = IdentityConfig::default();
    let twice = identity.caller_header.eq_ignore_ascii_case(&identity.scopes_header);
    match error {
        BuildError::IdentityHeader { .. } if twice && identity.scopes_header == default.scopes_header => {
            "caller_header"
        }
        BuildError::IdentityHeader { name, .. } if !twice && *name == identity.caller_header => "caller_header",
        _ => "scopes_header",
    }
}

fn idempotency(faults: &mut Faults<'_>) {
    let idempotency = &faults.config.idempotency;
    let at = |key| ["idempotency", key];
    if !(1024..=16 << 20).contains(&idempotency.max_answer_bytes) {
        faults.add(&at("max_answer_bytes"), "this must be from 1024 to 16777216, in bytes", None);
    }
    if idempotency.max_bytes < idempotency.max_answer_bytes as u64 {
        faults.add(&at("max_bytes"), "this must be at least `max_answer_bytes`", None);
    }
}

fn stores(faults: &mut Faults<'_>) {
    let Some(redis) = &faults.config.stores.redis else { return };
    let at = |key| ["stores", "redis", key];
    for (key, value, most) in
        [("timeout_ms", redis.timeout_ms, 5_000), ("connect_timeout_ms", redis.connect_timeout_ms, 60_000)]
    {
        if !(1..=most).contains(&value) {
            faults.add(&at(key), format!("this must be from 1 to {most}, in milliseconds"), None);
        }
    }
}

fn bffs(faults: &mut Faults<'_>) {
    for (name, policy) in &faults.config.bffs {
        let auth = |key| ["bffs", name, "auth", key];
        if let Err(why) = keys::check_url(&policy.auth.issuer) {
            faults.add(&auth("issuer"), why, Some("write it exactly as it stands in the tokens' `iss`"));
        }
        if policy.auth.audience.is_empty() {
            faults.add(&auth("audience"), "the audience is empty", None);
        }
        if policy.auth.algorithms.is_empty() {
            faults.add(&auth("algorithms"), "no algorithm is allowed", Some("leave the key out for the defaults"));
        }
        if policy.auth.leeway_s > AuthPolicy::MAX_LEEWAY_S {
            let most = AuthPolicy::MAX_LEEWAY_S;
            faults.add(&auth("leeway_s"), format!("this must be at most {most}, in seconds"), None);
        }
        for (endpoint, set) in &policy.endpoints {
            faults.below(&["bffs", name, "endpoints", endpoint], set.faults());
        }
    }
}

fn issuers(faults: &mut Faults<'_>) {
    let mut seen = BTreeSet::new();
    for (index, issuer) in faults.config.issuers.iter().enumerate() {
        let index = index.to_string();
        if let Err(why) = keys::check_url(&issuer.jwks_url) {
            faults.add(&["issuers", &index, "jwks_url"], why, None);
        }
        if !seen.insert(&issuer.issuer) {
            faults.add(&["issuers", &index, "issuer"], "this issuer stands here twice", None);
        }
        if !faults.config.bffs.values().any(|policy| policy.auth.issuer == issuer.issuer) {
            let what = format!("no BFF has the issuer `{}`", issuer.issuer);
            faults.add(&["issuers", &index, "issuer"], what, Some("write it exactly as in `bffs.<name>.auth.issuer`"));
        }
    }
}

fn backends(faults: &mut Faults<'_>) {
    faults.below(&["dns"], faults.config.dns.faults());
    for (name, backend) in &faults.config.backends {
        faults.below(&["backends", name], backend.faults());
        faults.milliseconds(&["backends", name, "connect_timeout_ms"], backend.connect_timeout_ms, 1);
        faults.milliseconds(&["backends", name, "idle_timeout_ms"], backend.idle_timeout_ms, 1);
        faults.positive(&["backends", name, "max_body_bytes"], backend.max_body_bytes as u64);
    }
}
