//! The Jaeger UI over an in-memory OTLP/gRPC collector: traces in on one port, pages and the query API on another.
//!
//! A developer's tool and a part of the end-to-end tests. It binds loopback only, keeps nothing on disk, and is never
//! built into the gateway.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::Response;
use clap::Parser;
use otlp_embedded::{Config, State, StateRef, TraceServiceImpl, TraceServiceServer};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_stream::wrappers::TcpListenerStream;

/// Failures here are for a person to read, so any error will do.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Collects traces by OTLP/gRPC and shows them in the Jaeger UI. Loopback only, in memory only.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// Where OTLP/gRPC is taken. 0: any free port.
    #[arg(long, default_value_t = 4317)]
    otlp_port: u16,

    /// Where the UI and its API are served. 0: any free port.
    #[arg(long, default_value_t = 16686)]
    ui_port: u16,

    /// Written once both ports listen: `{"ui": URL, "otlp": URL}`. Removed at the end.
    #[arg(long)]
    ready_file: Option<PathBuf>,

    /// The most traces kept; the oldest go first.
    #[arg(long, default_value_t = 10_000)]
    max_traces: u32,

    /// The most memory for traces, in MiB.
    #[arg(long, default_value_t = 256)]
    max_memory_mib: usize,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("jaeger: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<(), Failure> {
    let otlp = bind(args.otlp_port, "--otlp-port").await?;
    let ui = bind(args.ui_port, "--ui-port").await?;
    let (otlp_url, ui_url) = (url(otlp.local_addr()?), url(ui.local_addr()?));

    let state = State::new(Config { max_length: args.max_traces, max_memory_usage: args.max_memory_mib << 20 });
    println!("Jaeger UI  {ui_url}/search");
    println!("OTLP/gRPC  {otlp_url}");
    println!("Send by    OTEL_EXPORTER_OTLP_PROTOCOL=grpc OTEL_EXPORTER_OTLP_ENDPOINT={otlp_url}");
    if let Some(path) = &args.ready_file {
        write_ready_file(path, &format!("{{\"ui\":\"{ui_url}\",\"otlp\":\"{otlp_url}\"}}\n"))?;
    }

    let collector = tonic::transport::Server::builder()
        .add_service(TraceServiceServer::new(TraceServiceImpl::new(state.clone())))
        .serve_with_incoming(TcpListenerStream::new(otlp));
    let pages = axum::serve(ui, pages(state)).into_future();
    // Nothing is worth draining: the traces go with the process.
    let outcome: Result<(), Failure> = tokio::select! {
        ended = collector => ended.map_err(Failure::from),
        ended = pages => ended.map_err(Failure::from),
        asked = told_to_stop() => asked,
    };
    if let Some(path) = &args.ready_file {
        let _ = std::fs::remove_file(path);
    }
    outcome
}

async fn bind(port: u16, flag: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|cause| {
        format!("port {port} cannot be used ({cause}). Choose another with {flag}; 0 takes any free one.").into()
    })
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// The UI's own routes. Its single page comes with status 307 and no `Location`, which browsers render but no check of
/// a page's health understands: it is a 200.
fn pages(state: StateRef) -> Router {
    otlp_embedded::ui_app(state, "/").layer(axum::middleware::map_response(|mut answer: Response| async move {
        if answer.status() == StatusCode::TEMPORARY_REDIRECT && !answer.headers().contains_key(header::LOCATION) {
            *answer.status_mut() = StatusCode::OK;
        }
        answer
    }))
}

/// Whole or not at all: who waits for the file never reads half of it.
fn write_ready_file(path: &Path, text: &str) -> Result<(), Failure> {
    let draft = path.with_extension("writing");
    std::fs::write(&draft, text)?;
    std::fs::rename(&draft, path).map_err(Failure::from)
}

async fn told_to_stop() -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted.map_err(Failure::from),
    }
}
