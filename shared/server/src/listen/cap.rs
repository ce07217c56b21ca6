//! A listener that accepts no more connections than it may hold. The rest wait in the system's queue, which costs this
//! process nothing.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum_server::{AddrListener, Address};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A peer's address, or a listener's own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// A listener with a bounded number of connections.
#[derive(Debug)]
pub(crate) struct CappedListener {
    listener: TcpListener,
    free: Arc<Semaphore>,
}

/// A connection; when it is dropped, there is room for another.
#[derive(Debug)]
pub(crate) struct CappedStream {
    stream: TcpStream,
    _place: OwnedSemaphorePermit,
}

// === impl CappedListener ===

impl CappedListener {
    pub(crate) fn new(listener: TcpListener, max_connections: usize) -> CappedListener {
        CappedListener { listener, free: Arc::new(Semaphore::new(max_connections.min(Semaphore::MAX_PERMITS))) }
    }
}

impl Address for Peer {
    type Stream = CappedStream;
    type Listener = CappedListener;
}

impl AddrListener<CappedStream, Peer> for CappedListener {
    async fn bind_to(address: Peer) -> io::Result<CappedListener> {
        Ok(CappedListener::new(TcpListener::bind(address.0).await?, Semaphore::MAX_PERMITS))
    }

    async fn accept_stream(&self) -> io::Result<(CappedStream, Peer)> {
        let place = Arc::clone(&self.free).acquire_owned().await.map_err(io::Error::other)?;
        let (stream, peer) = self.listener.accept().await?;
        // Answers are written whole; waiting for more bytes only delays them.
        stream.set_nodelay(true)?;
        Ok((CappedStream { stream, _place: place }, Peer(peer)))
    }

    fn get_local_addr(&self) -> io::Result<Peer> {
        self.listener.local_addr().map(Peer)
    }
}

/// So that the edge finds `ConnectInfo<SocketAddr>`, as with any axum server.
impl Connected<Peer> for SocketAddr {
    fn connect_info(peer: Peer) -> SocketAddr {
        peer.0
    }
}

// === impl CappedStream ===

impl AsyncRead for CappedStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for CappedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
