//! A handler's calls: the same stack, deadline, checks and failures as a composition's.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use percent_encoding::utf8_percent_encode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use trefoil_backend::{Body, Call, Effort, OwnTime, Policy, Reply};
use trefoil_context::{Code, Deadline, FAMILY, Problem, RequestContext};

use super::Serving;
use crate::declare::Backend;
use crate::outcome::{self, Reason};
use crate::plan::{Source, Text, TextPart};
use crate::project::quoted;
use crate::render::{self, ENCODED, NotMade};
use crate::run::{Fault, is_whole_json, is_without_body};
use crate::signals::Made;

/// The headers that no call sets, beside those of the gateway's own family.
const OWN: [&str; 32] = [
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "set-cookie",
    "te",
    "traceparent",
    "tracestate",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-request-id",
];

/// The backends of a handler, for one request. Each call runs while it is awaited; dropping it ends it. Calls that do not wait for
/// each other are joined, by `tokio::join!` or the like.
#[derive(Clone)]
pub struct Backends(Arc<Request>);

struct Request {
    serving: Arc<Serving>,
    context: RequestContext,
    due: Deadline,
}

/// A call that is being put together. Values are encoded for where they stand.
#[must_use = "a call is made by `.json().await`"]
pub struct BackendCall {
    request: Arc<Request>,
    backend: &'static str,
    method: Method,
    path: &'static str,
    values: Vec<String>,
    query: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
    body: Option<Result<Vec<u8>, String>>,
    within: Option<Duration>,
    effort: Effort,
    cache: Option<Policy>,
    absent: Vec<u16>,
    pass: Vec<u16>,
}

impl Backends {
    pub(super) fn new(serving: Arc<Serving>, context: RequestContext, due: Deadline) -> Backends {
        Backends(Arc::new(Request { serving, context, due }))
    }

    /// A GET of this path at the backend `B`. Each `{}` in it stands for a [`value`](BackendCall::value), in order.
    pub fn get<B: Backend>(&self, path: &'static str) -> BackendCall {
        self.call::<B>(Method::GET, path)
    }

    /// The same, by any method. Nothing is ever sent twice.
    pub fn call<B: Backend>(&self, method: Method, path: &'static str) -> BackendCall {
        BackendCall {
            request: Arc::clone(&self.0),
            backend: B::NAME,
            method,
            path,
            values: Vec::new(),
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            within: None,
            effort: Effort::default(),
            cache: None,
            absent: Vec::new(),
            pass: Vec::new(),
        }
    }

    /// When calls are given up: a little before the answer is due.
    pub fn deadline(&self) -> Deadline {
        self.0.due
    }
}

#[expect(clippy::needless_pass_by_value, reason = "numbers and texts are written as they are: `.query(\"limit\", 5)`")]
impl BackendCall {
    /// What stands for the next `{}` of the path: one segment or a part of it, never more.
    pub fn value(mut self, value: impl ToString) -> BackendCall {
        self.values.push(value.to_string());
        self
    }

    /// A parameter of the query.
    pub fn query(mut self, name: &'static str, value: impl ToString) -> BackendCall {
        self.query.push((name, value.to_string()));
        self
    }

    /// A header. Those that the gateway writes itself stay its own.
    pub fn header(mut self, name: &'static str, value: impl ToString) -> BackendCall {
        self.headers.push((name, value.to_string()));
        self
    }

    /// A JSON body.
    pub fn body(mut self, body: &impl Serialize) -> BackendCall {
        self.body = Some(serde_json::to_vec(body).map_err(|error| error.to_string()));
        self
    }

    /// The most time that it may take, inside the deadline.
    pub fn within(mut self, within: Duration) -> BackendCall {
        self.within = Some(within);
        self
    }

    /// Attempts it again when it failed in passing (no connection, a break, 502, 503, 504), so often in all: 1 to 10. A POST or PATCH
    /// is attempted once whatever is said here, unless it is sent with an `Idempotency-Key`.
    pub fn attempts(mut self, most: u32) -> BackendCall {
        self.effort.attempts = Some(most);
        self
    }

    /// Sends a second attempt beside a GET that takes longer than 95 of a hundred of the backend's answers do.
    pub fn hedged(mut self) -> BackendCall {
        self.effort.hedge = true;
        self
    }

    /// Keeps the answer of a GET for this caller, for so long.
    pub fn cached(self, ttl: Duration) -> BackendCall {
        self.kept(ttl, false)
    }

    /// Keeps the answer of a GET for all callers, for so long. It is sent without the caller's headers: what it answers must be the
    /// same for everybody who is let in.
    pub fn cached_for_all(self, ttl: Duration) -> BackendCall {
        self.kept(ttl, true)
    }

    fn kept(mut self, ttl: Duration, shared: bool) -> BackendCall {
        self.cache = Some(Policy { ttl: Some(ttl), shared, ..Policy::default() });
        self
    }

    /// A status that means "there is none": null, which an `Option` can be.
    pub fn absent(mut self, status: u16) -> BackendCall {
        self.absent.push(status);
        self
    }

    /// A client-error status that the problem takes on.
    pub fn pass(mut self, status: u16) -> BackendCall {
        self.pass.push(status);
        self
    }

    /// Makes the call, and reads its answer. An answer without a body is null.
    ///
    /// # Errors
    /// What a required call of a composition gives: `deadline-exceeded`, `backend-unreachable`, `backend-status`,
    /// `backend-shape`, or the status that it may pass on. It has been logged and counted by then.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T, Problem> {
        let request = Arc::clone(&self.request);
        let (backend, absent, pass) = (self.backend, self.absent.clone(), self.pass.clone());
        let reply = self.send().await.map_err(|fault| request.fail(backend, None, &fault))?;
        let status = reply.status;
        if !status.is_success() && pass.contains(&status.as_u16()) {
            // Declared: the client is told, and there is nothing to log.
            return Err(request.named(Problem::passed(status)));
        }
        read(&reply, &absent).map_err(|fault| {
            // What is of no use is not kept either, or it would be there for its whole time.
            if let Some(cached) = &reply.cached {
                cached.forget();
            }
            request.fail(backend, Some(status), &fault)
        })
    }

    async fn send(self) -> Result<Reply, Fault> {
        let unfit = |what: &str| Fault { reason: Reason::Shape, detail: what.to_owned() };
        let none = |what: &str| Fault { reason: Reason::Connect, detail: what.to_owned() };
        let serving = &self.request.serving;
        if !serving.handler.backends.iter().any(|known| known == self.backend) {
            return Err(none("the handler does not say that it calls this backend; add `.calls::<…>()`"));
        }
        let Some(client) = serving.clients.get(self.backend) else {
            return Err(none("the backend is not configured"));
        };
        if self.cache.is_some() && self.method != Method::GET {
            return Err(unfit("only the answer of a GET can be kept"));
        }
        let not_made = |not_made: NotMade| match not_made {
            NotMade::Unfit(what) => unfit(what),
            NotMade::Null => unfit("the path has more `{}` than values"),
        };
        let path_and_query = self.url().map_err(not_made)?;
        let mut headers = self.headers().map_err(not_made)?;
        let body = match self.body {
            None => Body::Empty,
            Some(body) => {
                headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                Body::from(Bytes::from(body.map_err(|error| unfit(&error))?))
            }
        };
        let due = self.request.due;
        let call = Call {
            context: &self.request.context,
            field: &serving.handler.name,
            method: self.method,
            path_and_query,
            headers,
            body,
            effort: Effort { own_time: self.within.map(OwnTime::from_now), ..self.effort },
            cache: self.cache,
            for_effect: false,
            deadline: self.within.map_or(due, |within| Deadline::within(within).earlier(due)),
        };
        client.call(call).await.map_err(|failure| Fault::of(&failure))
    }

    fn url(&self) -> Result<String, NotMade> {
        let mut parts = Vec::new();
        for (index, literal) in self.path.split("{}").enumerate() {
            if index > 0 {
                parts.push(TextPart::Value { source: Source::Param(index - 1), written: "{}".to_owned(), omit: false });
            }
            parts.push(TextPart::Literal(literal.to_owned()));
        }
        if parts.len() / 2 < self.values.len() {
            return Err(NotMade::Unfit("there are more values than `{}` in the path"));
        }
        let value = |source| match source {
            Source::Param(index) => self.values.get(index).map(|value| Bytes::from(quoted(value))),
            _ => None,
        };
        let mut url = String::with_capacity(64);
        render::path(&Text(parts), &value, &mut url)?;
        for (index, (name, value)) in self.query.iter().enumerate() {
            url.push(if index == 0 { '?' } else { '&' });
            url.extend(utf8_percent_encode(name, ENCODED));
            url.push('=');
            url.extend(utf8_percent_encode(value, ENCODED));
        }
        Ok(url)
    }

    fn headers(&self) -> Result<HeaderMap, NotMade> {
        let mut headers = HeaderMap::with_capacity(self.headers.len() + 8);
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| NotMade::Unfit("a header's name is none: letters, digits and `-`"))?;
            if is_the_gateways(&name) {
                return Err(NotMade::Unfit("a header that the gateway writes itself cannot be set"));
            }
            headers.insert(name, render::header(value)?);
        }
        Ok(headers)
    }
}

/// Whether a header tells who asks, or belongs to one connection or message, or asks for less than the whole answer.
fn is_the_gateways(name: &HeaderName) -> bool {
    let folded = name.as_str().replace('_', "-");
    folded.starts_with(FAMILY) || OWN.contains(&&*folded)
}

/// What an answer is to the handler.
fn read<T: DeserializeOwned>(reply: &Reply, absent: &[u16]) -> Result<T, Fault> {
    let status = reply.status;
    let body: &[u8] = if is_without_body(reply) || absent.contains(&status.as_u16()) {
        b"null"
    } else if status.is_success() {
        is_whole_json(reply)?;
        &reply.body
    } else {
        return Err(Fault::of_status());
    };
    // The place only: what serde says of it may repeat what was answered.
    serde_json::from_slice(body).map_err(|error| Fault {
        reason: Reason::Shape,
        detail: format!("not what the type says, at line {} column {}", error.line(), error.column()),
    })
}

impl Request {
    /// Logs and counts a failure, here and nowhere else, and says it to the client without a detail.
    fn fail(&self, backend: &str, status: Option<StatusCode>, fault: &Fault) -> Problem {
        let name = &self.serving.handler.name;
        let made = Made { endpoint: name, field: name, backend, required: true };
        self.serving.signals.failed_at(&made, &self.context, fault.reason, status, &fault.detail);
        self.named(outcome::problem_of(fault.reason))
    }

    fn named(&self, problem: Problem) -> Problem {
        problem.with_request_id(self.context.id.clone())
    }
}

impl<S: Sync> FromRequestParts<S> for Backends {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Backends, Problem> {
        let none = || Problem::new(Code::Internal).with_detail("this is no handler of a BFF");
        parts.extensions.get::<Backends>().cloned().ok_or_else(none)
    }
}

impl fmt::Debug for Backends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backends").field("of", &self.0.serving.handler).finish_non_exhaustive()
    }
}

impl fmt::Debug for BackendCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackendCall").field("backend", &self.backend).field("path", &self.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every header that a declared call was tried with, and what the compiler said.
    const TRIED: &str = include_str!("../../../composition-derive/tests/ui/headers_that_a_call_cannot_send.rs");
    const SAID: &str = include_str!("../../../composition-derive/tests/ui/headers_that_a_call_cannot_send.stderr");

    #[test]
    fn a_handler_may_set_just_the_headers_that_a_declared_call_may_send() {
        let tried: Vec<&str> = TRIED.split('"').skip(1).step_by(2).filter(|text| !text.contains('/')).collect();
        for own in OWN {
            assert!(tried.contains(&own), "`{own}` is not tried in headers_that_a_call_cannot_send.rs");
        }
        for name in tried {
            let refused = SAID.contains(&format!("the header `{name}` cannot be declared"));
            assert_eq!(is_the_gateways(&HeaderName::try_from(name).unwrap()), refused, "{name}");
        }
    }
}
