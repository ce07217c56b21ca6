//! When a connection carries another request, and when it must not.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::oneshot;
use trefoil_backend::{BackendConfig, Body, TransportError};

use crate::kit::{Kind, OK, Server, ask, fill, get, ok, outgoing, queue_of_one, until};

both! {
    async fn requests_one_after_another_share_a_connection(kind: Kind) {
        let server = Server::answering(OK).await;
        let transport = kind.to(&server);
        for _ in 0..20 {
            assert_eq!(get(&transport, &server).await.unwrap(), ok());
        }
        assert_eq!(server.connections(), 1);
    }

    async fn an_answer_that_says_close_is_the_last_of_its_connection(kind: Kind) {
        for close in [
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nConnection: x, Close\r\ncontent-length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nconnection: close\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
        ] {
            // The server leaves the closing to the other side.
            let server = Server::answering(close).await;
            let transport = kind.to(&server);
            for _ in 0..2 {
                assert_eq!(get(&transport, &server).await.unwrap(), ok(), "{close:?}");
            }
            assert_eq!(server.connections(), 2, "{close:?}");
            until("both are closed", || server.open() == 0).await;
        }
    }

    async fn a_connection_closed_while_idle_fails_no_call(kind: Kind) {
        let (close, closing) = tokio::sync::watch::channel(0);
        let server = Server::start(move |mut socket| {
            let mut closing = closing.clone();
            async move {
                socket.head().await;
                socket.send(OK).await;
                let number = socket.number;
                closing.wait_for(|&close| close >= number).await.unwrap();
            }
        })
        .await;
        let transport = kind.to(&server);
        for turn in 1..=5 {
            let request = outgoing(server.address, Method::POST, "/", Body::Full("body".into()));
            assert_eq!(ask(&transport, request).await.unwrap().1, "ok");
            let idle = || transport.pool(server.address).is_none_or(|pool| pool.idle == 1);
            assert!(idle(), "it was well when it was given back");
            close.send(turn).unwrap();
            until("it is closed", || server.open() == 0).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
            assert!(idle(), "nobody has looked at it since");
            assert_eq!((server.connections(), server.requests().len()), (turn, turn), "no request is sent twice");
        }
    }

    async fn a_connection_closed_with_its_last_answer_fails_no_call(kind: Kind) {
        let server = Server::start(|mut socket| async move {
            socket.head().await;
            socket.send(OK).await;
        })
        .await;
        let transport = kind.to(&server);
        for turn in 1..=5 {
            let request = outgoing(server.address, Method::POST, "/", Body::Full("body".into()));
            assert_eq!(ask(&transport, request).await.unwrap().1, "ok");
            until("it is closed", || server.open() == 0).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
            assert_eq!((server.connections(), server.requests().len()), (turn, turn), "no request is sent twice");
        }
    }

    async fn a_request_that_was_sent_is_never_sent_again(kind: Kind) {
        let server = Server::start(|mut socket| async move {
            socket.head().await;
            socket.send(OK).await;
            socket.head().await;
        })
        .await;
        let transport = kind.to(&server);
        assert_eq!(get(&transport, &server).await.unwrap(), ok());
        let error = get(&transport, &server).await.unwrap_err();
        assert!(matches!(error, TransportError::Broken(_)), "{error}");
        assert_eq!((server.connections(), server.requests().len()), (1, 2));
    }

    async fn bytes_after_an_answer_are_never_taken_for_the_next(kind: Kind) {
        const FORGED: &str = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged";
        let with = |answer: &str| format!("{answer}{FORGED}");
        for first in [
            with("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"),
            with("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
            with("HTTP/1.1 204 No Content\r\n\r\n"),
            with("HTTP/1.1 304 Not Modified\r\ncontent-length: 2\r\n\r\n"),
        ] {
            let server = Server::in_turn([first.as_bytes(), OK]).await;
            let transport = kind.to(&server);
            let (_, body) = get(&transport, &server).await.unwrap();
            assert_ne!(body, "forged");
            assert_eq!(get(&transport, &server).await.unwrap(), ok(), "after {first:?}");
            assert_eq!(server.connections(), 2, "after {first:?}");
        }
    }

    async fn bytes_that_come_while_idle_are_no_answer_either(kind: Kind) {
        let server = Server::start(|mut socket| async move {
            socket.head().await;
            socket.send(OK).await;
            if socket.number == 1 {
                tokio::time::sleep(Duration::from_millis(20)).await;
                socket.send("HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n").await;
            }
            socket.closed().await;
        })
        .await;
        let transport = kind.to(&server);
        assert_eq!(get(&transport, &server).await.unwrap(), ok());
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert_eq!(get(&transport, &server).await.unwrap(), ok());
        assert_eq!((server.connections(), server.requests().len()), (2, 2));
    }

    async fn no_more_idle_connections_are_kept_than_configured(kind: Kind) {
        let server = Server::start(|mut socket| async move {
            while socket.head().await.is_some() {
                tokio::time::sleep(Duration::from_millis(50)).await;
                socket.send(OK).await;
            }
        })
        .await;
        let mut config = server.config();
        config.max_idle_connections = 2;
        let transport = kind.build(&config);
        let answers = futures_util::future::join_all((0..6).map(|_| get(&transport, &server))).await;
        assert!(answers.iter().all(|answer| answer.as_ref().unwrap() == &ok()));
        assert_eq!(server.connections(), 6);
        until("two are left", || server.open() == 2).await;
    }

    async fn an_idle_connection_is_not_kept_past_its_time(kind: Kind) {
        let server = Server::answering(OK).await;
        let mut config = server.config();
        config.idle_timeout_ms = 100;
        let transport = kind.build(&config);
        assert_eq!(get(&transport, &server).await.unwrap(), ok());
        until("nobody asks, and still it is closed", || server.open() == 0).await;
        assert_eq!(get(&transport, &server).await.unwrap(), ok());
        assert_eq!(server.connections(), 2);
    }

    async fn a_call_that_waits_for_a_connection_takes_one_that_comes_free_before(kind: Kind) {
        let listener = queue_of_one();
        let address = listener.local_addr().unwrap();
        let (has_first, first_is_there) = oneshot::channel();
        let (answer_first, first_is_answered) = oneshot::channel();
        let server = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut head = [0; 1024];
            assert!(socket.read(&mut head).await.unwrap() > 0);
            has_first.send(()).unwrap();
            first_is_answered.await.unwrap();
            socket.write_all(OK).await.unwrap();
            assert!(socket.read(&mut head).await.unwrap() > 0, "the next call is on the same connection");
            socket.write_all(OK).await.unwrap();
            std::future::pending::<()>().await;
        });
        let transport = kind.build(&BackendConfig::at(format!("http://{address}")));
        let call = || {
            let (transport, outgoing) = (Arc::clone(&transport), outgoing(address, Method::GET, "/", Body::Empty));
            tokio::spawn(async move { ask(&transport, outgoing).await })
        };
        let first = call();
        first_is_there.await.unwrap();
        let _queued = fill(address).await;
        let second = call();
        tokio::time::sleep(Duration::from_millis(50)).await;
        answer_first.send(()).unwrap();
        for call in [first, second] {
            assert_eq!(call.await.unwrap().unwrap().1, "ok");
        }
        server.abort();
    }
}

/// hyper, and so reqwest, cannot say that nothing of the second request was sent.
#[tokio::test]
async fn a_connection_reset_before_anybody_could_notice_fails_no_call() {
    let (reset, resetting) = std::sync::mpsc::channel();
    let (done, is_reset) = std::sync::mpsc::channel();
    // On a thread of its own: the other one, whose runtime would notice, is kept busy.
    let (bound, address) = std::sync::mpsc::channel();
    let serving = std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            bound.send(listener.local_addr().unwrap()).unwrap();
            for turn in 1..=2 {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut read = [0; 1024];
                assert!(stream.read(&mut read).await.unwrap() > 0);
                stream.write_all(OK).await.unwrap();
                if turn == 1 {
                    resetting.recv().unwrap();
                    stream.set_zero_linger().unwrap();
                    drop(stream);
                    done.send(()).unwrap();
                }
            }
        });
    });
    let address = address.recv().unwrap();
    let transport = Kind::Lean.build(&BackendConfig::at(format!("http://{address}")));
    let post = || outgoing(address, Method::POST, "/", Body::Full("body".into()));
    assert_eq!(ask(&transport, post()).await.unwrap().1, "ok");
    tokio::time::sleep(Duration::from_millis(20)).await;
    reset.send(()).unwrap();
    is_reset.recv().unwrap();
    assert_eq!(ask(&transport, post()).await.unwrap().1, "ok");
    serving.join().unwrap();
}
