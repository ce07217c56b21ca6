//! What an operator says about looking names up.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::doubling::doubled;
use crate::faults::{Faults, LONGEST_MS, UpTo};

/// How names of backends are looked up, under `dns:`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DnsConfig {
    /// The name servers, each an IP address or an IP address with a port. Default: those of the system (`/etc/resolv.conf`). Its search
    /// domains and its hosts file hold in any case.
    pub servers: Vec<String>,
    /// Which addresses of a name are used. Default `ipv4_first`.
    pub family: AddressFamily,
    /// The least time that an answer is used, however short its time to live, in milliseconds; after a failure the next look-up waits as
    /// long, then twice as long, and so on. From 100 to `max_ttl_ms`; default 1000.
    pub min_ttl_ms: u64,
    /// The most time that an answer is used, however long its time to live, in milliseconds. At most 3600000; default 60000.
    pub max_ttl_ms: u64,
    /// How long a name server may take to answer, in milliseconds; it is asked twice. From 1 to 60000; default 2000.
    pub timeout_ms: u64,
}

/// Which addresses of a name are used. One that has both kinds mostly has them for the same machines, and not every network has IPv6.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressFamily {
    /// IPv4; IPv6 only of a name that has no IPv4 (Envoy's `V4_PREFERRED`).
    #[default]
    Ipv4First,
    /// IPv6; IPv4 only of a name that has no IPv6 (Envoy's `AUTO`).
    Ipv6First,
    /// All.
    All,
}

impl Default for DnsConfig {
    fn default() -> DnsConfig {
        DnsConfig {
            servers: Vec::new(),
            family: AddressFamily::default(),
            min_ttl_ms: 1_000,
            max_ttl_ms: 60_000,
            timeout_ms: 2_000,
        }
    }
}

impl DnsConfig {
    /// What is wrong with it: the keys below `dns`, and what.
    pub fn faults(&self) -> Vec<(Vec<String>, String)> {
        let mut faults = Faults::default();
        for (index, server) in self.servers.iter().enumerate() {
            if name_server(server).is_none() {
                let what =
                    format!("`{server}` is no name server; write an IP address, such as 10.96.0.10 or 127.0.0.1:5353");
                faults.add(&["servers", &index.to_string()], what);
            }
        }
        let (most, bounds) = (self.max_ttl_ms, 100..=LONGEST_MS);
        faults.up_to(
            &[],
            &UpTo { key: "min_ttl_ms", value: self.min_ttl_ms, least: 100, most_key: "max_ttl_ms", most, bounds },
        );
        faults.range(&["timeout_ms"], self.timeout_ms, 1..=60_000);
        faults.found
    }

    pub(crate) fn name_servers(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.servers.iter().filter_map(|server| name_server(server))
    }

    /// How long an answer of this time to live is used.
    pub(crate) fn kept(&self, ttl: Duration) -> Duration {
        ttl.clamp(Duration::from_millis(self.min_ttl_ms), Duration::from_millis(self.max_ttl_ms.max(self.min_ttl_ms)))
    }

    /// How long to wait after so many failures in a row.
    pub(crate) fn pause(&self, failures: u32) -> Duration {
        doubled(Duration::from_millis(self.min_ttl_ms), failures, Duration::from_millis(self.max_ttl_ms))
    }
}

fn name_server(text: &str) -> Option<SocketAddr> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, 53)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_to_live_are_bounded_and_pauses_grow() {
        let config = DnsConfig::default();
        let kept = [0, 5, 86_400].map(|ttl| config.kept(Duration::from_secs(ttl)).as_secs());
        assert_eq!(kept, [1, 5, 60]);
        assert_eq!([1, 2, 3, 7, u32::MAX].map(|failures| config.pause(failures).as_secs()), [1, 2, 4, 60, 60]);
    }

    #[test]
    fn a_name_server_is_an_ip_address() {
        let servers = ["10.96.0.10", "127.0.0.1:5353", "::1", "[::1]:5353"].map(str::to_owned).to_vec();
        let config = DnsConfig { servers, ..DnsConfig::default() };
        assert_eq!(config.faults(), []);
        let ports: Vec<u16> = config.name_servers().map(|server| server.port()).collect();
        assert_eq!(ports, [53, 5353, 53, 5353]);
        let config = DnsConfig { servers: vec!["dns.example".to_owned()], ..config };
        assert_eq!(config.faults()[0].0, ["servers", "0"]);
    }
}
