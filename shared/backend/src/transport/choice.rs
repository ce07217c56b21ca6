//! Which transport a backend's calls go by. It follows from its configuration: there is nothing to choose.

use std::fmt;
use std::sync::Arc;

use http::uri::Scheme;

use super::{LeanTransport, ReqwestTransport, TlsPem, Transport};
use crate::config::BackendConfig;

/// The transport of a backend, and why it is that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Which.
    pub transport: TransportKind,
    /// What in the configuration asks for it.
    pub because: &'static str,
}

/// The transports that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportKind {
    /// Plain HTTP/1.1 at the least cost.
    Lean,
    /// All that is more than that.
    Reqwest,
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let transport = match self.transport {
            TransportKind::Lean => "lean",
            TransportKind::Reqwest => "reqwest",
        };
        write!(f, "{transport} transport ({})", self.because)
    }
}

impl Choice {
    /// The transport for a backend. The error says what is wrong with its URL.
    pub fn of(config: &BackendConfig) -> Result<Choice, String> {
        let reqwest = |because| Choice { transport: TransportKind::Reqwest, because };
        let tls = config.base()?.scheme == Scheme::HTTPS;
        Ok(match () {
            () if config.proxy.is_some() => reqwest("a proxy"),
            () if config.http2 => reqwest("HTTP/2"),
            () if config.tls.client_cert_file.is_some() => reqwest("mutual TLS"),
            () if tls => reqwest("TLS"),
            () => Choice { transport: TransportKind::Lean, because: "plain HTTP/1.1" },
        })
    }
}

/// The transport itself. `pem` is what the files of its TLS hold.
pub(crate) fn build(config: &BackendConfig, pem: &TlsPem) -> Result<Arc<dyn Transport>, String> {
    Ok(match Choice::of(config)?.transport {
        TransportKind::Lean => Arc::new(LeanTransport::new(config)?),
        TransportKind::Reqwest => Arc::new(ReqwestTransport::new(config, pem)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_1_1_without_a_proxy_is_sent_lean() {
        let at = BackendConfig::at;
        for (config, said) in [
            (at("http://users"), "lean transport (plain HTTP/1.1)"),
            (at("https://users"), "reqwest transport (TLS)"),
            (BackendConfig { http2: true, ..at("http://users") }, "reqwest transport (HTTP/2)"),
            (
                BackendConfig { proxy: Some("http://proxy:3128".to_owned()), ..at("http://users") },
                "reqwest transport (a proxy)",
            ),
        ] {
            assert_eq!(Choice::of(&config).unwrap().to_string(), said);
        }
    }
}
