//! The demo from start to end: backends, issuer, certificates, gateway; ready file, tour; and all of it down again.

use std::net::SocketAddr;
use std::process::ExitCode;

use trefoil::Bff;
use trefoil::server::Running;

use crate::backends::Backends;
use crate::certificates::{Certificates, CertificatesError};
use crate::flags::Flags;
use crate::gateway::{self, GatewayError, Places};
use crate::issuer::{Issuer, IssuerError};
use crate::ports::{self, PortError};
use crate::probe::{self, NotReady};
use crate::progress::Progress;
use crate::ready::{self, Ready, ReadyError, ReadyFile};
use crate::screen::{Door, Screen};
use crate::stop::Stop;
use crate::tour::tour;

/// Why there is no demo. Each says what to do about it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    #[error(transparent)]
    Port(#[from] PortError),
    #[error(transparent)]
    Issuer(#[from] IssuerError),
    #[error(transparent)]
    Certificates(#[from] CertificatesError),
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    #[error("the gateway has no {0} listener: is its configuration that of the demo?")]
    NoListener(&'static str),
    #[error(transparent)]
    NotReady(#[from] NotReady),
    #[error(transparent)]
    Ready(#[from] ReadyError),
    #[error("signals cannot be listened for: {0}")]
    Signals(std::io::Error),
}

/// A demo that is up. What is dropped with it ends with it.
struct Open {
    gateway: Running,
    ready_file: Option<ReadyFile>,
    tour: String,
    _backends: Backends,
    _issuer: Issuer,
    _screen: Screen,
    _certificates: Certificates,
}

/// Runs until a signal ends it. A second signal does not wait for requests under way, and shows in the exit code.
pub(crate) async fn run(yaml: &str, flags: &Flags, bffs: &[Bff]) -> Result<ExitCode, DemoError> {
    let mut stop = Stop::listen().map_err(DemoError::Signals)?;
    let Open { gateway, ready_file, tour, _backends, _issuer, _screen, _certificates } = tokio::select! {
        open = open(yaml, flags, bffs) => open?,
        () = stop.asked() => return Ok(ExitCode::SUCCESS),
    };
    // A reader that has gone away is no reason to end.
    trefoil::server::print(&tour);
    stop.asked().await;
    drop(ready_file);
    Ok(tokio::select! {
        () = gateway.shutdown() => ExitCode::SUCCESS,
        () = stop.asked() => ExitCode::FAILURE,
    })
}

async fn open(yaml: &str, flags: &Flags, bffs: &[Bff]) -> Result<Open, DemoError> {
    if let Some(path) = &flags.ready_file {
        ready::must_be_writable(path)?;
    }
    for (port, flag) in [
        (flags.http_port, "--http-port PORT"),
        (flags.https_port, "--https-port PORT"),
        (flags.admin_port, "--admin-port PORT"),
    ] {
        ports::must_be_free(port, flag).await?;
    }
    let progress = Progress::new();
    progress.step("the shop's seven backends");
    let backends = Backends::start(&flags.backend_ports()).await?;
    progress.step("the identity provider");
    let issuer = Issuer::start(flags.issuer_port()).await?;
    let door = Door::bind(flags.screen_port()).await?;
    // Not before the ports are this demo's: a file of one that is still running stays.
    if let Some(path) = &flags.ready_file {
        ready::clear(path)?;
    }
    progress.step("the gateway");
    let certificates = Certificates::make()?;
    let places =
        Places { backends: backends.urls(), issuer: issuer.url(), screen: door.origin(), certificates: &certificates };
    let gateway = gateway::start(yaml, flags, &places, bffs).await?;
    probe::until_ready(gateway.admin()).await?;
    drop(progress);

    let url = |scheme: &str, address: SocketAddr| format!("{scheme}://{address}");
    let public = url("http", gateway.public().ok_or(DemoError::NoListener("public"))?);
    let screen = door.open(&public, issuer.desk(), backends.controls().clone());
    let ready = Ready {
        public,
        tls: url("https", gateway.tls().ok_or(DemoError::NoListener("tls"))?),
        admin: url("http", gateway.admin()),
        issuer: issuer.url(),
        screen: screen.url(),
        backends: backends.urls(),
        tokens: issuer.tokens(),
        tls_ca: certificates.authority(),
    };
    let ready_file = flags.ready_file.as_ref().map(|path| ready::write(path, &ready)).transpose()?;
    let tour = tour(&ready);
    Ok(Open {
        gateway,
        ready_file,
        tour,
        _backends: backends,
        _issuer: issuer,
        _screen: screen,
        _certificates: certificates,
    })
}
