//! Answers, sound and broken: they come to the same wherever they are cut, and to what hyper makes of them.

use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::runtime::Builder;

use super::*;
use crate::transport::answer;

/// What an answer comes to when the connection ends after it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Read {
    Whole { status: u16, fields: Vec<(String, Vec<u8>)>, body: Vec<u8>, more: bool },
    CutOff,
    Refused,
}

/// Reads `pieces` as they come from a socket.
fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>, method: &Method) -> Read {
    let mut inbox = Inbox::default();
    let mut begun: Option<(Answer, Vec<u8>, bool)> = None;
    for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
        match &mut begun {
            None => match inbox.take(piece, method) {
                Ok(None) => {}
                Ok(Some(answer)) => {
                    let (body, more) = (answer.data.to_vec(), answer.more);
                    begun = Some((answer, body, more));
                }
                Err(_) => return Read::Refused,
            },
            Some((answer, _, more)) if answer.decoder.has_ended() => *more = true,
            Some((answer, body, more)) => {
                let mut rest = piece;
                let Ok(data) = answer.decoder.decode(&mut rest) else { return Read::Refused };
                body.extend_from_slice(&data);
                *more |= !rest.is_empty();
            }
        }
    }
    let Some((answer, body, more)) = begun else {
        return if inbox.end(method).is_err() { Read::Refused } else { Read::CutOff };
    };
    if !answer.decoder.has_ended() && !answer.decoder.ends_with_connection() {
        return Read::CutOff;
    }
    let head = answer.head.response;
    let fields = head.headers().iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    Read::Whole { status: head.status().as_u16(), fields, body, more }
}

/// What hyper reads; `None` for everything that it, or the rule for all transports, refuses.
fn by_hyper(bytes: &[u8], method: &Method) -> Option<Read> {
    Builder::new_current_thread().build().unwrap().block_on(async {
        let (client, mut server) = tokio::io::duplex(1 << 20);
        let (mut sender, connection) = http1::handshake(TokioIo::new(client)).await.unwrap();
        let driving = tokio::spawn(connection);
        let request = http::Request::builder().method(method).uri("/").body(Empty::<Bytes>::new()).unwrap();
        let serving = async {
            let _ = server.read(&mut [0; 1024]).await;
            let _ = server.write_all(bytes).await;
            drop(server);
        };
        let (response, ()) = tokio::join!(sender.send_request(request), serving);
        let (head, body) = response.ok()?.into_parts();
        answer::check(&head).ok()?;
        let body = body.collect().await.ok()?.to_bytes().to_vec();
        driving.abort();
        let fields = head.headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
        Some(Read::Whole { status: head.status.as_u16(), fields, body, more: false })
    })
}

fn methods() -> impl Strategy<Value = Method> {
    prop_oneof![4 => Just(Method::GET), 1 => Just(Method::HEAD)]
}

/// Something like an answer: of parts that are one, each more likely sound than not, and with a byte exchanged now and then.
fn answers() -> impl Strategy<Value = Vec<u8>> {
    let interim = prop_oneof![
        6 => Just(""),
        1 => Just("HTTP/1.1 100 Continue\r\n\r\n"),
        1 => Just("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 102 Processing\n\n"),
    ];
    let status = prop::sample::select(vec![
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 404\r\n",
        "HTTP/1.1 204 No Content\r\n",
        "HTTP/1.1 304 Not Modified\n",
        "HTTP/1.0 200 OK\r\n",
        "\r\nHTTP/1.1 500 \r\n",
        "HTTP/1.1 999 What\r\n",
        "HTTP/1.2 200 OK\r\n",
        "HTTP/1.1 20 OK\r\n",
    ]);
    let field = prop::sample::select(vec![
        "content-type: application/json\r\n",
        "Connection: close\r\n",
        "connection: keep-alive, x\r\n",
        "A:\r\n",
        "a:  b c \t\r\n",
        "x-\u{1}: b\r\n",
        "ETag: \"ä\"\n",
        "a: b\r\n c\r\n",
        "a : b\r\n",
        "set-cookie: a\r\nset-cookie: b\r\n",
    ]);
    let framed = prop::sample::select(vec![
        ("content-length: 5\r\n", "hello"),
        ("content-length: 5\r\n", "hell"),
        ("Content-Length: 5\r\n", "hello, and more"),
        ("content-length: 0\r\n", ""),
        ("content-length: 5\r\ncontent-length: 5\r\n", "hello"),
        ("content-length: five\r\n", "hello"),
        ("transfer-encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"),
        ("transfer-encoding: chunked\r\n", "2;a=b\r\nhe\r\n003 \r\nllo\r\n0\r\n\r\n"),
        ("Transfer-Encoding: Chunked\r\n", "A\r\n0123456789\r\n0;x\r\ntrailer: a\r\nb:c\r\n\r\n"),
        ("transfer-encoding: chunked\r\n", "5\r\nhello0\r\n\r\n"),
        ("transfer-encoding: chunked\r\n", "0\r\nno trailer\r\n\r\n"),
        ("transfer-encoding: chunked\r\n", "5\r\nhello\r\n"),
        ("transfer-encoding: gzip\r\n", "hello"),
        ("", "hello"),
        ("", ""),
    ]);
    let exchanged = prop::option::weighted(0.3, (any::<prop::sample::Index>(), any::<u8>()));
    (interim, status, prop::collection::vec(field, 0..3), framed, exchanged).prop_map(
        |(interim, status, fields, (framing, body), exchanged)| {
            let mut bytes = [interim, status, &fields.concat(), framing, "\r\n", body].concat().into_bytes();
            if let Some((index, byte)) = exchanged {
                let at = index.index(bytes.len());
                bytes[at] = byte;
            }
            bytes
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn where_an_answer_is_cut_makes_no_difference(
        bytes in answers(),
        method in methods(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let whole = read([bytes.as_slice()], &method);
        prop_assert_eq!(&read(cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]), &method), &whole);
        prop_assert_eq!(read(bytes.chunks(1), &method), whole);
    }

    #[test]
    fn hyper_reads_the_same(bytes in answers(), method in methods()) {
        let read = match read([bytes.as_slice()], &method) {
            Read::Whole { status, fields, body, .. } => Some(Read::Whole { status, fields, body, more: false }),
            Read::CutOff | Read::Refused => None,
        };
        prop_assert_eq!(read, by_hyper(&bytes, &method));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), method in methods()) {
        let begun = [b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".as_slice(), &bytes].concat();
        read([bytes.as_slice()], &method);
        read([begun.as_slice()], &method);
    }
}

#[test]
fn answers_before_the_answer_have_an_end() {
    let interim = b"HTTP/1.1 102 Processing\r\n\r\n".repeat(MOST_INTERIM.into());
    let last = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    let few = [interim.as_slice(), last].concat();
    assert!(matches!(read([few.as_slice()], &Method::GET), Read::Whole { status: 200, .. }));
    let many = [b"HTTP/1.1 103 Early Hints\r\n\r\n", interim.as_slice(), last].concat();
    assert_eq!(read([many.as_slice()], &Method::GET), Read::Refused);
}

#[test]
fn what_keeps_a_small_body_keeps_nothing_else() {
    for body in ["content-length: 2\r\n\r\nok", "transfer-encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n"] {
        let bytes = format!("HTTP/1.1 200 OK\r\n{body}");
        let answer = Inbox::default().take(bytes.as_bytes(), &Method::GET).unwrap().unwrap();
        assert_eq!(answer.data, "ok");
        assert_eq!(answer.data.try_into_mut().unwrap().capacity(), 2);
    }
}
