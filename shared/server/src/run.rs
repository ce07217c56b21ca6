//! A gateway's life: start, serve, drain, end.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use serde::Deserialize;
use trefoil_composition::{Bff, Idempotency};

use crate::admin::{self, Readiness};
use crate::assemble::{self, AssembleError, DeclarationsError};
use crate::config::{Config, ConfigError, Environment};
use crate::listen::{self, BindError, Serving};
use crate::signals::{End, HangUp, Signals};
use crate::telemetry::{Telemetry, TelemetryError};
use crate::warm_up::warm_up;
use crate::{limits, runtime};

/// Connections to the admin listener: a probe or two, a scrape, a person.
const MAX_ADMIN_CONNECTIONS: usize = 100;

/// Section `shutdown`: how the process ends after SIGTERM or SIGINT.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ShutdownConfig {
    /// `pre_stop_delay_ms`: after SIGTERM, how long to go on as before while `/readyz` already says no, so that load
    /// balancers notice. Not after SIGINT, which a person sends. Default 5000.
    pub pre_stop_delay_ms: u64,
    /// `drain_timeout_ms`: then, how long requests under way may take before they are cut off. Default 30000.
    pub drain_timeout_ms: u64,
    /// `flush_timeout_ms`: then, how long sending the last spans and metrics may take. Default 5000.
    pub flush_timeout_ms: u64,
}

/// Why a gateway does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The configuration does not do, by itself or for these BFFs.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// A BFF's declarations do not do.
    #[error("{0}")]
    Declarations(#[from] DeclarationsError),
    /// A port cannot be had.
    #[error("{0}")]
    Bind(#[from] BindError),
    /// Telemetry cannot be set up.
    #[error("{0}")]
    Telemetry(#[from] TelemetryError),
    /// The client that fetches issuers' keys cannot be built: the machine's trusted certificates cannot be read.
    #[error("cannot make HTTPS calls: {0}")]
    Client(#[from] reqwest::Error),
    /// The system refuses something else.
    #[error("cannot serve: {0}")]
    Io(#[from] std::io::Error),
}

/// A gateway that serves. Dropping it stops nothing; call [`Running::shutdown`].
#[derive(Debug)]
pub struct Running {
    public: Option<Serving>,
    tls: Option<Serving>,
    admin: Serving,
    readiness: Readiness,
    telemetry: Telemetry,
    idempotency: Idempotency,
    shutdown: ShutdownConfig,
}

/// Starts a gateway: checks all, takes the ports, then serves. Nothing is left behind on an error. Reads OpenTelemetry's
/// variables, `RUST_LOG` and `LOG_FORMAT` from `environment`.
pub async fn start(config: &Config, bffs: &[Bff], environment: &Environment) -> Result<Running, StartError> {
    config.check()?;
    let compiled = limits::limit(config, assemble::compile(bffs)?)?;
    let tls_config = assemble::tls(config)?;
    // Ports before telemetry: what cannot run should not announce itself.
    let public = match &config.listeners.public {
        Some(public) => Some(listen::bind(public.address, "listeners.public.address").await?),
        None => None,
    };
    let tls = match (&config.listeners.tls, tls_config) {
        (Some(tls), Some(loaded)) => Some((listen::bind(tls.address, "listeners.tls.address").await?, loaded)),
        _ => None,
    };
    let admin = listen::bind(config.admin.address, "admin.address").await?;

    let telemetry = Telemetry::start(config, environment)?;
    runtime::observe(&telemetry.meter());
    let assembly = assemble::assemble(config, &compiled, telemetry.sampling, &telemetry.meter())?;
    let router = assembly.router;

    let readiness = Readiness::default();
    let limits = &config.listeners.limits;
    let header_count = config.edge.limits.header_count;
    let admin_limits = crate::config::LimitsConfig { max_connections: MAX_ADMIN_CONNECTIONS, ..limits.clone() };
    let admin_router = admin::router(readiness.clone(), telemetry.registry.clone(), assembly.cache);
    let admin = Serving::plain(admin, admin_router, &admin_limits, header_count)?;
    let public = public.map(|listener| Serving::plain(listener, router.clone(), limits, header_count)).transpose()?;
    let tls = tls.map(|(listener, loaded)| Serving::tls(listener, router, limits, header_count, loaded)).transpose()?;
    // First look-ups and health checks; the ports do not wait for them.
    assembly.clients.start();
    // In the background: public endpoints work without, and an issuer may be slower to start than this.
    tokio::spawn(warm_up(assembly.issuers.into_values().collect(), readiness.clone()));

    let idempotency = assembly.idempotency;
    let running = Running { public, tls, admin, readiness, telemetry, idempotency, shutdown: config.shutdown.clone() };
    tracing::info!(
        public = running.public().map(tracing::field::display),
        tls = running.tls().map(tracing::field::display),
        admin = %running.admin(),
        version = env!("CARGO_PKG_VERSION"),
        "listening"
    );
    Ok(running)
}

// === impl StartError ===

impl From<AssembleError> for StartError {
    fn from(error: AssembleError) -> StartError {
        match error {
            AssembleError::Config(error) => StartError::Config(error),
            AssembleError::Client(error) => StartError::Client(error),
        }
    }
}

// === impl ShutdownConfig ===

impl Default for ShutdownConfig {
    fn default() -> ShutdownConfig {
        ShutdownConfig { pre_stop_delay_ms: 5_000, drain_timeout_ms: 30_000, flush_timeout_ms: 5_000 }
    }
}

// === impl Running ===

impl Running {
    /// Where plain HTTP is served, with the real port.
    pub fn public(&self) -> Option<SocketAddr> {
        self.public.as_ref().map(Serving::address)
    }

    /// Where HTTPS is served, with the real port.
    pub fn tls(&self) -> Option<SocketAddr> {
        self.tls.as_ref().map(Serving::address)
    }

    /// Where operators look, with the real port.
    pub fn admin(&self) -> SocketAddr {
        self.admin.address()
    }

    /// Waits for SIGTERM or SIGINT, then ends in order; a second signal ends it at once, and shows in the exit code. The
    /// same one within a second of the first is no second one. SIGHUP is logged, and nothing else.
    pub async fn until_signal(self) -> ExitCode {
        let mut signals = match Signals::listen(HangUp::Warns) {
            Ok(signals) => signals,
            Err(error) => {
                tracing::error!(%error, "cannot listen for signals");
                return ExitCode::FAILURE;
            }
        };
        // A person has no load balancers behind him that would have to notice.
        let delay = signals.next().await == End::Terminate;
        tracing::info!("draining; a second signal ends it now");
        tokio::select! {
            () = self.end(delay) => ExitCode::SUCCESS,
            _ = signals.next() => {
                tracing::warn!("ended by a second signal, without draining");
                ExitCode::FAILURE
            }
        }
    }

    /// Ends in order, without waiting for load balancers: no new connections, requests under way end, the last telemetry
    /// is sent. Bounded by `shutdown.drain_timeout_ms` and `shutdown.flush_timeout_ms`.
    pub async fn shutdown(self) {
        self.end(false).await;
    }

    async fn end(self, delay: bool) {
        let Running { public, tls, admin, readiness, telemetry, idempotency, shutdown } = self;
        readiness.draining();
        if delay {
            tokio::time::sleep(Duration::from_millis(shutdown.pre_stop_delay_ms)).await;
        }
        let drain = Duration::from_millis(shutdown.drain_timeout_ms);
        let drained_by = tokio::time::Instant::now() + drain;
        let stop = |serving: Option<Serving>| async move {
            match serving {
                Some(serving) => serving.stop(drain).await,
                None => 0,
            }
        };
        let (public, tls) = tokio::join!(stop(public), stop(tls));
        match public + tls {
            0 => tracing::info!("drained"),
            cut_off => tracing::warn!(cut_off, "connections were cut off when the drain timeout passed"),
        }
        // A write whose caller has left runs to its end, so that its answer is there for whoever repeats it.
        if tokio::time::timeout_at(drained_by, idempotency.settled()).await.is_err() {
            tracing::warn!("a write under an Idempotency-Key was cut off when the drain timeout passed");
        }
        telemetry.stop(Duration::from_millis(shutdown.flush_timeout_ms)).await;
        // Last, so that probes are answered for as long as there is something to probe.
        admin.stop(Duration::ZERO).await;
    }
}
