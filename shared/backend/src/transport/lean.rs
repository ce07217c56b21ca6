//! The lean transport: plain HTTP/1.1 over hyper's own connection type, for backends inside a cluster.
//!
//! No task stands behind a connection: who waits for the answer drives it. So an answer costs no hand-over between tasks, and a
//! future that is dropped takes its connection along. In the order of a request: `request` gives it its form on the wire,
//! `pool` has or `dial` makes a connection, `exchange` sends and waits for the head, `rest` reads what of the body did not come with it.

mod connection;
mod dial;
mod exchange;
mod pool;
mod request;
mod rest;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use self::exchange::Failed;
use self::pool::Pool;
use self::request::Host;
use super::{Outgoing, PoolSize, Sending, Transport, TransportError};
use crate::config::BackendConfig;

/// Sends plain HTTP/1.1, by connections of its own to each address.
#[derive(Debug)]
pub struct LeanTransport {
    host: Host,
    connect_timeout: Duration,
    pool: Arc<Pool>,
}

impl LeanTransport {
    /// A transport with the backend's limits. The error says what is wrong with its URL.
    pub fn new(config: &BackendConfig) -> Result<LeanTransport, String> {
        Ok(LeanTransport {
            host: Host::of(&config.base()?),
            connect_timeout: config.connect_timeout(),
            pool: Arc::new(Pool::new(config.max_idle_connections, config.idle_timeout())),
        })
    }

    async fn exchange(&self, outgoing: Outgoing) -> Result<http::Response<super::Body>, TransportError> {
        let Outgoing { mut request, address, deadline } = outgoing;
        request::to_origin_form(&mut request, &self.host)?;
        let shelf = self.pool.shelf(address);
        if let Some(lease) = shelf.take() {
            match exchange::run(lease, request).await {
                // The backend has closed the connection while it was idle. Nothing was sent, so this is no second try.
                Err(Failed::Unsent(unsent, _)) => request = *unsent,
                answered => return answered.map_err(Failed::into_error),
            }
        }
        let place = shelf.place();
        let connection = dial::dial(address, self.connect_timeout.min(deadline.remaining())).await?;
        self.pool.keep_swept();
        exchange::run(place.with(connection), request).await.map_err(Failed::into_error)
    }
}

impl Transport for LeanTransport {
    fn send(&self, outgoing: Outgoing) -> Sending<'_> {
        Box::pin(self.exchange(outgoing))
    }

    fn retire(&self, address: SocketAddr) {
        self.pool.retire(address);
    }

    fn pool(&self, address: SocketAddr) -> Option<PoolSize> {
        Some(self.pool.size(address))
    }
}
