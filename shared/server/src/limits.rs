//! The limits that config moves, laid over the BFFs' plans. What no plan has is a fault of the file, at its place.

use std::sync::Arc;

use trefoil_composition::declare::Access;
use trefoil_composition::limits::Timed;
use trefoil_composition::{CompiledBff, LimitError, Moved};
use trefoil_edge::RouteQuota;

use crate::config::{Config, ConfigError, Fault, nearest};

/// The same BFFs, with the limits of `config`.
pub(crate) fn limit(config: &Config, mut bffs: Vec<Arc<CompiledBff>>) -> Result<Vec<Arc<CompiledBff>>, ConfigError> {
    let mut faults = Vec::new();
    for bff in &mut bffs {
        let Some(section) = config.bffs.get(bff.name()) else { continue };
        let name = bff.name().to_owned();
        for (endpoint, set) in &section.endpoints {
            let at = ["bffs", name.as_str(), "endpoints", endpoint.as_str()];
            match Arc::make_mut(bff).limit(endpoint, set.limits()) {
                Ok(true) => faults.extend(public_quota(config, bff, endpoint)),
                Ok(false) => {
                    let routes = bff.routes();
                    let known: Vec<&str> = routes.iter().map(|route| route.endpoint.as_str()).collect();
                    let what = format!("`{name}` has no endpoint `{endpoint}`");
                    faults.push(config.fault(&at, what, Some(meant(endpoint, &known))));
                }
                Err(errors) => faults.extend(errors.iter().map(|error| fault(config, &at, error))),
            }
        }
    }
    if !faults.is_empty() {
        return Err(config.error(faults));
    }
    bffs.iter_mut().for_each(|bff| Arc::make_mut(bff).tried_by(&config.backends));
    Ok(bffs)
}

/// The routes of `bff` whose requests are counted by themselves. `prefix` is where it hangs.
pub(crate) fn quotas(config: &Config, bff: &CompiledBff, prefix: &str) -> Vec<RouteQuota> {
    let endpoints = config.bffs.get(bff.name()).into_iter().flat_map(|section| &section.endpoints);
    let routes = bff.routes();
    let of = |(name, set): (&String, &crate::config::EndpointConfig)| {
        let (route, policy) = (routes.iter().find(|route| route.endpoint == *name)?, set.quota?);
        let below = route.path.strip_prefix(&format!("/{}", bff.name()))?;
        Some(RouteQuota { name: name.clone(), method: route.method.clone(), path: format!("{prefix}{below}"), policy })
    };
    endpoints.filter_map(of).collect()
}

/// What was moved, a line each: `web.home.deadline: 400 ms by config, 300 ms as declared`.
pub(crate) fn moved(config: &Config, bffs: &[Arc<CompiledBff>]) -> Vec<String> {
    let mut lines = Vec::new();
    for bff in bffs {
        for route in bff.routes() {
            let name = format!("{}.{}", bff.name(), route.endpoint);
            // How calls are tried is said of all that are, declared or not.
            let tries = |moved: &&Moved| matches!(moved, Moved::Attempts { .. } | Moved::Hedge { .. });
            lines.extend(route.moved.iter().filter(|moved| !tries(moved)).map(|moved| format!("{name} {moved}")));
        }
        for quota in quotas(config, bff, "") {
            let (name, policy) = (format!("{}.{}", bff.name(), quota.name), quota.policy);
            let (often, burst) = (policy.per_second, policy.burst);
            lines.push(format!("{name} quota: {often} a second, burst {burst} by config, in place of the BFF's"));
        }
    }
    lines
}

/// Quotas are counted by caller, and a public endpoint has none.
fn public_quota(config: &Config, bff: &CompiledBff, endpoint: &str) -> Option<Fault> {
    let quota = config.bffs.get(bff.name())?.endpoints.get(endpoint)?.quota;
    let public = bff.routes().iter().any(|route| route.endpoint == endpoint && route.access == Access::Public);
    (public && quota.is_some()).then(|| {
        let what = format!("`{endpoint}` is public: without a token there is no caller to count by");
        config.fault(&["bffs", bff.name(), "endpoints", endpoint, "quota"], what, None)
    })
}

fn fault(config: &Config, at: &[&str], error: &LimitError) -> Fault {
    let (below, help): (&[&str], _) = match error {
        LimitError::UnknownField { of, field, known, .. } => {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            (&[section(*of), field], Some(meant(field, &known)))
        }
        LimitError::OneCall { of, field, .. } => (&[section(*of), field], Some("give both the same time".to_owned())),
        LimitError::NotKept { field } => {
            (&["cache", field], Some("config moves the times of what is kept; the declaration says what is".to_owned()))
        }
        LimitError::Public { .. } => (&["scopes"], None),
        _ => (&[], None),
    };
    config.fault(&[at, below].concat(), error.to_string(), help)
}

fn section(of: Timed) -> &'static str {
    match of {
        Timed::Within => "within_ms",
        Timed::Kept => "cache",
    }
}

fn meant(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if known.is_empty() => "there are none".to_owned(),
        None => format!("there are: {}", known.join(", ")),
    }
}
