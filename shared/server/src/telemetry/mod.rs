//! What the process tells: logs on standard output, spans to a collector if there is one, metrics for the admin
//! listener.

mod config;
mod export;
mod log;
mod settings;

use std::io::IsTerminal as _;
use std::time::Duration;

use opentelemetry::metrics::{Meter, MeterProvider as _};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use prometheus::Registry;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::{EnvFilter, filter::filter_fn};
use trefoil_edge::Sampling;

pub use self::config::{LogConfig, LogFormat, TelemetryConfig};
pub use self::export::TelemetryError;
use self::log::{Lines, Look};
use self::settings::Settings;
use crate::config::{Config, Environment};

/// Everything that tells, at work.
#[derive(Debug)]
pub(crate) struct Telemetry {
    tracer: Option<SdkTracerProvider>,
    meter: SdkMeterProvider,
    stopped: bool,
    /// What the admin listener shows.
    pub(crate) registry: Registry,
    /// Which requests are recorded.
    pub(crate) sampling: Sampling,
}

impl Telemetry {
    /// Sets all of it up. The log and the spans are the process's: if they were set up before, they stay as they are.
    /// To be called inside the runtime.
    pub(crate) fn start(config: &Config, environment: &Environment) -> Result<Telemetry, TelemetryError> {
        let mut settings = Settings::read(&config.telemetry, environment);
        let resource = export::resource(&settings);
        let registry = Registry::new();
        let tracer = export::traces(&settings, &resource)?;
        let meter = export::metrics(&settings, &resource, &registry)?;
        let look = look(&config.log, environment, &mut settings.warnings);
        let filter = filter(&config.log, environment, &mut settings.warnings);
        let spans = tracer.as_ref().map(|provider| {
            tracing_opentelemetry::layer()
                .with_tracer(provider.tracer("trefoil"))
                .with_location(false)
                .with_threads(false)
                .with_target(false)
                .with_tracked_inactivity(false)
                // Our own spans only. Without this the exporter's HTTP client would be exported, too.
                .with_filter(filter_fn(|metadata| metadata.is_span() && metadata.target().starts_with("trefoil::")))
        });
        let subscriber = tracing_subscriber::registry().with(Lines { look }.with_filter(filter)).with(spans);
        let _ = tracing::subscriber::set_global_default(subscriber);
        for warning in &settings.warnings {
            tracing::warn!("{warning}");
        }
        Ok(Telemetry { tracer, meter, stopped: false, registry, sampling: settings.sampling })
    }

    /// Where all instruments come from.
    pub(crate) fn meter(&self) -> Meter {
        self.meter.meter("trefoil")
    }

    /// Sends what is still here, for as long as `limit`.
    pub(crate) async fn stop(mut self, limit: Duration) {
        self.stopped = true;
        let (tracer, meter) = (self.tracer.take(), self.meter.clone());
        // Both block, and must not hold up a thread of the runtime.
        let flush = tokio::task::spawn_blocking(move || {
            let traces = tracer.map_or(Ok(()), |tracer| tracer.shutdown_with_timeout(limit));
            traces.and(meter.shutdown_with_timeout(limit))
        });
        match tokio::time::timeout(limit, flush).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::warn!(%error, "the last telemetry was not sent"),
            Ok(Err(error)) => tracing::warn!(%error, "the last telemetry was not sent"),
            Err(_) => tracing::warn!(limit_ms = limit.as_millis(), "the last telemetry was not sent in time"),
        }
    }
}

impl Drop for Telemetry {
    /// Without [`Telemetry::stop`], the process ends now, or did not start: nothing is sent any more. The providers would
    /// do so when they are dropped, blocking, and would tell of it.
    fn drop(&mut self) {
        if !self.stopped {
            std::mem::forget((self.tracer.take(), self.meter.clone()));
        }
    }
}

fn look(config: &LogConfig, environment: &Environment, warnings: &mut Vec<String>) -> Look {
    let format = match environment.filled("LOG_FORMAT") {
        None => config.format,
        Some(word) => LogFormat::parse(word).unwrap_or_else(|| {
            warnings.push(format!("LOG_FORMAT: `{word}` is not one of pretty, json, auto"));
            config.format
        }),
    };
    let terminal = std::io::stdout().is_terminal();
    // https://no-color.org
    let colours = terminal && environment.filled("NO_COLOR").is_none();
    match format {
        LogFormat::Json => Look::Json,
        LogFormat::Auto if !terminal => Look::Json,
        LogFormat::Auto | LogFormat::Pretty => Look::Pretty { colours },
    }
}

fn filter(config: &LogConfig, environment: &Environment, warnings: &mut Vec<String>) -> EnvFilter {
    let own = || EnvFilter::new(&config.filter);
    let Some(text) = environment.filled("RUST_LOG") else { return own() };
    EnvFilter::try_new(text).unwrap_or_else(|error| {
        warnings.push(format!("RUST_LOG: `{text}` is no filter: {error}"));
        own()
    })
}
