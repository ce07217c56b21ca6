//! Progressive delivery: each top-level field is sent the moment that it and all under it are settled.
//!
//! A client asks by `Accept`: `text/event-stream` (Server-Sent Events, the HTML standard) or `application/x-ndjson`. The same
//! declaration is run by the same code; only the writing differs. A stream begins with its first field: what fails before
//! that is answered by status, as ever; what fails later is said by an event.
//!
//! | event | data |
//! | --- | --- |
//! | `field` | `{"path", "value"}` |
//! | `end` | `{"degraded": [{"path", "reason", "count"?, "default"?}]}` |
//! | `error` | the problem; nothing comes after it |
//!
//! In NDJSON the same objects have a member `"event"` of their own. Lines starting with `:` (SSE) keep a quiet connection open.

use std::future::Future;
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
use tokio::time::{Instant, Sleep, sleep};
use trefoil_context::{Problem, RequestContext};

use crate::inputs::Inputs;
use crate::outcome;
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

/// The format that these headers ask for, if they ask for a stream before they accept JSON.
pub fn wanted(headers: &HeaderMap) -> Option<Format> {
    let accept = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges = accept.flat_map(|value| value.split(','));
    for range in ranges {
        let mut parts = range.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default();
        let refused = parts.any(|parameter| matches!(parameter, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        let found = [Format::EventStream, Format::Ndjson]
            .into_iter()
            .find(|format| media_type.eq_ignore_ascii_case(format.media_type()));
        match found {
            Some(format) if !refused => return Some(format),
            None if media_type.eq_ignore_ascii_case("application/json") => return None,
            Some(_) | None => {}
        }
    }
    None
}

/// Answers by a stream, or with the problem that came before its first field.
pub(crate) async fn respond(
    endpoint: &Arc<Endpoint>,
    format: Format,
    inputs: Inputs,
    context: RequestContext,
) -> Result<Response, Problem> {
    let (sender, receiver) = unbounded_channel();
    let work = Box::pin(work(Arc::clone(endpoint), format, inputs, context, sender));
    let mut delivery = Delivery { work: Some(work), receiver, quiet: Box::pin(sleep(HEARTBEAT)), format, first: None };
    let first = std::future::poll_fn(|cx| delivery.poll_event(cx)).await;
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
    events: UnboundedSender<Event>,
) {
    let plan = &endpoint.plan;
    // The receiver lives as long as this work: it is polled by it. There are as many events as fields, so none need wait.
    let send = |event| drop(events.send(event));
    let mut observe = |state: &run::State, field: usize| {
        let value = outcome::field(plan, state, field)?;
        let value = String::from_utf8_lossy(&value);
        let path = project::quoted(&plan.fields[field].key);
        send(Event::Text(format.event("field", &format!("\"path\":{path},\"value\":{value}"))));
        Ok(())
    };
    let run = run::run_observed(plan, &inputs, &context, &endpoint.clients, &endpoint.signals, &mut observe).await;
    match run.result {
        Ok(state) => {
            let degraded = serde_json::to_string(&outcome::missing(plan, &state)).unwrap_or_else(|_| "[]".to_owned());
            send(Event::Text(format.event("end", &format!("\"degraded\":{degraded}"))));
        }
        Err((node, failure)) => {
            send(Event::Failed(outcome::problem(plan, node, failure).with_request_id(context.id.clone())));
        }
    }
}

/// The body: it drives the run as it is read. Dropping it, when the client leaves, ends every call.
struct Delivery {
    work: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    receiver: UnboundedReceiver<Event>,
    quiet: Pin<Box<Sleep>>,
    format: Format,
    first: Option<Bytes>,
}

impl Delivery {
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        if let Some(work) = &mut self.work
            && work.as_mut().poll(cx).is_ready()
        {
            self.work = None;
        }
        match self.receiver.poll_recv(cx) {
            Poll::Pending if self.work.is_none() => Poll::Ready(None),
            other => other,
        }
    }
}

impl Stream for Delivery {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        match self.poll_event(cx) {
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
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(wanted(&headers), expected, "{accept}");
        }
    }
}
