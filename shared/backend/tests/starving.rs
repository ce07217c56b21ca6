//! A gateway that is late itself blames nobody: real sockets, and a thread of requests that is really blocked.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]
#![expect(clippy::disallowed_methods, reason = "a blocked thread is what is tested")]

mod support;

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use futures_util::future::join_all;
use support::{connected, get_with};
use trefoil_backend::{BackendConfig, CallFailure, Client, Criticality, DnsConfig, Effort, OwnTime, Reply};

const OWN_TIME: Duration = Duration::from_millis(100);

/// A backend on threads of its own, which takes so many milliseconds for an answer, and the time that it takes now.
fn backend() -> (SocketAddr, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, takes) = (listener.local_addr().unwrap(), Arc::new(AtomicU64::new(1)));
    let each = Arc::clone(&takes);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, takes) = (stream.unwrap(), Arc::clone(&each));
            thread::spawn(move || {
                let mut buffer = [0; 4096];
                while stream.read(&mut buffer).is_ok_and(|read| read > 0) {
                    thread::sleep(Duration::from_millis(takes.load(Ordering::SeqCst)));
                    if stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nwell").is_err() {
                        return;
                    }
                }
            });
        }
    });
    (address, takes)
}

/// A call that has its own time, and is given up after it.
async fn ask(client: &Arc<Client>) -> Result<Reply, CallFailure> {
    let own_time = Some(OwnTime::from_now(OWN_TIME));
    let effort = Effort { criticality: Criticality::Required, own_time, ..Effort::default() };
    get_with(client, OWN_TIME, effort).await
}

async fn only_a_slow_backend_opens_its_breaker(config: BackendConfig, takes: &AtomicU64) {
    let (_clients, client) = connected(config, &DnsConfig::default());
    // Each time all of them are under way, on connections that are still to be made, while the only thread does something else.
    for _ in 0..3 {
        let blocked = async { thread::sleep(OWN_TIME * 3 / 2) };
        let (results, ()) = tokio::join!(join_all((0..20).map(|_| ask(&client))), blocked);
        let late = results.iter().filter(|result| matches!(result, Err(CallFailure::Timeout))).count();
        assert!(late >= 10, "{results:?}");
    }
    assert!(ask(&client).await.is_ok(), "the backend was well all the time");
    // It answers too late now, and nothing else is slow.
    takes.store(1_000, Ordering::SeqCst);
    let mut failures = Vec::new();
    for _ in 0..6 {
        failures.push(ask(&client).await.unwrap_err());
    }
    assert_eq!(failures[..5], [const { CallFailure::Timeout }; 5]);
    assert_eq!(failures[5], CallFailure::Breaker);
}

#[tokio::test]
async fn a_gateway_that_was_late_itself_opens_no_breaker_and_a_slow_backend_does() {
    let (address, takes) = backend();
    only_a_slow_backend_opens_its_breaker(BackendConfig::at(format!("http://{address}")), &takes).await;
}

#[tokio::test]
async fn nor_does_it_by_the_transport_whose_connections_have_tasks_of_their_own() {
    let (address, takes) = backend();
    // Whoever is asked through a proxy is asked by reqwest.
    let config = BackendConfig { proxy: Some(format!("http://{address}")), ..BackendConfig::at("http://users.test") };
    only_a_slow_backend_opens_its_breaker(config, &takes).await;
}
