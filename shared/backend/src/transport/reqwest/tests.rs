//! What only reqwest's transport does.

use trefoil_context::Deadline;

use super::*;

fn outgoing(uri: &str, address: SocketAddr) -> Outgoing {
    let request = Request::get(uri).body(Body::Empty).unwrap();
    Outgoing { request, address, deadline: Deadline::within(Duration::from_secs(5)) }
}

#[tokio::test]
async fn what_went_wrong_is_told_without_the_url() {
    let transport = ReqwestTransport::new(&BackendConfig::at("http://127.0.0.1:1"), &TlsPem::default()).unwrap();
    let outgoing = outgoing("http://127.0.0.1:1/users/u-1?secret=1", ([127, 0, 0, 1], 1).into());
    let error = transport.send(outgoing).await.err().unwrap().to_string();
    assert!(error.contains("refused"), "{error}");
    assert!(!error.contains("secret") && !error.contains("u-1"), "{error}");
}

#[test]
fn the_address_is_connected_to_and_the_host_stays_what_the_uri_said() {
    for (uri, address, aimed, host) in [
        ("https://users/a?b", "10.0.0.1:443", "https://users/a?b", None),
        ("https://users:8443/a", "10.0.0.1:8443", "https://users:8443/a", None),
        ("https://users:8443/a", "10.0.0.1:9443", "https://users/a", Some("users:8443")),
        ("http://users/a", "10.0.0.1:8080", "http://users/a", Some("users")),
        ("http://[::1]:80/a", "[::1]:80", "http://[::1]:80/a", None),
        ("http://10.0.0.1:80/a", "10.0.0.2:81", "http://10.0.0.2:81/a", Some("10.0.0.1:80")),
        ("http://10.0.0.1:80/a", "[::1]:81", "http://[::1]:81/a", Some("10.0.0.1:80")),
    ] {
        let mut request = Request::get(uri).body(Body::Empty).unwrap();
        aim(&mut request, address.parse().unwrap(), false).unwrap();
        assert_eq!(request.uri(), aimed, "{uri} at {address}");
        let said = request.headers().get(header::HOST).map(|value| value.to_str().unwrap());
        assert_eq!(said, host, "{uri} at {address}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_clients_of_addresses_that_are_gone_go() {
    let transport = ReqwestTransport::new(&BackendConfig::at("http://users.test"), &TlsPem::default()).unwrap();
    let known = || {
        let mut known: Vec<_> = transport.clients.lock().unwrap().by_address.keys().map(SocketAddr::port).collect();
        known.sort_unstable();
        known
    };
    let ask = |port| transport.client("users.test", ([127, 0, 0, 1], port).into()).unwrap();
    ask(1);
    ask(2);
    assert_eq!(known(), [1, 2]);
    tokio::time::advance(Duration::from_secs(20)).await;
    ask(2);
    tokio::time::advance(Duration::from_secs(20)).await;
    ask(2);
    assert_eq!(known(), [2]);
}
