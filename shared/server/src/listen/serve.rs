//! A listener at work: the HTTP settings of every connection, and the handle by which it is stopped.

use std::net::SocketAddr;
use std::time::Duration;

use axum::{Extension, Router};
use axum_server::accept::DefaultAcceptor;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use trefoil_edge::Tls;

use super::cap::{CappedListener, Peer};
use super::config::LimitsConfig;

/// How long an HTTP/2 peer has to answer a ping (hyper's own default).
const H2_PING_TIMEOUT: Duration = Duration::from_secs(20);
/// Flow control of HTTP/2 uploads: 64 KiB a stream, 1 MiB a connection (Envoy's advice for an edge).
const H2_STREAM_WINDOW: u32 = 64 * 1024;
const H2_CONNECTION_WINDOW: u32 = 1024 * 1024;

/// A listener that is serving.
#[derive(Debug)]
pub(crate) struct Serving {
    address: SocketAddr,
    handle: Handle<Peer>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Serving {
    /// Serves `router` in the clear. It refuses more than `header_count` headers itself: twice as many still reach it.
    pub(crate) fn plain(
        listener: TcpListener,
        router: Router,
        limits: &LimitsConfig,
        header_count: usize,
    ) -> std::io::Result<Serving> {
        let address = listener.local_addr()?;
        let handle = Handle::new();
        let server = server(listener, limits, header_count, &handle);
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        Ok(Serving { address, handle, task: tokio::spawn(server.serve(service)) })
    }

    /// Serves `router` over TLS, and tells it so.
    pub(crate) fn tls(
        listener: TcpListener,
        router: Router,
        limits: &LimitsConfig,
        header_count: usize,
        tls: RustlsConfig,
    ) -> std::io::Result<Serving> {
        let address = listener.local_addr()?;
        let handle = Handle::new();
        let acceptor = RustlsAcceptor::new(tls)
            .handshake_timeout(Duration::from_millis(limits.tls_handshake_timeout_ms))
            .acceptor(DefaultAcceptor::new());
        let server = server(listener, limits, header_count, &handle).acceptor(acceptor);
        let service = router.layer(Extension(Tls)).into_make_service_with_connect_info::<SocketAddr>();
        Ok(Serving { address, handle, task: tokio::spawn(server.serve(service)) })
    }

    /// Where it listens; the real port if 0 was asked for.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts no more, tells clients to go (`Connection: close`, GOAWAY), lets requests under way end for as long as
    /// `drain`, then closes what is left. Returns when all is closed, with the number of connections cut off.
    pub(crate) async fn stop(self, drain: Duration) -> usize {
        self.handle.graceful_shutdown(None);
        let mut task = self.task;
        let ended = tokio::time::timeout(drain, &mut task).await.is_ok();
        if ended {
            return 0;
        }
        let left = self.handle.connection_count();
        self.handle.shutdown();
        // Closing is immediate; what it returns says no more than that it did.
        let _ = task.await;
        left
    }
}

fn server(listener: TcpListener, limits: &LimitsConfig, header_count: usize, handle: &Handle<Peer>) -> Server<Peer> {
    let listener = CappedListener::new(listener, limits.max_connections);
    let header_read_timeout = Duration::from_millis(limits.header_read_timeout_ms);
    let mut server = Server::<Peer>::from_listener(listener)
        .handle(handle.clone())
        .first_request_timeout(header_read_timeout)
        .accept_error_handler(|peer, error| match peer {
            // A client that gives up a handshake is its own affair.
            Some(peer) => tracing::debug!(peer = %peer.0, %error, "a connection failed before its first request"),
            None => tracing::warn!(%error, "cannot accept a connection"),
        });
    let builder = server.http_builder();
    builder
        .http1()
        .header_read_timeout(header_read_timeout)
        .max_buf_size(limits.header_buffer_bytes)
        .max_headers(header_count.saturating_mul(2))
        .half_close(false)
        .keep_alive(true);
    builder
        .http2()
        .max_concurrent_streams(limits.h2_max_concurrent_streams)
        .max_header_list_size(u32::try_from(limits.header_buffer_bytes).unwrap_or(u32::MAX))
        .initial_stream_window_size(H2_STREAM_WINDOW)
        .initial_connection_window_size(H2_CONNECTION_WINDOW)
        .keep_alive_interval(Duration::from_millis(limits.h2_keep_alive_interval_ms))
        .keep_alive_timeout(H2_PING_TIMEOUT);
    server
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::extract::ConnectInfo;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::sync::Notify;

    use super::*;
    use crate::listen::{TlsConfig, bind, load_tls};

    async fn listener() -> TcpListener {
        bind("127.0.0.1:0".parse().unwrap(), "listeners.public.address").await.unwrap()
    }

    /// Answers `/slow` when it is told to; says by the first `Notify` that a request is under way.
    fn slow() -> (Router, Arc<Notify>, Arc<Notify>) {
        let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (began, gone) = (begun.clone(), go.clone());
        let answer = move || async move {
            began.notify_one();
            gone.notified().await;
            "done"
        };
        (Router::new().route("/slow", get(answer)), begun, go)
    }

    #[tokio::test]
    async fn a_request_under_way_ends_while_new_connections_are_refused() {
        let (router, begun, go) = slow();
        let serving = Serving::plain(listener().await, router, &LimitsConfig::default(), 100).unwrap();
        let address = serving.address();
        let client = tokio::spawn(reqwest::get(format!("http://{address}/slow")));
        begun.notified().await;
        let stop = tokio::spawn(serving.stop(Duration::from_secs(30)));
        // The port closes as soon as draining begins; how soon that is, the scheduler says.
        tokio::time::timeout(Duration::from_secs(5), async {
            while TcpStream::connect(address).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .expect("new connections are refused");
        assert!(!stop.is_finished());
        go.notify_one();
        let answer = client.await.unwrap().unwrap();
        assert_eq!(answer.headers()["connection"], "close");
        assert_eq!(answer.text().await.unwrap(), "done");
        assert_eq!(stop.await.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_request_that_outlives_the_drain_is_cut_off_and_counted() {
        let (router, begun, _go) = slow();
        let serving = Serving::plain(listener().await, router, &LimitsConfig::default(), 100).unwrap();
        let client = tokio::spawn(reqwest::get(format!("http://{}/slow", serving.address())));
        begun.notified().await;
        assert_eq!(serving.stop(Duration::from_millis(50)).await, 1);
        assert!(client.await.unwrap().is_err());
    }

    #[tokio::test]
    async fn an_idle_connection_does_not_hold_up_the_end() {
        let router = Router::new().route("/", get(|| async { "hello" }));
        let serving = Serving::plain(listener().await, router, &LimitsConfig::default(), 100).unwrap();
        let mut idle = TcpStream::connect(serving.address()).await.unwrap();
        idle.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
        let mut buffer = [0; 1024];
        assert!(idle.read(&mut buffer).await.unwrap() > 0);
        assert_eq!(serving.stop(Duration::from_secs(30)).await, 0);
    }

    #[tokio::test]
    async fn a_head_that_comes_too_slowly_ends_the_connection() {
        let limits = LimitsConfig { header_read_timeout_ms: 100, ..LimitsConfig::default() };
        let serving = Serving::plain(listener().await, Router::new(), &limits, 100).unwrap();
        let mut slow = TcpStream::connect(serving.address()).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nx: ").await.unwrap();
        let mut rest = Vec::new();
        let end = tokio::time::timeout(Duration::from_secs(5), slow.read_to_end(&mut rest)).await;
        assert!(end.is_ok(), "the connection is still open");
        serving.stop(Duration::ZERO).await;
    }

    #[tokio::test]
    async fn no_more_connections_are_accepted_than_there_is_room_for() {
        let limits = LimitsConfig { max_connections: 1, ..LimitsConfig::default() };
        let router = Router::new().route("/", get(|| async { "hello" }));
        let serving = Serving::plain(listener().await, router, &limits, 100).unwrap();
        let ask = |mut stream: TcpStream| async move {
            stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
            let mut buffer = [0; 1024];
            assert!(stream.read(&mut buffer).await.unwrap() > 0);
            stream
        };
        let first = ask(TcpStream::connect(serving.address()).await.unwrap()).await;
        let second = tokio::spawn(ask(TcpStream::connect(serving.address()).await.unwrap()));
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!second.is_finished(), "the second connection was served beside the first");
        drop(first);
        tokio::time::timeout(Duration::from_secs(5), second).await.unwrap().unwrap();
        serving.stop(Duration::ZERO).await;
    }

    #[tokio::test]
    async fn more_headers_than_are_let_in_still_reach_the_router_which_says_so() {
        let router = Router::new().fallback(|headers: http::HeaderMap| async move { headers.len().to_string() });
        let serving = Serving::plain(listener().await, router, &LimitsConfig::default(), 100).unwrap();
        let mut stream = TcpStream::connect(serving.address()).await.unwrap();
        let headers: String = (0..150).map(|number| format!("x-{number}: 1\r\n")).collect();
        stream.write_all(format!("GET / HTTP/1.1\r\nhost: a\r\n{headers}\r\n").as_bytes()).await.unwrap();
        let mut buffer = [0; 1024];
        let count = stream.read(&mut buffer).await.unwrap();
        assert!(buffer[..count].ends_with(b"151"), "{}", String::from_utf8_lossy(&buffer[..count]));
        serving.stop(Duration::ZERO).await;
    }

    #[tokio::test]
    async fn a_head_larger_than_the_buffer_is_a_431_without_a_body_and_the_connection_closes() {
        let serving = Serving::plain(listener().await, Router::new(), &LimitsConfig::default(), 100).unwrap();
        let mut stream = TcpStream::connect(serving.address()).await.unwrap();
        let head = format!("GET / HTTP/1.1\r\nhost: a\r\ncookie: {}\r\n\r\n", "x".repeat(65_536));
        // The connection may close before all of it is sent.
        let _ = stream.write_all(head.as_bytes()).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 431 ") && answer.ends_with("\r\n\r\n"), "{answer}");
        assert!(answer.contains("content-length: 0") && !answer.contains("content-type"), "{answer}");
        serving.stop(Duration::ZERO).await;
    }

    #[tokio::test]
    async fn tls_speaks_http_2_and_tells_the_router_so() {
        let (config, certificate, _directory) = self_signed();
        let seen = |tls: Option<Extension<Tls>>, ConnectInfo(peer): ConnectInfo<SocketAddr>| async move {
            format!("{} {}", tls.is_some(), peer.ip())
        };
        let router = Router::new().route("/", get(seen));
        let tls = load_tls(&config).unwrap();
        let secure = Serving::tls(listener().await, router.clone(), &LimitsConfig::default(), 100, tls).unwrap();
        let plain = Serving::plain(listener().await, router, &LimitsConfig::default(), 100).unwrap();
        let client = reqwest::Client::builder().tls_certs_only([certificate]).build().unwrap();
        let answer = client.get(format!("https://localhost:{}", secure.address().port())).send().await.unwrap();
        assert_eq!(answer.version(), http::Version::HTTP_2);
        assert_eq!(answer.text().await.unwrap(), "true 127.0.0.1");
        let answer = client.get(format!("http://{}", plain.address())).send().await.unwrap();
        assert_eq!(answer.version(), http::Version::HTTP_11);
        assert_eq!(answer.text().await.unwrap(), "false 127.0.0.1");
        tokio::join!(secure.stop(Duration::ZERO), plain.stop(Duration::ZERO));
    }

    #[tokio::test]
    async fn a_key_of_another_certificate_is_refused() {
        let (mut config, _, _one) = self_signed();
        let (other, _, _two) = self_signed();
        config.key_file = other.key_file;
        assert!(load_tls(&config).unwrap_err().to_string().contains("cannot be used together"));
        config.key_file = "/nowhere/tls.key".into();
        let error = load_tls(&config).unwrap_err().to_string();
        assert!(error.contains("/nowhere/tls.key") && error.contains("listeners.tls.key_file"), "{error}");
        config.cert_file.clone_from(&config.key_file);
        assert!(load_tls(&config).unwrap_err().to_string().contains("listeners.tls.cert_file"));
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_named_with_what_to_do() {
        let taken = listener().await;
        let error = bind(taken.local_addr().unwrap(), "listeners.public.address").await.unwrap_err().to_string();
        assert!(error.contains(&taken.local_addr().unwrap().to_string()), "{error}");
        assert!(error.contains("set `listeners.public.address` to another port"), "{error}");
    }

    fn self_signed() -> (TlsConfig, reqwest::Certificate, tempfile::TempDir) {
        let directory = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (cert_file, key_file) = (directory.path().join("tls.crt"), directory.path().join("tls.key"));
        std::fs::write(&cert_file, made.cert.pem()).unwrap();
        std::fs::write(&key_file, made.signing_key.serialize_pem()).unwrap();
        let certificate = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
        (TlsConfig { address: "127.0.0.1:0".parse().unwrap(), cert_file, key_file }, certificate, directory)
    }
}
