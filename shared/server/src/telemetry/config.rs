//! What an operator may set about logs, traces and metrics. OpenTelemetry's own variables lie over it (`settings.rs`).

use serde::Deserialize;

/// Section `log`: one line per event on standard output.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// `format`: `pretty`, `json`, or `auto`: pretty on a terminal, JSON elsewhere. Default `auto`. `LOG_FORMAT` lies
    /// over it.
    pub format: LogFormat,
    /// `filter`: what is written, such as `info` or `info,trefoil::access=off`. Default `info`. `RUST_LOG` lies over it.
    pub filter: String,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Pretty on a terminal, JSON elsewhere.
    #[default]
    Auto,
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// Section `telemetry`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TelemetryConfig {
    /// `otlp_endpoint`: the base URL of an OpenTelemetry collector, `http://host:4318`; spans go to `/v1/traces` below
    /// it. Default none: nothing is exported. `OTEL_EXPORTER_OTLP_ENDPOINT` lies over it.
    pub otlp_endpoint: Option<String>,
    /// `service_name`: what this process calls itself. Default `trefoil-gateway`. `OTEL_SERVICE_NAME` lies over it.
    pub service_name: Option<String>,
}

impl Default for LogConfig {
    fn default() -> LogConfig {
        LogConfig { format: LogFormat::Auto, filter: "info".to_owned() }
    }
}

impl LogFormat {
    /// What is meant by a word, as in `LOG_FORMAT`.
    pub(super) fn parse(word: &str) -> Option<LogFormat> {
        match word {
            "auto" => Some(LogFormat::Auto),
            "pretty" => Some(LogFormat::Pretty),
            "json" => Some(LogFormat::Json),
            _ => None,
        }
    }
}
