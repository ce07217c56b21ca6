//! Calls through a forward proxy: it is connected to, and is the one that finds the backend.

use std::sync::Arc;

use http::Method;
use trefoil_backend::transport::ReqwestTransport;
use trefoil_backend::{BackendConfig, Body, TlsPem, Transport};

use crate::kit::{OK, Server, ask, outgoing};

/// The transport of a backend at `url` behind a proxy of which only the name is known.
fn behind(url: &str) -> Arc<dyn Transport> {
    let config = BackendConfig { proxy: Some("http://proxy.test:3128".to_owned()), ..BackendConfig::at(url) };
    Arc::new(ReqwestTransport::new(&config, &TlsPem::default()).unwrap())
}

#[tokio::test]
async fn a_proxy_gets_the_whole_url() {
    let proxy = Server::answering(OK).await;
    let transport = behind("http://users.test");
    let mut request = outgoing(proxy.address, Method::GET, "/", Body::Empty);
    *request.request.uri_mut() = "http://users.test:8080/a?b=c".parse().unwrap();
    assert_eq!(ask(&transport, request).await.unwrap().1, "ok");
    let seen = proxy.requests().remove(0).to_ascii_lowercase();
    assert!(seen.starts_with("get http://users.test:8080/a?b=c http/1.1\r\n"), "{seen}");
    assert!(seen.contains("\r\nhost: users.test:8080\r\n"), "{seen}");
}

#[tokio::test]
async fn a_proxy_sees_of_tls_where_it_goes_and_no_more() {
    let proxy = Server::answering("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").await;
    let transport = behind("https://users.test");
    let mut request = outgoing(proxy.address, Method::GET, "/", Body::Empty);
    *request.request.uri_mut() = "https://users.test/secret".parse().unwrap();
    ask(&transport, request).await.unwrap_err();
    let seen = proxy.requests();
    assert!(
        seen.iter().all(|head| head.starts_with("CONNECT users.test:443 ") && !head.contains("secret")),
        "{seen:?}"
    );
    assert_eq!(seen.len(), 1);
}
