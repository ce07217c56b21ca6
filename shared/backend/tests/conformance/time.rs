//! Slow servers. The deadline is its caller's, who drops the sending: a transport only has to bear it.

use std::time::{Duration, Instant};

use http::Method;
use http_body_util::BodyExt as _;
use tokio::time::timeout;
use trefoil_backend::{BackendConfig, Body, TransportError};
use trefoil_context::Deadline;

use crate::kit::{Kind, Server, fill, get, ok, outgoing, queue_of_one, until};

both! {
    async fn a_slow_drip_ends_when_nobody_waits_any_more(kind: Kind) {
        let server = Server::start(|mut socket| async move {
            socket.head().await;
            if socket.number > 1 {
                socket.send(crate::kit::OK).await;
                return;
            }
            socket.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
            for _ in 0..200 {
                socket.send("1\r\n.\r\n").await;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
        let transport = kind.to(&server);
        let reading = async {
            let answer = transport.send(outgoing(server.address, Method::GET, "/", Body::Empty)).await.unwrap();
            answer.into_body().collect().await.map(|_| ())
        };
        assert!(timeout(Duration::from_millis(60), reading).await.is_err());
        assert_eq!(get(&transport, &server).await.unwrap(), ok(), "the next call is not held up");
        until("it is closed", || server.open() == 0).await;
    }

    async fn connecting_has_a_time_of_its_own_inside_the_calls(kind: Kind) {
        let listener = queue_of_one();
        let address = listener.local_addr().unwrap();
        let _queued = fill(address).await;
        let mut config = BackendConfig::at(format!("http://{address}"));
        config.connect_timeout_ms = 150;
        let transport = kind.build(&config);
        let started = Instant::now();
        let mut request = outgoing(address, Method::GET, "/", Body::Empty);
        request.deadline = Deadline::within(Duration::from_secs(5));
        let error = timeout(Duration::from_secs(2), transport.send(request)).await.unwrap().unwrap_err();
        assert!(matches!(error, TransportError::Connect(_)), "{error}");
        assert!(started.elapsed() < Duration::from_millis(600), "{:?}", started.elapsed());
    }
}
