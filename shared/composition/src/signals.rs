//! What a failed call leaves behind for operators: one log line and one count. Nothing else logs it again.

use http::StatusCode;
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Meter};
use trefoil_context::RequestContext;

use crate::outcome::Reason;
use crate::plan::{Need, Plan};

/// Who makes a call, and for what.
#[derive(Debug)]
pub(crate) struct Made<'a> {
    pub(crate) endpoint: &'a str,
    pub(crate) field: &'a str,
    pub(crate) backend: &'a str,
    /// Whether the answer cannot do without it.
    pub(crate) required: bool,
}

impl<'a> Made<'a> {
    fn by(plan: &'a Plan, node: usize) -> Made<'a> {
        let place = &plan.nodes[node];
        let backend = &plan.call_of(node).backend;
        Made { endpoint: &plan.name, field: plan.name_of(node), backend, required: place.need == Need::Required }
    }
}

/// The instruments of one BFF's compositions.
#[derive(Debug, Clone)]
pub struct Signals {
    bff: String,
    failures: Counter<u64>,
    keyed: Counter<u64>,
}

/// What became of a request with an idempotency key, or of its write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyOutcome {
    /// The key is new: the write is made.
    Fresh,
    /// The write was made before: its answer stands in.
    Replayed,
    /// The same request is under way: 409.
    InUse,
    /// The key belongs to another request: 422.
    Reused,
    /// The store is gone and the policy open: the write is made unprotected.
    Unprotected,
    /// The store is gone and the policy closed: 503.
    Refused,
    /// The write was not made, or not definitely answered: its key is free again.
    Abandoned,
    /// The write was made, and its answer could not be kept.
    NotStored,
}

impl KeyOutcome {
    const fn word(self) -> &'static str {
        match self {
            KeyOutcome::Fresh => "fresh",
            KeyOutcome::Replayed => "replayed",
            KeyOutcome::InUse => "in_use",
            KeyOutcome::Reused => "reused",
            KeyOutcome::Unprotected => "unprotected",
            KeyOutcome::Refused => "refused",
            KeyOutcome::Abandoned => "abandoned",
            KeyOutcome::NotStored => "not_stored",
        }
    }
}

impl Signals {
    /// The instruments, for the BFF with this name.
    pub fn new(bff: &str, meter: &Meter) -> Signals {
        let failures = meter
            .u64_counter("trefoil.call.failures")
            .with_unit("{failure}")
            .with_description(
                "Calls that failed, by the field that they were to fill and the reason that the client was told.",
            )
            .build();
        let keyed = meter
            .u64_counter("trefoil.idempotency.outcomes")
            .with_unit("{outcome}")
            .with_description("What became of requests with an idempotency key, and of their writes.")
            .build();
        Signals { bff: bff.to_owned(), failures, keyed }
    }

    /// A request with an idempotency key, or its write, came to this.
    pub(crate) fn keyed(&self, endpoint: &str, outcome: KeyOutcome) {
        let attributes = [
            KeyValue::new("trefoil.bff", self.bff.clone()),
            KeyValue::new("trefoil.endpoint", endpoint.to_owned()),
            KeyValue::new("trefoil.outcome", outcome.word()),
        ];
        self.keyed.add(1, &attributes);
    }

    /// A call failed. What the backend said is for the log alone.
    pub(crate) fn failed(
        &self,
        plan: &Plan,
        node: usize,
        context: &RequestContext,
        reason: Reason,
        status: Option<StatusCode>,
        detail: &str,
    ) {
        self.failed_at(&Made::by(plan, node), context, reason, status, detail);
    }

    /// The same, of a call that no plan has.
    pub(crate) fn failed_at(
        &self,
        made: &Made<'_>,
        context: &RequestContext,
        reason: Reason,
        status: Option<StatusCode>,
        detail: &str,
    ) {
        tracing::warn!(
            target: "trefoil::call",
            bff = self.bff,
            endpoint = made.endpoint,
            field = made.field,
            backend = made.backend,
            reason = reason.word(),
            status = status.map(|status| status.as_u16()),
            required = made.required,
            detail,
            request_id = context.id.as_str(),
            trace_id = format_args!("{:032x}", context.trace.trace_id),
            "a call failed"
        );
        self.count(made, reason);
    }

    /// A call was not made because one that it depends on failed: counted, not logged, since its cause was.
    pub(crate) fn depends(&self, plan: &Plan, node: usize) {
        self.count(&Made::by(plan, node), Reason::Dependency);
    }

    /// A batch's answer lacks the key of an object: counted, not logged, since the call itself did well.
    pub(crate) fn unanswered(&self, plan: &Plan, node: usize) {
        self.count(&Made::by(plan, node), Reason::Status);
    }

    fn count(&self, made: &Made<'_>, reason: Reason) {
        let mut attributes = vec![
            KeyValue::new("trefoil.bff", self.bff.clone()),
            KeyValue::new("trefoil.endpoint", made.endpoint.to_owned()),
            KeyValue::new("trefoil.field", made.field.to_owned()),
            KeyValue::new("trefoil.reason", reason.word()),
        ];
        // A computed field has no backend.
        if !made.backend.is_empty() {
            attributes.push(KeyValue::new("trefoil.backend", made.backend.to_owned()));
        }
        self.failures.add(1, &attributes);
    }
}
