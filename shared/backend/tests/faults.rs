//! Calls through a proxy that shows every fault leave nothing behind: no connection, no task. What screens make of it is tested with the
//! real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

#[path = "../../../tests/e2e/harness/proxy.rs"]
mod proxy;
mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use proxy::{Fault, Proxy};
use support::{connected, get};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::time::sleep;
use trefoil_backend::{BackendConfig, BreakerConfig, CallFailure, Client, DnsConfig, Reply};

async fn ask(client: &Arc<Client>) -> Result<Reply, CallFailure> {
    get(client, 150).await
}

async fn serve(listener: TcpListener) {
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        tokio::spawn(async move {
            let mut buffer = [0; 4096];
            while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nwell";
                if stream.write_all(answer).await.is_err() {
                    break;
                }
            }
        });
    }
}

#[tokio::test]
async fn no_fault_leaves_a_connection_or_a_task_behind() {
    every_fault(|proxy| BackendConfig::at(format!("http://{}", proxy.address()))).await;
}

#[tokio::test]
async fn nor_does_one_where_calls_go_by_reqwest() {
    every_fault(|proxy| BackendConfig {
        proxy: Some(format!("http://{}", proxy.address())),
        ..BackendConfig::at("http://users.test")
    })
    .await;
}

async fn every_fault(through: impl Fn(&Proxy) -> BackendConfig) {
    let backend = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut proxy = Proxy::start().await;
    proxy.to(backend.local_addr().unwrap());
    let served = tokio::spawn(serve(backend));
    let before = Handle::current().metrics().num_alive_tasks();
    let breaker = BreakerConfig { enabled: false, ..BreakerConfig::default() };
    let (clients, client) = connected(BackendConfig { breaker, ..through(&proxy) }, &DnsConfig::default());
    for fault in [
        Fault::Latency(Duration::from_millis(500)),
        Fault::Reset,
        Fault::HalfClose,
        Fault::Drip(Duration::from_millis(20)),
        Fault::Garbage,
        Fault::Refuse,
    ] {
        proxy.set(fault).await;
        let started = Instant::now();
        let failed = join_all((0..20).map(|_| ask(&client))).await;
        let slow = matches!(fault, Fault::Latency(_) | Fault::Drip(_));
        for result in failed {
            match result {
                Err(CallFailure::Timeout) if slow => {}
                Err(CallFailure::Transport(_)) if !slow => {}
                other => panic!("{fault:?}: {other:?}"),
            }
        }
        assert!(started.elapsed() < Duration::from_secs(1), "{fault:?} took {:?}", started.elapsed());
        proxy.set(Fault::None).await;
        assert!(join_all((0..20).map(|_| ask(&client))).await.iter().all(Result::is_ok), "after {fault:?}");
    }
    drop((clients, client));
    let ended = Instant::now();
    while proxy.open() > 0 || Handle::current().metrics().num_alive_tasks() > before {
        let tasks = Handle::current().metrics().num_alive_tasks();
        assert!(ended.elapsed() < Duration::from_secs(5), "{} connections, {tasks} tasks of {before}", proxy.open());
        sleep(Duration::from_millis(10)).await;
    }
    served.abort();
}
