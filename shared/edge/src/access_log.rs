//! One line per request, target `trefoil::access`: never a token, never a query string.
//!
//! The cause of a failure is logged where it is known; this line only carries its code. It is written when the answer's
//! head is ready: of a streamed answer it says how it began.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use http::{HeaderName, Uri};
use tokio::time::Instant;
use trefoil_context::{Problem, RequestContext, TraceContext};

use crate::around::{Around, Step};
use crate::visit::Visit;

/// The header by which an answer says what is missing in it.
const DEGRADED_HEADER: HeaderName = HeaderName::from_static("trefoil-degraded");
/// What the line says of a request whose client left before the answer; nobody received this status.
const CLIENT_LEFT: u16 = 499;
/// More of a path or of a header does not enter the line, in bytes.
const MAX_TEXT_BYTES: usize = 512;

/// See the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AccessLog;

/// A line that will be written, at the latest when this is dropped.
pub(crate) struct Line {
    visit: Arc<Visit>,
    trace: TraceContext,
    arrived: Instant,
    uri: Uri,
    written: bool,
}

impl Around for AccessLog {
    type Kept = Option<Line>;

    fn before(&self, request: &mut Request) -> Step<Option<Line>> {
        // Whether the line is wanted is not asked here: `enabled!` without an event after it leaves per-layer filters in a
        // state in which the request's next span is lost.
        let context = request.extensions().get::<RequestContext>();
        Step::Go(Visit::of(request).zip(context).map(|(visit, context)| Line {
            visit: visit.clone(),
            trace: context.trace,
            arrived: context.arrived,
            uri: request.uri().clone(),
            written: false,
        }))
    }

    fn after(&self, kept: Option<Line>, response: &mut Response) {
        if let Some(mut line) = kept {
            line.write(Some(response));
        }
    }
}

// === impl Line ===

impl Line {
    /// Nothing is worked out unless the line is wanted.
    fn write(&mut self, response: Option<&Response>) {
        self.written = true;
        let visit = &*self.visit;
        tracing::info!(
            target: "trefoil::access",
            // A line of its own, not an event of the request's span: it says what the span says.
            parent: None,
            method = visit.method,
            route = visit.route.as_deref(),
            path = &*printable(self.uri.path()),
            status = response.map_or(CLIENT_LEFT, |response| response.status().as_u16()),
            duration_ms = self.arrived.elapsed().as_micros() as f64 / 1_000.0,
            request_id = visit.id.as_str(),
            trace_id = self.trace.trace_id_text(),
            bff = visit.bff.as_ref().map(|bff| &*bff.name),
            caller = response.and(visit.caller()).map(|caller| caller.id.as_str()),
            code = response.and_then(|response| response.extensions().get::<Problem>()).map(|problem| problem.code().name()),
            degraded = response.and_then(degraded),
        );
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.written {
            self.write(None);
        }
    }
}

/// What is missing in an answer.
fn degraded(response: &Response) -> Option<String> {
    let value = response.headers().get(DEGRADED_HEADER)?;
    Some(printable(&String::from_utf8_lossy(value.as_bytes())).into_owned())
}

/// The text without what could forge a line or drive a terminal, and no longer than [`MAX_TEXT_BYTES`].
fn printable(text: &str) -> Cow<'_, str> {
    let text = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
    if text.chars().any(char::is_control) {
        let escape = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
        Cow::Owned(text.chars().map(escape).collect())
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_and_long_text_is_cut() {
        assert_eq!(printable("/a\u{1b}[31m\nb"), "/a\\u{1b}[31m\\nb");
        assert_eq!(printable(&"ä".repeat(1_000)).len(), MAX_TEXT_BYTES);
        assert!(matches!(printable("/web/home"), Cow::Borrowed(_)));
    }
}
