//! Taking a port on loopback, and saying what to do when another has it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;

/// A port that cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.advice())]
pub struct PortError {
    /// The port asked for; 0 is any free one.
    port: u16,
    /// What to say on the command line to get another.
    flag: String,
    /// What the system said.
    #[source]
    source: io::Error,
}

/// Listens on a loopback port; 0 takes any free one. `flag` is what moves it, for the error.
pub(crate) async fn bind(port: u16, flag: &str) -> Result<TcpListener, PortError> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address).await.map_err(|source| PortError { port, flag: flag.to_owned(), source })
}

/// Asks whether a port is free by taking it for a moment, so that the demo can say so before it starts anything.
pub(crate) async fn must_be_free(port: u16, flag: &str) -> Result<(), PortError> {
    if port == 0 { Ok(()) } else { bind(port, flag).await.map(drop) }
}

/// The port that a listener got.
pub(crate) fn of(listener: &TcpListener) -> Result<u16, PortError> {
    let refuse = |source| PortError { port: 0, flag: String::new(), source };
    listener.local_addr().map(|address| address.port()).map_err(refuse)
}

// === impl PortError ===

impl PortError {
    fn advice(&self) -> String {
        let Self { port, flag, source } = self;
        match source.kind() {
            io::ErrorKind::AddrInUse => format!(
                "port {port} is taken, perhaps by a demo that is still running.\n  \
                 Who has it:   ss -ltnp 'sport = :{port}'   (or: lsof -nP -iTCP:{port} -sTCP:LISTEN)\n  \
                 Use another:  {flag}   (0 takes any free one)"
            ),
            io::ErrorKind::PermissionDenied => {
                format!("port {port} needs a privilege that this process does not have.\n  Use another:  {flag}")
            }
            _ => format!("port {port} cannot be used: {source}.\n  Use another:  {flag}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_named_with_its_flag_and_who_to_ask() {
        let holder = bind(0, "").await.unwrap();
        let port = of(&holder).unwrap();
        let error = must_be_free(port, "--http-port PORT").await.unwrap_err().to_string();
        for part in [&format!("port {port} is taken"), "--http-port PORT", &format!("ss -ltnp 'sport = :{port}'")] {
            assert!(error.contains(part), "{part} in {error}");
        }
    }
}
