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
            .map_err(reason)
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
                reqwest::Request::try_from(request).map_err(|error| TransportError::Connect(reason(error)))?;
            let response = self.0.execute(request).await.map_err(|error| {
                if error.is_connect() {
                    TransportError::Connect(reason(error))
                } else {
                    TransportError::Broken(reason(error))
                }
            })?;
            let response = http::Response::from(response);
            Ok(response.map(|body| {
                Body::Stream(Box::pin(body.map_err(|error| TransportError::Broken(reason(error))).into_data_stream()))
            }))
        })
    }
}

/// An error with its causes: reqwest's own text stops at the first. Without the URL, whose path and query may hold what is
/// a caller's own: it goes to the log, where the call's name says enough.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use trefoil_context::Deadline;

    #[tokio::test]
    async fn what_went_wrong_is_told_without_the_url() {
        let transport = ReqwestTransport::new(&BackendConfig::at("http://127.0.0.1:1")).unwrap();
        let request =
            http::Request::get("http://127.0.0.1:1/users/u-1?secret=1").body(Body::Full(Bytes::new())).unwrap();
        let outgoing = Outgoing {
            request,
            address: ([127, 0, 0, 1], 1).into(),
            deadline: Deadline::within(Duration::from_secs(5)),
        };
        let error = transport.send(outgoing).await.err().unwrap().to_string();
        assert!(error.contains("refused"), "{error}");
        assert!(!error.contains("secret") && !error.contains("u-1"), "{error}");
    }
}
