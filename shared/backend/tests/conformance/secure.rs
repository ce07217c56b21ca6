//! What only reqwest's transport does: TLS, who is who in it, and HTTP/2.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use trefoil_backend::transport::ReqwestTransport;
use trefoil_backend::{BackendConfig, Body, TlsPem, Transport, TransportError};

use crate::kit::{Server, ask, outgoing};

/// An authority, a server that has its certificate for `users.test`, and a client that has one too.
struct Authority {
    pem: String,
    server: (String, String),
    client: (String, String),
}

impl Authority {
    fn make() -> Authority {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let signed = |name: &str| {
            let key = KeyPair::generate().unwrap();
            let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
            (certificate.pem(), key.serialize_pem())
        };
        Authority { pem: authority.pem(), server: signed("users.test"), client: signed("gateway.test") }
    }

    fn trusted(&self) -> TlsPem {
        TlsPem { ca: Some(self.pem.clone().into()), client: None }
    }

    fn with_client(&self) -> TlsPem {
        TlsPem { client: Some((self.client.0.clone().into(), self.client.1.clone().into())), ..self.trusted() }
    }

    /// A server that says which version, name and certificate a request came with.
    async fn serve(&self, asks_for_certificate: bool) -> SocketAddr {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
        let builder = if asks_for_certificate {
            let mut roots = RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(self.pem.as_bytes()).unwrap()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            builder.unwrap().with_client_cert_verifier(verifier)
        } else {
            builder.unwrap().with_no_client_auth()
        };
        let chain = vec![CertificateDer::from_pem_slice(self.server.0.as_bytes()).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(self.server.1.as_bytes()).unwrap();
        let mut config = builder.with_single_cert(chain, key).unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let (_, tls) = stream.get_ref();
                    let name = tls.server_name().unwrap_or("nobody").to_owned();
                    let shown = tls.peer_certificates().map_or(0, <[_]>::len);
                    serve_on(TokioIo::new(stream), format!("{name} {shown}")).await;
                });
            }
        });
        address
    }
}

async fn serve_on(io: impl hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static, known: String) {
    let answer = service_fn(|request: Request<Incoming>| {
        let host = request.headers().get("host").map(|host| host.to_str().unwrap().to_owned());
        let host = host.or_else(|| request.uri().authority().map(ToString::to_string)).unwrap_or_default();
        let text = format!("{:?} {host} {known}", request.version());
        async move { Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(text)))) }
    });
    let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(io, answer).await;
}

fn build(config: &BackendConfig, pem: &TlsPem) -> Arc<dyn Transport> {
    Arc::new(ReqwestTransport::new(config, pem).unwrap())
}

/// What the server at `address` says to a request for `users.test`, with the port in the URL that is given.
async fn says(
    transport: &Arc<dyn Transport>,
    scheme: &str,
    port: u16,
    address: SocketAddr,
) -> Result<String, TransportError> {
    let mut request = outgoing(address, Method::GET, "/", Body::Empty);
    *request.request.uri_mut() = format!("{scheme}://users.test:{port}/").parse().unwrap();
    ask(transport, request).await.map(|(_, body)| body)
}

fn https() -> BackendConfig {
    BackendConfig::at("https://users.test")
}

#[tokio::test]
async fn the_name_in_tls_is_the_urls_wherever_it_is_connected_to() {
    let authority = Authority::make();
    let address = authority.serve(false).await;
    let transport = build(&https(), &authority.trusted());
    for port in [address.port(), 8443] {
        let said = says(&transport, "https", port, address).await.unwrap();
        assert_eq!(said, format!("HTTP/1.1 users.test:{port} users.test 0"));
    }
}

#[tokio::test]
async fn a_server_that_proves_nothing_is_told_nothing() {
    let authority = Authority::make();
    let address = authority.serve(false).await;
    let says = |transport, host: &'static str| async move {
        let mut request = outgoing(address, Method::GET, "/", Body::Empty);
        *request.request.uri_mut() = format!("https://{host}:{}/", address.port()).parse().unwrap();
        ask(&transport, request).await.map(|(_, body)| body)
    };
    for (pem, host) in [
        (Authority::make().trusted(), "users.test"),
        (TlsPem::default(), "users.test"),
        (authority.trusted(), "orders.test"),
    ] {
        let error = says(build(&https(), &pem), host).await.unwrap_err();
        assert!(matches!(error, TransportError::Connect(_)), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_asks_for_a_certificate_gets_the_gateways() {
    let authority = Authority::make();
    let address = authority.serve(true).await;
    let with = build(&https(), &authority.with_client());
    let said = says(&with, "https", address.port(), address).await.unwrap();
    assert!(said.ends_with("users.test 1"), "{said}");
    says(&build(&https(), &authority.trusted()), "https", address.port(), address).await.unwrap_err();
}

#[tokio::test]
async fn http_2_is_agreed_on_in_tls_where_configured() {
    let authority = Authority::make();
    let address = authority.serve(false).await;
    let transport = build(&BackendConfig { http2: true, ..https() }, &authority.trusted());
    let said = says(&transport, "https", address.port(), address).await.unwrap();
    assert_eq!(said, format!("HTTP/2.0 users.test:{} users.test 0", address.port()));
    // Where the ports differ the authority has none.
    let said = says(&transport, "https", 8443, address).await.unwrap();
    assert_eq!(said, "HTTP/2.0 users.test users.test 0");
}

#[tokio::test]
async fn http_2_without_tls_is_spoken_at_once_where_configured() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(serve_on(TokioIo::new(stream), "plain".to_owned()));
        }
    });
    let config = BackendConfig { http2: true, ..BackendConfig::at("http://users.test") };
    let transport = build(&config, &TlsPem::default());
    let said = says(&transport, "http", address.port(), address).await.unwrap();
    assert_eq!(said, format!("HTTP/2.0 users.test:{} plain", address.port()));
}

/// A frame of HTTP/2 (RFC 9113 section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

#[tokio::test]
async fn what_is_no_http_2_is_malformed_and_what_breaks_off_is_not() {
    const DATA: u8 = 0;
    const HEADERS: u8 = 1;
    const RESET: u8 = 3;
    const SETTINGS: u8 = 4;
    const GO_AWAY: u8 = 7;
    const CONTINUATION: u8 = 9;
    let code = |code: u32| code.to_be_bytes();
    let away = [0_u32.to_be_bytes(), code(1)].concat();
    // `:status: 200` from HPACK's table, then a length that is no number.
    let length = b"\x88\x0f\x0d\x01x";
    // By the same code h2 says that the other side is too much.
    let calm = [0_u32.to_be_bytes(), code(11)].concat();
    let endless = [frame(HEADERS, 0, 1, b"\x88"), frame(CONTINUATION, 0, 1, b"\x00\x01a\x01b").repeat(1000)].concat();
    for (what, malformed, answer) in [
        ("a body before its head", true, frame(DATA, 0, 1, b"x")),
        ("a head that HPACK knows nothing of", true, frame(HEADERS, 4, 1, &[0xff; 16])),
        ("a frame that is too large", true, frame(DATA, 0, 1, &vec![0; 1 << 20])),
        ("a head without a status", true, frame(HEADERS, 5, 1, b"\x0f\x0d\x011")),
        ("a length that is none", true, frame(HEADERS, 4, 1, length)),
        ("a head without an end", true, endless),
        ("HTTP/1.1", true, b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n".to_vec()),
        ("a stream that the other side resets", false, frame(RESET, 0, 1, &code(2))),
        ("a stream that the other side says we broke", false, frame(RESET, 0, 1, &code(1))),
        ("a connection that the other side says we broke", false, frame(GO_AWAY, 0, 0, &away)),
        ("a connection that we are too much for", false, frame(GO_AWAY, 0, 0, &calm)),
        ("an end in the middle of a frame", false, vec![0, 0, 9]),
        ("an end without an answer", false, Vec::new()),
    ] {
        let server = Server::start(move |mut socket| {
            let answer = answer.clone();
            async move {
                socket.send([frame(SETTINGS, 0, 0, b""), frame(SETTINGS, 1, 0, b"")].concat()).await;
                // The request's head ends stream 1 and is among what comes: until then nobody waits for an answer.
                let request = [0, 0, 0, 1];
                let mut read = Vec::new();
                while !read.windows(6).any(|at| at[0] == HEADERS && at[2..] == request) {
                    let mut more = [0; 1024];
                    match tokio::io::AsyncReadExt::read(&mut socket.stream, &mut more).await {
                        Ok(count) if count > 0 => read.extend_from_slice(&more[..count]),
                        _ => return,
                    }
                }
                socket.send(answer).await;
                let _ = tokio::io::AsyncWriteExt::shutdown(&mut socket.stream).await;
                let _ = tokio::io::copy(&mut socket.stream, &mut tokio::io::sink()).await;
            }
        })
        .await;
        let transport = build(&BackendConfig { http2: true, ..server.config() }, &TlsPem::default());
        let error = ask(&transport, outgoing(server.address, Method::GET, "/", Body::Empty)).await.unwrap_err();
        assert_eq!(matches!(error, TransportError::Malformed(_)), malformed, "{what}: {error:?}");
        assert!(malformed || matches!(error, TransportError::Broken(_)), "{what}: {error:?}");
    }
}

#[test]
fn a_file_that_does_not_do_is_named() {
    let authority = Authority::make();
    let refused = |pem: TlsPem| ReqwestTransport::new(&https(), &pem).unwrap_err();
    let client = |chain: &str, key: &str| TlsPem { client: Some((chain.into(), key.into())), ..authority.trusted() };
    let (chain, key) = &authority.client;
    for (pem, named) in [
        (TlsPem { ca: Some(b"nothing".to_vec()), client: None }, "`tls.ca_file`"),
        (client("nothing", key), "`tls.client_cert_file`"),
        (client(chain, "nothing"), "`tls.client_key_file`"),
        (client(chain, &authority.server.1), "`tls.client_cert_file` with `tls.client_key_file`"),
    ] {
        let error = refused(pem);
        assert!(error.contains(named), "{error}");
    }
    assert!(!format!("{:?}", authority.with_client()).contains("PRIVATE"), "a key is in no log");
}
