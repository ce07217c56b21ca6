//! Each attempt at a call has a span of its own, which says which attempt it is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod support;

use std::fmt;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use trefoil_backend::{BackendConfig, ConcurrencyConfig, Effort};
use trefoil_testing::Reply;

use support::{Asking, Backend};

/// What is told of calls: each new span, and what is recorded of it later.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

struct Wanted<'a>(&'a Told);

impl Told {
    fn push(&self, what: String) {
        self.0.lock().unwrap().push(what);
    }
}

impl Visit for Wanted<'_> {
    fn record_i64(&mut self, field: &Field, value: i64) {
        if ["http.request.resend_count", "http.response.status_code"].contains(&field.name()) {
            self.0.push(format!("{} {value}", field.name()));
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.push(format!("{} {value}", field.name()));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.0.push(format!("{} {value:.2}", field.name()));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if ["error.type", "otel.status_code"].contains(&field.name()) {
            self.0.push(format!("{} {value}", field.name()));
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

impl<S: tracing::Subscriber> Layer<S> for Told {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        if attributes.metadata().target() == "trefoil::call" {
            self.push("attempt".to_owned());
            attributes.record(&mut Wanted(self));
        }
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        values.record(&mut Wanted(self));
    }
}

#[tokio::test(start_paused = true)]
async fn a_span_of_a_later_attempt_counts_those_before_it() {
    let told = Told::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(told.clone()));
    let backend = Backend::new();
    let failed = || Reply::status(503);
    backend.answers([failed(), failed(), Reply::json("1")]);
    let effort = Effort { attempts: Some(3), ..Effort::default() };
    backend.ask(Asking { effort, recorded: true, ..Asking::default() }).await.unwrap();
    let (resent, status) = ("http.request.resend_count", "http.response.status_code");
    let told: Vec<String> = told.0.lock().unwrap().clone();
    let told: Vec<String> = told.into_iter().filter(|what| what == "attempt" || what.starts_with("http")).collect();
    assert_eq!(
        told,
        [
            "attempt".to_owned(),
            format!("{status} 503"),
            "attempt".to_owned(),
            format!("{resent} 1"),
            format!("{status} 503"),
            "attempt".to_owned(),
            format!("{resent} 2"),
            format!("{status} 200"),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_span_says_that_an_attempt_is_beside_another_and_how_long_one_waited_for_room() {
    let told = Told::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(told.clone()));
    let concurrency = ConcurrencyConfig { max: 1, ..ConcurrencyConfig::default() };
    let backend = Backend::with(BackendConfig { concurrency, ..BackendConfig::at("http://shop.test") });
    backend.answers([Reply::json("1").slow(250)]);
    let recorded = || backend.ask(Asking { recorded: true, ..Asking::default() });
    let (first, second) = tokio::join!(recorded(), recorded());
    assert!(first.is_ok() && second.is_ok());
    let status = "http.response.status_code 200";
    let said = std::mem::take(&mut *told.0.lock().unwrap());
    assert_eq!(said, ["attempt", "attempt", status, "trefoil.queue.duration 0.25", status]);

    let backend = Backend::new();
    backend.answers([Reply::json("1").slow(10)]);
    // As many as a percentile is made of.
    for _ in 0..64 {
        backend.ask(Asking::default()).await.unwrap();
    }
    backend.answers([Reply::json("1").slow(500), Reply::json("1")]);
    let effort = Effort { hedge: true, ..Effort::default() };
    backend.ask(Asking { effort, recorded: true, ..Asking::default() }).await.unwrap();
    let said = std::mem::take(&mut *told.0.lock().unwrap());
    assert_eq!(said, ["attempt", "attempt", "http.request.resend_count 1", "trefoil.hedge true", status]);
}

#[tokio::test(start_paused = true)]
async fn the_span_of_a_call_that_failed_is_an_error_and_says_which() {
    for (reply, error) in [
        (Reply::status(503), Some("503")),
        (Reply::refused(), Some("connect")),
        (Reply::broken(), Some("connect")),
        (Reply::json("1").slow(5_000), Some("timeout")),
        (Reply::json("1"), None),
    ] {
        let told = Told::default();
        let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(told.clone()));
        let backend = Backend::new();
        backend.answers([reply]);
        let _ = backend.ask(Asking { recorded: true, ..Asking::default() }).await;
        let told: Vec<String> =
            told.0.lock().unwrap().iter().filter(|what| !what.starts_with("http")).cloned().collect();
        let failed = error.map(|error| [format!("error.type {error}"), "otel.status_code ERROR".to_owned()]);
        let expected: Vec<String> = std::iter::once("attempt".to_owned()).chain(failed.into_iter().flatten()).collect();
        assert_eq!(told, expected);
    }
}
