//! The server span, and what is there without one.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use http::Method;
use opentelemetry::trace::{SpanKind, Status, TracerProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use tracing_subscriber::layer::SubscriberExt;
use trefoil_edge::Sampling;

use crate::common::{Edge, KEY, gateway, public, request};

const REMOTE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const REMOTE_NOT_SAMPLED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

fn recording() -> (InMemorySpanExporter, SdkTracerProvider, tracing::subscriber::DefaultGuard) {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("edge"));
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
    (exporter, provider, guard)
}

fn edge(sampling: Sampling) -> Edge {
    let mut gateway = gateway();
    gateway.sampling = sampling;
    gateway.build()
}

fn attribute(span: &SpanData, name: &str) -> Option<String> {
    span.attributes.iter().find(|pair| pair.key.as_str() == name).map(|pair| pair.value.to_string())
}

#[tokio::test]
async fn a_recorded_request_is_one_server_span_with_the_conventional_attributes() {
    let (exporter, _provider, _guard) = recording();
    let bearer = format!("Bearer {}", KEY.token("u1"));
    let headers = [("authorization", bearer.as_str()), ("user-agent", "curl/8"), ("host", "shop.example:8080")];
    edge(Sampling::always_on()).get_with("/web/items/7?secret=1", &headers).await;
    let spans = exporter.get_finished_spans().unwrap();
    assert_eq!(spans.len(), 1);
    let span = &spans[0];
    assert_eq!((span.name.as_ref(), &span.span_kind), ("GET /web/items/{id}", &SpanKind::Server));
    for (name, value) in [
        ("http.request.method", "GET"),
        ("http.route", "/web/items/{id}"),
        ("url.path", "/web/items/7"),
        ("url.scheme", "http"),
        ("http.response.status_code", "200"),
        ("network.protocol.version", "1.1"),
        ("user_agent.original", "curl/8"),
        ("server.address", "shop.example"),
    ] {
        assert_eq!(attribute(span, name).as_deref(), Some(value), "{name}");
    }
    assert_eq!((attribute(span, "error.type"), &span.status), (None, &Status::Unset));
    assert!(span.events.is_empty(), "the access line is no event of it");
    assert!(!format!("{span:?}").contains("secret") && !format!("{span:?}").contains("Bearer"));
}

#[tokio::test]
async fn a_servers_error_is_an_error_and_a_clients_is_not() {
    let (exporter, _provider, _guard) = recording();
    let edge = edge(Sampling::always_on());
    edge.get_as("/web/panic", &KEY.token("u1")).await;
    edge.get("/web/whoami").await;
    edge.send(request(Method::from_bytes(b"BREW").unwrap(), "/nothing", &[])).await;
    // The panic's log event belongs to the first span.
    let spans = exporter.get_finished_spans().unwrap();
    assert!(matches!(spans[0].status, Status::Error { .. }));
    assert_eq!(attribute(&spans[0], "error.type").as_deref(), Some("internal"));
    assert_eq!((&spans[1].status, attribute(&spans[1], "error.type")), (&Status::Unset, None));
    assert_eq!(spans[2].name, "HTTP");
    assert_eq!(attribute(&spans[2], "http.request.method").as_deref(), Some("_OTHER"));
    assert_eq!(attribute(&spans[2], "http.request.method_original").as_deref(), Some("BREW"));
}

#[tokio::test]
async fn the_clients_address_is_the_connections_and_never_a_headers() {
    let (exporter, _provider, _guard) = recording();
    let mut asked = request(Method::GET, "/web/docs", &[("x-forwarded-for", "10.9.9.9"), ("host", "[::1]:8080")]);
    asked.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 7], 4711))));
    edge(Sampling::always_on()).send(asked).await;
    let span = &exporter.get_finished_spans().unwrap()[0];
    for (name, value) in [("client.address", "192.0.2.7"), ("network.peer.port", "4711"), ("server.address", "[::1]")] {
        assert_eq!(attribute(span, name).as_deref(), Some(value), "{name}");
    }
}

#[tokio::test]
async fn the_span_is_a_child_of_the_clients_and_the_context_is_the_span() {
    let (exporter, _provider, _guard) = recording();
    let headers = [("traceparent", REMOTE), ("tracestate", "vendor=1")];
    let seen = edge(Sampling::default()).get_with("/web/seen-by-all", &headers).await.json();
    let span = &exporter.get_finished_spans().unwrap()[0];
    assert_eq!(span.span_context.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!((span.parent_span_id.to_string().as_str(), span.parent_span_is_remote), ("00f067aa0ba902b7", true));
    assert_eq!(span.span_context.trace_state().header(), "vendor=1");
    let own = format!("00-{}-{}-01", span.span_context.trace_id(), span.span_context.span_id());
    assert_eq!(seen["trace"], own);
}

#[tokio::test]
async fn a_request_that_is_not_recorded_makes_no_span_but_keeps_its_trace() {
    let (exporter, _provider, _guard) = recording();
    let edge = edge(Sampling::default());
    let headers = [("traceparent", REMOTE_NOT_SAMPLED), ("tracestate", "vendor=1"), ("tracestate", "other=2")];
    let seen = edge.get_with("/web/seen-by-all", &headers).await.json();
    assert!(exporter.get_finished_spans().unwrap().is_empty());
    assert_eq!((&seen["trace"], &seen["tracestate"]), (&REMOTE_NOT_SAMPLED.into(), &"vendor=1,other=2".into()));
}

#[tokio::test]
async fn a_tracestate_without_a_trace_that_can_be_read_is_left_alone() {
    let edge = edge(Sampling::default());
    for parent in [&[][..], &[("traceparent", "00-broken")]] {
        let headers = [parent, &[("tracestate", "vendor=1")]].concat();
        assert!(edge.get_with("/web/seen-by-all", &headers).await.json()["tracestate"].is_null());
    }
}

#[tokio::test]
async fn without_a_tracer_the_clients_trace_is_passed_on_as_it_came() {
    let seen = edge(Sampling::always_on()).get_with("/web/seen-by-all", &[("traceparent", REMOTE)]).await.json();
    assert_eq!(seen["trace"], REMOTE);
}

#[tokio::test]
async fn a_client_that_left_shows_in_its_span_and_is_no_error_of_the_servers() {
    let (exporter, _provider, _guard) = recording();
    let mut gateway = gateway();
    gateway.sampling = Sampling::always_on();
    gateway.router = axum::Router::new().route("/slow", axum::routing::get(std::future::pending::<()>));
    gateway.public = vec![public(Method::GET, "/web/slow")];
    let edge = gateway.build();
    let left = tokio::time::timeout(std::time::Duration::from_millis(10), edge.get("/web/slow")).await;
    assert!(left.is_err());
    let span = &exporter.get_finished_spans().unwrap()[0];
    assert_eq!(attribute(span, "error.type").as_deref(), Some("client-left"));
    assert_eq!((attribute(span, "http.response.status_code"), &span.status), (None, &Status::Unset));
}
