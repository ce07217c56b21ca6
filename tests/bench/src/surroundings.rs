//! What stands around the gateway: backends, the issuer of tokens, and a collector that throws spans away.

use axum::Router;
use axum::body::Body;
use axum::routing::post;
use http_body_util::BodyExt as _;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use trefoil_demo::Issuer;

use crate::Result;
use crate::process::{OTHER_CORE, Process};

/// All of it. It ends when this is dropped.
pub(crate) struct Surroundings {
    backends: Process,
    issuer: Issuer,
    collector: String,
    /// Turns for the issuer and the collector.
    _runtime: Runtime,
}

impl Surroundings {
    /// Starts it. `slow`: one of the backends takes a second.
    pub(crate) fn start(slow: bool) -> Result<Surroundings> {
        let slow_ms = if slow { 1000 } else { 0 };
        let backends = Process::start("bench-backends", &[format!("--slow-ms={slow_ms}")], &[], OTHER_CORE, 3)?;
        let runtime = Runtime::new()?;
        let issuer = runtime.block_on(Issuer::start(0))?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let collector = format!("http://{}", listener.local_addr()?);
        let taken = post(|body: Body| async { drop(body.collect().await) });
        runtime.spawn(async move { axum::serve(listener, Router::new().fallback(taken)).await });
        Ok(Surroundings { backends, issuer, collector, _runtime: runtime })
    }

    /// The base URLs of the backends, with commas between them.
    pub(crate) fn backends(&self) -> String {
        let url = |address| format!("http://{address}");
        self.backends.addresses.iter().map(url).collect::<Vec<_>>().join(",")
    }

    /// Whose tokens are believed.
    pub(crate) fn issuer(&self) -> &str {
        self.issuer.url()
    }

    /// A token that opens every screen.
    pub(crate) fn token(&self) -> &str {
        self.issuer.tokens().get("web").map(String::as_str).unwrap_or_default()
    }

    /// Where spans go.
    pub(crate) fn collector(&self) -> &str {
        &self.collector
    }
}
