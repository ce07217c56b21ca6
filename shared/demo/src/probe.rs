//! Asks `/readyz` until it says yes: nobody is told that all is up before an operator's probe would agree.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How long the gateway may take to become ready.
const PATIENCE: Duration = Duration::from_secs(20);

/// It did not become ready in time.
#[derive(Debug, thiserror::Error)]
#[error("the gateway was not ready after {} s: http://{admin}/readyz never answered 200", PATIENCE.as_secs())]
pub(crate) struct NotReady {
    admin: SocketAddr,
}

pub(crate) async fn until_ready(admin: SocketAddr) -> Result<(), NotReady> {
    let asking = async {
        while !matches!(is_ready(admin).await, Ok(true)) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.map_err(|_| NotReady { admin })
}

async fn is_ready(admin: SocketAddr) -> io::Result<bool> {
    let mut socket = TcpStream::connect(admin).await?;
    socket.write_all(format!("GET /readyz HTTP/1.1\r\nhost: {admin}\r\nconnection: close\r\n\r\n").as_bytes()).await?;
    let mut answer = Vec::new();
    socket.take(1024).read_to_end(&mut answer).await?;
    Ok(answer.starts_with(b"HTTP/1.1 200"))
}
