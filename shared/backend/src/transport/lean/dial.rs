//! A new connection. The only place where this transport may arm a timer.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use trefoil_context::Deadline;

use super::connection::Connection;
use crate::transport::TransportError;

/// Connects to `address`, within `limit` if that is before `deadline`: at that the caller gives up by itself.
pub(super) async fn dial(
    address: SocketAddr,
    limit: Duration,
    deadline: Deadline,
) -> Result<Connection, TransportError> {
    let connecting = TcpStream::connect(address);
    let stream = if limit < deadline.remaining() {
        let late = |_| TransportError::Connect(format!("no connection within {} ms", limit.as_millis()));
        timeout(limit, connecting).await.map_err(late)?
    } else {
        connecting.await
    };
    let connection = stream.and_then(Connection::new);
    connection.map_err(|error| TransportError::Connect(error.to_string()))
}
