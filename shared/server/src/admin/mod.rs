//! Where operators look: probes, metrics, the version, the cache. On a listener of its own, on loopback unless said otherwise,
//! because none of it needs a token.

mod purge;
pub(crate) mod readiness;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{StatusCode, header};
use prometheus::{Encoder, Registry, TextEncoder};
use serde::Deserialize;
use serde_json::json;
use trefoil_backend::Cache;
use trefoil_context::{Code, Problem};

pub(crate) use self::readiness::Readiness;

/// Section `admin`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdminConfig {
    /// `address`: an IP address and a port; port 0 takes a free one. Default `127.0.0.1:9900`.
    #[serde(deserialize_with = "crate::listen::address")]
    pub address: SocketAddr,
}

impl Default for AdminConfig {
    fn default() -> AdminConfig {
        AdminConfig { address: SocketAddr::from((Ipv4Addr::LOCALHOST, 9900)) }
    }
}

#[derive(Debug, Clone)]
struct Admin {
    readiness: Readiness,
    registry: Registry,
    cache: Arc<Cache>,
}

/// Everything that the admin listener answers.
pub(crate) fn router(readiness: Readiness, registry: Registry, cache: Arc<Cache>) -> Router {
    Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/healthz", get(readyz))
        .route("/metrics", get(metrics))
        .route("/version", get(version))
        .route("/cache/purge", post(purge::purge).layer(DefaultBodyLimit::max(purge::MAX_BODY)))
        .fallback(|| async { Problem::new(Code::UnknownRoute) })
        .method_not_allowed_fallback(|| async { Problem::new(Code::MethodNotAllowed) })
        .with_state(Admin { readiness, registry, cache })
}

/// The process runs and its runtime turns: restart it if this fails.
async fn livez() -> Response {
    plain(StatusCode::OK, "alive")
}

/// Send it requests, or do not: not before it has the issuers' keys, or has asked for them three times in vain; not after
/// SIGTERM.
async fn readyz(State(admin): State<Admin>) -> Response {
    match admin.readiness.get() {
        readiness::State::Ready => plain(StatusCode::OK, "ready"),
        readiness::State::Starting => plain(StatusCode::SERVICE_UNAVAILABLE, "starting"),
        readiness::State::Draining => plain(StatusCode::SERVICE_UNAVAILABLE, "draining"),
    }
}

/// All metrics, in Prometheus' text format.
async fn metrics(State(admin): State<Admin>) -> Response {
    let mut text = Vec::new();
    match TextEncoder::new().encode(&admin.registry.gather(), &mut text) {
        Ok(()) => ([(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "cannot write the metrics");
            Problem::new(Code::Internal).into_response()
        }
    }
}

/// What is running.
async fn version() -> Response {
    Json(json!({ "name": crate::SERVICE_NAME, "version": env!("CARGO_PKG_VERSION") })).into_response()
}

fn plain(status: StatusCode, word: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, format!("{word}\n")).into_response()
}
