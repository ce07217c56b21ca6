//! What comes without having been asked for is nobody's answer: taken for one, it would hand one caller another's data. The runtime is
//! kept busy while it comes, as under load: only the system knows of it then.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::pin::pin;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use futures_util::poll;
use http::Method;
use trefoil_backend::{BackendConfig, Body, TransportError};

use crate::kit::{Kind, OK, ask, outgoing};

const ANOTHERS: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nanothers";

/// A server on a thread of its own, which does `serve` with each connection, and tells when it has.
fn server(serve: impl Fn(&mut TcpStream) + Send + 'static) -> (SocketAddr, Receiver<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (done, served) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            serve(&mut stream);
            if done.send(stream).is_err() {
                return;
            }
        }
    });
    (address, served)
}

fn answer(stream: &mut TcpStream) {
    assert!(stream.read(&mut [0; 1024]).unwrap() > 0);
    stream.write_all(OK).unwrap();
}

#[tokio::test]
async fn what_comes_on_an_idle_connection_is_not_the_next_callers_answer() {
    let (address, served) = server(answer);
    let transport = Kind::Lean.build(&BackendConfig::at(format!("http://{address}")));
    let get = || ask(&transport, outgoing(address, Method::GET, "/", Body::Empty));
    assert_eq!(get().await.unwrap().1, "ok");
    let mut idle = served.recv().unwrap();
    idle.write_all(ANOTHERS).unwrap();
    assert_eq!(get().await.unwrap().1, "ok", "on a connection of its own");
}

#[tokio::test]
async fn an_answer_that_comes_before_its_request_is_none() {
    let (address, served) = server(|stream| stream.write_all(ANOTHERS).unwrap());
    let transport = Kind::Lean.build(&BackendConfig::at(format!("http://{address}")));
    let mut call = pin!(ask(&transport, outgoing(address, Method::GET, "/", Body::Empty)));
    assert!(poll!(&mut call).is_pending(), "it connects");
    let _open = served.recv().unwrap();
    let error = call.await.unwrap_err();
    assert!(matches!(&error, TransportError::Malformed(why) if why.contains("before its request")), "{error:?}");
}

#[tokio::test]
async fn a_connection_whose_server_waited_too_long_carries_no_other_request() {
    let (address, served) = server(|stream| {
        assert!(stream.read(&mut [0; 1024]).unwrap() > 0);
        stream.write_all(b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n").unwrap();
    });
    let transport = Kind::Lean.build(&BackendConfig::at(format!("http://{address}")));
    for _ in 0..2 {
        let (head, _) = ask(&transport, outgoing(address, Method::GET, "/", Body::Empty)).await.unwrap();
        assert_eq!(head.status(), 408);
        drop(served.recv().unwrap());
    }
}
