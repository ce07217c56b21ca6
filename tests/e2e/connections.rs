//! A client that keeps its connections loses no request to one that the gateway ends.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::harness::{Answer, Demo};

/// One connection, as a client that writes HTTP by hand has it.
struct Raw(TcpStream);

impl Raw {
    fn to(demo: &Demo) -> Raw {
        let stream = TcpStream::connect(demo.url("").trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Raw(stream)
    }

    /// A POST without a token, with this much of a body of that length; and the head of the answer. Its body is read.
    fn refused(&mut self, sent: usize, length: usize) -> String {
        let head = format!("POST /web/orders HTTP/1.1\r\nhost: shop.example\r\ncontent-length: {length}\r\n\r\n");
        self.0.write_all(head.as_bytes()).unwrap();
        self.0.write_all(&vec![b' '; sent]).unwrap();
        let mut bytes = Vec::new();
        let end = loop {
            let mut more = [0; 1024];
            let read = self.0.read(&mut more).unwrap();
            assert!(read > 0, "it closed before its answer was whole");
            bytes.extend_from_slice(&more[..read]);
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut rest = vec![0; length.parse::<usize>().unwrap() - (bytes.len() - end)];
        self.0.read_exact(&mut rest).unwrap();
        assert!(head.starts_with("http/1.1 401"), "{head}");
        head
    }
}

#[tokio::test]
async fn a_refusal_says_that_it_ends_the_connection_where_it_does_and_only_there() {
    let demo = Demo::start().await;
    let mut connection = Raw::to(&demo);
    // What is small is passed over, also when it comes in the next packet, and the connection lives on.
    for length in [0, 10, 30_000] {
        let head = connection.refused(length, length);
        assert!(!head.contains("connection: close"), "{length}: {head}");
    }
    // What is large is not.
    let head = connection.refused(1_000, 900_000);
    assert!(head.contains("connection: close"), "{head}");
    let mut end = Vec::new();
    // It ends, and whether by a reset or not depends on what is still under way.
    let closed = connection.0.read_to_end(&mut end);
    assert!(closed.is_err() || end.is_empty(), "{end:?}");
}

#[tokio::test]
async fn a_client_that_pools_loses_no_request_after_refused_bodies() {
    let demo = Demo::start().await;
    for round in 0..40 {
        let request = demo.client().post(demo.url("/web/orders")).header("content-type", "application/json");
        let body = vec![b' '; if round % 2 == 0 { 700_000 } else { 20_000 }];
        // The answer may come while the body is still being sent: then what becomes of the rest is the client's business.
        let refused = request.body(body).send().await;
        assert!(refused.is_err() || refused.is_ok_and(|answer| answer.status() == 401));
        let next = Answer::of(demo.client().get(demo.url("/problems/unauthenticated"))).await;
        assert_eq!(next.status, 200, "{}", next.text);
    }
}
