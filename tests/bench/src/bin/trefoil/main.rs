//! **Trefoil**: the same screen, declared. Without any policy it is composition's router alone on axum; with all of it, the whole
//! server as its binary runs it.

mod screens;

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use clap::{Parser, ValueEnum};
use trefoil::server::{Config, Environment};
use trefoil_backend::transport::ReqwestTransport;
use trefoil_backend::{BackendConfig, Cache, CacheConfig, Clients, DnsConfig, Outgoing, Sending, TlsPem, Transport};
use trefoil_composition::Idempotency;
use trefoil_context::{IdentityHeaders, RequestContext};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Serves the declared screens.
#[derive(Parser)]
struct Flags {
    /// The base URLs of the three backends.
    #[arg(long, value_delimiter = ',', required = true)]
    backends: Vec<String>,
    /// What stands around the composition.
    #[arg(long)]
    policy: Policy,
    /// More of each backend's configuration, in YAML's flow style: `max_idle_connections: 128`.
    #[arg(long, default_value = "")]
    backend: String,
    /// Without policy: calls by reqwest, and not by the transport that follows from the URLs.
    #[arg(long)]
    reqwest: bool,
    /// Whose tokens are believed, with all policy.
    #[arg(long, default_value = "http://127.0.0.1:1")]
    issuer: String,
    /// Where spans go, with all policy.
    #[arg(long)]
    collector: Option<String>,
    /// What is logged, with all policy.
    #[arg(long, default_value = "info")]
    log: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Policy {
    /// Composition's router alone.
    None,
    /// The whole server.
    All,
}

/// The configured names of the three backends.
const NAMES: [&str; 3] = ["users", "orders", "recommendations"];

/// reqwest, for backends whose URLs have an address for a host: where transports are chosen by hand, nobody looks addresses up.
struct ByReqwest(ReqwestTransport);

impl Transport for ByReqwest {
    fn send(&self, mut outgoing: Outgoing) -> Sending<'_> {
        let authority = outgoing.request.uri().authority();
        if let Some(address) = authority.and_then(|authority| authority.as_str().parse().ok()) {
            outgoing.address = address;
        }
        self.0.send(outgoing)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    bench::program::end_with_standard_input();
    let flags = Flags::parse();
    let runtime = match flags.policy {
        Policy::None => tokio::runtime::Builder::new_current_thread().enable_all().build()?,
        // As the binary has it.
        Policy::All => trefoil::server::runtime()?,
    };
    runtime.block_on(async {
        match flags.policy {
            Policy::None => alone(&flags).await,
            Policy::All => whole(&flags).await,
        }
    })
}

/// The whole configuration, for both: without policy only its backends are of use.
fn config(flags: &Flags) -> Result<Config, Box<dyn Error>> {
    let more = if flags.backend.is_empty() { String::new() } else { format!(", {}", flags.backend) };
    let backends: String =
        NAMES.iter().zip(&flags.backends).map(|(name, url)| format!("  {name}: {{ url: {url:?}{more} }}\n")).collect();
    let Flags { issuer, log, .. } = flags;
    let telemetry =
        flags.collector.as_ref().map(|url| format!("telemetry: {{ otlp_endpoint: {url:?} }}\n")).unwrap_or_default();
    let text = format!(
        "version: 1\n\
         listeners: {{ public: {{ address: \"127.0.0.1:0\" }} }}\n\
         admin: {{ address: \"127.0.0.1:0\" }}\n\
         log: {{ format: json, filter: {log:?} }}\n\
         {telemetry}\
         bffs:\n  web:\n    auth: {{ issuer: {issuer:?}, audience: web }}\n    \
         quota: {{ per_second: 1000000, burst: 1000000 }}\n\
         backends:\n{backends}"
    );
    Ok(Config::parse("bench.yaml", &text, &Environment::empty(), &[])?)
}

async fn alone(flags: &Flags) -> Result<(), Box<dyn Error>> {
    let configs: BTreeMap<String, BackendConfig> = config(flags)?.backends;
    let meter = opentelemetry::global::meter("bench");
    let cache = Cache::new(CacheConfig::default(), &meter);
    let identity = IdentityHeaders::default();
    let clients = if flags.reqwest {
        Clients::with_transports(&configs, &identity, &meter, &cache, |_, config| {
            ReqwestTransport::new(config, &TlsPem::default())
                .map(|transport| Arc::new(ByReqwest(transport)) as Arc<dyn Transport>)
        })
    } else {
        Clients::build(&configs, &BTreeMap::new(), &DnsConfig::default(), &identity, &meter, &cache)
    };
    let clients = Arc::new(clients?);
    let compiled = screens::bff().compile().map_err(|errors| format!("{errors:?}"))?;
    let composition = Arc::new(compiled).router(&clients, &meter, &Idempotency::default());
    // What comes through no edge has no context, and without one composition answers nobody.
    let context = tower::util::MapRequestLayer::new(|mut request: Request| {
        request.extensions_mut().insert(RequestContext::local("bench", None));
        request
    });
    let router = Router::new().nest("/web", composition.layer(context));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    bench::program::listening(listener.local_addr()?)?;
    axum::serve(listener, router).await?;
    Ok(())
}

async fn whole(flags: &Flags) -> Result<(), Box<dyn Error>> {
    let environment = Environment::empty()
        .with("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
        .with("OTEL_TRACES_SAMPLER_ARG", "0.01");
    let running = trefoil::server::start(&config(flags)?, &[screens::bff()], &environment).await?;
    bench::program::listening(running.public().ok_or("no listener")?)?;
    running.until_signal().await;
    Ok(())
}
