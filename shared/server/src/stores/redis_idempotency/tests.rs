//! Against a real Redis: two gateways' stores share a key, and without it each says so soon.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

use std::process::{Child, Command, Stdio};
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use trefoil_composition::idempotency::{Digest, Fingerprint, StoreKey, Token};

use super::*;
use crate::stores::RedisConfig;

/// A Redis of this test alone, on a free port. Dropping it ends it.
struct Server {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Server {
    async fn start() -> Server {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        Server::start_at(free.local_addr().unwrap().port()).await
    }

    async fn start_at(port: u16) -> Server {
        let folder = tempfile::tempdir().unwrap();
        let child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port", &port.to_string()])
            .arg("--dir")
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("redis-server is missing: sudo apt-get install -y redis-server (tests/run does it)");
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "redis-server does not answer at port {port}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Server { child, port, _folder: folder }
    }

    /// The store of one gateway.
    fn store(&self) -> RedisIdempotency {
        let config = RedisConfig {
            url: Some(format!("redis://127.0.0.1:{}", self.port)),
            url_file: None,
            prefix: "test:".to_owned(),
            timeout_ms: 2_000,
            connect_timeout_ms: 1_000,
        };
        RedisIdempotency::new(Arc::new(Redis::new(&config).unwrap()))
    }

    fn end(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const LONG: Duration = Duration::from_secs(60);

fn claim(key: &str, payload: u8) -> Claim {
    Claim {
        key: StoreKey::new("web", "placeOrder", "u-1", key, None),
        fingerprint: Fingerprint(Digest([payload; 32])),
        token: Token::random(),
    }
}

fn answer(body: &'static [u8]) -> Stored {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    Stored::Answer { status: StatusCode::CREATED, headers, body: Bytes::from_static(body) }
}

#[tokio::test]
async fn two_gateways_make_one_write_and_both_know_its_answer() {
    let server = Server::start().await;
    let (one, other) = (server.store(), server.store());
    let first = claim("k", 1);
    assert_eq!(one.begin(first, LONG, LONG).await, Ok(Begun::Fresh));
    assert_eq!(other.begin(claim("k", 1), LONG, LONG).await, Ok(Begun::Running));
    assert_eq!(other.begin(claim("k", 2), LONG, LONG).await, Ok(Begun::Mismatch));
    let stored = answer(b"{\"id\":1}\n\xff");
    assert_eq!(one.complete(first, stored.clone(), LONG).await, Ok(true));
    assert_eq!(other.begin(claim("k", 1), LONG, LONG).await, Ok(Begun::Done(stored)));
    assert_eq!(other.begin(claim("k", 2), LONG, LONG).await, Ok(Begun::Mismatch));
    assert_eq!(other.begin(claim("l", 2), LONG, LONG).await, Ok(Begun::Fresh));
}

#[tokio::test]
async fn of_many_at_once_at_two_gateways_one_begins() {
    let server = Server::start().await;
    let (one, other) = (server.store(), server.store());
    let begins = (0..100).map(|number| if number % 2 == 0 { &one } else { &other }.begin(claim("k", 1), LONG, LONG));
    let begun = futures_util::future::join_all(begins).await;
    assert_eq!(begun.iter().filter(|begun| **begun == Ok(Begun::Fresh)).count(), 1);
    assert_eq!(begun.iter().filter(|begun| **begun == Ok(Begun::Running)).count(), 99);
}

#[tokio::test]
async fn who_is_late_undoes_nothing_of_another() {
    let server = Server::start().await;
    let store = server.store();
    let late = claim("k", 1);
    assert_eq!(store.begin(late, Duration::from_millis(50), LONG).await, Ok(Begun::Fresh));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let second = claim("k", 1);
    assert_eq!(store.begin(second, LONG, LONG).await, Ok(Begun::Fresh), "a lease ends by itself");
    store.abandon(late).await.unwrap();
    assert_eq!(store.complete(late, answer(b"1"), LONG).await, Ok(false));
    assert_eq!(store.begin(claim("k", 1), LONG, LONG).await, Ok(Begun::Running));
    store.abandon(second).await.unwrap();
    assert_eq!(store.begin(late, LONG, LONG).await, Ok(Begun::Fresh));
    assert_eq!(store.begin(late, LONG, LONG).await, Ok(Begun::Fresh), "the same claim, whose answer was lost");
    assert_eq!(store.complete(late, Stored::TooLarge, Duration::from_millis(50)).await, Ok(true));
    store.abandon(late).await.unwrap();
    assert_eq!(
        store.begin(second, LONG, LONG).await,
        Ok(Begun::Done(Stored::TooLarge)),
        "what was made is not given back"
    );
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(store.begin(second, LONG, LONG).await, Ok(Begun::Fresh), "an answer is kept for its time");
}

#[tokio::test]
async fn a_key_whose_write_failed_is_for_the_same_request_alone_at_every_gateway() {
    let server = Server::start().await;
    let (one, other) = (server.store(), server.store());
    let (lease, keep) = (Duration::from_millis(50), Duration::from_millis(1_500));
    // Given back, and left to its lease by a gateway that died.
    for gives_back in [true, false] {
        let key = if gives_back { "k" } else { "l" };
        let failed = claim(key, 1);
        assert_eq!(one.begin(failed, if gives_back { LONG } else { lease }, keep).await, Ok(Begun::Fresh));
        if gives_back {
            one.abandon(failed).await.unwrap();
        }
        tokio::time::sleep(lease * 2).await;
        assert_eq!(other.begin(claim(key, 2), lease, keep).await, Ok(Begun::Mismatch), "{key}");
    }
    let again = claim("l", 1);
    assert_eq!(other.begin(again, lease, keep).await, Ok(Begun::Fresh));
    other.abandon(again).await.unwrap();
    tokio::time::sleep(keep + lease).await;
    assert_eq!(one.begin(claim("l", 2), lease, keep).await, Ok(Begun::Fresh), "it is kept for its time");
}

#[tokio::test]
async fn without_its_redis_a_store_says_so_soon_and_works_again_when_it_is_back() {
    let mut server = Server::start().await;
    let store = server.store();
    assert_eq!(store.begin(claim("k", 1), LONG, LONG).await, Ok(Begun::Fresh));
    server.end();
    for _ in 0..3 {
        let asked = Instant::now();
        assert!(store.begin(claim("l", 1), LONG, LONG).await.is_err());
        assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
    }
    let back = Server::start_at(server.port).await;
    let started = Instant::now();
    while store.begin(claim("m", 1), LONG, LONG).await.is_err() {
        assert!(started.elapsed() < Duration::from_secs(20), "it does not come back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(back);
}
