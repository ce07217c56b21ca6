//! What a request's head looks like on the wire: its target is a path (RFC 9112 section 3.2.1), its `Host` the authority it was for,
//! and how its body is framed is said here and nowhere else.

use std::io::Write as _;

use http::uri::{Authority, Scheme};
use http::{HeaderName, Request, header};

use crate::config::Base;
use crate::transport::framing::tells_of_no_body;
use crate::transport::{Body, TransportError};

/// The `Host` of the backend's own URL, made once: every call's is this one, as a rule.
#[derive(Debug)]
pub(super) struct Host {
    authority: Authority,
    line: Vec<u8>,
}

impl Host {
    pub(super) fn of(base: &Base) -> Host {
        let mut line = Vec::new();
        write_host(&mut line, &base.authority);
        Host { authority: base.authority.clone(), line }
    }
}

/// How the end of a request's body is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// There is none, and it needs no word.
    Bodiless,
    /// By its length.
    Length(u64),
    /// By the last chunk.
    Chunks,
}

impl Framing {
    /// That of `request`. A body that streams has the length that the head says, if it says one.
    fn of(request: &Request<Body>) -> Result<Framing, TransportError> {
        Ok(match request.body() {
            Body::Empty if tells_of_no_body(request.method()) => Framing::Length(0),
            Body::Empty => Framing::Bodiless,
            Body::Full(bytes) => Framing::Length(bytes.len() as u64),
            Body::Stream(_) => match request.headers().get(header::CONTENT_LENGTH) {
                None => Framing::Chunks,
                Some(length) => {
                    let length = length.to_str().ok().and_then(|length| length.parse().ok());
                    Framing::Length(length.ok_or_else(|| refused("its Content-Length is no number"))?)
                }
            },
        })
    }
}

/// Writes the head of `request`, and says how it frames the body.
pub(super) fn write_head(head: &mut Vec<u8>, request: &Request<Body>, host: &Host) -> Result<Framing, TransportError> {
    let uri = request.uri();
    if uri.scheme() != Some(&Scheme::HTTP) {
        return Err(refused("the URL's scheme is not `http`"));
    }
    let authority = uri.authority().ok_or_else(|| refused("the URL has no host"))?;
    let target = uri.path_and_query().ok_or_else(|| refused("the URL has no path"))?;
    for part in [request.method().as_str(), " ", target.as_str(), " HTTP/1.1\r\n"] {
        head.extend_from_slice(part.as_bytes());
    }
    if authority.as_str() == host.authority.as_str() {
        head.extend_from_slice(&host.line);
    } else {
        write_host(head, authority);
    }
    for (name, value) in request.headers() {
        if is_ours(name) {
            continue;
        }
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            head.extend_from_slice(part);
        }
    }
    let framing = Framing::of(request)?;
    match framing {
        Framing::Bodiless => {}
        // What is written into memory does not fail.
        Framing::Length(length) => drop(write!(head, "content-length: {length}\r\n")),
        Framing::Chunks => head.extend_from_slice(b"transfer-encoding: chunked\r\n"),
    }
    head.extend_from_slice(b"\r\n");
    Ok(framing)
}

/// Whether this side of the connection writes the field by itself.
fn is_ours(name: &HeaderName) -> bool {
    matches!(name.as_str(), "host" | "connection" | "content-length" | "transfer-encoding")
}

fn write_host(head: &mut Vec<u8>, authority: &Authority) {
    for part in ["host: ", authority.as_str(), "\r\n"] {
        head.extend_from_slice(part.as_bytes());
    }
}

fn refused(why: &str) -> TransportError {
    TransportError::Connect(format!("the lean transport sends plain HTTP only: {why}"))
}
