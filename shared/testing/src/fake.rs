//! Backends in memory, behind the same seam as real ones.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use serde::Serialize;
use tokio::time::Instant;
use trefoil_backend::{Body, Outgoing, Sending, Transport, TransportError};

/// Every fake backend of a test. Clones share what they know.
#[derive(Debug, Clone, Default)]
pub struct FakeBackends(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    routes: Vec<Planned>,
    received: Vec<Received>,
}

/// A call that a fake backend got.
#[derive(Debug, Clone)]
pub struct Received {
    /// The backend's name.
    pub backend: String,
    /// The method.
    pub method: Method,
    /// The path and query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; empty if there was none.
    pub body: Bytes,
    /// When it came; tokio's time, so that it is exact where time is paused.
    pub at: Instant,
    /// How it ended.
    pub end: End,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It is still under way.
    UnderWay,
    /// It was answered.
    Answered,
    /// The gateway gave it up.
    GivenUp,
}

#[derive(Clone)]
struct Planned {
    backend: String,
    prefix: String,
    /// The one method that it answers; `None` for any.
    method: Option<Method>,
    delay: Duration,
    replies: Replies,
}

/// What a fake backend answers: always the same, or what the call asks for.
#[derive(Clone)]
enum Replies {
    Same(Reply),
    Asked(Arc<dyn Fn(&Received) -> Reply + Send + Sync>),
}

/// What a fake backend does with a call.
#[derive(Debug, Clone)]
pub struct Reply {
    delay: Duration,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Answer { status: StatusCode, headers: HeaderMap, body: Bytes },
    Refused,
    Broken,
    Malformed,
}

/// Says what a backend answers below a path. The longest path that fits a call decides, then the last said.
#[derive(Debug)]
pub struct Route {
    backends: FakeBackends,
    planned: Planned,
}

impl std::fmt::Debug for Planned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Planned").field("backend", &self.backend).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl Reply {
    /// 200 with this JSON text.
    pub fn json(json: &str) -> Reply {
        Reply::answer(200, "application/json", json)
    }

    /// This status, with a small JSON body.
    pub fn status(status: u16) -> Reply {
        Reply::answer(status, "application/json", r#"{"error":"a detail that no client may see"}"#)
    }

    /// A whole answer of one's own.
    pub fn answer(status: u16, content_type: &str, body: &str) -> Reply {
        let status = StatusCode::from_u16(status).unwrap_or_else(|error| panic!("{status}: {error}"));
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_str(content_type).unwrap_or_else(|error| panic!("{content_type}: {error}"));
        headers.insert(header::CONTENT_TYPE, value);
        Reply::new(What::Answer { status, headers, body: Bytes::copy_from_slice(body.as_bytes()) })
    }

    /// No connection.
    pub fn refused() -> Reply {
        Reply::new(What::Refused)
    }

    /// The head comes, then the connection breaks.
    pub fn broken() -> Reply {
        Reply::new(What::Broken)
    }

    /// What comes is no HTTP.
    pub fn malformed() -> Reply {
        Reply::new(What::Malformed)
    }

    /// The same, with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Reply {
        if let What::Answer { headers, .. } = &mut self.what {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
            let value = HeaderValue::from_str(value).unwrap_or_else(|error| panic!("{value}: {error}"));
            headers.append(name, value);
        }
        self
    }

    /// The same, only after this many milliseconds.
    #[must_use]
    pub fn slow(mut self, millis: u64) -> Reply {
        self.delay = Duration::from_millis(millis);
        self
    }

    /// The same, with this header; one that is there already is replaced.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Reply {
        let name = HeaderName::try_from(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        let value = HeaderValue::from_str(value).unwrap_or_else(|error| panic!("{value}: {error}"));
        if let What::Answer { headers, .. } = &mut self.what {
            headers.insert(name, value);
        }
        self
    }

    fn new(what: What) -> Reply {
        Reply { delay: Duration::ZERO, what }
    }
}

impl FakeBackends {
    /// Backends that know no path: whatever is called answers 404.
    pub fn new() -> FakeBackends {
        FakeBackends::default()
    }

    /// What `backend` answers to calls whose path and query start with `prefix`.
    pub fn on(&self, backend: &str, prefix: &str) -> Route {
        let planned = Planned {
            backend: backend.to_owned(),
            prefix: prefix.to_owned(),
            method: None,
            delay: Duration::ZERO,
            replies: Replies::Same(Reply::json("")),
        };
        Route { backends: self.clone(), planned }
    }

    /// The calls that `backend` got, oldest first.
    pub fn calls(&self, backend: &str) -> Vec<Received> {
        self.state().received.iter().filter(|received| received.backend == backend).cloned().collect()
    }

    /// Every call, oldest first.
    pub fn all_calls(&self) -> Vec<Received> {
        self.state().received.clone()
    }

    /// The transport to one of them.
    pub fn transport(&self, backend: &str) -> Arc<dyn Transport> {
        Arc::new(Fake { backend: backend.to_owned(), backends: self.clone() })
    }

    /// Backends that answer the same and have got no call yet. What is said to them is not said to these.
    pub(crate) fn fresh(&self) -> FakeBackends {
        let routes = self.state().routes.clone();
        FakeBackends(Arc::new(Mutex::new(State { routes, received: Vec::new() })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Route {
    /// This is for calls with this method only. Say it before what is answered.
    #[must_use]
    pub fn method(mut self, method: Method) -> Route {
        self.planned.method = Some(method);
        self
    }

    /// The answer comes only after this many milliseconds. Say it before what is answered.
    #[must_use]
    pub fn slow(mut self, millis: u64) -> Route {
        self.planned.delay = Duration::from_millis(millis);
        self
    }

    /// 200 with this JSON text.
    pub fn json(self, json: &str) {
        self.reply(Reply::json(json));
    }

    /// 200 with this value, in the names that the backend uses.
    pub fn value(self, value: &impl Serialize) {
        let json = serde_json::to_string(value).unwrap_or_else(|error| panic!("the value cannot be JSON: {error}"));
        self.json(&json);
    }

    /// This status, with a small JSON body.
    pub fn status(self, status: u16) {
        self.reply(Reply::status(status));
    }

    /// A whole answer of one's own.
    pub fn answer(self, status: u16, content_type: &str, body: &str) {
        self.reply(Reply::answer(status, content_type, body));
    }

    /// No connection.
    pub fn refused(self) {
        self.reply(Reply::refused());
    }

    /// The head comes, then the connection breaks.
    pub fn broken(self) {
        self.reply(Reply::broken());
    }

    /// This.
    pub fn reply(self, reply: Reply) {
        self.replies(Replies::Same(reply));
    }

    /// What the call asks for: a batch's answer depends on its keys.
    ///
    /// ```
    /// # use trefoil_testing::{FakeBackends, Reply};
    /// FakeBackends::new().on("catalog", "/products?ids=").asked(|call| {
    ///     let (_, keys) = call.path.split_once('=').unwrap_or_default();
    ///     let products: Vec<String> = keys.split(',').map(|key| format!(r#"{{"id":"{key}"}}"#)).collect();
    ///     Reply::json(&format!("[{}]", products.join(",")))
    /// });
    /// ```
    pub fn asked(self, reply: impl Fn(&Received) -> Reply + Send + Sync + 'static) {
        self.replies(Replies::Asked(Arc::new(reply)));
    }

    /// One after the other, and the last of them from then on: what an attempt gets, and what the next one does.
    ///
    /// ```
    /// # use trefoil_testing::{FakeBackends, Reply};
    /// FakeBackends::new().on("catalog", "/products").in_turn([Reply::status(503), Reply::refused(), Reply::json("[]")]);
    /// ```
    pub fn in_turn(self, replies: impl IntoIterator<Item = Reply>) {
        let replies: Vec<Reply> = replies.into_iter().collect();
        assert!(!replies.is_empty(), "say at least one reply");
        let next = AtomicUsize::new(0);
        self.asked(move |_| replies[next.fetch_add(1, Ordering::Relaxed).min(replies.len() - 1)].clone());
    }

    fn replies(mut self, replies: Replies) {
        self.planned.replies = replies;
        self.backends.state().routes.push(self.planned);
    }
}

impl Received {
    /// One header, as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

struct Fake {
    backend: String,
    backends: FakeBackends,
}

/// Marks its call as given up, unless it was answered first.
struct UnderWay<'a> {
    backends: &'a FakeBackends,
    call: usize,
    end: End,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.backends.state().received[self.call].end = self.end;
    }
}

impl Transport for Fake {
    fn send(&self, outgoing: Outgoing) -> Sending<'_> {
        Box::pin(async move {
            let (head, body) = outgoing.request.into_parts();
            let body = match body {
                Body::Full(bytes) => bytes,
                Body::Empty | Body::Stream(_) => Bytes::new(),
            };
            let path = head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
            let (planned, call, received) = {
                let mut state = self.backends.state();
                let fits = |planned: &&Planned| {
                    let method = planned.method.as_ref().is_none_or(|method| *method == head.method);
                    planned.backend == self.backend && method && path.starts_with(&planned.prefix)
                };
                let planned = state.routes.iter().filter(fits).max_by_key(|planned| planned.prefix.len()).cloned();
                let received = Received {
                    backend: self.backend.clone(),
                    method: head.method,
                    path: path.clone(),
                    headers: head.headers,
                    body,
                    at: Instant::now(),
                    end: End::UnderWay,
                };
                state.received.push(received.clone());
                (planned, state.received.len() - 1, received)
            };
            let mut under_way = UnderWay { backends: &self.backends, call, end: End::GivenUp };
            let Some(planned) = planned else {
                under_way.end = End::Answered;
                return Ok(respond(StatusCode::NOT_FOUND, HeaderMap::new(), Body::Empty));
            };
            let reply = match planned.replies {
                Replies::Same(reply) => reply,
                Replies::Asked(asked) => asked(&received),
            };
            tokio::time::sleep(planned.delay + reply.delay).await;
            under_way.end = End::Answered;
            match reply.what {
                What::Answer { status, headers, body } => Ok(respond(status, headers, body.into())),
                What::Malformed => Err(TransportError::Malformed("made so by the test".to_owned())),
                What::Refused => Err(TransportError::Connect("refused by the test".to_owned())),
                What::Broken => {
                    let mut headers = HeaderMap::new();
                    headers
                        .insert(HeaderName::from_static("content-type"), HeaderValue::from_static("application/json"));
                    let broken = Err(TransportError::Broken("closed by the test".to_owned()));
                    Ok(respond(StatusCode::OK, headers, Body::Stream(Box::pin(Once(Some(broken))))))
                }
            }
        })
    }
}

/// A stream of one item.
struct Once(Option<Result<Bytes, TransportError>>);

impl futures_util::Stream for Once {
    type Item = Result<Bytes, TransportError>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.take())
    }
}

fn respond(status: StatusCode, headers: HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
