//! Backends in memory, behind the same seam as real ones.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use serde::Serialize;
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

#[derive(Debug, Clone)]
struct Planned {
    backend: String,
    prefix: String,
    delay: Duration,
    reply: Reply,
}

#[derive(Debug, Clone)]
enum Reply {
    Answer { status: StatusCode, headers: HeaderMap, body: Bytes },
    Refused,
    Broken,
}

/// Says what a backend answers below a path. The longest path that fits a call decides, then the last said.
#[derive(Debug)]
pub struct Route {
    backends: FakeBackends,
    planned: Planned,
}

impl FakeBackends {
    /// Backends that know no path: whatever is called answers 404.
    pub fn new() -> FakeBackends {
        FakeBackends::default()
    }

    /// What `backend` answers to calls whose path and query start with `prefix`.
    pub fn on(&self, backend: &str, prefix: &str) -> Route {
        let answer = Reply::Answer { status: StatusCode::OK, headers: HeaderMap::new(), body: Bytes::new() };
        let planned =
            Planned { backend: backend.to_owned(), prefix: prefix.to_owned(), delay: Duration::ZERO, reply: answer };
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

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Route {
    /// The answer comes only after this many milliseconds. Say it before what is answered.
    #[must_use]
    pub fn slow(mut self, millis: u64) -> Route {
        self.planned.delay = Duration::from_millis(millis);
        self
    }

    /// 200 with this JSON text.
    pub fn json(self, json: &str) {
        self.answer(200, "application/json", json);
    }

    /// 200 with this value, in the names that the backend uses.
    pub fn value(self, value: &impl Serialize) {
        let json = serde_json::to_string(value).unwrap_or_else(|error| panic!("the value cannot be JSON: {error}"));
        self.json(&json);
    }

    /// This status, with a small JSON body.
    pub fn status(self, status: u16) {
        self.answer(status, "application/json", r#"{"error":"a detail that no client may see"}"#);
    }

    /// A whole answer of one's own.
    pub fn answer(self, status: u16, content_type: &str, body: &str) {
        let status = StatusCode::from_u16(status).unwrap_or_else(|error| panic!("{status}: {error}"));
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_str(content_type).unwrap_or_else(|error| panic!("{content_type}: {error}"));
        headers.insert(header::CONTENT_TYPE, value);
        self.reply(Reply::Answer { status, headers, body: Bytes::copy_from_slice(body.as_bytes()) });
    }

    /// No connection.
    pub fn refused(self) {
        self.reply(Reply::Refused);
    }

    /// The head comes, then the connection breaks.
    pub fn broken(self) {
        self.reply(Reply::Broken);
    }

    fn reply(mut self, reply: Reply) {
        self.planned.reply = reply;
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
            let (head, _) = outgoing.request.into_parts();
            let path = head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
            let (planned, call) = {
                let mut state = self.backends.state();
                let fits = |planned: &&Planned| planned.backend == self.backend && path.starts_with(&planned.prefix);
                let planned = state.routes.iter().filter(fits).max_by_key(|planned| planned.prefix.len()).cloned();
                state.received.push(Received {
                    backend: self.backend.clone(),
                    method: head.method,
                    path: path.clone(),
                    headers: head.headers,
                    end: End::UnderWay,
                });
                (planned, state.received.len() - 1)
            };
            let mut under_way = UnderWay { backends: &self.backends, call, end: End::GivenUp };
            let Some(planned) = planned else {
                under_way.end = End::Answered;
                return Ok(respond(StatusCode::NOT_FOUND, HeaderMap::new(), Body::Empty));
            };
            tokio::time::sleep(planned.delay).await;
            under_way.end = End::Answered;
            match planned.reply {
                Reply::Answer { status, headers, body } => Ok(respond(status, headers, body.into())),
                Reply::Refused => Err(TransportError::Connect("refused by the test".to_owned())),
                Reply::Broken => {
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
