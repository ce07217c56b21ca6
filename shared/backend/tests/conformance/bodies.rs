//! Bodies as they come, both ways: whoever is slow slows the other side down, and nothing piles up between them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Method};
use http_body_util::BodyExt as _;
use tokio::time::timeout;
use trefoil_backend::{Body, TransportError};

use crate::kit::{Kind, LONG, OK, Server, ask, get, ok, outgoing, stream, until};

const PIECE: Bytes = Bytes::from_static(&[b'x'; 64 << 10]);

/// More than the buffers of both sockets hold, and less than the test's patience.
const MOST_UNDER_WAY: usize = 24 << 20;

both! {
    async fn a_whole_body_is_sent_with_its_length(kind: Kind) {
        let server = Server::start(|mut socket| async move {
            while let Some(head) = socket.head().await {
                assert!(head.to_ascii_lowercase().contains("\r\ncontent-length: 4\r\n"), "{head}");
                assert_eq!(socket.body_until(b"body").await, b"body");
                socket.send(OK).await;
            }
        })
        .await;
        let transport = kind.to(&server);
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let request = outgoing(server.address, method, "/", Body::Full("body".into()));
            assert_eq!(ask(&transport, request).await.unwrap().1, "ok");
        }
        assert_eq!(server.connections(), 1);
    }

    async fn a_streaming_body_is_sent_in_chunks(kind: Kind) {
        let server = Server::start(|mut socket| async move {
            while let Some(head) = socket.head().await {
                assert!(head.to_ascii_lowercase().contains("\r\ntransfer-encoding: chunked\r\n"), "{head}");
                assert_eq!(socket.body_until(b"0\r\n\r\n").await, b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
                socket.send(OK).await;
            }
        })
        .await;
        let transport = kind.to(&server);
        for _ in 0..2 {
            let mut pieces = ["two", "one"].map(Bytes::from).to_vec();
            let body = stream(move || Poll::Ready(pieces.pop()));
            let (_, body) = ask(&transport, outgoing(server.address, Method::POST, "/", body)).await.unwrap();
            assert_eq!(body, "ok");
        }
        assert_eq!(server.connections(), 1);
    }

    async fn a_streaming_body_of_a_length_that_is_said_is_sent_with_it(kind: Kind) {
        let server = Server::start(|mut socket| async move {
            while let Some(head) = socket.head().await {
                let head = head.to_ascii_lowercase();
                assert!(head.contains("\r\ncontent-length: 6\r\n"), "{head}");
                assert!(!head.contains("transfer-encoding"), "{head}");
                assert_eq!(socket.body_until(b"onetwo").await, b"onetwo");
                socket.send(OK).await;
            }
        })
        .await;
        let transport = kind.to(&server);
        for _ in 0..2 {
            let mut pieces = ["two", "", "one"].map(Bytes::from).to_vec();
            let body = stream(move || Poll::Ready(pieces.pop()));
            let mut request = outgoing(server.address, Method::POST, "/", body);
            request.request.headers_mut().insert("content-length", 6.into());
            assert_eq!(ask(&transport, request).await.unwrap().1, "ok");
        }
        assert_eq!(server.connections(), 1);
    }

    async fn a_write_without_a_body_says_so(kind: Kind) {
        let server = Server::answering(OK).await;
        let transport = kind.to(&server);
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::GET] {
            ask(&transport, outgoing(server.address, method, "/", Body::Empty)).await.unwrap();
        }
        let said: Vec<_> =
            server.requests().iter().map(|head| head.to_ascii_lowercase().contains("\r\ncontent-length: 0\r\n")).collect();
        assert_eq!(said, [true, true, true, false, false]);
    }

    async fn a_large_request_is_sent_whole(kind: Kind) {
        let size = 8 << 20;
        let server = Server::start(move |mut socket| async move {
            while let Some(head) = socket.head().await {
                // Slow to begin with, so that not all of it has room on the way.
                tokio::time::sleep(Duration::from_millis(50)).await;
                let end: &[u8] = if head.to_ascii_lowercase().contains("chunked") { b"\r\n0\r\n\r\n" } else { b"end" };
                let body = socket.body_until(end).await;
                assert_eq!(body.iter().filter(|&&byte| byte == b'x').count(), size);
                socket.send(OK).await;
            }
        })
        .await;
        let transport = kind.to(&server);
        let whole = Bytes::from([vec![b'x'; size], b"end".to_vec()].concat());
        let (_, body) = ask(&transport, outgoing(server.address, Method::PUT, "/", Body::Full(whole.clone()))).await.unwrap();
        assert_eq!(body, "ok");
        let mut left = whole;
        let pieces = stream(move || {
            let piece = left.split_to(left.len().min(100_003));
            Poll::Ready((!piece.is_empty()).then_some(piece))
        });
        assert_eq!(ask(&transport, outgoing(server.address, Method::PUT, "/", pieces)).await.unwrap().1, "ok");
        assert_eq!(server.connections(), 1);
    }

    async fn an_answer_may_begin_before_the_request_ends(kind: Kind) {
        let server = Server::start(|mut socket| async move {
            while socket.head().await.is_some() {
                socket.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nbegun\r\n").await;
                assert_eq!(socket.body_until(b"0\r\n\r\n").await, b"4\r\nmore\r\n0\r\n\r\n");
                socket.send("3\r\nend\r\n0\r\n\r\n").await;
            }
        })
        .await;
        let transport = kind.to(&server);
        for _ in 0..2 {
            // What the request goes on with is what the answer begins with.
            let (go, mut on) = tokio::sync::mpsc::unbounded_channel::<Bytes>();
            let body = Body::Stream(Box::pin(futures_util::stream::poll_fn(move |cx| on.poll_recv(cx).map(|piece| piece.map(Ok)))));
            let mut answer = transport.send(outgoing(server.address, Method::POST, "/", body)).await.unwrap().into_body();
            assert_eq!(answer.frame().await.unwrap().unwrap().into_data().unwrap(), "begun");
            go.send("more".into()).unwrap();
            drop(go);
            assert_eq!(answer.collect().await.unwrap().to_bytes(), "end");
        }
        assert_eq!(server.connections(), 1);
    }

    async fn a_request_that_cannot_be_read_to_its_end_is_not_sent_as_if_it_were_whole(kind: Kind) {
        let server = Server::start(|mut socket| async move {
            socket.head().await;
            socket.closed().await;
        })
        .await;
        let transport = kind.to(&server);
        let broken = [Ok(Bytes::from("first")), Err(TransportError::Broken("the upload broke off".to_owned()))];
        let body = Body::Stream(Box::pin(futures_util::stream::iter(broken)));
        let error = ask(&transport, outgoing(server.address, Method::POST, "/", body)).await.unwrap_err();
        assert!(matches!(error, TransportError::Broken(_)), "{error}");
        until("it is closed", || server.open() == 0).await;
    }

    async fn an_answer_may_come_before_the_request_was_sent(kind: Kind) {
        let server = Server::start(|mut socket| async move {
            socket.head().await;
            socket.send("HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\n\r\nno").await;
            socket.closed().await;
        })
        .await;
        let transport = kind.to(&server);
        for turn in 1..=2 {
            let mut first = Some(Bytes::from_static(b"first"));
            let body = stream(move || first.take().map_or(Poll::Pending, |first| Poll::Ready(Some(first))));
            let (head, body) = ask(&transport, outgoing(server.address, Method::POST, "/", body)).await.unwrap();
            assert_eq!((head.status().as_u16(), body.as_str()), (413, "no"));
            assert_eq!(server.connections(), turn, "half a request is no place for the next");
        }
    }

    async fn a_server_that_does_not_read_is_not_sent_everything(kind: Kind) {
        let server = Server::start(|mut socket| async move {
            socket.head().await;
            tokio::time::sleep(LONG).await;
        })
        .await;
        let taken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&taken);
        let body = stream(move || {
            count.fetch_add(PIECE.len(), Ordering::SeqCst);
            Poll::Ready(Some(PIECE))
        });
        let transport = kind.to(&server);
        let sending = transport.send(outgoing(server.address, Method::POST, "/", body));
        assert!(timeout(Duration::from_millis(300), sending).await.is_err());
        assert!(taken.load(Ordering::SeqCst) < MOST_UNDER_WAY, "{taken:?} bytes were taken");
    }

    async fn a_reader_who_does_not_read_is_not_sent_everything(kind: Kind) {
        let sent = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&sent);
        let server = Server::start(move |mut socket| {
            let count = Arc::clone(&count);
            async move {
                socket.head().await;
                socket.send("HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n").await;
                while tokio::io::AsyncWriteExt::write_all(&mut socket.stream, &PIECE).await.is_ok() {
                    count.fetch_add(PIECE.len(), Ordering::SeqCst);
                }
            }
        })
        .await;
        let transport = kind.to(&server);
        let answer = timeout(LONG, transport.send(outgoing(server.address, Method::GET, "/", Body::Empty)));
        let mut body = answer.await.unwrap().unwrap().into_body();
        body.frame().await.unwrap().unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(sent.load(Ordering::SeqCst) < MOST_UNDER_WAY, "{sent:?} bytes were sent");
    }

    async fn a_large_answer_comes_whole(kind: Kind) {
        let size = 8 << 20;
        let whole: Vec<u8> = (0..size).map(|at| b'a' + (at % 26) as u8).collect();
        let mut chunks = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        for chunk in whole.chunks(10_007) {
            chunks.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
            chunks.extend_from_slice(chunk);
            chunks.extend_from_slice(b"\r\n");
        }
        chunks.extend_from_slice(b"0\r\n\r\n");
        let plain = [format!("HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n").as_bytes(), &whole].concat();
        let server = Server::in_turn([plain.as_slice(), &chunks, OK]).await;
        let transport = kind.to(&server);
        for _ in 0..2 {
            let (_, body) = ask(&transport, outgoing(server.address, Method::GET, "/", Body::Empty)).await.unwrap();
            assert!(body.as_bytes() == whole);
        }
        assert_eq!(get(&transport, &server).await.unwrap(), ok());
        assert_eq!(server.connections(), 1);
    }

    async fn an_encoded_body_is_none_of_a_transports_business(kind: Kind) {
        // Neither asked for, nor decoded: a body that grows when it is read is not there to be bounded.
        let server = Server::start(|mut socket| async move {
            while let Some(head) = socket.head().await {
                assert!(!head.to_ascii_lowercase().contains("accept-encoding"), "{head}");
                let codings = "Content-Encoding: Identity\r\nContent-Encoding: gzip, identity\r\n";
                socket.send(format!("HTTP/1.1 200 OK\r\n{codings}content-length: 2\r\n\r\nok")).await;
            }
        })
        .await;
        let request = outgoing(server.address, Method::GET, "/", Body::Empty);
        let (head, body) = ask(&kind.to(&server), request).await.unwrap();
        let codings: Vec<&[u8]> = head.headers().get_all("content-encoding").iter().map(HeaderValue::as_bytes).collect();
        assert_eq!((body.as_str(), codings), ("ok", vec![&b"Identity"[..], b"gzip, identity"]));
    }
}
