//! The two transports, requests and answers in short, and a server that says what it is told to.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use http::{Method, Request, Response};
use http_body_util::BodyExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::timeout;
use trefoil_backend::transport::{LeanTransport, ReqwestTransport};
use trefoil_backend::{BackendConfig, Body, Outgoing, TlsPem, Transport, TransportError};
use trefoil_context::Deadline;

/// A short answer.
pub(crate) const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// Longer than anything here takes; a test that waits so long has failed.
pub(crate) const LONG: Duration = Duration::from_secs(10);

/// Which transport.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Lean,
    Reqwest,
}

impl Kind {
    pub(crate) fn build(self, config: &BackendConfig) -> Arc<dyn Transport> {
        match self {
            Kind::Lean => Arc::new(LeanTransport::new(config).unwrap()),
            Kind::Reqwest => Arc::new(ReqwestTransport::new(config, &TlsPem::default()).unwrap()),
        }
    }

    pub(crate) fn to(self, server: &Server) -> Arc<dyn Transport> {
        self.build(&server.config())
    }
}

/// Each test once for each transport.
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($kind:ident: Kind) $body:block)*) => { $(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn run($kind: Kind) $body

            #[tokio::test]
            async fn lean() {
                tokio::time::timeout(crate::kit::LONG * 2, run(Kind::Lean)).await.unwrap();
            }

            #[tokio::test]
            async fn reqwest() {
                tokio::time::timeout(crate::kit::LONG * 2, run(Kind::Reqwest)).await.unwrap();
            }
        }
    )* };
}

// === What is asked, and what comes ===

pub(crate) fn outgoing(address: SocketAddr, method: Method, path: &str, body: Body) -> Outgoing {
    let uri = format!("http://{address}{path}");
    let request = Request::builder().method(method).uri(uri).body(body).unwrap();
    Outgoing { request, address, deadline: Deadline::within(LONG) }
}

/// The whole answer to a request, or why there is none.
pub(crate) async fn ask(
    transport: &Arc<dyn Transport>,
    outgoing: Outgoing,
) -> Result<(Response<()>, String), TransportError> {
    timeout(LONG, async {
        let (head, body) = transport.send(outgoing).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok((Response::from_parts(head, ()), String::from_utf8(body.to_vec()).unwrap()))
    })
    .await
    .expect("an answer, or an error, before long")
}

/// The status and body that a GET brings.
pub(crate) async fn get(transport: &Arc<dyn Transport>, server: &Server) -> Result<(u16, String), TransportError> {
    let (head, body) = ask(transport, outgoing(server.address, Method::GET, "/", Body::Empty)).await?;
    Ok((head.status().as_u16(), body))
}

pub(crate) fn ok() -> (u16, String) {
    (200, "ok".to_owned())
}

/// A body that takes its pieces from a function.
pub(crate) fn stream(next: impl FnMut() -> Poll<Option<Bytes>> + Send + Unpin + 'static) -> Body {
    struct Pieces<F>(F);
    impl<F: FnMut() -> Poll<Option<Bytes>> + Unpin> Stream for Pieces<F> {
        type Item = Result<Bytes, TransportError>;
        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            (self.0)().map(|piece| piece.map(Ok))
        }
    }
    Body::Stream(Box::pin(Pieces(next)))
}

/// Waits until something is so.
pub(crate) async fn until(what: &str, so: impl Fn() -> bool) {
    let waited = timeout(LONG, async {
        while !so() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    assert!(waited.await.is_ok(), "it never came to this: {what}");
}

// === A server that takes no more connections ===

/// A listener in whose queue there is room for one.
pub(crate) fn queue_of_one() -> TcpListener {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    socket.listen(1).unwrap()
}

/// Fills the queue of a listener: as long as these live, nothing answers to a new connection.
pub(crate) async fn fill(address: SocketAddr) -> Vec<TcpStream> {
    let mut queued = Vec::new();
    while let Ok(stream) = timeout(Duration::from_millis(100), TcpStream::connect(address)).await {
        queued.push(stream.unwrap());
    }
    queued
}

// === The server ===

/// A server on a port of its own. Its connections end with it.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    seen: Arc<Seen>,
    accepting: tokio::task::JoinHandle<()>,
}

#[derive(Default)]
pub(crate) struct Seen {
    connections: AtomicUsize,
    open: AtomicUsize,
    requests: Mutex<Vec<String>>,
}

/// One accepted connection.
pub(crate) struct Socket {
    pub(crate) stream: TcpStream,
    pub(crate) number: usize,
    seen: Arc<Seen>,
    read: Vec<u8>,
}

impl Server {
    /// Does with each connection what `serve` does.
    pub(crate) async fn start<S, F>(serve: S) -> Server
    where
        S: Fn(Socket) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let accepted = Arc::clone(&seen);
        let accepting = tokio::spawn(async move {
            let mut served = tokio::task::JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                stream.set_nodelay(true).unwrap();
                let number = accepted.connections.fetch_add(1, Ordering::SeqCst) + 1;
                accepted.open.fetch_add(1, Ordering::SeqCst);
                served.spawn(serve(Socket { stream, number, seen: Arc::clone(&accepted), read: Vec::new() }));
                while served.try_join_next().is_some() {}
            }
        });
        Server { address, seen, accepting }
    }

    /// Answers every request on every connection with `answer`.
    pub(crate) async fn answering(answer: impl AsRef<[u8]>) -> Server {
        Server::in_turn([answer]).await
    }

    /// Answers the first request with the first answer, and so on, on whichever connection; then again and again with the last.
    pub(crate) async fn in_turn(answers: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Server {
        let answers: Arc<Vec<Vec<u8>>> = Arc::new(answers.into_iter().map(|answer| answer.as_ref().to_vec()).collect());
        Server::start(move |mut socket| {
            let answers = Arc::clone(&answers);
            async move {
                while socket.head().await.is_some() {
                    let turn = socket.requests().min(answers.len()) - 1;
                    socket.send(&answers[turn]).await;
                }
            }
        })
        .await
    }

    pub(crate) fn config(&self) -> BackendConfig {
        BackendConfig::at(format!("http://{}", self.address))
    }

    /// How many connections there have been.
    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// How many there are that neither side has closed.
    pub(crate) fn open(&self) -> usize {
        self.seen.open.load(Ordering::SeqCst)
    }

    /// The heads of all requests.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.seen.open.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Socket {
    /// The head of the next request; none when the other side has closed.
    pub(crate) async fn head(&mut self) -> Option<String> {
        loop {
            if let Some(end) = self.read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                let rest = self.read.split_off(end + 4);
                let head = String::from_utf8(std::mem::replace(&mut self.read, rest)).unwrap();
                self.seen.requests.lock().unwrap().push(head.clone());
                return Some(head);
            }
            if !self.more().await {
                return None;
            }
        }
    }

    /// The next bytes of a body, until they end with `end`.
    pub(crate) async fn body_until(&mut self, end: &[u8]) -> Vec<u8> {
        while !self.read.ends_with(end) {
            assert!(self.more().await, "the other side closed before {end:?}");
        }
        std::mem::take(&mut self.read)
    }

    /// Reads on, until the other side has closed.
    pub(crate) async fn closed(&mut self) {
        while self.more().await {
            self.read.clear();
        }
    }

    async fn more(&mut self) -> bool {
        match self.stream.read_buf(&mut self.read).await {
            Ok(read) => read > 0,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => false,
            Err(error) => panic!("{error}"),
        }
    }

    /// Sends; whether the other side still wants it is its own affair.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(bytes.as_ref()).await;
    }

    /// How many requests the server has seen, on all its connections.
    pub(crate) fn requests(&self) -> usize {
        self.seen.requests.lock().unwrap().len()
    }
}
