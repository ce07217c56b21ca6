//! Answers that are not HTTP, or could be read in two ways: no part of them is believed, and their connection is not used again.

use trefoil_backend::TransportError;

use crate::kit::{Kind, OK, Server, get, ok, until};

/// Sends each answer, then a sound one to the next request.
async fn refused(kind: Kind, answers: impl IntoIterator<Item = impl AsRef<[u8]>>) {
    for answer in answers {
        let answer = answer.as_ref();
        let shown = String::from_utf8_lossy(&answer[..answer.len().min(200)]).into_owned();
        let server = Server::in_turn([answer, OK]).await;
        let transport = kind.to(&server);
        match get(&transport, &server).await {
            Err(TransportError::Malformed(_)) => {}
            other => panic!("{shown:?} made {other:?}"),
        }
        assert_eq!(get(&transport, &server).await.unwrap(), ok(), "after {shown:?}");
        assert_eq!((server.connections(), server.requests().len()), (2, 2), "after {shown:?}");
        until("it is closed", || server.open() == 1).await;
    }
}

both! {
    async fn a_bad_status_line_is_refused(kind: Kind) {
        refused(kind, [
            "garbage\r\n\r\n",
            "<html>\r\n\r\n",
            "HTTP/1.1 20 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 2000 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 abc OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1  200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 099 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/2.0 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.2 200 OK\r\ncontent-length: 0\r\n\r\n",
            "http/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 O\0K\r\ncontent-length: 0\r\n\r\n",
            "\0\0\0\0\r\n\r\n",
        ])
        .await;
    }

    async fn a_length_that_is_not_one_number_is_refused(kind: Kind) {
        refused(kind, [
            "content-length: 2\r\ncontent-length: 3",
            "content-length: 2\r\ncontent-length: 2",
            "content-length: 2, 2",
            "content-length: 2, 3",
            "content-length: +2",
            "content-length: -2",
            "content-length: 0x2",
            "content-length: 2 2",
            "content-length: 2.0",
            "content-length: ",
            "content-length: 18446744073709551616",
            "content-length: 18446744073709551615",
        ]
        .map(|lengths| format!("HTTP/1.1 200 OK\r\n{lengths}\r\n\r\nok")))
        .await;
    }

    async fn a_coding_that_leaves_the_end_unsure_is_refused(kind: Kind) {
        let chunks = "2\r\nok\r\n0\r\n\r\n";
        refused(kind, [
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 12",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked, gzip",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: xchunked",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: ",
            "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked",
        ]
        .map(|head| format!("{head}\r\n\r\n{chunks}")))
        .await;
    }

    async fn a_malformed_field_is_refused(kind: Kind) {
        refused(kind, [
            b"a: b\0c".as_slice(),
            b"a: b\x7fc",
            b"a: b\x01c",
            b"a: b\rc",
            b"a: b\r\n c",
            b" a: b",
            b"a : b",
            b"a b: c",
            b"a\x80b: c",
            b": b",
            b"no colon",
            b"a(b): c",
        ]
        .map(|field| [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n", field, b"\r\n\r\nok"].concat()))
        .await;
    }

    async fn opaque_bytes_in_a_value_stay_what_they_are(kind: Kind) {
        let server = Server::answering(b"HTTP/1.1 200 OK\r\na: b\x80\xffc\r\ncontent-length: 2\r\n\r\nok").await;
        let transport = kind.to(&server);
        let request = crate::kit::outgoing(server.address, http::Method::GET, "/", trefoil_backend::Body::Empty);
        let (head, _) = crate::kit::ask(&transport, request).await.unwrap();
        assert_eq!(head.headers()["a"].as_bytes(), b"b\x80\xffc");
    }

    async fn malformed_chunks_are_refused(kind: Kind) {
        refused(kind, [
            "g\r\nok\r\n0\r\n\r\n",
            "\r\nok\r\n0\r\n\r\n",
            "-2\r\nok\r\n0\r\n\r\n",
            "0x2\r\nok\r\n0\r\n\r\n",
            " 2\r\nok\r\n0\r\n\r\n",
            "2 1\r\nok\r\n0\r\n\r\n",
            "2\nok\r\n0\r\n\r\n",
            "2;a=\nb\r\nok\r\n0\r\n\r\n",
            "2\r\nokay\r\n0\r\n\r\n",
            "2\r\nok0\r\n\r\n",
            "2\r\nok\n0\r\n\r\n",
            "fffffffffffffffff\r\nok\r\n0\r\n\r\n",
            "2\r\nok\r\n0\r\nno colon\r\n\r\n",
        ]
        .map(|chunks| format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunks}")))
        .await;
    }

    async fn what_is_larger_than_its_bounds_is_refused(kind: Kind) {
        let head = |fields: String| format!("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n{fields}\r\nok");
        let fields = |count: usize, size: usize| (0..count).map(|n| format!("a{n}: {}\r\n", "v".repeat(size))).collect();
        let extension = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;{}\r\nok\r\n0\r\n\r\n", "e".repeat(20_000));
        let trailers: String = fields(90, 1000);
        let trailers = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n{trailers}\r\n");
        refused(kind, [head(fields(1, 62_000)), head(fields(70, 1000)), head(fields(120, 1)), extension, trailers]).await;
        // A large one within them is read.
        let server = Server::answering(head(fields(50, 1000))).await;
        assert_eq!(get(&kind.to(&server), &server).await.unwrap(), ok());
    }

    async fn a_head_without_an_end_is_given_up(kind: Kind) {
        let server = Server::start(|mut socket| async move {
            socket.head().await;
            socket.send("HTTP/1.1 200 OK\r\n").await;
            for n in 0..2000 {
                socket.send(format!("a{n}: {}\r\n", "v".repeat(1000))).await;
            }
            socket.closed().await;
        })
        .await;
        let error = get(&kind.to(&server), &server).await.unwrap_err();
        assert!(matches!(error, TransportError::Malformed(_)), "{error}");
        until("it is closed", || server.open() == 0).await;
    }

    async fn a_change_of_protocol_is_refused(kind: Kind) {
        refused(kind, ["HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"]).await;
    }
}

/// hyper, and so reqwest, reads as many as come.
#[tokio::test]
async fn answers_before_the_answer_without_end_are_given_up() {
    let server = Server::start(|mut socket| async move {
        socket.head().await;
        for _ in 0..1000 {
            socket.send("HTTP/1.1 102 Processing\r\n\r\n").await;
        }
        socket.closed().await;
    })
    .await;
    let error = get(&Kind::Lean.to(&server), &server).await.unwrap_err();
    assert!(matches!(error, TransportError::Malformed(_)), "{error}");
    until("it is closed", || server.open() == 0).await;
}
