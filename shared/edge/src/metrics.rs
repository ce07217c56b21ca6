//! The two server metrics of the semantic conventions: how long requests take, and how many are under way.
//!
//! A duration ends when the answer's head is ready; the body of a streamed answer is not in it.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Histogram, Meter, UpDownCounter};
use tokio::time::Instant;
use trefoil_context::Problem;

use crate::around::{Around, Step};
use crate::visit::Visit;

/// The buckets that the conventions advise, in seconds.
const BUCKETS_S: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// See the file.
#[derive(Debug, Clone)]
pub(crate) struct Measure(Arc<Instruments>);

#[derive(Debug)]
struct Instruments {
    duration_s: Histogram<f64>,
    active: UpDownCounter<i64>,
}

/// A request under way. It is counted until this is dropped, also when the client leaves.
pub(crate) struct UnderWay {
    since: Instant,
    method: &'static str,
    scheme: &'static str,
    route: Option<Arc<str>>,
    instruments: Arc<Instruments>,
}

// === impl Measure ===

impl Measure {
    pub(crate) fn new(meter: &Meter) -> Measure {
        Measure(Arc::new(Instruments {
            duration_s: meter
                .f64_histogram("http.server.request.duration")
                .with_description("Duration of HTTP server requests.")
                .with_unit("s")
                .with_boundaries(BUCKETS_S.to_vec())
                .build(),
            active: meter
                .i64_up_down_counter("http.server.active_requests")
                .with_description("Number of active HTTP server requests.")
                .with_unit("{request}")
                .build(),
        }))
    }
}

impl Around for Measure {
    type Kept = Option<UnderWay>;

    fn before(&self, request: &mut Request) -> Step<Option<UnderWay>> {
        Step::Go(Visit::of(request).map(|visit| UnderWay::begin(visit, self.0.clone())))
    }

    fn after(&self, kept: Option<UnderWay>, response: &mut Response) {
        if let Some(request) = kept {
            request.record(response);
        }
    }
}

// === impl UnderWay ===

impl UnderWay {
    fn begin(visit: &Visit, instruments: Arc<Instruments>) -> UnderWay {
        let request = UnderWay {
            since: Instant::now(),
            method: visit.method,
            scheme: visit.scheme(),
            route: visit.route.clone(),
            instruments,
        };
        request.instruments.active.add(1, &request.counted_by());
        request
    }

    fn counted_by(&self) -> [KeyValue; 2] {
        [KeyValue::new("http.request.method", self.method), KeyValue::new("url.scheme", self.scheme)]
    }

    fn record(&self, response: &Response) {
        let status = response.status();
        let [method, scheme] = self.counted_by();
        let status_code = KeyValue::new("http.response.status_code", i64::from(status.as_u16()));
        let route = self.route.clone().map(|route| KeyValue::new("http.route", route));
        // Only a server's error is an error here: clients' errors show by their status.
        let problem = response.extensions().get::<Problem>().filter(|_| status.is_server_error());
        let error = problem.map(|problem| KeyValue::new("error.type", problem.code().name()));
        let seconds = self.since.elapsed().as_secs_f64();
        let duration = &self.instruments.duration_s;
        // Attributes live on the stack: no allocation per request.
        match (route, error) {
            (Some(route), None) => duration.record(seconds, &[method, scheme, status_code, route]),
            (Some(route), Some(error)) => duration.record(seconds, &[method, scheme, status_code, route, error]),
            (None, Some(error)) => duration.record(seconds, &[method, scheme, status_code, error]),
            (None, None) => duration.record(seconds, &[method, scheme, status_code]),
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.instruments.active.add(-1, &self.counted_by());
    }
}
