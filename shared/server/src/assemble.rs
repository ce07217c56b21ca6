//! Configuration and BFFs become one router: clients, plans, policies, keys, the onion. Nothing here waits or connects.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum_server::tls_rustls::RustlsConfig;
use opentelemetry::metrics::Meter;
use trefoil_backend::{Cache, Clients};
use trefoil_composition::plan::DeclarationError;
use trefoil_composition::{Bff, CompiledBff, Idempotency};
use trefoil_edge::{BffRoutes, BuildError, InProcessQuota, IssuerKeys, PublicRoute, Sampling};

use crate::config::{Config, ConfigError, Fault};
use crate::keys::{self, HttpKeys};
use crate::{backend_tls, limits, listen, stores};

/// BFFs whose declarations do not do; all that is wrong with all of them.
#[derive(Debug, Clone)]
pub struct DeclarationsError(Vec<(String, DeclarationError)>);

/// Everything put together, not yet listening.
#[derive(Debug)]
pub(crate) struct Assembly {
    /// What answers requests.
    pub(crate) router: Router,
    /// The clients of the backends, not yet started.
    pub(crate) clients: Arc<Clients>,
    /// The keys of every issuer by its name, to be fetched before the first request needs them.
    pub(crate) issuers: BTreeMap<String, Arc<IssuerKeys>>,
    /// The backends' answers that are kept.
    pub(crate) cache: Arc<Cache>,
    /// The writes under keys, which go on when their callers have left.
    pub(crate) idempotency: Idempotency,
}

/// Why it cannot be put together.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AssembleError {
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("cannot make HTTPS calls: {0}")]
    Client(#[from] reqwest::Error),
}

/// The certificate and key of the TLS listener, if there is one.
pub(crate) fn tls(config: &Config) -> Result<Option<RustlsConfig>, ConfigError> {
    let loaded = config.listeners.tls.as_ref().map(listen::load_tls).transpose();
    loaded.map_err(|error| config.error(vec![config.fault(error.path(), error.to_string(), None)]))
}

/// Makes the plans of all BFFs.
pub(crate) fn compile(bffs: &[Bff]) -> Result<Vec<Arc<CompiledBff>>, DeclarationsError> {
    let mut errors = Vec::new();
    let mut compiled = Vec::with_capacity(bffs.len());
    let mut names = BTreeSet::new();
    for bff in bffs {
        if !names.insert(bff.name()) {
            let reason = "two BFFs of this gateway have this name; rename one".to_owned();
            errors.push((bff.name().to_owned(), DeclarationError { place: bff.name().to_owned(), reason }));
        }
        match bff.compile() {
            Ok(bff) => compiled.push(Arc::new(bff)),
            Err(more) => errors.extend(more.into_iter().map(|error| (bff.name().to_owned(), error))),
        }
    }
    if errors.is_empty() { Ok(compiled) } else { Err(DeclarationsError(errors)) }
}

/// Puts all together.
pub(crate) fn assemble(
    config: &Config,
    bffs: &[Arc<CompiledBff>],
    sampling: Sampling,
    meter: &Meter,
) -> Result<Assembly, AssembleError> {
    let faults = misfits(config, bffs);
    if !faults.is_empty() {
        return Err(config.error(faults).into());
    }
    let one = |path: &[&str], what: String| config.error(vec![config.fault(path, what, None)]);
    let identity = config.edge.identity.headers().map_err(|error| one(&["edge", "identity"], error.to_string()))?;
    let cache = Cache::new(config.cache, meter);
    let clients = Clients::build(&config.backends, &backend_tls::load(config)?, &config.dns, &identity, meter, &cache)
        .map(Arc::new)
        .map_err(|error| one(&["backends", &error.backend], error.reason.clone()))?;

    let idempotency = stores::idempotency(config)?;
    let issuers = issuers(config)?;
    let mut routes = Vec::with_capacity(bffs.len());
    for bff in bffs {
        // Misfits have been ruled out: every BFF has a policy, every policy an issuer.
        if let Some(policy) = config.bffs.get(bff.name())
            && let Some(keys) = issuers.get(&policy.auth.issuer)
        {
            let prefix = format!("/{}", bff.name());
            let whole = |(method, path)| PublicRoute { method, path: format!("{prefix}{path}") };
            routes.push(BffRoutes {
                name: bff.name().to_owned(),
                public: bff.public_routes().into_iter().map(whole).collect(),
                quotas: limits::quotas(config, bff, &prefix),
                router: bff.router(&clients, meter, &idempotency),
                policy: policy.policy(),
                keys: Arc::clone(keys),
                prefix,
            });
        }
    }
    let router = trefoil_edge::stack(&config.edge, routes, sampling, meter, Arc::new(InProcessQuota::default()))
        .map_err(|error| {
            one(&place(config, &error).iter().map(String::as_str).collect::<Vec<_>>(), error.to_string())
        })?;
    Ok(Assembly { router, clients, issuers, cache, idempotency })
}

/// Backends that have a section, and that no BFF calls: probably a slip, certainly no reason to refuse.
pub(crate) fn idle_backends<'a>(config: &'a Config, bffs: &[Arc<CompiledBff>]) -> Vec<&'a str> {
    let called: BTreeSet<String> = bffs.iter().flat_map(|bff| bff.backends()).collect();
    config.backends.keys().filter(|name| !called.contains(*name)).map(String::as_str).collect()
}

/// Where the BFFs and the configuration do not fit each other.
fn misfits(config: &Config, bffs: &[Arc<CompiledBff>]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let known: Vec<&str> = bffs.iter().map(|bff| bff.name()).collect();
    for name in config.bffs.keys().filter(|name| !known.contains(&name.as_str())) {
        let help = format!("this gateway has: {}", known.join(", "));
        faults.push(config.fault(&["bffs", name], format!("there is no BFF `{name}` in this gateway"), Some(help)));
    }
    let mut callers: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for bff in bffs {
        let name = bff.name();
        if !config.bffs.contains_key(name) {
            let help = format!("add `bffs.{name}` with `auth.issuer` and `auth.audience`");
            faults.push(config.fault(&["bffs"], format!("the BFF `{name}` has no section"), Some(help)));
        }
        for backend in bff.backends() {
            callers.entry(backend).or_default().push(name);
        }
    }
    for (backend, callers) in callers.iter().filter(|(backend, _)| !config.backends.contains_key(*backend)) {
        let what = format!("the backend `{backend}` has no section; it is called by {}", callers.join(", "));
        faults.push(config.fault(&["backends"], what, Some(format!("add `backends.{backend}.url`"))));
    }
    faults
}

/// One key set per issuer, whoever believes in it.
fn issuers(config: &Config) -> Result<BTreeMap<String, Arc<IssuerKeys>>, reqwest::Error> {
    let client = keys::client()?;
    let mut issuers = BTreeMap::new();
    for policy in config.bffs.values() {
        let issuer = &policy.auth.issuer;
        let configured = config.issuers.iter().find(|configured| configured.issuer == *issuer);
        let jwks_url = configured.map(|configured| configured.jwks_url.as_str());
        issuers.entry(issuer.clone()).or_insert_with(|| {
            let source = HttpKeys::new(client.clone(), issuer, jwks_url);
            IssuerKeys::new(Arc::new(source), config.edge.keys.clone())
        });
    }
    Ok(issuers)
}

/// The keys whose value the edge refuses.
fn place(config: &Config, error: &BuildError) -> Vec<String> {
    let steps = |steps: &[&str]| steps.iter().map(|&step| step.to_owned()).collect::<Vec<_>>();
    match error {
        BuildError::IdentityHeader { .. } => steps(&["edge", "identity"]),
        BuildError::Cors { bff, value, .. } => {
            let mut path = steps(&["bffs", bff, "cors"]);
            if let Some(cors) = config.bffs.get(bff).map(|policy| &policy.cors) {
                let lists = [("origins", &cors.origins), ("methods", &cors.methods), ("headers", &cors.headers)];
                let found =
                    lists.iter().find_map(|(key, list)| Some((*key, list.iter().position(|item| item == value)?)));
                path.extend(found.into_iter().flat_map(|(key, index)| [key.to_owned(), index.to_string()]));
            }
            path
        }
        BuildError::Auth { bff, .. } => steps(&["bffs", bff, "auth"]),
        BuildError::Bff { bff, .. } => steps(&["bffs", bff]),
        _ => steps(&["edge"]),
    }
}

impl fmt::Display for DeclarationsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (bff, error)) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "error: BFF `{bff}`: {error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for DeclarationsError {}
