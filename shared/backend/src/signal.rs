//! What a call leaves behind for operators: one client span when the request is recorded, one measurement always.
//!
//! Names and units are those of OpenTelemetry's HTTP semantic conventions (1.44).

use std::net::SocketAddr;

use http::{HeaderValue, Method, StatusCode};
use opentelemetry::metrics::{Counter, Meter};
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry::{KeyValue, TraceFlags};
use tokio::time::Instant;
use tracing::{Span, field};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use trefoil_context::{DURATION_BOUNDS_S, Deadline, Durations, RequestContext, TraceContext};

use crate::client::{CallFailure, Reply};
use crate::config::Base;
use crate::stack::Wanted;
use crate::transport::TransportError;

/// The instruments of one backend.
#[derive(Debug)]
pub(crate) struct Signals {
    duration: Durations<Ended>,
    address: [KeyValue; 3],
    retries: Counter<u64>,
    denied: Counter<u64>,
    hedges: Counter<u64>,
}

/// By what the duration of an attempt is measured, beside the backend.
#[derive(Debug, PartialEq)]
struct Ended {
    method: Method,
    status: Option<StatusCode>,
    /// What a failure without a status is called.
    failure: Option<&'static str>,
}

/// One attempt under way. Dropped without [`Signal::finish`] it was given up: at its deadline it timed out; before that its caller
/// left, which is measured as nothing, since it says nothing about the backend.
pub(crate) struct Signal<'a> {
    signals: &'a Signals,
    started: Instant,
    deadline: Deadline,
    /// Taken when it is finished.
    method: Option<Method>,
    /// Whether it found room: what has none is no request, and its time none of one.
    let_in: bool,
    span: Span,
}

/// The trace headers of a call.
pub(crate) struct Propagated {
    pub(crate) traceparent: HeaderValue,
    pub(crate) tracestate: Option<HeaderValue>,
}

impl Signals {
    pub(crate) fn new(name: &str, base: &Base, meter: &Meter) -> Signals {
        let duration = meter
            .f64_histogram("http.client.request.duration")
            .with_unit("s")
            .with_description("Duration of attempts at calls that found room, until the whole body was read.")
            .with_boundaries(DURATION_BOUNDS_S.to_vec())
            .build();
        let address = [
            KeyValue::new("server.address", base.authority.host().to_owned()),
            KeyValue::new("server.port", i64::from(base.port())),
            KeyValue::new("trefoil.backend", name.to_owned()),
        ];
        let counter = |name: &'static str, unit: &'static str, description: &'static str| {
            meter.u64_counter(name).with_unit(unit).with_description(description).build()
        };
        let retries = counter(
            "trefoil.backend.retries",
            "{attempt}",
            "Attempts made because the one before failed, by how that failed (`error.type`).",
        );
        let denied = counter(
            "trefoil.backend.retries.denied",
            "{attempt}",
            "Retries that were not made: the budget was used up, the deadline too near, or the backend asked to be left alone.",
        );
        let hedges = counter(
            "trefoil.backend.hedges",
            "{attempt}",
            "Second attempts sent beside a slow first one, by what came of them: won, lost, failed (as the first did).",
        );
        Signals { duration: Durations::new(duration), address, retries, denied, hedges }
    }

    /// Counts a retry, by how the attempt before it failed.
    pub(crate) fn retried(&self, failed: &'static str) {
        self.retries.add(1, &[self.backend(), KeyValue::new("error.type", failed)]);
    }

    /// Counts a retry that was not made.
    pub(crate) fn retry_denied(&self, why: &'static str) {
        self.denied.add(1, &[self.backend(), KeyValue::new("trefoil.reason", why)]);
    }

    /// Counts a second attempt beside a slow one.
    pub(crate) fn hedged(&self, result: &'static str) {
        self.hedges.add(1, &[self.backend(), KeyValue::new("trefoil.hedge.result", result)]);
    }

    fn backend(&self) -> KeyValue {
        self.address[2].clone()
    }

    /// An attempt begins, the first or a later one, and perhaps beside another.
    pub(crate) fn start(&self, call: &Wanted<'_>, number: u32, hedge: bool, now: Instant) -> Signal<'_> {
        let span = if call.context.trace.recorded { self.span(call) } else { Span::none() };
        if number > 1 && !span.is_none() {
            span.record("http.request.resend_count", i64::from(number - 1));
            if hedge {
                span.record("trefoil.hedge", true);
            }
        }
        Signal {
            signals: self,
            started: now,
            deadline: call.deadline,
            method: Some(call.method.clone()),
            let_in: false,
            span,
        }
    }

    fn span(&self, call: &Wanted<'_>) -> Span {
        let [address, port, backend] = &self.address;
        tracing::info_span!(
            target: "trefoil::call",
            "call",
            otel.name = call.method.as_str(),
            otel.kind = "client",
            otel.status_code = field::Empty,
            http.request.method = call.method.as_str(),
            http.request.resend_count = field::Empty,
            server.address = address.value.as_str().as_ref(),
            network.peer.address = field::Empty,
            network.peer.port = field::Empty,
            server.port = port.value.as_str().parse::<i64>().unwrap_or_default(),
            url.full = call.uri.to_string(),
            http.response.status_code = field::Empty,
            error.type = field::Empty,
            trefoil.backend = backend.value.as_str().as_ref(),
            trefoil.field = call.field,
            trefoil.hedge = field::Empty,
            trefoil.queue.duration = field::Empty,
        )
    }
}

impl Signal<'_> {
    /// What the backend is told about the trace: the call's own span, or the request's place in a trace not recorded here.
    pub(crate) fn trace(&self, context: &RequestContext) -> Propagated {
        let here = || Propagated {
            traceparent: context.trace.to_header(),
            tracestate: context.tracestate.as_deref().cloned(),
        };
        if self.span.is_none() {
            return here();
        }
        let context = self.span.context();
        let span = context.span().span_context().clone();
        if !span.is_valid() {
            return here();
        }
        let traceparent = TraceContext {
            trace_id: u128::from_be_bytes(span.trace_id().to_bytes()),
            span_id: u64::from_be_bytes(span.span_id().to_bytes()),
            sampled: span.trace_flags() & TraceFlags::SAMPLED == TraceFlags::SAMPLED,
            recorded: true,
        };
        let tracestate = span.trace_state().header();
        // One that cannot stand in a header is dropped, as one that cannot be read is.
        let tracestate = HeaderValue::try_from(tracestate).ok().filter(|tracestate| !tracestate.is_empty());
        Propagated { traceparent: traceparent.to_header(), tracestate }
    }

    /// It found room, and is sent now: what was before was waiting.
    pub(crate) fn let_in(&mut self, now: Instant) {
        self.let_in = true;
        let waited = now.saturating_duration_since(self.started);
        if !waited.is_zero() && !self.span.is_none() {
            self.span.record("trefoil.queue.duration", waited.as_secs_f64());
        }
    }

    /// Where it is sent.
    pub(crate) fn at(&self, address: SocketAddr) {
        if !self.span.is_none() {
            self.span.record("network.peer.address", field::display(address.ip()));
            self.span.record("network.peer.port", i64::from(address.port()));
        }
    }

    /// Records how the attempt ended. For a client, a status of 400 and above is an error too.
    pub(crate) fn finish(mut self, result: &Result<Reply, CallFailure>, now: Instant) {
        self.record(result, now);
    }

    fn record(&mut self, result: &Result<Reply, CallFailure>, now: Instant) {
        let Some(method) = self.method.take() else { return };
        let ended = match result {
            Ok(reply) => Ended { method, status: Some(reply.status), failure: None },
            Err(failure) => Ended { method, status: None, failure: Some(error_type(failure)) },
        };
        if !self.span.is_none() {
            if let Some(status) = ended.status {
                self.span.record("http.response.status_code", i64::from(status.as_u16()));
            }
            if let Some(error) = ended.error() {
                self.span.record("error.type", error);
                self.span.record("otel.status_code", "ERROR");
            }
        }
        if self.let_in {
            let took = now.saturating_duration_since(self.started);
            self.signals.duration.record(ended, took, |ended| ended.labels(&self.signals.address));
        }
    }
}

impl Ended {
    /// For a client, a status of 400 and above is an error too.
    fn error(&self) -> Option<&str> {
        let status = self.status.as_ref().filter(|status| status.is_client_error() || status.is_server_error());
        self.failure.or(status.map(StatusCode::as_str))
    }

    fn labels(&self, address: &[KeyValue]) -> Vec<KeyValue> {
        let mut labels = address.to_vec();
        labels.push(KeyValue::new("http.request.method", self.method.to_string()));
        if let Some(status) = self.status {
            labels.push(KeyValue::new("http.response.status_code", i64::from(status.as_u16())));
        }
        if let Some(error) = self.error() {
            labels.push(KeyValue::new("error.type", error.to_owned()));
        }
        labels
    }
}

impl Drop for Signal<'_> {
    fn drop(&mut self) {
        if self.method.is_none() {
            return;
        }
        let now = Instant::now();
        if self.deadline.instant() <= now {
            self.record(&Err(CallFailure::Timeout), now);
        }
    }
}

/// What a failure is called in spans and metrics.
pub(crate) fn error_type(failure: &CallFailure) -> &'static str {
    match failure {
        CallFailure::Timeout => "timeout",
        CallFailure::TooLarge { .. }
        | CallFailure::TooDense { .. }
        | CallFailure::Transport(TransportError::Malformed(_)) => "shape",
        CallFailure::Transport(TransportError::Connect(_) | TransportError::Broken(_)) => "connect",
        CallFailure::Breaker => "breaker",
        CallFailure::Shed(_) => "shed",
        CallFailure::Unsendable(_) => "unsendable",
    }
}
