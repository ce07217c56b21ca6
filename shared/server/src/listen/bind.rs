//! Taking a port, with an error that says which and what to do.

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

/// A port that cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address} ({what}): {source}; {help}")]
pub struct BindError {
    /// Which listener it is for: the key that sets its address.
    pub what: &'static str,
    /// The address asked for.
    pub address: SocketAddr,
    /// What to do about it.
    pub help: String,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

/// Takes `address`. `what` is the key that sets it, such as `listeners.public.address`.
pub(crate) async fn bind(address: SocketAddr, what: &'static str) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).await.map_err(|source| {
        let help = match source.kind() {
            io::ErrorKind::AddrInUse => {
                format!("another process has port {}: stop it, or set `{what}` to another port", address.port())
            }
            io::ErrorKind::PermissionDenied => {
                format!("ports below 1024 need a privilege: set `{what}` to a higher one")
            }
            io::ErrorKind::AddrNotAvailable => {
                format!("this machine does not have that address: set `{what}` to one that it has, or to 0.0.0.0")
            }
            _ => format!("`{what}` sets this address"),
        };
        BindError { what, address, help, source }
    })
}
