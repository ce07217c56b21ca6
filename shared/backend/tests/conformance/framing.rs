//! Where an answer's body ends, and what is left out of it.

use http::Method;
use trefoil_backend::Body;

use crate::kit::{Kind, OK, Server, ask, get, ok, outgoing};

/// Answers that end by themselves, with what a reader gets of them.
const WHOLE: &[(&str, u16, &str)] = &[
    ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", 200, "ok"),
    ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", 200, ""),
    ("HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok", 200, "ok"),
    ("HTTP/1.1 418 Short And Stout\r\nContent-Length: 2\r\n\r\nok", 418, "ok"),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 200, ""),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, "ok"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\no\r\n0001\r\nk\r\n0\r\n\r\n", 200, "ok"),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;name=\"value\";other\r\nok\r\n0;last\r\n\r\n", 200, "ok"),
    (
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: digest\r\n\r\n2\r\nok\r\n0\r\ndigest: a\r\nb: c\r\n\r\n",
        200,
        "ok",
    ),
    ("HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
    ("HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n", 204, ""),
    ("HTTP/1.1 304 Not Modified\r\ncontent-length: 1000\r\n\r\n", 304, ""),
    ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", 200, "ok"),
    (
        "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
        200,
        "ok",
    ),
    // A recipient may take a lone LF for the end of a line in a head (RFC 9112 section 2.2).
    ("HTTP/1.1 200 OK\ncontent-length: 2\n\nok", 200, "ok"),
    ("HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok", 200, "ok"),
];

both! {
    async fn what_ends_by_itself_is_read_to_its_end_and_no_further(kind: Kind) {
        for (answer, status, body) in WHOLE {
            let server = Server::in_turn([answer.as_bytes(), OK]).await;
            let transport = kind.to(&server);
            assert_eq!(get(&transport, &server).await.unwrap(), (*status, (*body).to_owned()), "{answer:?}");
            assert_eq!(get(&transport, &server).await.unwrap(), ok(), "after {answer:?}");
            assert_eq!(server.connections(), 1, "after {answer:?}");
        }
    }

    async fn where_the_bytes_are_cut_makes_no_difference(kind: Kind) {
        for (answer, status, body) in WHOLE {
            let server = Server::start(move |mut socket| async move {
                while socket.head().await.is_some() {
                    for byte in answer.as_bytes() {
                        socket.send([*byte]).await;
                        tokio::task::yield_now().await;
                    }
                }
            })
            .await;
            let transport = kind.to(&server);
            for _ in 0..2 {
                assert_eq!(get(&transport, &server).await.unwrap(), (*status, (*body).to_owned()), "{answer:?}");
            }
            assert_eq!(server.connections(), 1, "after {answer:?}");
        }
    }

    async fn an_answer_to_head_has_no_body_whatever_its_length_says(kind: Kind) {
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n";
        let server = Server::in_turn([head.as_bytes(), b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", OK]).await;
        let transport = kind.to(&server);
        for _ in 0..2 {
            let request = outgoing(server.address, Method::HEAD, "/", Body::Empty);
            let (head, body) = ask(&transport, request).await.unwrap();
            assert_eq!((head.status().as_u16(), body.as_str()), (200, ""));
        }
        assert_eq!(get(&transport, &server).await.unwrap(), ok());
        assert_eq!(server.connections(), 1);
    }

    async fn a_body_without_a_length_ends_with_its_connection(kind: Kind) {
        for version in ["HTTP/1.1", "HTTP/1.0"] {
            let server = Server::start(move |mut socket| async move {
                socket.head().await;
                socket.send(format!("{version} 200 OK\r\n\r\n")).await;
                socket.send("o").await;
                socket.send("k").await;
            })
            .await;
            let transport = kind.to(&server);
            assert_eq!(get(&transport, &server).await.unwrap(), ok());
            assert_eq!(get(&transport, &server).await.unwrap(), ok());
            assert_eq!(server.connections(), 2);
        }
    }

    async fn what_is_asked_is_what_the_uri_says_wherever_it_is_sent(kind: Kind) {
        let server = Server::answering(OK).await;
        let transport = kind.build(&trefoil_backend::BackendConfig::at(format!("http://users.test:{}", server.address.port())));
        let mut request = outgoing(server.address, Method::GET, "/", Body::Empty);
        *request.request.uri_mut() = format!("http://users.test:{}/a%2Fb/c?d=%20e", server.address.port()).parse().unwrap();
        request.request.headers_mut().insert("accept", "application/json".parse().unwrap());
        ask(&transport, request).await.unwrap();
        let seen = server.requests().remove(0).to_ascii_lowercase();
        assert!(seen.starts_with("get /a%2fb/c?d=%20e http/1.1\r\n"), "{seen}");
        assert!(seen.contains(&format!("\r\nhost: users.test:{}\r\n", server.address.port())), "{seen}");
        assert!(seen.contains("\r\naccept: application/json\r\n"), "{seen}");
        let mut names: Vec<_> = seen.lines().skip(1).filter_map(|line| line.split_once(':')).map(|(name, _)| name).collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "host"], "nothing is added");
    }
}
