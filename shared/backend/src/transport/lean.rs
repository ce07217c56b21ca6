//! The lean transport: plain HTTP/1.1 for backends inside a cluster, at little more than what its bytes cost to read and write.
//!
//! No task stands behind a connection: who waits for the answer drives it. So an answer costs no hand-over between tasks, and a
//! future that is dropped takes its connection along. In the order of a call: `call` gets a connection, which `pool` has or `dial` makes (or,
//! while it is made, one that comes free: `waiting`); `request` writes the head, `exchange` sends it and `outbox` what did not leave at once;
//! `inbox` takes what comes, `head` reads the answer's head, `decode` and `chunked` its body, and `rest` is what of that did not come with the
//! head. httparse reads the lines; what they mean is decided here (RFC 9112), because a client that does more was measured to cost three times
//! as much (`tests/bench/README.md`).

mod buffers;
mod call;
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
mod waiting;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use self::call::Call;
use self::pool::Pool;
use self::request::Host;
use super::{Outgoing, PoolSize, Sending, Transport};
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
}

impl Transport for LeanTransport {
    fn send(&self, outgoing: Outgoing) -> Sending<'_> {
        Box::pin(Call::new(self, outgoing))
    }

    fn retire(&self, address: SocketAddr) {
        self.pool.retire(address);
    }

    fn pool(&self, address: SocketAddr) -> Option<PoolSize> {
        Some(self.pool.size(address))
    }
}
