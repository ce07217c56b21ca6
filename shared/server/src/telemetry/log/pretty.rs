//! A line for people: time, level, target, message, then the event's fields.

use std::fmt;
use std::io::Write as _;
use std::time::SystemTime;

use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use super::{current_trace, timestamp};

/// Appends the line of an event.
pub(super) fn write(colours: bool, now: SystemTime, event: &Event<'_>, line: &mut Vec<u8>) {
    let mut fields = Fields::default();
    event.record(&mut fields);
    // Within a recorded request, the line says which; an event that says so itself is left alone.
    if !fields.others.iter().any(|(name, _)| *name == "trace_id")
        && let Some(trace_id) = current_trace()
    {
        fields.others.push(("trace_id", trace_id.into()));
    }
    let metadata = event.metadata();
    let level = *metadata.level();
    let (on, dim, off) = match (colours, level) {
        (false, _) => ("", "", ""),
        (true, Level::ERROR) => ("\x1b[31m", "\x1b[2m", "\x1b[0m"),
        (true, Level::WARN) => ("\x1b[33m", "\x1b[2m", "\x1b[0m"),
        (true, Level::INFO) => ("\x1b[32m", "\x1b[2m", "\x1b[0m"),
        (true, _) => ("\x1b[34m", "\x1b[2m", "\x1b[0m"),
    };
    line.extend_from_slice(dim.as_bytes());
    timestamp::write(now, line);
    // Writing to a buffer cannot fail.
    let _ = write!(line, "{off} {on}{level:>5}{off} {dim}{}:{off}", metadata.target());
    if !fields.message.is_empty() {
        line.push(b' ');
        escape(&fields.message, line);
    }
    for (name, value) in &fields.others {
        let _ = write!(line, " {dim}{name}={off}");
        match value {
            Value::String(text) if text.is_empty() || text.contains([' ', '"', '=']) => {
                // JSON's quoting escapes control characters, too, save DEL and the C1 ones.
                escape(&value.to_string(), line);
            }
            Value::String(text) => escape(text, line),
            other => escape(&other.to_string(), line),
        }
    }
    line.push(b'\n');
}

/// Appends `text` with every control character escaped.
fn escape(text: &str, line: &mut Vec<u8>) {
    for character in text.chars() {
        if character.is_control() {
            let _ = write!(line, "{}", character.escape_default());
        } else {
            line.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
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
