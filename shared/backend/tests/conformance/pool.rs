//! What the lean transport tells of its pool.

use std::time::Duration;

use http::Method;
use tokio::time::timeout;
use trefoil_backend::{Body, PoolSize};

use crate::kit::{Kind, OK, Server, get, ok, outgoing, until};

#[tokio::test]
async fn the_size_of_the_pool_is_known_at_any_time() {
    let server = Server::start(|mut socket| async move {
        while let Some(head) = socket.head().await {
            if head.starts_with("GET /slow") {
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
            socket.send(OK).await;
        }
    })
    .await;
    let transport = Kind::Lean.to(&server);
    let size = || transport.pool(server.address).unwrap();
    assert_eq!(size(), PoolSize { idle: 0, in_use: 0 });
    assert_eq!(get(&transport, &server).await.unwrap(), ok());
    assert_eq!(size(), PoolSize { idle: 1, in_use: 0 });
    {
        let mut slow = transport.send(outgoing(server.address, Method::GET, "/slow", Body::Empty));
        assert!(timeout(Duration::from_millis(30), &mut slow).await.is_err());
        assert_eq!(size(), PoolSize { idle: 0, in_use: 1 });
    }
    assert_eq!(size(), PoolSize { idle: 0, in_use: 0 }, "a call that is given up takes its connection along");
}

#[tokio::test]
async fn a_pool_that_nobody_uses_is_empty_after_its_time() {
    let server = Server::answering(OK).await;
    let mut config = server.config();
    config.idle_timeout_ms = 50;
    let transport = Kind::Lean.build(&config);
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = tasks();
    assert_eq!(get(&transport, &server).await.unwrap(), ok());
    until("it is closed, and nobody sweeps any more", || server.open() == 0 && tasks() == before).await;
    assert_eq!(transport.pool(server.address).unwrap(), PoolSize::default());
    assert_eq!(get(&transport, &server).await.unwrap(), ok());
    until("and so the next time", || server.open() == 0 && tasks() == before).await;
}
