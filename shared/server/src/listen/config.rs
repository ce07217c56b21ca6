//! What an operator may set about the listeners.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

/// Section `listeners`: where requests come in. At least one of `public` and `tls`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListenersConfig {
    /// `public`: plain HTTP/1.1 and HTTP/2 (with prior knowledge). Default 127.0.0.1:8080; `public: null` is none.
    #[serde(deserialize_with = "or_none")]
    pub public: Option<PublicConfig>,
    /// `tls`: the same over TLS. Default none.
    pub tls: Option<TlsConfig>,
    /// `limits`: of every connection, whichever way it came.
    pub limits: LimitsConfig,
}

/// Section `listeners.public`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PublicConfig {
    /// `address`: an IP address and a port; port 0 takes a free one. Default `127.0.0.1:8080`.
    #[serde(deserialize_with = "address")]
    pub address: SocketAddr,
}

/// Section `listeners.tls`: TLS 1.2 and 1.3, `h2` and `http/1.1` by ALPN.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsConfig {
    /// `address`: an IP address and a port; port 0 takes a free one. Required.
    #[serde(deserialize_with = "address")]
    pub address: SocketAddr,
    /// `cert_file`: the certificate and its intermediates, leaf first, in PEM. Required.
    pub cert_file: PathBuf,
    /// `key_file`: the private key in PEM (PKCS#8, PKCS#1 or SEC1). Required.
    pub key_file: PathBuf,
}

/// Section `listeners.limits`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// `max_connections`: open at once on one listener; more wait unaccepted in the system's queue. Default 10000.
    pub max_connections: usize,
    /// `header_read_timeout_ms`: for the whole head of an HTTP/1.1 request, and for how long an idle connection is
    /// kept between requests. Default 10000. A load balancer in front must let go of idle connections earlier.
    pub header_read_timeout_ms: u64,
    /// `header_buffer_bytes`: of the head of an HTTP/1.1 request, and of the header list of an HTTP/2 request. Default
    /// 65536. The edge's own limits must lie below it, and answer with a problem; beyond it the answer is a bare 431.
    pub header_buffer_bytes: usize,
    /// `tls_handshake_timeout_ms`: for the whole handshake. Default 10000.
    pub tls_handshake_timeout_ms: u64,
    /// `h2_max_concurrent_streams`: requests under way on one HTTP/2 connection. Default 100.
    pub h2_max_concurrent_streams: u32,
    /// `h2_keep_alive_interval_ms`: how often an HTTP/2 peer is asked whether it still lives; it has 20 s to answer.
    /// Default 30000.
    pub h2_keep_alive_interval_ms: u64,
}

// === impls ===

impl Default for ListenersConfig {
    fn default() -> ListenersConfig {
        ListenersConfig { public: Some(PublicConfig::default()), tls: None, limits: LimitsConfig::default() }
    }
}

impl Default for PublicConfig {
    fn default() -> PublicConfig {
        PublicConfig { address: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)) }
    }
}

impl Default for LimitsConfig {
    fn default() -> LimitsConfig {
        LimitsConfig {
            max_connections: 10_000,
            header_read_timeout_ms: 10_000,
            header_buffer_bytes: 64 * 1024,
            tls_handshake_timeout_ms: 10_000,
            h2_max_concurrent_streams: 100,
            h2_keep_alive_interval_ms: 30_000,
        }
    }
}

/// `public: null` is no listener, where a missing key is the default one.
fn or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PublicConfig>, D::Error> {
    Option::deserialize(deserializer)
}

/// Reads `ip:port`, with a message that says so.
pub(crate) fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    struct AddressVisitor;
    impl Visitor<'_> for AddressVisitor {
        type Value = SocketAddr;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an IP address and a port")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<SocketAddr, E> {
            text.trim().parse().map_err(|_| {
                E::custom(format!("`{text}` is not an IP address and a port, such as 127.0.0.1:8080 or [::]:8080"))
            })
        }
    }
    deserializer.deserialize_str(AddressVisitor)
}
