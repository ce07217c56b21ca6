//! A new connection. The only place where this transport may arm a timer.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::net::TcpStream;
use tokio::time::timeout;
use trefoil_context::Deadline;

use super::connection::Connection;
use super::waiting::Freed;
use crate::transport::TransportError;

/// What a call gets that has no connection.
pub(super) enum Dialed {
    New(Connection),
    /// One that was used before.
    Freed(Connection),
}

/// Connects as [`dial`] does, unless a connection comes free before that.
pub(super) async fn dial_unless(
    freed: Option<Freed>,
    address: SocketAddr,
    limit: Duration,
    deadline: Deadline,
) -> Result<Dialed, TransportError> {
    let dialing = pin!(dial(address, limit, deadline));
    let Some(freed) = freed else { return dialing.await.map(Dialed::New) };
    match select(freed, dialing).await {
        Either::Left((Ok(connection), _)) => Ok(Dialed::Freed(connection)),
        Either::Left((Err(_), dialing)) => dialing.await.map(Dialed::New),
        Either::Right((connection, _)) => connection.map(Dialed::New),
    }
}

/// Connects to `address`, within `limit` if that is before `deadline`: at that the caller gives up by itself.
async fn dial(address: SocketAddr, limit: Duration, deadline: Deadline) -> Result<Connection, TransportError> {
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
