//! A backend that never stops sending does not outlast a call's deadline.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod support;

use std::collections::BTreeMap;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::Stream;
use futures_util::future::ready as at_once;
use support::get;
use trefoil_backend::{
    BackendConfig, Body, Cache, CacheConfig, CallFailure, Clients, Outgoing, Sending, Transport, TransportError,
};
use trefoil_context::IdentityHeaders;

/// There is always more, as on a socket that is always readable: what ends a task's turn is its budget, and then timers wait too.
struct Endless;

impl Stream for Endless {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        ready!(pin!(tokio::task::consume_budget()).poll(cx));
        Poll::Ready(Some(Ok(Bytes::from_static(b" "))))
    }
}

#[derive(Debug)]
struct EndlessTransport;

impl Transport for EndlessTransport {
    fn send(&self, _: Outgoing) -> Sending<'_> {
        Box::pin(at_once(Ok(http::Response::new(Body::Stream(Box::pin(Endless))))))
    }
}

#[tokio::test]
async fn a_body_without_end_is_given_up_at_the_deadline() {
    // Long before all of this has come.
    let config = BackendConfig { max_body_bytes: 16 << 20, ..BackendConfig::at("http://shop.test") };
    let configs = BTreeMap::from([("users".to_owned(), config)]);
    let meter = opentelemetry::global::meter("test");
    let cache = Cache::new(CacheConfig::default(), &meter);
    let transport = |_: &str, _: &BackendConfig| Ok(Arc::new(EndlessTransport) as Arc<dyn Transport>);
    let clients = Clients::with_transports(&configs, &IdentityHeaders::default(), &meter, &cache, transport).unwrap();
    let client = clients.get("users").unwrap();
    assert!(matches!(get(client, 100).await, Err(CallFailure::Timeout)));
}
