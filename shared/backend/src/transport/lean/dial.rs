//! A new connection. The only place where this transport arms a timer.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

use super::connection::Connection;
use crate::transport::TransportError;

/// Connects to `address`, within `limit`.
pub(super) async fn dial(address: SocketAddr, limit: Duration) -> Result<Connection, TransportError> {
    let stream = timeout(limit, TcpStream::connect(address))
        .await
        .map_err(|_| TransportError::Connect(format!("no connection within {} ms", limit.as_millis())))?
        .map_err(|error| TransportError::Connect(error.to_string()))?;
    // A request leaves in one write: there is nothing that waiting for more could be sent with.
    stream.set_nodelay(true).map_err(|error| TransportError::Connect(error.to_string()))?;
    Ok(Connection::new(stream))
}
