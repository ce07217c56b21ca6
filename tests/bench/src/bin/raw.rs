//! **r**, the raw limit: the least that the same answer was found to cost over HTTP/1.1. hyper's server on one thread; the calls
//! inline, over streams that are kept, with request bytes prepared and heads read by httparse; bodies concatenated, unread.
//!
//! It is no gateway: it trusts backends to send a length, and one that fails ends the request.

use std::cell::RefCell;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use bytes::{Bytes, BytesMut};
use clap::Parser;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Serves the screen at the least cost.
#[derive(Parser)]
struct Flags {
    /// The base URLs of the three backends.
    #[arg(long, value_delimiter = ',', required = true)]
    backends: Vec<String>,
}

/// One backend: what is sent to it, and the connections that are free.
struct Backend {
    address: SocketAddr,
    request: Vec<u8>,
    free: RefCell<Vec<Connection>>,
}

struct Connection {
    stream: TcpStream,
    buffer: BytesMut,
}

impl Backend {
    fn new(url: &str, path: &str) -> Result<Backend, Box<dyn std::error::Error>> {
        let host = url.trim_start_matches("http://");
        let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\naccept: application/json\r\n\r\n").into_bytes();
        Ok(Backend { address: host.parse()?, request, free: RefCell::default() })
    }

    async fn body(&self) -> io::Result<Bytes> {
        let free = self.free.borrow_mut().pop();
        let mut connection = match free {
            Some(connection) => connection,
            None => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                Connection { stream, buffer: BytesMut::new() }
            }
        };
        connection.stream.write_all(&self.request).await?;
        let body = connection.read().await?;
        self.free.borrow_mut().push(connection);
        Ok(body)
    }
}

impl Connection {
    async fn read(&mut self) -> io::Result<Bytes> {
        loop {
            self.buffer.reserve(4096);
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let Some((head, length)) = head(&self.buffer)? else { continue };
            while self.buffer.len() < head + length {
                self.buffer.reserve(head + length - self.buffer.len());
                if self.stream.read_buf(&mut self.buffer).await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            let mut answer = self.buffer.split_to(head + length);
            return Ok(answer.split_off(head).freeze());
        }
    }
}

/// How long the head is and how long the body after it, once the whole head is here.
fn head(bytes: &[u8]) -> io::Result<Option<(usize, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 16];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(bytes).map_err(io::Error::other)? else { return Ok(None) };
    let length = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|length| std::str::from_utf8(length.value).ok()?.parse().ok());
    match (response.code, length) {
        (Some(200), Some(length)) => Ok(Some((head, length))),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

async fn screen(backends: &[Backend; 3]) -> Response<Full<Bytes>> {
    let [users, orders, recommendations] = backends;
    let bodies = tokio::try_join!(users.body(), orders.body(), recommendations.body());
    let Ok((profile, orders, picks)) = bodies else {
        let mut response = Response::new(Full::default());
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        return response;
    };
    let mut text = BytesMut::with_capacity(profile.len() + orders.len() + picks.len() + 64);
    for part in [&b"{\"profile\":"[..], &profile, b",\"orders\":", &orders, b",\"picks\":", &picks, b"}"] {
        text.extend_from_slice(part);
    }
    let mut response = Response::new(Full::new(text.freeze()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    bench::program::end_with_standard_input();
    let flags = Flags::parse();
    let urls = <[String; 3]>::try_from(flags.backends).map_err(|_| "three backends")?;
    let [users, orders, recommendations] = &urls;
    let [profile, lists, picks] = bench::bodies::PATHS;
    let backends = [Backend::new(users, profile)?, Backend::new(orders, lists)?, Backend::new(recommendations, picks)?];
    let backends = Rc::new(backends);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    bench::program::listening(listener.local_addr()?)?;
    LocalSet::new()
        .run_until(async move {
            loop {
                let (stream, _) = listener.accept().await?;
                stream.set_nodelay(true)?;
                let backends = Rc::clone(&backends);
                tokio::task::spawn_local(async move {
                    let service = service_fn(move |_| {
                        let backends = Rc::clone(&backends);
                        async move { Ok::<_, Infallible>(screen(&backends).await) }
                    });
                    // A client that leaves is no concern of anybody's.
                    let _ = http1::Builder::new()
                        .pipeline_flush(true)
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        })
        .await
}
