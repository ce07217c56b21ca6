//! The exporters: spans and metrics to an OpenTelemetry collector, metrics to Prometheus.
//!
//! Over HTTP the blocking client is used: the SDK's batching runs on a thread of its own, where no runtime turns. Over
//! gRPC the runtime must be entered when the exporter is built.

use opentelemetry_otlp::{ExporterBuildError, MetricExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkError;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use prometheus::Registry;

use super::settings::{Protocol, Settings, Target};

/// Telemetry that cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TelemetryError {
    /// An exporter refuses its settings.
    #[error("cannot export telemetry to {endpoint}: {source}")]
    Export {
        /// Where to.
        endpoint: String,
        /// What is wrong.
        #[source]
        source: ExporterBuildError,
    },
    /// The metrics cannot be made readable for Prometheus.
    #[error("cannot set up the metrics: {0}")]
    Metrics(#[from] OTelSdkError),
}

/// Who this process is.
pub(super) fn resource(settings: &Settings) -> Resource {
    let resource = Resource::builder().with_attributes([
        opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        // Two gateways are two instances, whatever runs them.
        opentelemetry::KeyValue::new("service.instance.id", uuid::Uuid::new_v4().to_string()),
    ]);
    match &settings.service_name {
        Some(name) => resource.with_service_name(name.clone()).build(),
        None => resource.build(),
    }
}

/// The tracer, if spans go anywhere. It records all it is given: the edge decides before any span exists.
pub(super) fn traces(settings: &Settings, resource: &Resource) -> Result<Option<SdkTracerProvider>, TelemetryError> {
    let Some(target) = &settings.traces else { return Ok(None) };
    let exporter = match target.protocol {
        Protocol::Grpc => SpanExporter::builder().with_tonic().with_endpoint(&target.endpoint).build(),
        Protocol::HttpProtobuf => SpanExporter::builder()
            .with_http()
            .with_protocol(opentelemetry_otlp::Protocol::HttpBinary)
            .with_endpoint(&target.endpoint)
            .build(),
    };
    let exporter = exporter.map_err(failed(target))?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(Sampler::AlwaysOn)
        .with_resource(resource.clone())
        .build();
    Ok(Some(provider))
}

/// The meter: always readable from `registry`, and pushed if that is asked for.
pub(super) fn metrics(
    settings: &Settings,
    resource: &Resource,
    registry: &Registry,
) -> Result<SdkMeterProvider, TelemetryError> {
    let reader =
        opentelemetry_prometheus::exporter().with_registry(registry.clone()).scope_info_enabled(false).build()?;
    let provider = SdkMeterProvider::builder().with_resource(resource.clone()).with_reader(reader);
    let Some(target) = &settings.metrics else { return Ok(provider.build()) };
    let exporter = match target.protocol {
        Protocol::Grpc => MetricExporter::builder().with_tonic().with_endpoint(&target.endpoint).build(),
        Protocol::HttpProtobuf => MetricExporter::builder()
            .with_http()
            .with_protocol(opentelemetry_otlp::Protocol::HttpBinary)
            .with_endpoint(&target.endpoint)
            .build(),
    };
    Ok(provider.with_periodic_exporter(exporter.map_err(failed(target))?).build())
}

fn failed(target: &Target) -> impl FnOnce(ExporterBuildError) -> TelemetryError {
    let endpoint = target.endpoint.clone();
    move |source| TelemetryError::Export { endpoint, source }
}
