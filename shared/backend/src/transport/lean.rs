//! The lean transport: plain HTTP/1.1 for backends inside a cluster, at little more than what its bytes cost to read and write.
//!
//! No task stands behind a connection: who waits for the answer drives it. So an answer costs no hand-over between tasks, and a
//! future that is dropped takes its connection along. In the order of a request: `pool` has or `dial` makes a connection, `request`
//! writes the head, `exchange` sends it and `outbox` what did not leave at once; `inbox` takes what comes, `head` reads the answer's head,
//! `decode` and `chunked` its body, and `rest` is what of that did not come with the head. httparse reads the lines; what they mean is decided
//! here (RFC 9112), because a client that does more was measured to cost three times as much (`tests/bench/README.md`).

mod buffers;
mod chunked;
mod connection;
mod decode;
mod dial;
mod exchange;
mod head;
mod inbox;
mod outbox;
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
        let Outgoing { mut request, address, .. } = outgoing;
        let (mut place, idle) = self.pool.enter(address);
        if let Some(connection) = idle {
            match exchange::run(place.with(connection), &mut request, &self.host).await {
                // The backend has closed the connection just now. Nothing was sent, so this is no second try.
                Err(Failed::Unsent(left, _)) => place = left,
                answered => return answered.map_err(Failed::into_error),
            }
        }
        // Boxed, as all is that not every call does.
        let connection = Box::pin(dial::dial(address, self.connect_timeout)).await?;
        self.pool.keep_swept();
        exchange::run(place.with(connection), &mut request, &self.host).await.map_err(Failed::into_error)
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
