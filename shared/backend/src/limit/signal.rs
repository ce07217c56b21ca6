//! What the limit leaves behind for operators: a count of what was shed, the time of what waited, and how full the room is whenever
//! somebody asks for the metrics.

use std::sync::{Arc, Weak};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter};
use trefoil_context::DURATION_BOUNDS_S;

use super::Limit;
use crate::effort::Criticality;

/// The instruments of one backend.
#[derive(Debug)]
pub(crate) struct Signals {
    backend: KeyValue,
    shed: Counter<u64>,
    waited: Histogram<f64>,
}

impl Signals {
    pub(crate) fn new(name: &str, meter: &Meter) -> Signals {
        let shed = meter
            .u64_counter("trefoil.backend.shed")
            .with_unit("{attempt}")
            .with_description(
                "Attempts that were not made to protect the backend, by why and by what the answer makes of it.",
            )
            .build();
        let waited = meter
            .f64_histogram("trefoil.backend.queue.duration")
            .with_unit("s")
            .with_description("How long attempts waited for room, of those that had to wait.")
            .with_boundaries(DURATION_BOUNDS_S.to_vec())
            .build();
        Signals { backend: KeyValue::new("trefoil.backend", name.to_owned()), shed, waited }
    }

    pub(crate) fn shed(&self, reason: &'static str, criticality: Criticality) {
        let criticality = match criticality {
            Criticality::Required => "required",
            Criticality::Optional => "optional",
        };
        let of = [
            self.backend.clone(),
            KeyValue::new("trefoil.reason", reason),
            KeyValue::new("trefoil.criticality", criticality),
        ];
        self.shed.add(1, &of);
    }

    pub(crate) fn waited(&self, time: Duration) {
        self.waited.record(time.as_secs_f64(), std::slice::from_ref(&self.backend));
    }
}

/// Measures the room of these backends whenever somebody asks for the metrics.
pub(crate) fn observe<'a>(meter: &Meter, limits: impl Iterator<Item = &'a Arc<Limit>>) {
    let limits: Arc<[Weak<Limit>]> = limits.map(Arc::downgrade).collect();
    let each = |name: &'static str, description: &'static str, of: fn(&Limit) -> u32| {
        let limits = Arc::clone(&limits);
        meter
            .u64_observable_gauge(name)
            .with_unit("{attempt}")
            .with_description(description)
            .with_callback(move |observer| {
                for limit in limits.iter().filter_map(Weak::upgrade) {
                    observer.observe(of(&limit).into(), std::slice::from_ref(&limit.signals.backend));
                }
            })
            .build();
    };
    each("trefoil.backend.concurrency.limit", "How many attempts may be under way.", |limit| limit.room.limit());
    each("trefoil.backend.concurrency.in_flight", "How many attempts are under way.", |limit| limit.room.inside());
    each("trefoil.backend.concurrency.waiting", "How many attempts wait for room.", |limit| limit.room.waiting());
}
