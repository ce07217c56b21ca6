//! The two server metrics of the semantic conventions: how long requests take, and how many are under way.
//!
//! A duration ends when the answer's head is ready; the body of a streamed answer is not in it.

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use http::StatusCode;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{BoundUpDownCounter, Histogram, Meter, UpDownCounter};
use tokio::time::Instant;
use trefoil_context::{Bound, Code, DURATION_BOUNDS_S, Durations, Problem};

use crate::around::{Around, Step};
use crate::visit::Visit;

/// See the file. Each route has its own, so that the route is no part of what is looked up.
#[derive(Debug, Clone)]
pub(crate) struct Measure {
    instruments: Arc<Instruments>,
    durations: Arc<Durations<Answered>>,
}

#[derive(Debug)]
struct Instruments {
    duration_s: Histogram<f64>,
    active: UpDownCounter<i64>,
    /// The counter with its labels, for those that have occurred.
    bound: Bound<Asked, BoundUpDownCounter<i64>>,
}

/// By what requests under way are counted.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Asked {
    method: &'static str,
    scheme: &'static str,
}

/// By what the duration of a request of one route is measured.
#[derive(Debug, PartialEq)]
struct Answered {
    asked: Asked,
    status: StatusCode,
    /// Only of a server's error: clients' errors show by their status.
    error: Option<Code>,
}

/// A request under way. It is counted until this is dropped, also when the client leaves.
pub(crate) struct UnderWay {
    since: Instant,
    asked: Asked,
    visit: Arc<Visit>,
    active: BoundUpDownCounter<i64>,
}

// === impl Measure ===

impl Measure {
    pub(crate) fn new(meter: &Meter) -> Measure {
        let instruments = Instruments {
            duration_s: meter
                .f64_histogram("http.server.request.duration")
                .with_description("Duration of HTTP server requests.")
                .with_unit("s")
                .with_boundaries(DURATION_BOUNDS_S.to_vec())
                .build(),
            active: meter
                .i64_up_down_counter("http.server.active_requests")
                .with_description("Number of active HTTP server requests.")
                .with_unit("{request}")
                .build(),
            bound: Bound::default(),
        };
        Measure::of(Arc::new(instruments))
    }

    fn of(instruments: Arc<Instruments>) -> Measure {
        let durations = Arc::new(Durations::new(instruments.duration_s.clone()));
        Measure { instruments, durations }
    }

    fn begin(&self, visit: &Arc<Visit>) -> UnderWay {
        let asked = Asked { method: visit.method, scheme: visit.scheme() };
        let active = self.instruments.active(asked);
        active.add(1);
        UnderWay { since: Instant::now(), asked, visit: visit.clone(), active }
    }
}

impl Around for Measure {
    type Kept = Option<UnderWay>;

    fn for_route(&self) -> Measure {
        Measure::of(Arc::clone(&self.instruments))
    }

    fn before(&self, request: &mut Request) -> Step<Option<UnderWay>> {
        Step::Go(Visit::of(request).map(|visit| self.begin(visit)))
    }

    fn after(&self, kept: Option<UnderWay>, response: &mut Response) {
        let Some(request) = kept else { return };
        let status = response.status();
        let problem = response.extensions().get::<Problem>().filter(|_| status.is_server_error());
        let answered = Answered { asked: request.asked, status, error: problem.map(Problem::code) };
        self.durations
            .record(answered, request.since.elapsed(), |answered| answered.labels(request.visit.route.as_ref()));
    }
}

// === impl Instruments ===

impl Instruments {
    fn active(&self, asked: Asked) -> BoundUpDownCounter<i64> {
        self.bound.with(&asked, Clone::clone).unwrap_or_else(|| {
            let bound = self.active.bind(&asked.labels());
            // What two requests bind at once counts in one place all the same.
            self.bound.keep(asked, || bound.clone());
            bound
        })
    }
}

// === impl Asked ===

impl Asked {
    fn labels(self) -> [KeyValue; 2] {
        [KeyValue::new("http.request.method", self.method), KeyValue::new("url.scheme", self.scheme)]
    }
}

// === impl Answered ===

impl Answered {
    fn labels(&self, route: Option<&Arc<str>>) -> Vec<KeyValue> {
        let mut labels = self.asked.labels().to_vec();
        labels.push(KeyValue::new("http.response.status_code", i64::from(self.status.as_u16())));
        labels.extend(route.map(|route| KeyValue::new("http.route", Arc::clone(route))));
        labels.extend(self.error.map(|code| KeyValue::new("error.type", code.name())));
        labels
    }
}

// === impl UnderWay ===

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.active.add(-1);
    }
}
