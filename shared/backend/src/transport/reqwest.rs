//! The transport by reqwest: TLS, HTTP/2, connection pooling.

use std::error::Error;
use std::time::Duration;

use http_body_util::BodyExt as _;

use super::{Body, Outgoing, Sending, Transport, TransportError};
use crate::config::BackendConfig;

/// Sends by a reqwest client of its own, so that one backend's pool never starves another's.
#[derive(Debug, Clone)]
pub struct ReqwestTransport(reqwest::Client);

impl ReqwestTransport {
    /// A client with the backend's limits. Proxies of the environment, redirects and reqwest's own retries are off: a
    /// gateway's calls go where its configuration says, once.
    pub fn new(config: &BackendConfig) -> Result<ReqwestTransport, String> {
        reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(config.connect_timeout())
            .pool_max_idle_per_host(config.max_idle_connections)
            .pool_idle_timeout(config.idle_timeout())
            .tcp_nodelay(true)
            .tcp_keepalive(Duration::from_secs(30))
            .build()
            .map(ReqwestTransport)
            .map_err(|error| chain(&error))
    }
}

impl Transport for ReqwestTransport {
    fn send(&self, outgoing: Outgoing) -> Sending<'_> {
        let request = outgoing.request.map(|body| match body {
            Body::Empty => reqwest::Body::default(),
            Body::Full(bytes) => bytes.into(),
            Body::Stream(stream) => reqwest::Body::wrap_stream(stream),
        });
        Box::pin(async move {
            let request =
                reqwest::Request::try_from(request).map_err(|error| TransportError::Connect(chain(&error)))?;
            let response = self.0.execute(request).await.map_err(|error| {
                if error.is_connect() {
                    TransportError::Connect(chain(&error))
                } else {
                    TransportError::Broken(chain(&error))
                }
            })?;
            let response = http::Response::from(response);
            Ok(response.map(|body| {
                Body::Stream(Box::pin(body.map_err(|error| TransportError::Broken(chain(&error))).into_data_stream()))
            }))
        })
    }
}

/// An error with its causes: reqwest's own text stops at the first.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
