//! What the cache leaves behind for operators: counters always, and a span for an answer that no backend was asked for.

use std::sync::Arc;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Meter};
use trefoil_context::RequestContext;

use super::Cache;
use super::store::Entry;
use crate::client::{Call, Client};

/// The instruments.
#[derive(Debug)]
pub(crate) struct Signals {
    requests: Counter<u64>,
    evictions: Counter<u64>,
}

impl Signals {
    pub(crate) fn new(meter: &Meter) -> Signals {
        let requests = meter
            .u64_counter("trefoil.cache.requests")
            .with_unit("{request}")
            .with_description(
                "Calls whose answers are kept, by what came of it: hit, stale, stale_for_error, miss, coalesced.",
            )
            .build();
        let evictions = meter
            .u64_counter("trefoil.cache.evictions")
            .with_unit("{answer}")
            .with_description("Kept answers that made room for others.")
            .build();
        Signals { requests, evictions }
    }

    /// Counts what had to make room.
    pub(crate) fn evictions(&self) -> impl Fn(&Entry) + Send + Sync + 'static {
        let evictions = self.evictions.clone();
        move |entry: &Entry| evictions.add(1, &[KeyValue::new("trefoil.backend", entry.backend.clone())])
    }

    pub(crate) fn hit(&self, client: &Client, call: &Call<'_>) {
        self.served(client, call.context, call.field, "hit");
    }

    pub(crate) fn stale(&self, client: &Client, context: &RequestContext, field: &str) {
        self.served(client, context, field, "stale");
    }

    pub(crate) fn stale_for_error(&self, client: &Client, context: &RequestContext, field: &str) {
        self.served(client, context, field, "stale_for_error");
    }

    /// Counts a call for which the backend was asked: by itself, or for another.
    pub(crate) fn asked(&self, client: &Client, collapsed: bool) {
        self.count(client, if collapsed { "coalesced" } else { "miss" });
    }

    /// No HTTP was spoken, so the span is no client span: only a mark in the request's trace.
    fn served(&self, client: &Client, context: &RequestContext, field: &str, result: &'static str) {
        self.count(client, result);
        if context.trace.recorded {
            drop(tracing::info_span!(
                target: "trefoil::call",
                "cached",
                otel.kind = "internal",
                trefoil.backend = client.name.as_str(),
                trefoil.field = field,
                trefoil.cache.result = result,
            ));
        }
    }

    fn count(&self, client: &Client, result: &'static str) {
        let attributes =
            [KeyValue::new("trefoil.backend", client.name.clone()), KeyValue::new("trefoil.cache.result", result)];
        self.requests.add(1, &attributes);
    }
}

/// Measures the size of the store whenever somebody asks for the metrics.
pub(crate) fn observe_size(meter: &Meter, cache: &Arc<Cache>) {
    let cache = Arc::downgrade(cache);
    meter
        .u64_observable_gauge("trefoil.cache.size")
        .with_unit("By")
        .with_description("About how many bytes of answers are kept.")
        .with_callback(move |observer| {
            if let Some(cache) = cache.upgrade() {
                observer.observe(cache.store.bytes(), &[]);
            }
        })
        .build();
}
