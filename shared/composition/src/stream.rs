//! Progressive delivery: each top-level field is sent the moment that it and all under it are settled.
//!
//! A client asks by `Accept`: `text/event-stream` (Server-Sent Events, the HTML standard) or `application/x-ndjson`. The same
//! declaration is run by the same code; only the writing differs. A stream begins with its first field, but not before every
//! call has settled whose status may become the answer's (`pass`), nor before a guard has (a needed call for `()`, or a hidden one
//! that feeds nothing): what fails before that is answered by status, as ever; what fails later is said by an event.
//!
//! | event | data |
//! | --- | --- |
//! | `field` | `{"path", "value"}` |
//! | `end` | `{"degraded": [{"path", "reason", "count"?, "default"?}]}` |
//! | `error` | the problem; nothing comes after it |
//!
//! Where the answer is the value of one call (a list, say), it is one `field` with the path `""`.
//!
//! In NDJSON the same objects have a member `"event"` of their own. Lines starting with `:` (SSE) keep a quiet connection open.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::Stream;
use http::{HeaderMap, HeaderValue, header};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::{Instant, Sleep, sleep};
use tracing::Instrument as _;
use trefoil_context::{Problem, RequestContext};

use crate::idempotency::Write;
use crate::inputs::Inputs;
use crate::media;
use crate::outcome;
use crate::plan::Need;
use crate::project;
use crate::rest::Endpoint;
use crate::run;

/// How long a stream may be quiet before a sign of life is sent.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How a stream is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `text/event-stream`.
    EventStream,
    /// `application/x-ndjson`.
    Ndjson,
}

impl Format {
    const fn media_type(self) -> &'static str {
        match self {
            Format::EventStream => "text/event-stream",
            Format::Ndjson => "application/x-ndjson",
        }
    }

    /// One event. `members` are those of its object, without braces; they hold no line break, since JSON text of a projection
    /// has none outside of strings, and none in them.
    fn event(self, name: &str, members: &str) -> Bytes {
        match self {
            Format::EventStream => format!("event: {name}\ndata: {{{members}}}\n\n").into(),
            Format::Ndjson => format!("{{\"event\":\"{name}\",{members}}}\n").into(),
        }
    }

    fn heartbeat(self) -> Bytes {
        match self {
            Format::EventStream => Bytes::from_static(b":\n\n"),
            // A blank line: readers of NDJSON skip it.
            Format::Ndjson => Bytes::from_static(b"\n"),
        }
    }
}

/// The format that these headers ask for, if they ask for a stream rather than for JSON: by weight (RFC 9110 section 12.4.2),
/// and among equals by order.
pub fn wanted(headers: &HeaderMap) -> Option<Format> {
    let mut best: Option<(u16, Option<Format>)> = None;
    for (range, weight) in media::accepted(headers) {
        let stream = [Format::EventStream, Format::Ndjson].into_iter().find(|format| range.is(format.media_type()));
        let json = ["application/json", "application/*", "*/*"].into_iter().any(|name| range.is(name));
        if (stream.is_some() || json) && weight > best.map_or(0, |(best, _)| best) {
            best = Some((weight, stream));
        }
    }
    best.and_then(|(_, stream)| stream)
}

/// Answers by a stream, or with the problem that came before its first field.
pub(crate) async fn respond(
    endpoint: &Arc<Endpoint>,
    format: Format,
    inputs: Inputs,
    context: RequestContext,
    write: Write,
) -> Result<Response, Problem> {
    let (sender, receiver) = unbounded_channel();
    // A task of its own, so that deadlines hold whether or not the client reads; it ends with the answer's body.
    let work = tokio::spawn(work(Arc::clone(endpoint), format, inputs, context, write, sender).in_current_span());
    let quiet = Box::pin(sleep(HEARTBEAT));
    let mut delivery = Delivery { _work: EndWithBody(work), receiver, quiet, format, first: None };
    let first = delivery.receiver.recv().await;
    match first {
        Some(Event::Failed(problem)) => return Err(problem),
        Some(Event::Text(text)) => delivery.first = Some(text),
        None => {}
    }
    let mut response = Response::new(Body::from_stream(delivery));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies that gather answers would defeat the purpose.
    headers.insert(header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}

/// What the run has to say.
enum Event {
    Text(Bytes),
    /// The end: what cannot be done without has failed.
    Failed(Problem),
}

async fn work(
    endpoint: Arc<Endpoint>,
    format: Format,
    inputs: Inputs,
    context: RequestContext,
    write: Write,
    events: UnboundedSender<Event>,
) {
    let plan = &endpoint.plan;
    // There are as many events as fields, so none need wait. If nobody receives them any more, this work is about to end.
    let send = |event| drop(events.send(event));
    // A status that the declaration passes on is the answer's own: nothing is sent before it is known that there is none.
    // Nor is anything before a guard has let it pass: a needed call for `()`, or a hidden one that no other field waits for.
    let decides = |field: &usize| {
        let field = &plan.fields[*field];
        let call = plan.call_of(field.node);
        let feeds_nothing = || plan.nodes.iter().all(|node| !node.after.contains(&field.node));
        let guards = || plan.nodes[field.node].need == Need::Required && (call.shape.is_nothing() || feeds_nothing());
        !call.pass.is_empty() || (field.key.is_none() && guards())
    };
    let mut deciding: Vec<usize> = (0..plan.fields.len()).filter(decides).collect();
    let mut held = Vec::new();
    let mut observe = |state: &run::State, field: usize| {
        let value = outcome::field(plan, state, field)?;
        if let Some(key) = &plan.fields[field].key {
            let (path, value) = (project::quoted(key), String::from_utf8_lossy(&value));
            held.push(Event::Text(format.event("field", &format!("\"path\":{path},\"value\":{value}"))));
        }
        deciding.retain(|other| *other != field);
        if deciding.is_empty() {
            held.drain(..).for_each(send);
        }
        Ok(())
    };
    let (clients, signals) = (&endpoint.clients, &endpoint.signals);
    let run = run::run(plan, &inputs, &context, clients, signals, &write, Some(&mut observe)).await;
    match run.result {
        Ok(state) => {
            let degraded = outcome::named(plan, outcome::missing(plan, &state));
            let degraded = serde_json::to_string(&degraded).unwrap_or_else(|_| "[]".to_owned());
            send(Event::Text(format.event("end", &format!("\"degraded\":{degraded}"))));
        }
        Err((node, failure)) => {
            send(Event::Failed(outcome::problem(plan, node, failure).with_request_id(context.id.clone())));
        }
    }
}

/// The body. Dropping it, when the client leaves, ends every call.
struct Delivery {
    _work: EndWithBody,
    receiver: UnboundedReceiver<Event>,
    quiet: Pin<Box<Sleep>>,
    format: Format,
    first: Option<Bytes>,
}

/// A task that ends when this is dropped.
struct EndWithBody(JoinHandle<()>);

impl Drop for EndWithBody {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Stream for Delivery {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        match self.receiver.poll_recv(cx) {
            Poll::Ready(Some(event)) => {
                self.quiet.as_mut().reset(Instant::now() + HEARTBEAT);
                let text = match event {
                    Event::Text(text) => text,
                    Event::Failed(problem) => {
                        let json = problem.to_json();
                        self.format.event("error", json.get(1..json.len().saturating_sub(1)).unwrap_or_default())
                    }
                };
                Poll::Ready(Some(Ok(text)))
            }
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                if self.quiet.as_mut().poll(cx).is_ready() {
                    self.quiet.as_mut().reset(Instant::now() + HEARTBEAT);
                    return Poll::Ready(Some(Ok(self.format.heartbeat())));
                }
                Poll::Pending
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_asked_for_by_its_media_type() {
        for (accept, expected) in [
            ("text/event-stream", Some(Format::EventStream)),
            ("application/x-ndjson; q=0.9", Some(Format::Ndjson)),
            ("application/json, text/event-stream", None),
            ("text/event-stream;q=0, application/x-ndjson", Some(Format::Ndjson)),
            ("*/*", None),
            ("text/event-stream, */*", Some(Format::EventStream)),
            ("text/event-stream;q=0.1, application/json;q=0.9", None),
            ("text/event-stream;Q=0, */*;q=0.1", None),
            ("application/json;q=0.5, text/event-stream", Some(Format::EventStream)),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(wanted(&headers), expected, "{accept}");
        }
    }
}
