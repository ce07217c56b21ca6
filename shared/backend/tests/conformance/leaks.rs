//! After calls that went well, badly and not at all, everything is as it was.

use std::time::Duration;

use http::Method;
use http_body_util::BodyExt as _;
use tokio::time::timeout;
use trefoil_backend::Body;

use crate::kit::{Kind, OK, Server, outgoing, until};

fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

both! {
    async fn no_connection_and_no_task_is_left_behind(kind: Kind) {
        let server = Server::start(|mut socket| async move {
            while let Some(head) = socket.head().await {
                match head.split(' ').nth(1).unwrap() {
                    "/good" => socket.send(OK).await,
                    "/close" => return,
                    "/garbage" => socket.send("garbage\r\n\r\n").await,
                    "/cut" => return socket.send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\ncut").await,
                    "/unread" => socket.send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nunre").await,
                    _ => socket.closed().await,
                }
            }
        })
        .await;
        let before = tasks();
        let mut config = server.config();
        config.max_idle_connections = 4;
        let transport = kind.build(&config);
        let calls = (0..120).map(|call| {
            let path = ["/good", "/close", "/garbage", "/cut", "/unread", "/silent"][call % 6];
            let (transport, address) = (&transport, server.address);
            async move {
                let answer = transport.send(outgoing(address, Method::GET, path, Body::Empty));
                let reading = async { answer.await?.into_body().collect().await.map(|_| ()) };
                let _ = timeout(Duration::from_millis(100), reading).await;
            }
        });
        futures_util::future::join_all(calls).await;
        until("only idle connections are left", || server.open() <= 4).await;
        drop(transport);
        until("nothing is left", || server.open() == 0 && tasks() == before).await;
    }
}
