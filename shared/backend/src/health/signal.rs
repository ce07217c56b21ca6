//! What health checks leave behind for operators: how long they take, and how many are bad. What changes by them is told where it changes.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Histogram, Meter};
use trefoil_context::DURATION_BOUNDS_S;

use super::Kind;

/// The instrument of one backend.
#[derive(Debug, Clone)]
pub(super) struct Signals {
    duration: Histogram<f64>,
    backend: KeyValue,
}

impl Signals {
    pub(super) fn new(name: &str, meter: &Meter) -> Signals {
        let duration = meter
            .f64_histogram("trefoil.backend.health_check.duration")
            .with_unit("s")
            .with_description("Duration of health checks; bad ones say why (`error.type`).")
            .with_boundaries(DURATION_BOUNDS_S.to_vec())
            .build();
        Signals { duration, backend: KeyValue::new("trefoil.backend", name.to_owned()) }
    }

    /// A check is over: it went well, or what was wrong.
    pub(super) fn checked(&self, took: Duration, wrong: Option<Kind>) {
        let backend = self.backend.clone();
        let error = |wrong: String| KeyValue::new("error.type", wrong);
        let attributes = match wrong {
            None => vec![backend],
            Some(Kind::Failed(kind)) => vec![backend, error(kind.to_owned())],
            Some(Kind::Status(status)) => vec![backend, error(status.as_str().to_owned())],
        };
        self.duration.record(took.as_secs_f64(), &attributes);
    }
}
