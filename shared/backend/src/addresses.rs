//! Where a backend is: the addresses that its calls are sent to.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::uri::Scheme;
use tokio::time::Instant;

use crate::config::Base;
use crate::transport::TransportError;

/// How long an address that was looked up is used. The system's resolver tells no TTL.
const LOOKED_UP_FOR: Duration = Duration::from_secs(5);

/// The addresses of one backend.
#[derive(Debug)]
pub(crate) struct Addresses {
    host: String,
    port: u16,
    known: Mutex<Option<(SocketAddr, Option<Instant>)>>,
}

impl Addresses {
    /// Those of the URL's host.
    pub(crate) fn of(base: &Base) -> Addresses {
        let host = base.authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = base.authority.port_u16().unwrap_or(if base.scheme == Scheme::HTTPS { 443 } else { 80 });
        let known = host.parse::<IpAddr>().ok().map(|ip| (SocketAddr::new(ip, port), None));
        Addresses { host, port, known: Mutex::new(known) }
    }

    /// One that is never connected to, for transports that do not.
    pub(crate) fn none() -> Addresses {
        let known = Some((SocketAddr::from(([127, 0, 0, 1], 0)), None));
        Addresses { host: String::new(), port: 0, known: Mutex::new(known) }
    }

    /// Where to send a call.
    pub(crate) async fn choose(&self) -> Result<SocketAddr, TransportError> {
        if let Some((address, until)) = *self.known.lock().unwrap_or_else(PoisonError::into_inner)
            && until.is_none_or(|until| Instant::now() < until)
        {
            return Ok(address);
        }
        let failed = |why: String| TransportError::Connect(format!("cannot look up `{}`: {why}", self.host));
        let mut found = tokio::net::lookup_host((self.host.as_str(), self.port))
            .await
            .map_err(|error| failed(error.to_string()))?;
        let address = found.next().ok_or_else(|| failed("there is no address".to_owned()))?;
        let until = Instant::now() + LOOKED_UP_FOR;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((address, Some(until)));
        Ok(address)
    }
}
