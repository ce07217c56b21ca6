//! OpenTelemetry's environment variables, over the `telemetry` section.
//!
//! Those that the SDK reads itself are not here: headers, timeouts, compression, `OTEL_BSP_*`, resource attributes,
//! `OTEL_METRIC_EXPORT_INTERVAL`. As the specification asks, a value that means nothing is warned of and left out.

use trefoil_edge::Sampling;

use super::TelemetryConfig;
use crate::config::Environment;

/// How signals travel to the collector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Grpc,
    HttpProtobuf,
}

/// Where one signal goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) protocol: Protocol,
    /// The whole URL, the signal's path included.
    pub(super) endpoint: String,
}

/// What is exported, and where to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Settings {
    pub(super) traces: Option<Target>,
    pub(super) metrics: Option<Target>,
    /// Which requests are recorded: none when spans go nowhere.
    pub(super) sampling: Sampling,
    /// `None`: the environment has a name, which the SDK finds itself.
    pub(super) service_name: Option<String>,
    pub(super) warnings: Vec<String>,
}

impl Settings {
    pub(super) fn read(config: &TelemetryConfig, environment: &Environment) -> Settings {
        let mut warnings = Vec::new();
        let disabled = environment.filled("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let mut target = |signal: &str, path: &str| {
            let target = target(signal, path, config, environment, &mut warnings);
            target.filter(|_| !disabled)
        };
        let traces = target("TRACES", "v1/traces");
        let metrics = target("METRICS", "v1/metrics");
        let traces = traces.filter(|_| exports("OTEL_TRACES_EXPORTER", true, environment, &mut warnings));
        let metrics = metrics.filter(|_| exports("OTEL_METRICS_EXPORTER", false, environment, &mut warnings));
        let sampling = match &traces {
            Some(_) => sampling(environment, &mut warnings),
            None => Sampling::always_off(),
        };
        propagators(environment, &mut warnings);
        let named = environment.filled("OTEL_SERVICE_NAME").is_some()
            || environment.filled("OTEL_RESOURCE_ATTRIBUTES").is_some_and(|list| {
                list.split(',').any(|pair| pair.split('=').next().is_some_and(|name| name.trim() == "service.name"))
            });
        let service_name = config.service_name.clone().unwrap_or_else(|| crate::SERVICE_NAME.to_owned());
        Settings { traces, metrics, sampling, service_name: (!named).then_some(service_name), warnings }
    }
}

/// Where a signal goes: its own endpoint as it stands, else the general one with the signal's path.
fn target(
    signal: &str,
    path: &str,
    config: &TelemetryConfig,
    environment: &Environment,
    warnings: &mut Vec<String>,
) -> Option<Target> {
    let own = |what: &str| environment.filled(&format!("OTEL_EXPORTER_OTLP_{signal}_{what}"));
    let general = |what: &str| environment.filled(&format!("OTEL_EXPORTER_OTLP_{what}"));
    let protocol = match own("PROTOCOL").or_else(|| general("PROTOCOL")) {
        Some("grpc") => Protocol::Grpc,
        Some("http/protobuf") | None => Protocol::HttpProtobuf,
        Some(other) => {
            let warning = format!("OTEL_EXPORTER_OTLP_PROTOCOL: `{other}` is not known, http/protobuf is used");
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
            Protocol::HttpProtobuf
        }
    };
    if let Some(endpoint) = own("ENDPOINT") {
        return Some(Target { protocol, endpoint: endpoint.to_owned() });
    }
    let base = general("ENDPOINT").or(config.otlp_endpoint.as_deref())?;
    let endpoint = match protocol {
        Protocol::Grpc => base.to_owned(),
        Protocol::HttpProtobuf => format!("{}/{path}", base.trim_end_matches('/')),
    };
    Some(Target { protocol, endpoint })
}

/// Whether `variable`, a list, names `otlp`.
fn exports(variable: &str, default: bool, environment: &Environment, warnings: &mut Vec<String>) -> bool {
    let Some(list) = environment.filled(variable) else { return default };
    let mut otlp = false;
    for exporter in list.split(',').map(str::trim) {
        match exporter {
            "otlp" => otlp = true,
            // Prometheus is always there, on the admin listener.
            "none" | "prometheus" => {}
            other => warnings.push(format!("{variable}: `{other}` is not known; otlp and none are")),
        }
    }
    otlp
}

fn sampling(environment: &Environment, warnings: &mut Vec<String>) -> Sampling {
    let Some(name) = environment.filled("OTEL_TRACES_SAMPLER") else { return Sampling::default() };
    Sampling::parse(name, environment.filled("OTEL_TRACES_SAMPLER_ARG")).unwrap_or_else(|error| {
        warnings.push(format!("OTEL_TRACES_SAMPLER: {error}; parentbased_always_on is used"));
        Sampling::default()
    })
}

/// W3C Trace Context is spoken, whatever else is asked for.
fn propagators(environment: &Environment, warnings: &mut Vec<String>) {
    let Some(list) = environment.filled("OTEL_PROPAGATORS") else { return };
    let others: Vec<&str> = list.split(',').map(str::trim).filter(|name| *name != "tracecontext").collect();
    // `tracecontext,baggage` is OpenTelemetry's own default: that baggage goes no further is no surprise to warn of.
    if others.iter().any(|name| *name != "baggage") {
        warnings.push(format!("OTEL_PROPAGATORS: only tracecontext is spoken, not {}", others.join(", ")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)], config: &TelemetryConfig) -> Settings {
        let environment = variables.iter().fold(Environment::empty(), |all, (name, value)| all.with(*name, *value));
        Settings::read(config, &environment)
    }

    #[test]
    fn a_plain_start_exports_and_records_nothing() {
        let settings = read(&[], &TelemetryConfig::default());
        assert_eq!((settings.traces, settings.metrics), (None, None));
        assert_eq!(settings.sampling, Sampling::always_off());
        assert_eq!(settings.service_name.as_deref(), Some("trefoil-gateway"));
    }

    #[test]
    fn the_general_endpoint_gets_the_signals_path_and_the_signals_own_does_not() {
        let general = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/");
        let settings = read(&[general], &TelemetryConfig::default());
        assert_eq!(settings.traces.unwrap().endpoint, "http://collector:4318/v1/traces");
        let own = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://traces:1/x");
        let settings = read(&[general, own], &TelemetryConfig::default());
        assert_eq!(settings.traces.unwrap().endpoint, "http://traces:1/x");
        let settings = read(&[general, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")], &TelemetryConfig::default());
        assert_eq!(settings.traces.unwrap(), Target { protocol: Protocol::Grpc, endpoint: general.1.to_owned() });
    }

    #[test]
    fn the_environment_lies_over_the_file() {
        let config = TelemetryConfig { otlp_endpoint: Some("http://file:4318".into()), service_name: None };
        assert_eq!(read(&[], &config).traces.unwrap().endpoint, "http://file:4318/v1/traces");
        let settings = read(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://env:4318")], &config);
        assert_eq!(settings.traces.unwrap().endpoint, "http://env:4318/v1/traces");
    }

    #[test]
    fn the_switches_that_the_sdk_does_not_know_work() {
        let config = TelemetryConfig { otlp_endpoint: Some("http://file:4318".into()), service_name: None };
        assert_eq!(read(&[("OTEL_SDK_DISABLED", "true")], &config).traces, None);
        assert_eq!(read(&[("OTEL_TRACES_EXPORTER", "none")], &config).traces, None);
        assert_eq!(read(&[], &config).metrics, None);
        assert!(read(&[("OTEL_METRICS_EXPORTER", "otlp")], &config).metrics.is_some());
        let sampler = [("OTEL_TRACES_SAMPLER", "traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "0.5")];
        assert_eq!(read(&sampler, &config).sampling, Sampling::ratio(0.5));
        assert_eq!(read(&[("OTEL_RESOURCE_ATTRIBUTES", "a=b, service.name=x")], &config).service_name, None);
    }

    #[test]
    fn what_means_nothing_is_warned_of() {
        let config = TelemetryConfig { otlp_endpoint: Some("http://file:4318".into()), service_name: None };
        for variable in
            ["OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_TRACES_EXPORTER", "OTEL_TRACES_SAMPLER", "OTEL_PROPAGATORS"]
        {
            assert_eq!(read(&[(variable, "sometimes")], &config).warnings.len(), 1, "{variable}");
        }
        assert!(read(&[("OTEL_PROPAGATORS", "tracecontext,baggage")], &config).warnings.is_empty());
    }
}
