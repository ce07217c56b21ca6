//! The server span (OpenTelemetry semantic conventions for HTTP, stable): only for requests that are recorded.
//!
//! The decision is made before any span exists. A request that is not recorded makes none, here or below; it still has
//! a trace id, for logs and backends.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::str::FromStr;
use std::task::{Context, Poll, ready};

use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Version, header};
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use pin_project_lite::pin_project;
use tower::{Layer, Service};
use tracing::instrument::{Instrument, Instrumented};
use tracing::{Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use trefoil_context::{Problem, RequestContext, TraceContext};

use crate::Sampling;
use crate::visit::Visit;

/// More of a client's own words does not enter a span, in bytes.
const MAX_TEXT_BYTES: usize = 256;

/// What a span says in `error.type` of a request whose client left before the answer; its access line says 499.
const CLIENT_LEFT: &str = "client-left";

/// See the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TraceLayer(pub(crate) Sampling);

/// The service of a [`TraceLayer`].
#[derive(Debug, Clone)]
pub(crate) struct TraceService<S> {
    sampling: Sampling,
    inner: S,
}

pin_project! {
    /// The future of a [`TraceService`].
    pub(crate) struct TraceFuture<F> {
        #[pin]
        inner: Instrumented<F>,
        answered: bool,
    }

    impl<F> PinnedDrop for TraceFuture<F> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            let span = this.inner.as_ref().get_ref().span();
            if !*this.answered && !span.is_disabled() {
                // There is no status, since nobody received one. Nor is it the server's error.
                span.record("error.type", CLIENT_LEFT);
            }
        }
    }
}

// === impl TraceLayer ===

impl<S> Layer<S> for TraceLayer {
    type Service = TraceService<S>;

    fn layer(&self, inner: S) -> TraceService<S> {
        TraceService { sampling: self.0, inner }
    }
}

// === impl TraceService ===

impl<S> Service<Request> for TraceService<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = TraceFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let span = self.open(&mut request);
        // Layers below may look at the request in `call` itself: that is part of it, too.
        let future = span.in_scope(|| self.inner.call(request));
        TraceFuture { inner: future.instrument(span), answered: false }
    }
}

impl<S> TraceService<S> {
    /// The span, or none; either way the context learns where it stands in the trace.
    fn open(&self, request: &mut Request) -> Span {
        let (Some(visit), Some(context)) = (Visit::of(request), request.extensions().get::<RequestContext>()) else {
            return Span::none();
        };
        let trace = context.trace;
        let mut span = Span::none();
        // Where no span is made, the client's place in its trace is passed on as it came: nothing here stands between it and
        // the backends' spans.
        let mut own = trace;
        if self.sampling.records(visit.remote, trace.trace_id) {
            span = server_span(request, visit);
            if let Some(remote) = visit.remote {
                // Without the layer that exports spans there is no parent to set, and nothing is lost.
                let _ = span.set_parent(remote_parent(remote, context.tracestate.as_deref()));
            }
            let made = span.context().span().span_context().clone();
            if made.is_valid() {
                own = TraceContext {
                    trace_id: u128::from_be_bytes(made.trace_id().to_bytes()),
                    span_id: u64::from_be_bytes(made.span_id().to_bytes()),
                    sampled: made.is_sampled(),
                    recorded: true,
                };
            }
        }
        if let Some(context) = request.extensions_mut().get_mut::<RequestContext>() {
            context.trace = own;
        }
        span
    }
}

// === impl TraceFuture ===

impl<F> Future for TraceFuture<F>
where
    F: Future<Output = Result<Response, Infallible>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let answer = ready!(this.inner.as_mut().poll(cx));
        *this.answered = true;
        let span = this.inner.span();
        if let (false, Ok(response)) = (span.is_disabled(), &answer) {
            close(span, response);
        }
        Poll::Ready(answer)
    }
}

/// A span with the attributes that a sampler or a reader wants at its start.
fn server_span(request: &Request, visit: &Visit) -> Span {
    let method = if visit.method == "_OTHER" { "HTTP" } else { visit.method };
    let name = match &visit.route {
        Some(route) => format!("{method} {route}"),
        None => method.to_owned(),
    };
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    let client = peer.map(|peer| field::display(peer.ip().to_canonical()));
    let host = request.uri().host().or_else(|| host(request.headers()));
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).map(short);
    let span = tracing::info_span!(
        target: "trefoil::request",
        "request",
        otel.name = name,
        otel.kind = "server",
        otel.status_code = field::Empty,
        http.request.method = visit.method,
        http.request.method_original = field::Empty,
        http.route = visit.route.as_deref(),
        url.path = short(request.uri().path()),
        url.scheme = visit.scheme(),
        network.protocol.version = protocol_version(request.version()),
        user_agent.original = agent,
        client.address = client,
        network.peer.address = client,
        network.peer.port = peer.map(|peer| i64::from(peer.port())),
        server.address = host.map(short),
        trefoil.bff = visit.bff.as_ref().map(|bff| &*bff.name),
        trefoil.request_id = visit.id.as_str(),
        http.response.status_code = field::Empty,
        error.type = field::Empty,
    );
    if visit.method == "_OTHER" {
        span.record("http.request.method_original", short(request.method().as_str()));
    }
    span
}

/// What is known at the end. A client's error is no error of the server's (4xx leaves the status unset).
fn close(span: &Span, response: &Response) {
    span.record("http.response.status_code", i64::from(response.status().as_u16()));
    if response.status().is_server_error() {
        span.record("otel.status_code", "ERROR");
        if let Some(problem) = response.extensions().get::<Problem>() {
            span.record("error.type", problem.code().name());
        }
    }
}

/// The client's span as a parent. Whether to record has been decided, so it counts as sampled.
fn remote_parent(remote: TraceContext, state: Option<&HeaderValue>) -> opentelemetry::Context {
    let state = state.and_then(|state| state.to_str().ok()).unwrap_or_default();
    opentelemetry::Context::new().with_remote_span_context(SpanContext::new(
        TraceId::from_bytes(remote.trace_id.to_be_bytes()),
        SpanId::from_bytes(remote.span_id.to_be_bytes()),
        TraceFlags::SAMPLED,
        true,
        TraceState::from_str(state).unwrap_or_default(),
    ))
}

fn host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    // An IPv6 address keeps its brackets; a port is cut off.
    Some(match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    })
}

fn protocol_version(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "0.9",
        Version::HTTP_10 => "1.0",
        Version::HTTP_2 => "2",
        Version::HTTP_3 => "3",
        _ => "1.1",
    }
}

/// At most [`MAX_TEXT_BYTES`] of it, cut between characters.
fn short(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TEXT_BYTES)]
}
