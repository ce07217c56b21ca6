//! Which transport a backend's calls go by. It follows from its configuration: there is nothing to choose.

use std::fmt;
use std::sync::Arc;

use http::uri::Scheme;

use super::{LeanTransport, ReqwestTransport, Transport};
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
        let base = config.base()?;
        Ok(if base.scheme == Scheme::HTTPS {
            Choice { transport: TransportKind::Reqwest, because: "TLS" }
        } else {
            Choice { transport: TransportKind::Lean, because: "plain HTTP/1.1" }
        })
    }
}

/// The transport itself.
pub(crate) fn build(config: &BackendConfig) -> Result<Arc<dyn Transport>, String> {
    Ok(match Choice::of(config)?.transport {
        TransportKind::Lean => Arc::new(LeanTransport::new(config)?),
        TransportKind::Reqwest => Arc::new(ReqwestTransport::new(config)?),
    })
}
