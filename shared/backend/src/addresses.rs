//! Where a backend is: its addresses, handed to the balancer.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::balance::Balancer;
use crate::balance::list::Target;
use crate::config::Base;
use crate::transport::TransportError;

/// How long an address that was looked up is used. The system's resolver tells no TTL.
const LOOKED_UP_FOR: Duration = Duration::from_secs(5);

/// The addresses of one backend.
#[derive(Debug)]
pub(crate) struct Addresses {
    host: String,
    port: u16,
    /// Until when what the balancer has may be used; none where it never changes.
    until: Option<Mutex<Option<Instant>>>,
}

impl Addresses {
    /// Those of the URL's host, or of the proxy before it.
    pub(crate) fn of(base: &Base, balancer: &Balancer) -> Addresses {
        let (host, port) = base.connects_to();
        let host = host.to_owned();
        let known = host.parse::<IpAddr>().ok().map(|ip| SocketAddr::new(ip, port));
        if let Some(address) = known {
            balancer.set(&[Target::plain(address)]);
        }
        Addresses { host, port, until: known.is_none().then(Mutex::default) }
    }

    /// One that is never connected to, for transports that do not.
    pub(crate) fn none(_: &Base, balancer: &Balancer) -> Addresses {
        balancer.set(&[Target::plain(SocketAddr::from(([127, 0, 0, 1], 0)))]);
        Addresses { host: String::new(), port: 0, until: None }
    }

    /// Waits until the balancer has addresses.
    pub(crate) async fn known(&self, balancer: &Balancer) -> Result<(), TransportError> {
        let Some(until) = &self.until else { return Ok(()) };
        if until.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|until| Instant::now() < until) {
            return Ok(());
        }
        let failed = |why: String| TransportError::Connect(format!("cannot look up `{}`: {why}", self.host));
        let found = tokio::net::lookup_host((self.host.as_str(), self.port))
            .await
            .map_err(|error| failed(error.to_string()))?;
        balancer.set(&found.map(Target::plain).take(1).collect::<Vec<_>>());
        *until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + LOOKED_UP_FOR);
        Ok(())
    }
}
