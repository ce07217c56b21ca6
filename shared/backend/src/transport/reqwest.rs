//! The transport by reqwest: TLS, HTTP/2, proxies.
//!
//! reqwest finds addresses by itself, and keeps one pool for all that a name has. Here the address is given: so each address has a
//! client of its own, for which the name means that address and no other. What TLS needs they share.

use std::collections::HashMap;
use std::error::Error as _;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::uri::{Authority, Scheme};
use http::{HeaderValue, Request, Uri, header};
use http_body_util::BodyExt as _;
use tokio::time::Instant;

use super::answer::MOST_HEAD_BYTES;
use super::framing::tells_of_no_body;
use super::{Body, Outgoing, Sending, TlsPem, Transport, TransportError, answer, tls};
use crate::addresses::places::Host;
use crate::config::{BackendConfig, port_of};

/// Sends by reqwest's clients, so that neither a backend's nor an address's pool ever starves another's.
#[derive(Debug)]
pub struct ReqwestTransport {
    config: BackendConfig,
    tls: rustls::ClientConfig,
    clients: Mutex<Clients>,
}

#[derive(Debug)]
struct Clients {
    by_address: HashMap<SocketAddr, Used>,
    swept: Instant,
}

#[derive(Debug)]
struct Used {
    client: reqwest::Client,
    last: Instant,
}

impl ReqwestTransport {
    /// A transport with the backend's limits, and what the files of its TLS hold. The error says what is wrong with either.
    pub fn new(config: &BackendConfig, pem: &TlsPem) -> Result<ReqwestTransport, String> {
        let base = config.base()?;
        let alpn: &[&str] = if config.http2 { &["h2", "http/1.1"] } else { &["http/1.1"] };
        // Without TLS nobody is believed; the system's certificates, of which there are many, are not even read.
        let tls = if base.scheme == Scheme::HTTPS { tls::client_config(pem, alpn)? } else { tls::unused()? };
        let clients = Clients { by_address: HashMap::new(), swept: Instant::now() };
        Ok(ReqwestTransport { config: config.clone(), tls, clients: Mutex::new(clients) })
    }

    /// The client of `address`, for which `host` is there. Those of addresses that nobody asks any more go: their connections are
    /// past their time.
    fn client(&self, host: &str, address: SocketAddr) -> Result<reqwest::Client, reqwest::Error> {
        let now = Instant::now();
        let kept = self.config.idle_timeout();
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(clients.swept) > kept {
            clients.swept = now;
            clients.by_address.retain(|_, used| now.duration_since(used.last) <= kept);
        }
        if let Some(used) = clients.by_address.get_mut(&address) {
            used.last = now;
            return Ok(used.client.clone());
        }
        let client = self.build(host, address)?;
        clients.by_address.insert(address, Used { client: client.clone(), last: now });
        Ok(client)
    }

    /// Closes the connections to `address`. One that brought an answer that could be read in two ways must not be used again, and
    /// reqwest has no way to close a single one.
    fn forget(&self, address: SocketAddr) {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner).by_address.remove(&address);
    }

    /// A client with the backend's limits. Proxies of the environment, redirects and reqwest's own retries are off: a gateway's calls
    /// go where its configuration says, once.
    fn build(&self, host: &str, address: SocketAddr) -> Result<reqwest::Client, reqwest::Error> {
        let config = &self.config;
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(config.connect_timeout())
            .pool_max_idle_per_host(config.max_idle_connections)
            .pool_idle_timeout(config.idle_timeout())
            .tcp_nodelay(true)
            .tcp_keepalive(Duration::from_secs(30));
        let builder = match (config.http2, config.url.starts_with("https:")) {
            (false, _) => builder.http1_only(),
            (true, false) => builder.http2_prior_knowledge(),
            (true, true) => builder,
        };
        // One connection carries all calls to the address: whether it still lives is asked before a call has to find out.
        let builder = builder
            .http2_keep_alive_interval(Duration::from_secs(20))
            .http2_keep_alive_timeout(Duration::from_secs(5))
            .http2_max_header_list_size(MOST_HEAD_BYTES as u32);
        match config.proxy {
            Some(_) => builder.proxy(reqwest::Proxy::all(format!("http://{address}"))?),
            None => builder.resolve(host, address),
        }
        .build()
    }

    async fn exchange(&self, outgoing: Outgoing) -> Result<http::Response<Body>, TransportError> {
        let Outgoing { mut request, address, .. } = outgoing;
        if self.config.proxy.is_none() {
            aim(&mut request, address, self.config.http2)?;
        }
        let unsendable = |error| TransportError::Connect(reason(error));
        let client = self.client(request.uri().host().unwrap_or_default(), address).map_err(unsendable)?;
        // hyper says nothing of a body that is not there, and not every server takes that for none.
        if tells_of_no_body(request.method()) && matches!(request.body(), Body::Empty) {
            request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let request = request.map(|body| match body {
            Body::Empty => reqwest::Body::default(),
            Body::Full(bytes) => bytes.into(),
            Body::Stream(stream) => reqwest::Body::wrap_stream(stream),
        });
        let request = reqwest::Request::try_from(request).map_err(unsendable)?;
        let response = client.execute(request).await.map_err(failed)?;
        let (head, body) = http::Response::from(response).into_parts();
        answer::check(&head).inspect_err(|_| self.forget(address))?;
        let body = body.map_err(failed).into_data_stream();
        Ok(http::Response::from_parts(head, Body::Stream(Box::pin(body))))
    }
}

impl Transport for ReqwestTransport {
    fn send(&self, outgoing: Outgoing) -> Sending<'_> {
        Box::pin(self.exchange(outgoing))
    }

    fn retire(&self, address: SocketAddr) {
        self.forget(address);
    }
}

/// Makes the URI one by which reqwest connects to `address`, and leaves `Host` what the URI said. A port in a URI beats that of
/// an address that its name is given, and an IP address in it is connected to as it stands. HTTP/2 has no `Host`: there the authority
/// loses the port.
fn aim(request: &mut Request<Body>, address: SocketAddr, http2: bool) -> Result<(), TransportError> {
    let refused = |why: &str| TransportError::Connect(format!("the URL cannot be sent to: {why}"));
    let uri = request.uri();
    let host = uri.host().ok_or_else(|| refused("it has no host"))?;
    let port = port_of(uri.port_u16(), uri.scheme() == Some(&Scheme::HTTPS));
    let authority = match Host::of(host, port) {
        Host::Address(said) if said == address => return Ok(()),
        Host::Address(_) => address.to_string(),
        Host::Name(..) if port == address.port() => return Ok(()),
        Host::Name(name, _) => name,
    };
    let authority: Authority = authority.parse().map_err(|_| refused("its host is no name"))?;
    let said = uri.authority().map(Authority::as_str).unwrap_or_default();
    let said = HeaderValue::from_str(said).map_err(|_| refused("its host fits no header"))?;
    let mut parts = std::mem::take(request.uri_mut()).into_parts();
    parts.authority = Some(authority);
    *request.uri_mut() = Uri::from_parts(parts).map_err(|_| refused("it has no path"))?;
    if !http2 {
        request.headers_mut().insert(header::HOST, said);
    }
    Ok(())
}

/// What became of a request, as far as reqwest tells.
fn failed(error: reqwest::Error) -> TransportError {
    if error.is_connect() {
        TransportError::Connect(reason(error))
    } else if is_malformed(&error) {
        TransportError::Malformed(reason(error))
    } else {
        TransportError::Broken(reason(error))
    }
}

/// By which reasons h2 refuses what is not as HTTP/2 has it, or is over its bounds: a head, resets or empty frames without end (RFC 9113
/// section 7).
const MALFORMED: [h2::Reason; 5] = [
    h2::Reason::ENHANCE_YOUR_CALM,
    h2::Reason::PROTOCOL_ERROR,
    h2::Reason::FLOW_CONTROL_ERROR,
    h2::Reason::FRAME_SIZE_ERROR,
    h2::Reason::COMPRESSION_ERROR,
];

/// Whether hyper could make nothing of what came: of a head it says so, of chunks it says that they are invalid data. rustls says the same
/// of its own records, which are no answer yet. Of HTTP/2, h2 says what it refused itself; where the other side says that we broke the
/// protocol, nothing was malformed that came.
fn is_malformed(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse) {
            return true;
        }
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            return error.is_library() && error.reason().is_some_and(|reason| MALFORMED.contains(&reason));
        }
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            let by_tls = matches!(error.get_ref(), Some(inner) if inner.is::<rustls::Error>());
            return matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::InvalidInput) && !by_tls;
        }
        cause = error.source();
    }
    false
}

/// An error without its URL, whose path and query may hold what is a caller's own: it goes to the log, where the call's name
/// says enough.
fn reason(error: reqwest::Error) -> String {
    answer::reason(&error.without_url())
}

#[cfg(test)]
mod tests;
