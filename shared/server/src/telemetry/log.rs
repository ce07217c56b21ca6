//! One line per event, for people or as JSON. Whatever a value holds, it cannot forge a line or drive a terminal.

mod json;
mod pretty;
mod timestamp;

use std::cell::RefCell;
use std::io::Write as _;
use std::time::SystemTime;

use opentelemetry::trace::TraceContextExt as _;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

/// How lines look, decided: there is no `auto` left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Pretty { colours: bool },
    Json,
}

/// Writes events to standard output.
#[derive(Debug)]
pub(super) struct Lines {
    pub(super) look: Look,
}

/// A buffer that has grown beyond this is not kept, in bytes.
const MOST_KEPT_BYTES: usize = 16 * 1024;

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        thread_local! {
            static LINE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
        }
        LINE.with(|line| {
            // Taken out: what writes a value may log, too.
            let mut bytes = line.take();
            write(self.look, SystemTime::now(), event, &mut bytes);
            // If standard output is gone, there is nobody left to tell.
            let _ = std::io::stdout().lock().write_all(&bytes);
            if bytes.capacity() <= MOST_KEPT_BYTES {
                bytes.clear();
                line.replace(bytes);
            }
        });
    }
}

/// Appends the line of an event.
fn write(look: Look, now: SystemTime, event: &Event<'_>, line: &mut Vec<u8>) {
    match look {
        Look::Json => json::write(now, event, line),
        Look::Pretty { colours } => pretty::write(colours, now, event, line),
    }
}

/// The trace that a line belongs to within a recorded request, for events that do not say so themselves.
fn current_trace() -> Option<String> {
    opentelemetry::Context::map_current(|context| {
        let span = context.span();
        let context = span.span_context();
        context.is_valid().then(|| context.trace_id().to_string())
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::UNIX_EPOCH;

    use serde_json::Value;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    /// Renders as [`Lines`] does, into memory.
    struct Kept(Look, Arc<Mutex<Vec<u8>>>);

    impl<S: Subscriber> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
            write(self.0, UNIX_EPOCH, event, &mut self.1.lock().unwrap());
        }
    }

    fn written(look: Look, log: impl FnOnce()) -> String {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let subscriber = tracing_subscriber::registry().with(Kept(look, kept.clone()));
        tracing::subscriber::with_default(subscriber, log);
        String::from_utf8(kept.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn a_value_cannot_forge_a_line_or_drive_a_terminal() {
        let forge = || tracing::warn!(target: "t", path = "/a\n2026 INFO forged\u{1b}[31m\u{9b}", "hello\r\nworld");
        let pretty = written(Look::Pretty { colours: false }, forge);
        assert_eq!(pretty.matches('\n').count(), 1);
        assert!(!pretty.chars().any(|character| character.is_control() && character != '\n'), "{pretty:?}");
        assert!(pretty.starts_with("1970-01-01T00:00:00.000000Z  WARN t: hello\\r\\nworld path="), "{pretty}");
        let json = written(Look::Json, forge);
        assert_eq!(json.matches('\n').count(), 1);
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["message"], "hello\r\nworld");
    }

    #[test]
    fn a_json_line_keeps_numbers_and_its_own_names() {
        let json = written(Look::Json, || {
            let (missing, debugged) = (f64::NAN, Some("a \"b\""));
            tracing::info!(target: "t", status = 200_u64, level = "mine", ok = true, ms = 1.25, missing, ?debugged, "done");
        });
        let begin =
            r#"{"timestamp":"1970-01-01T00:00:00.000000Z","level":"INFO","target":"t","message":"done","status":200,"#;
        assert!(json.starts_with(begin), "{json}");
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["level"], "INFO");
        assert_eq!(json["level_"], "mine");
        assert_eq!((&json["status"], &json["ok"], &json["ms"]), (&200.into(), &true.into(), &1.25.into()));
        assert_eq!((&json["missing"], &json["debugged"]), (&Value::Null, &"Some(\"a \\\"b\\\"\")".into()));
    }

    #[test]
    fn a_message_is_found_where_it_is_expected_wherever_it_was_said() {
        let json = written(Look::Json, || tracing::info!(target: "t", status = 200_u64, message = "done"));
        assert!(json.contains(r#""target":"t","message":"done","status":200}"#), "{json}");
    }
}
