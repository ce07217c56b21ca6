//! The seam between what a call means and how its bytes travel.
//!
//! In: a request with a streaming body and a deadline. Out: a response with a streaming body. Behind the seam stand reqwest
//! and, in tests, memory. A transport neither retries, nor redirects, nor follows an environment's proxy, nor judges a status.

mod answer;
mod choice;
mod framing;
mod lean;
mod reqwest;
mod tls;

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::Stream;
use http_body::{Frame, SizeHint};
use trefoil_context::Deadline;

pub(crate) use self::choice::build;
pub use self::choice::{Choice, TransportKind};
pub use self::lean::LeanTransport;
pub use self::reqwest::ReqwestTransport;
pub use self::tls::{BackendTlsConfig, TlsPem};

/// A request on its way out.
#[derive(Debug)]
pub struct Outgoing {
    /// The request, with an absolute URI.
    pub request: http::Request<Body>,
    /// Where to connect. Who is asked there stays what the URI says: its authority is the `Host`, and the name in TLS.
    pub address: SocketAddr,
    /// When nobody waits any more. The caller drops the sending then; a transport may use it to give up earlier.
    pub deadline: Deadline,
}

/// A response on its way in, as a future.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<http::Response<Body>, TransportError>> + Send + 'a>>;

/// Sends requests to one backend. Dropping the future gives up: nothing of it goes on.
pub trait Transport: Send + Sync + 'static {
    /// Sends one request.
    fn send(&self, outgoing: Outgoing) -> Sending<'_>;

    /// Nobody is sent to this address any more: its idle connections are closed, those in use when they are done.
    fn retire(&self, address: SocketAddr) {
        let _ = address;
    }

    /// How many connections it has to an address now; `None` where it cannot tell. reqwest's transport cannot: a layer around its connector
    /// sees connections begin, and never end.
    fn pool(&self, address: SocketAddr) -> Option<PoolSize> {
        let _ = address;
        None
    }
}

/// The connections to one address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PoolSize {
    /// Those that wait for a call.
    pub idle: usize,
    /// Those on which a call is under way, or which are being made for one.
    pub in_use: usize,
}

/// Why no whole answer came. The text is for the log, never for a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransportError {
    /// No connection: refused, no such host, TLS failed.
    Connect(String),
    /// The connection broke before the answer was whole.
    Broken(String),
    /// What came is not HTTP, could be read in two ways, or is over its bounds. Asked again it would be so again.
    Malformed(String),
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TransportError::Connect(cause) => write!(f, "cannot connect: {cause}"),
            TransportError::Broken(cause) => write!(f, "the connection broke: {cause}"),
            TransportError::Malformed(cause) => write!(f, "the answer is malformed: {cause}"),
        }
    }
}

impl std::error::Error for TransportError {}

/// The bytes of a request or a response.
#[derive(Default)]
pub enum Body {
    /// None.
    #[default]
    Empty,
    /// All of them, at hand.
    Full(Bytes),
    /// As they come.
    Stream(Pin<Box<dyn Stream<Item = Result<Bytes, TransportError>> + Send>>),
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::Empty => f.write_str("Empty"),
            Body::Full(bytes) => write!(f, "Full({} bytes)", bytes.len()),
            Body::Stream(_) => f.write_str("Stream"),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Body {
        if bytes.is_empty() { Body::Empty } else { Body::Full(bytes) }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        match std::mem::take(&mut *self) {
            Body::Empty => Poll::Ready(None),
            Body::Full(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            Body::Stream(mut stream) => {
                let polled = stream.as_mut().poll_next(cx);
                if !matches!(polled, Poll::Ready(None)) {
                    *self = Body::Stream(stream);
                }
                polled.map(|item| item.map(|bytes| bytes.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Body::Empty)
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Body::Empty => SizeHint::with_exact(0),
            Body::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Body::Stream(_) => SizeHint::default(),
        }
    }
}
