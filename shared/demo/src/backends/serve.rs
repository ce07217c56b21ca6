//! A service's connections: control calls aside, each call is counted, held, failed or dropped as told, then answered.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use http::{Method, Request, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use super::answers;
use super::control::{Control, Verdict};

/// The most a control call may carry, in bytes.
const CONTROL_BODY: usize = 16 * 1024;

/// One service: its routes, what it has been told, and how it forgets what was written to it.
pub(crate) struct Backend {
    routes: Router,
    control: Control,
    forget: Box<dyn Fn() + Send + Sync>,
}

/// Handed to hyper instead of an answer: hyper then closes the connection.
#[derive(Debug)]
struct Closed;

impl Backend {
    pub(super) fn new(routes: Router, forget: impl Fn() + Send + Sync + 'static) -> Self {
        let routes = routes.fallback(answers::no_such_path);
        Self { routes, control: Control::default(), forget: Box::new(forget) }
    }

    /// Serves until dropped, which closes all connections.
    pub(super) async fn serve(self: Arc<Self>, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((socket, _)) => {
                        // A laggard's small answers would say more of Nagle than of the gateway. If it cannot be set,
                        // all still works.
                        let _ = socket.set_nodelay(true);
                        let this = Arc::clone(&self);
                        let service = service_fn(move |call| this.clone().answer(call));
                        connections.spawn(async move {
                            // An idle caller may stay: whoever is on loopback is trusted. An error is a caller who left, or
                            // `Closed`: neither is news.
                            let _ = http1::Builder::new()
                                .header_read_timeout(None)
                                .serve_connection(TokioIo::new(socket), service)
                                .await;
                        });
                    }
                    // Out of file handles, mostly: give others time to close some.
                    Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }

    async fn answer(self: Arc<Self>, call: Request<Incoming>) -> Result<Response, Closed> {
        let call = call.map(Body::new);
        match call.uri().path() {
            "/_control" => Ok(self.controlled(call).await),
            "/_last" => Ok(Json(self.control.last()).into_response()),
            _ => {
                let (parts, body) = call.into_parts();
                let (wait, verdict) = self.control.receive(&parts);
                if !wait.is_zero() {
                    tokio::time::sleep(wait).await;
                }
                match verdict {
                    Verdict::Close => Err(Closed),
                    Verdict::Fail(status) => Ok(failure(status)),
                    Verdict::Answer => {
                        let answer: Result<_, Infallible> =
                            self.routes.clone().oneshot(Request::from_parts(parts, body)).await;
                        answer.map_err(|never| match never {})
                    }
                }
            }
        }
    }

    /// Answers a call of `/_control`.
    pub(crate) async fn controlled(&self, call: Request<Body>) -> Response {
        let refuse = |status, why: String| (status, Json(json!({ "error": why }))).into_response();
        if call.method() == Method::POST {
            let changed = match axum::body::to_bytes(call.into_body(), CONTROL_BODY).await {
                Ok(body) => self.control.change(&body),
                Err(cause) => Err(cause.to_string()),
            };
            match changed {
                Ok(true) => (self.forget)(),
                Ok(false) => {}
                Err(why) => return refuse(StatusCode::BAD_REQUEST, why),
            }
        } else if call.method() != Method::GET {
            return refuse(StatusCode::METHOD_NOT_ALLOWED, "GET shows, POST changes".to_owned());
        }
        Json(self.control.shown()).into_response()
    }
}

/// The failure that was asked for. A status that has no body gets none.
fn failure(status: StatusCode) -> Response {
    match status {
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED => status.into_response(),
        _ => (status, Json(json!({ "error": "this call was told to fail" }))).into_response(),
    }
}

// === impl Backend ===

impl fmt::Debug for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backend").finish_non_exhaustive()
    }
}

// === impl Closed ===

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("told to close the connection")
    }
}

impl std::error::Error for Closed {}
