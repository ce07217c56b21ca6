//! What an operator says about one backend.

use std::time::Duration;

use bytes::Bytes;
use http::Uri;
use http::uri::{Authority, Parts, PathAndQuery, Scheme};
use serde::{Deserialize, Serialize};

use crate::addresses::names::check_host;
use crate::addresses::places::Places;
use crate::balance::slow_start::SlowStartConfig;
use crate::breaker::config::BreakerConfig;
use crate::compression::CompressionConfig;
use crate::ejection::EjectionConfig;
use crate::faults::{Faults, shown};
use crate::health::config::HealthConfig;
use crate::hedge::HedgeConfig;
use crate::limit::ConcurrencyConfig;
use crate::retry::RetryConfig;
use crate::transport::BackendTlsConfig;

/// One backend, under its name in `backends:`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackendConfig {
    /// Where it is: `http://host:port` or `https://host`, with an optional path that every call starts with. No query,
    /// no fragment, no credentials. No default.
    pub url: String,
    /// The most time to connect, in milliseconds, inside the call's own time. Default 1500: a lost
    /// first packet is sent again after a second (RFC 6298 section 2.1), as where the backend's queue of new connections was full for a moment.
    #[serde(default = "default_connect_timeout_ms")]
    pub connect_timeout_ms: u64,
    /// The most bytes of one answer's body, as it comes and after decoding. A larger one fails its call. Default 4194304 (4 MiB, as gRPC
    /// lets in).
    #[serde(default = "default_max_body_bytes")]
    pub max_body_bytes: usize,
    /// The idle connections kept per address. Default 1024 (Envoy's `max_connections`): as many as `concurrency.max` lets be in use by
    /// default, so that no burst of calls makes anew what the one before it closed.
    #[serde(default = "default_max_idle_connections")]
    pub max_idle_connections: usize,
    /// How long an idle connection is kept, in milliseconds; shorter than the backend's own. Default 30000 (less than half of nginx's
    /// `keepalive_timeout`).
    #[serde(default = "default_idle_timeout_ms")]
    pub idle_timeout_ms: u64,
    /// Speak HTTP/2 to it: at an `http` URL known beforehand, at an `https` URL where it agrees (ALPN). One connection per address carries
    /// all calls, as many at once as the backend allows; more wait. Default false: HTTP/1.1.
    #[serde(default)]
    pub http2: bool,
    /// The forward proxy that its calls go through, `http://host:port`: the proxy is connected to, and finds the backend. Default none;
    /// the environment's is never used.
    #[serde(default)]
    pub proxy: Option<String>,
    /// TLS with it. Default: the system's authorities, no certificate of the gateway's.
    #[serde(default)]
    pub tls: BackendTlsConfig,
    /// How its calls are attempted again.
    #[serde(default)]
    pub retry: RetryConfig,
    /// How its calls are hedged.
    #[serde(default)]
    pub hedge: HedgeConfig,
    /// Where to connect, each `host:port`: an address or a name, all of whose addresses are taken. Who is asked there stays what `url` says.
    /// Not beside `proxy`. Default: the host of `url`.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// Where to connect, by the SRV records of this name, with their ports, priorities and weights: `_port._tcp.name`. Not beside `addresses`.
    /// Default: none.
    #[serde(default)]
    pub srv: Option<String>,
    /// How each address is checked. Default: not at all.
    #[serde(default)]
    pub health: Option<HealthConfig>,
    /// When an address is no longer asked. Default: as there.
    #[serde(default)]
    pub breaker: BreakerConfig,
    /// When one of several addresses is left alone for a while. Default: as there.
    #[serde(default)]
    pub ejection: EjectionConfig,
    /// How an address that is new among others starts. Default: as there.
    #[serde(default)]
    pub slow_start: SlowStartConfig,
    /// How many attempts at its calls are under way at once.
    #[serde(default)]
    pub concurrency: ConcurrencyConfig,
    /// Whether answers may come compressed. Default: they may not.
    #[serde(default)]
    pub compression: CompressionConfig,
}

fn default_connect_timeout_ms() -> u64 {
    1500
}
fn default_max_body_bytes() -> usize {
    4 << 20
}
fn default_max_idle_connections() -> usize {
    1024
}
fn default_idle_timeout_ms() -> u64 {
    30_000
}

/// A backend's URL, taken apart once.
#[derive(Debug, Clone)]
pub(crate) struct Base {
    pub(crate) scheme: Scheme,
    pub(crate) authority: Authority,
    pub(crate) prefix: String,
    /// The proxy before it.
    pub(crate) proxy: Option<Authority>,
}

impl BackendConfig {
    /// The defaults, at `url`.
    pub fn at(url: impl Into<String>) -> BackendConfig {
        BackendConfig {
            url: url.into(),
            connect_timeout_ms: default_connect_timeout_ms(),
            max_body_bytes: default_max_body_bytes(),
            max_idle_connections: default_max_idle_connections(),
            idle_timeout_ms: default_idle_timeout_ms(),
            http2: false,
            proxy: None,
            tls: BackendTlsConfig::default(),
            retry: RetryConfig::default(),
            hedge: HedgeConfig::default(),
            addresses: Vec::new(),
            srv: None,
            health: None,
            breaker: BreakerConfig::default(),
            ejection: EjectionConfig::default(),
            slow_start: SlowStartConfig::default(),
            concurrency: ConcurrencyConfig::default(),
            compression: CompressionConfig::default(),
        }
    }

    pub(crate) fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    pub(crate) fn idle_timeout(&self) -> Duration {
        Duration::from_millis(self.idle_timeout_ms)
    }

    /// Checks the URL, without connecting. The error says what is wrong and what is expected.
    fn check(&self) -> Result<(), String> {
        Base::of(&self.url).map(|_| ())
    }

    /// Checks the proxy's URL, without connecting.
    fn check_proxy(&self) -> Result<(), String> {
        self.proxy.as_ref().map_or(Ok(()), |url| proxy(url).map(|_| ()))
    }

    /// Checks what is said of TLS: it fits the URL, and is whole.
    fn check_tls(&self) -> Result<(), String> {
        if self.tls != BackendTlsConfig::default() && !self.url.starts_with("https:") {
            return Err("the URL is not `https`: nothing is encrypted, and no certificate shown".to_owned());
        }
        self.tls.check()
    }

    /// What no backend can have: the keys below the backend's, and what is wrong.
    pub fn faults(&self) -> Vec<(Vec<String>, String)> {
        let mut faults = Faults::default();
        for (part, checked) in [("url", self.check()), ("proxy", self.check_proxy()), ("tls", self.check_tls())] {
            if let Err(what) = checked {
                faults.add(&[part], what);
            }
        }
        if let Ok(base) = self.base()
            && let Err(fault) = Places::of(self, &base)
        {
            faults.found.push(fault);
        }
        if let Some(health) = &self.health {
            health.check(&mut faults);
        }
        self.retry.check(&mut faults);
        self.hedge.check(&mut faults);
        self.concurrency.check(&mut faults);
        self.compression.check(&mut faults);
        self.breaker.check(&mut faults);
        self.ejection.check(&mut faults);
        self.slow_start.check(&mut faults);
        faults.found
    }

    /// Where to connect. The error says what is wrong.
    pub fn places(&self) -> Result<Places, String> {
        Places::of(self, &self.base()?).map_err(|(_, what)| what)
    }

    pub(crate) fn base(&self) -> Result<Base, String> {
        let proxy = self.proxy.as_deref().map(proxy).transpose()?;
        Ok(Base { proxy, ..Base::of(&self.url)? })
    }
}

fn proxy(url: &str) -> Result<Authority, String> {
    let base = Base::of(url)?;
    if base.scheme != Scheme::HTTP || !base.prefix.is_empty() {
        return Err(format!("`{}` is no proxy that can be used; expected `http://host:port`", shown(url)));
    }
    Ok(base.authority)
}

impl Base {
    /// The URL of a path below it.
    pub(crate) fn uri(&self, path: String) -> http::Result<Uri> {
        let path = if self.prefix.is_empty() { path } else { [self.prefix.as_str(), path.as_str()].concat() };
        let mut parts = Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(PathAndQuery::from_maybe_shared(Bytes::from(path))?);
        Ok(Uri::from_parts(parts)?)
    }

    /// The port of the URL, where it has none that of its scheme.
    pub(crate) fn port(&self) -> u16 {
        port_of(self.authority.port_u16(), self.scheme == Scheme::HTTPS)
    }

    /// The host, as it is written, and port to connect to: the proxy's, where there is one.
    pub(crate) fn connects_to(&self) -> (&str, u16) {
        let authority = self.proxy.as_ref().unwrap_or(&self.authority);
        let tls = self.proxy.is_none() && self.scheme == Scheme::HTTPS;
        (authority.host(), port_of(authority.port_u16(), tls))
    }

    fn of(url: &str) -> Result<Base, String> {
        let expected = "expected `http://host:port` or `https://host`, with an optional path";
        let credentials = "the URL has credentials in it, which would end up in logs; leave them out";
        let start = url.split_once("://").map_or(url, |(_, rest)| rest);
        if start.split('/').next().is_some_and(|authority| authority.contains('@')) {
            return Err(credentials.to_owned());
        }
        let said = shown(url);
        if url.contains('#') {
            return Err(format!("`{}` has a fragment; {expected}", said.split('#').next().unwrap_or_default()));
        }
        if !url.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!("`{said}` is not a URL: it has blanks or letters of no URL in it; {expected}"));
        }
        let uri: Uri = url.parse().map_err(|error| format!("`{said}` is not a URL ({error}); {expected}"))?;
        let parts = uri.into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
            return Err(format!("`{said}` is not an absolute URL; {expected}"));
        };
        if scheme != Scheme::HTTP && scheme != Scheme::HTTPS {
            return Err(format!("`{said}` has the scheme `{scheme}`; {expected}"));
        }
        let path = parts.path_and_query;
        if path.as_ref().is_some_and(|path| path.query().is_some()) {
            return Err(format!("`{said}` has a query; {expected}"));
        }
        // `Authority::port` would be none for a port that is too large.
        let rest = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let port = |text: &str| digits(text) && text.parse::<u16>().is_ok_and(|port| port > 0);
        let sound = rest.is_empty() || rest.strip_prefix(':').is_some_and(port);
        if authority.host().is_empty() || !sound {
            return Err(format!("`{said}` has no host, or a port that is not from 1 to 65535; {expected}"));
        }
        check_host(authority.host()).map_err(|why| format!("`{said}` has {why}; {expected}"))?;
        if path.as_ref().is_some_and(|path| has_dots(path.path())) {
            return Err(format!("`{said}` has `.` or `..` in its path; write the path that is meant"));
        }
        let prefix = path.map_or(String::new(), |path| path.path().trim_end_matches('/').to_owned());
        Ok(Base { scheme, authority, prefix, proxy: None })
    }
}

/// The port that is meant where none may be written (RFC 9110 section 4.2).
pub(crate) fn port_of(written: Option<u16>, tls: bool) -> u16 {
    written.unwrap_or(if tls { 443 } else { 80 })
}

/// Whether a segment of a path means "here" or "up" (RFC 3986 section 3.3), encoded or not: who sends it and who gets it may resolve
/// it differently.
pub(crate) fn has_dots(path: &str) -> bool {
    let is_dots = |segment: &str| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    path.split('/').any(is_dots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_a_plain_host_and_port_and_tls_needs_an_https_url() {
        let behind =
            |proxy: &str| BackendConfig { proxy: Some(proxy.to_owned()), ..BackendConfig::at("https://users") };
        behind("http://proxy:3128").check_proxy().unwrap();
        assert_eq!(behind("http://proxy:3128").base().unwrap().connects_to(), ("proxy", 3128));
        for wrong in ["https://proxy", "http://proxy/path", "proxy:3128", "http://a:b@proxy"] {
            behind(wrong).check_proxy().unwrap_err();
        }
        let tls = BackendTlsConfig { ca_file: Some("ca.pem".into()), ..BackendTlsConfig::default() };
        let plain = BackendConfig { tls: tls.clone(), ..BackendConfig::at("http://users") };
        assert!(plain.check_tls().unwrap_err().contains("https"));
        BackendConfig { tls, ..BackendConfig::at("https://users") }.check_tls().unwrap();
        let half = BackendTlsConfig { client_cert_file: Some("a.pem".into()), ..BackendTlsConfig::default() };
        let half = BackendConfig { tls: half, ..BackendConfig::at("https://users") };
        assert!(half.check_tls().unwrap_err().contains("client_key_file"));
    }

    #[test]
    fn what_is_wrong_with_a_url_is_said_without_what_may_be_a_password() {
        let of_url = |url: &str| BackendConfig::at(url).check().unwrap_err();
        let of_proxy = |url: &str| {
            BackendConfig { proxy: Some(url.to_owned()), ..BackendConfig::at("http://users") }
                .check_proxy()
                .unwrap_err()
        };
        for host in ["users", "users:99999", "users/a/..", "users/?a", "users/#a", "us ers", "[::1%25a]", ":80", ""] {
            for scheme in ["", "//", "http://", "https://", "ftp://"] {
                for password in ["secret", "s/secret", "s?secret", "s#secret", "s secret", "@secret@"] {
                    let url = format!("{scheme}user:{password}@{host}");
                    for error in [of_url(&url), of_proxy(&url)] {
                        assert!(!error.contains("secret") && !error.contains("user:"), "{url}: {error}");
                    }
                }
            }
        }
        assert!(!of_url("http://users/?key=secret").contains("secret"));
    }

    #[test]
    fn a_url_that_cannot_be_a_backend_is_refused_with_its_reason() {
        for (url, reason) in [
            ("users:8080", "absolute"),
            ("/users", "absolute"),
            ("ftp://users", "scheme"),
            ("http://a:b@users", "credentials"),
            ("http://users/?a=1", "query"),
            ("http://users/#a", "fragment"),
            ("http://us ers", "not a URL"),
            ("http://users:99999", "from 1 to 65535"),
            ("http://users:0", "from 1 to 65535"),
            ("http://users:+1", "from 1 to 65535"),
            ("http://users:/a", "from 1 to 65535"),
            ("http://:80", "no host"),
            ("http://users/a/../b", "`..`"),
            ("http://users/./b", "`..`"),
            ("http://users/%2E%2e", "`..`"),
            ("http://[fe80::1%25eth0]:80", "zone"),
            ("http://*:80", "more in it"),
            ("http://users..shop", "nothing where"),
            ("http://10.0.0.256", "no IPv4"),
            ("http://users/\u{fc}", "not a URL"),
        ] {
            let error = BackendConfig::at(url).check().unwrap_err();
            assert!(error.contains(reason), "{url}: {error}");
        }
        for good in ["http://users/..a/b.c", "http://[::1]:8080", "https://users:65535/", "http://users/..."] {
            BackendConfig::at(good).check().unwrap_or_else(|error| panic!("{good}: {error}"));
        }
        assert_eq!(BackendConfig::at("http://users:1/v2/").base().unwrap().prefix, "/v2");
    }
}
