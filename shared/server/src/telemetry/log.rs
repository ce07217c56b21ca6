//! One line per event, for people or as JSON. Whatever a value holds, it cannot forge a line or drive a terminal.

use std::fmt::{self, Write as _};
use std::io::Write as _;

use opentelemetry::trace::TraceContextExt as _;
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::layer::{Context, Layer};

/// How lines look, decided: there is no `auto` left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Pretty { colours: bool },
    Json,
}

/// The names in a JSON line that are not an event's fields.
const OURS: [&str; 3] = ["timestamp", "level", "target"];

/// Writes events to standard output.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) look: Look,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        // Within a recorded request, the line says which; an event that says so itself is left alone.
        if !fields.others.iter().any(|(name, _)| *name == "trace_id")
            && let Some(trace_id) = current_trace()
        {
            fields.others.push(("trace_id", trace_id.into()));
        }
        let mut time = String::new();
        let _ = SystemTime.format_time(&mut Writer::new(&mut time));
        let line = line(self.look, &time, event.metadata(), &fields);
        // If standard output is gone, there is nobody left to tell.
        let _ = std::io::stdout().lock().write_all(line.as_bytes());
    }
}

fn current_trace() -> Option<String> {
    opentelemetry::Context::map_current(|context| {
        let span = context.span();
        let context = span.span_context();
        context.is_valid().then(|| context.trace_id().to_string())
    })
}

fn line(look: Look, time: &str, metadata: &tracing::Metadata<'_>, fields: &Fields) -> String {
    match look {
        Look::Json => json_line(time, metadata, fields),
        Look::Pretty { colours } => pretty_line(colours, time, metadata, fields),
    }
}

/// Written by hand so that a person finds time, level and message where they are expected: first.
fn json_line(time: &str, metadata: &tracing::Metadata<'_>, fields: &Fields) -> String {
    let level = metadata.level().as_str();
    let mut line = format!(r#"{{"timestamp":"{time}","level":"{level}","target":{}"#, Value::from(metadata.target()));
    if !fields.message.is_empty() {
        let _ = write!(line, r#","message":{}"#, Value::from(fields.message.as_str()));
    }
    for (name, value) in &fields.others {
        // A field that has the name of one of ours is kept beside it.
        let suffix = if OURS.contains(name) { "_" } else { "" };
        let _ = write!(line, r#","{}{suffix}":{value}"#, name.escape_default());
    }
    line.push_str("}\n");
    line
}

fn pretty_line(colours: bool, time: &str, metadata: &tracing::Metadata<'_>, fields: &Fields) -> String {
    let level = *metadata.level();
    let (on, dim, off) = match (colours, level) {
        (false, _) => ("", "", ""),
        (true, Level::ERROR) => ("\x1b[31m", "\x1b[2m", "\x1b[0m"),
        (true, Level::WARN) => ("\x1b[33m", "\x1b[2m", "\x1b[0m"),
        (true, Level::INFO) => ("\x1b[32m", "\x1b[2m", "\x1b[0m"),
        (true, _) => ("\x1b[34m", "\x1b[2m", "\x1b[0m"),
    };
    let mut line = format!("{dim}{time}{off} {on}{level:>5}{off} {dim}{}:{off}", metadata.target());
    if !fields.message.is_empty() {
        line.push(' ');
        escape(&fields.message, &mut line);
    }
    for (name, value) in &fields.others {
        let _ = write!(line, " {dim}{name}={off}");
        match value {
            Value::String(text) if text.is_empty() || text.contains([' ', '"', '=']) => {
                // JSON's quoting escapes control characters, too, save DEL and the C1 ones.
                escape(&value.to_string(), &mut line);
            }
            Value::String(text) => escape(text, &mut line),
            other => escape(&other.to_string(), &mut line),
        }
    }
    line.push('\n');
    line
}

/// Appends `text` with every control character escaped.
fn escape(text: &str, line: &mut String) {
    for character in text.chars() {
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
}

/// The fields of an event, as JSON values.
#[derive(Debug, Default)]
struct Fields {
    message: String,
    others: Vec<(&'static str, Value)>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.others.push((field.name(), value.into()));
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" { value.clone_into(&mut self.message) } else { self.put(field, value) }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}");
        if field.name() == "message" { self.message = text } else { self.put(field, text) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    /// Renders as [`Lines`] does, into memory.
    struct Kept(Look, Arc<Mutex<String>>);

    impl<S: Subscriber> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
            let mut fields = Fields::default();
            event.record(&mut fields);
            self.1.lock().unwrap().push_str(&line(self.0, "now", event.metadata(), &fields));
        }
    }

    fn written(look: Look, log: impl FnOnce()) -> String {
        let kept = Arc::new(Mutex::new(String::new()));
        let subscriber = tracing_subscriber::registry().with(Kept(look, kept.clone()));
        tracing::subscriber::with_default(subscriber, log);
        kept.lock().unwrap().clone()
    }

    #[test]
    fn a_value_cannot_forge_a_line_or_drive_a_terminal() {
        let forge = || tracing::warn!(target: "t", path = "/a\n2026 INFO forged\u{1b}[31m\u{9b}", "hello\r\nworld");
        let pretty = written(Look::Pretty { colours: false }, forge);
        assert_eq!(pretty.matches('\n').count(), 1);
        assert!(!pretty.chars().any(|character| character.is_control() && character != '\n'), "{pretty:?}");
        assert!(pretty.starts_with("now  WARN t: hello\\r\\nworld path="), "{pretty}");
        let json = written(Look::Json, forge);
        assert_eq!(json.matches('\n').count(), 1);
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["message"], "hello\r\nworld");
    }

    #[test]
    fn a_json_line_keeps_numbers_and_its_own_names() {
        let json =
            written(Look::Json, || tracing::info!(target: "t", status = 200_u64, level = "mine", ok = true, "done"));
        assert!(json.starts_with(r#"{"timestamp":"now","level":"INFO","target":"t","message":"done""#), "{json}");
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["timestamp"], "now");
        assert_eq!(json["level"], "INFO");
        assert_eq!(json["level_"], "mine");
        assert_eq!(json["status"], 200);
        assert_eq!(json["ok"], true);
    }
}
