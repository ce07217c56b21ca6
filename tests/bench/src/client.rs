//! A client that asks just so many times, and looks at the answers.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::Result;

/// So many connections, each with one request under way.
pub(crate) struct Client {
    streams: Vec<TcpStream>,
    request: String,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr, path: &str, token: &str, connections: usize) -> Result<Client> {
        let connect = |_| -> Result<TcpStream> {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            // A contestant under callgrind is fifty times as slow.
            stream.set_read_timeout(Some(Duration::from_secs(30)))?;
            Ok(stream)
        };
        let streams = (0..connections).map(connect).collect::<Result<_>>()?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n");
        Ok(Client { streams, request })
    }

    /// Asks once on every connection; the bodies.
    pub(crate) fn ask(&mut self) -> Result<Vec<Vec<u8>>> {
        for stream in &mut self.streams {
            stream.write_all(self.request.as_bytes())?;
        }
        self.streams.iter_mut().map(body).collect()
    }
}

fn body(stream: &mut TcpStream) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut piece = [0; 16 * 1024];
    loop {
        let count = stream.read(&mut piece)?;
        if count == 0 {
            return Err("the connection was closed".into());
        }
        bytes.extend_from_slice(&piece[..count]);
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut response = httparse::Response::new(&mut headers);
        let httparse::Status::Complete(head) = response.parse(&bytes)? else { continue };
        if response.code != Some(200) {
            return Err(String::from_utf8_lossy(&bytes).into());
        }
        let length = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
        let length: usize = std::str::from_utf8(length.ok_or("no content length")?.value)?.parse()?;
        if bytes.len() >= head + length {
            return Ok(bytes.split_off(head));
        }
    }
}
