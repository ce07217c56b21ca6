//! A page that shows a screen filling in, on a loopback port of its own: the gateway serves no pages of the demo's.
//!
//! To the gateway it is one more origin that its CORS policy lets in. What it hands out, a token and the backends' controls, is
//! for its own page only: it answers no other origin, and no other host name, which a name that is bound to loopback would be.

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::backends::Controls;
use crate::issuer::Desk;
use crate::ports::{self, PortError};

/// `Cross-Origin-Resource-Policy` (the Fetch standard).
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// The page's port, held before anybody answers there: the gateway must know its origin first.
#[derive(Debug)]
pub(crate) struct Door {
    listener: TcpListener,
    origin: String,
}

/// The running page. Dropping this ends it.
#[derive(Debug)]
pub(crate) struct Screen {
    origin: String,
    _serving: JoinSet<()>,
}

/// What its routes share.
struct Shared {
    origin: String,
    /// Where the gateway answers.
    gateway: String,
    policy: HeaderValue,
    desk: Desk,
    controls: Controls,
}

// === impl Door ===

impl Door {
    /// Takes a port on loopback; 0 takes any free one.
    pub(crate) async fn bind(port: u16) -> Result<Door, PortError> {
        let listener = ports::bind(port, "--screen-port PORT").await?;
        let origin = format!("http://{}:{}", Ipv4Addr::LOCALHOST, ports::of(&listener)?);
        Ok(Door { listener, origin })
    }

    /// The page's origin, which is also its URL.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Opens the page of the gateway that answers at `gateway`.
    pub(crate) fn open(self, gateway: &str, desk: Desk, controls: Controls) -> Screen {
        // Nothing is loaded from elsewhere, and only the gateway is asked. Addresses are always a header's value.
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' {gateway}; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        let policy = HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        let Door { listener, origin } = self;
        let shared = Arc::new(Shared { origin: origin.clone(), gateway: gateway.to_owned(), policy, desk, controls });
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            // It ends only when it is dropped: `axum::serve` rides out every error of a connection.
            let _ = axum::serve(listener, routes(shared)).await;
        });
        Screen { origin, _serving: serving }
    }
}

// === impl Screen ===

impl Screen {
    /// Where the page is.
    pub(crate) fn url(&self) -> &str {
        &self.origin
    }
}

fn routes(shared: Arc<Shared>) -> Router {
    let file = |content_type: &'static str, body: &'static str| {
        get(move || std::future::ready(([(header::CONTENT_TYPE, content_type)], body)))
    };
    Router::new()
        .route("/", file("text/html; charset=utf-8", include_str!("index.html")))
        .route("/screen.css", file("text/css; charset=utf-8", include_str!("screen.css")))
        .route("/screen.js", file("text/javascript; charset=utf-8", include_str!("screen.js")))
        .route("/screen.svg", file("image/svg+xml", include_str!("screen.svg")))
        .route("/pass", get(pass))
        .route("/control/{backend}", get(control).post(control))
        .layer(from_fn_with_state(Arc::clone(&shared), for_its_own_page))
        .with_state(shared)
}

/// Sends whoever came by another name to the page's own, and refuses what another page asks for.
async fn for_its_own_page(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let host = headers.get(header::HOST).map(HeaderValue::as_bytes);
    if host != shared.origin.strip_prefix("http://").map(str::as_bytes) {
        return Redirect::temporary(&shared.origin).into_response();
    }
    let foreign = headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes() != shared.origin.as_bytes());
    if foreign {
        return (StatusCode::FORBIDDEN, Json(json!({ "error": "this is for the demo's own page" }))).into_response();
    }
    let mut response = next.run(request).await;
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, shared.policy.clone()),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (RESOURCE_POLICY, HeaderValue::from_static("same-origin")),
    ] {
        response.headers_mut().insert(name, value);
    }
    response
}

/// Where to ask, and with what.
async fn pass(State(shared): State<Arc<Shared>>) -> Response {
    match shared.desk.for_the_home_screen() {
        Ok(token) => Json(json!({ "gateway": shared.gateway, "token": token })).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "error": error.to_string() }))).into_response(),
    }
}

/// A backend's `/_control`.
async fn control(State(shared): State<Arc<Shared>>, Path(backend): Path<String>, request: Request) -> Response {
    match shared.controls.get(&*backend) {
        Some(backend) => backend.controlled(request).await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
