//! Connections that end too early, and those that nobody waits on any more.

use std::time::Duration;

use http::Method;
use http_body_util::BodyExt as _;
use tokio::time::timeout;
use trefoil_backend::{BackendConfig, Body, TransportError};

use crate::kit::{Kind, LONG, Server, ask, get, outgoing, until};

both! {
    async fn an_answer_cut_off_anywhere_is_an_error(kind: Kind) {
        for part in [
            "",
            "H",
            "HTTP/1.1 200 OK",
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\no",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\na: b\r\n",
            "HTTP/1.1 100 Continue\r\n\r\n",
        ] {
            for reset in [false, true] {
                let server = Server::start(move |mut socket| async move {
                    socket.head().await;
                    socket.send(part).await;
                    if reset {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                        socket.stream.set_zero_linger().unwrap();
                    }
                })
                .await;
                let error = get(&kind.to(&server), &server).await.unwrap_err();
                assert!(matches!(error, TransportError::Broken(_)), "{part:?}, reset {reset}: {error}");
                assert_eq!(server.connections(), 1, "{part:?}: nothing is tried again");
            }
        }
    }

    async fn a_connection_closed_before_the_request_is_read_is_an_error(kind: Kind) {
        let server = Server::start(|socket| async move { drop(socket) }).await;
        get(&kind.to(&server), &server).await.unwrap_err();
        assert!(server.connections() <= 2, "tried again at most once, with nothing sent");
    }

    async fn a_refused_connection_says_so(kind: Kind) {
        let server = Server::answering("").await;
        let address = server.address;
        drop(server);
        until("nobody listens", || std::net::TcpStream::connect(address).is_err()).await;
        let transport = kind.build(&BackendConfig::at(format!("http://{address}")));
        let error = ask(&transport, outgoing(address, Method::GET, "/", Body::Empty)).await.unwrap_err();
        assert!(matches!(&error, TransportError::Connect(cause) if cause.contains("refused")), "{error}");
    }

    async fn who_stops_waiting_for_the_head_closes_the_connection(kind: Kind) {
        let server = Server::start(|mut socket| async move {
            socket.head().await;
            socket.closed().await;
        })
        .await;
        let transport = kind.to(&server);
        let sending = transport.send(outgoing(server.address, Method::GET, "/", Body::Empty));
        assert!(timeout(Duration::from_millis(50), sending).await.is_err());
        until("the server is told", || server.connections() == 1 && server.open() == 0).await;
    }

    async fn who_stops_reading_the_body_closes_the_connection(kind: Kind) {
        let server = Server::start(|mut socket| async move {
            socket.head().await;
            socket.send("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\nand so on").await;
            socket.closed().await;
        })
        .await;
        let transport = kind.to(&server);
        let answer = timeout(LONG, transport.send(outgoing(server.address, Method::GET, "/", Body::Empty)));
        let mut body = answer.await.unwrap().unwrap().into_body();
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "and so on");
        drop(body);
        until("the server is told", || server.open() == 0).await;
    }
}
