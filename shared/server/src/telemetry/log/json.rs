//! A line as a JSON object: time, level, target and message first, where a person expects them, then the event's fields.
//!
//! It is written at each request, so it is written straight into the line: nothing is kept in between.

use std::fmt::{self, Write as _};
use std::time::SystemTime;

use serde::Serialize;
use tracing::Event;
use tracing::field::{Field, Visit};

use super::{current_trace, timestamp};

/// The names in a line that are not an event's fields.
const OURS: [&str; 3] = ["timestamp", "level", "target"];

/// Appends the line of an event.
pub(super) fn write(now: SystemTime, event: &Event<'_>, line: &mut Vec<u8>) {
    let metadata = event.metadata();
    line.extend_from_slice(br#"{"timestamp":""#);
    timestamp::write(now, line);
    line.extend_from_slice(br#"","level":""#);
    line.extend_from_slice(metadata.level().as_str().as_bytes());
    line.extend_from_slice(br#"","target":"#);
    push(line, metadata.target());
    let message_at = line.len();
    let mut fields = Fields { line, message_at, has_trace: false };
    event.record(&mut fields);
    // Within a recorded request, the line says which; an event that says so itself is left alone.
    if !fields.has_trace
        && let Some(trace_id) = current_trace()
    {
        fields.put("trace_id", trace_id.as_str());
    }
    line.extend_from_slice(b"}\n");
}

/// Writes an event's fields as members.
struct Fields<'a> {
    line: &'a mut Vec<u8>,
    /// Where the message goes.
    message_at: usize,
    has_trace: bool,
}

impl Fields<'_> {
    fn put(&mut self, name: &str, value: impl Serialize) {
        self.has_trace |= name == "trace_id";
        self.line.push(b',');
        if OURS.contains(&name) {
            // A field that has the name of one of ours is kept beside it.
            push(self.line, format!("{name}_"));
        } else {
            push(self.line, name);
        }
        self.line.push(b':');
        push(self.line, value);
    }

    fn put_text(&mut self, field: &Field, text: &str) {
        if field.name() != "message" {
            return self.put(field.name(), text);
        }
        if text.is_empty() {
            return;
        }
        // It is said first, mostly; what was said before it is moved.
        let before = self.line.split_off(self.message_at);
        self.put("message", text);
        self.line.extend_from_slice(&before);
    }
}

impl Visit for Fields<'_> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field.name(), value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put_text(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = write!(text, "{value:?}");
        self.put_text(field, &text);
    }
}

/// Appends a value as JSON.
fn push(line: &mut Vec<u8>, value: impl Serialize) {
    // Texts, numbers and truth values always have a form, and writing to a buffer cannot fail.
    let _ = serde_json::to_writer(line, &value);
}
