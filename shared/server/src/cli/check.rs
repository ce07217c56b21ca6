//! `gateway check`: whether `serve` would start with this configuration, without taking a port or calling anyone.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use trefoil_backend::{BackendConfig, Choice, Coding};
use trefoil_composition::plan::Severity;
use trefoil_composition::{Bff, RouteInfo};
use trefoil_edge::Sampling;

use super::common::{compiled, config_arguments, print, print_error, read_config, report};
use super::routes::{hedges, retries};
use crate::assemble::{assemble, idle_backends, tls};
use crate::config::{Config, Environment};
use crate::limits;

pub(super) fn command() -> Command {
    Command::new("check")
        .about("Says what is wrong with the configuration, or what it sets up")
        .args(config_arguments())
        .arg(
            Arg::new("strict")
                .long("strict")
                .action(ArgAction::SetTrue)
                .help("Fails where there is a warning, too; for CI. Notes never fail it"),
        )
}

pub(super) fn run(arguments: &ArgMatches, bffs: &[Bff]) -> ExitCode {
    match check(arguments, bffs) {
        Ok(checked) if checked.warnings > 0 && arguments.get_flag("strict") => {
            // What was found goes where it always goes, and why this is a failure beside it.
            let _ = print(&checked.text);
            print_error(&format!("warnings: {}; --strict allows none", checked.warnings))
        }
        checked => report(checked.map(|checked| checked.text)),
    }
}

/// What there is to say of a configuration that is good.
struct Checked {
    text: String,
    warnings: usize,
}

fn check(arguments: &ArgMatches, bffs: &[Bff]) -> Result<Checked, String> {
    let config = read_config(arguments, &Environment::of_process()).map_err(|error| error.to_string())?;
    let bffs = limits::limit(&config, compiled(bffs)?).map_err(|error| error.to_string())?;
    tls(&config).map_err(|error| error.to_string())?;
    let idle = idle_backends(&config, &bffs);
    let endpoints: usize = bffs.iter().map(|bff| bff.routes().len()).sum();
    // A meter that goes nowhere: only whether it can be put together counts.
    let meter = opentelemetry::global::meter("check");
    assemble(&config, &bffs, Sampling::always_off(), &meter).map_err(|error| error.to_string())?;
    let plans = bffs.iter().flat_map(|bff| bff.plans().iter().map(move |plan| (bff.name(), plan)));
    let mut found: Vec<_> =
        plans.flat_map(|(bff, plan)| plan.findings().into_iter().map(move |finding| (bff, finding))).collect();
    // Warnings first; else in the order of the endpoints.
    found.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.severity));
    let warnings = found.iter().filter(|(_, finding)| finding.severity == Severity::Warning).count();
    let found: String =
        found.iter().map(|(bff, finding)| format!("  {:9} {bff}.{finding}\n", finding.severity)).collect();
    let of_each = |line: fn(&RouteInfo) -> Option<(&str, String)>| {
        let routes = bffs.iter().flat_map(|bff| bff.routes().into_iter().map(move |route| (bff.name(), route)));
        routes.filter_map(move |(bff, route)| {
            let (what, said) = line(&route)?;
            Some(format!("  {what:<9} {bff}.{}: {said}\n", route.endpoint))
        })
    };
    let tried =
        of_each(|route| Some(("retry", retries(route) + " attempts in all")).filter(|_| !retries(route).is_empty()));
    let hedged = of_each(|route| Some(("hedge", hedges(route))).filter(|(_, hedges)| !hedges.is_empty()));
    let tried: String = tried.chain(hedged).collect();
    let moved = limits::moved(&config, &bffs).into_iter();
    let moved: String = moved.map(|line| format!("  limit     {line}\n")).collect();
    Ok(Checked { text: summary(&config, endpoints, &idle) + &tried + &moved + &found, warnings })
}

fn summary(config: &Config, endpoints: usize, idle: &[&str]) -> String {
    let mut text = String::from("The configuration is good.\n");
    // Writing to a string cannot fail.
    if let Some(public) = &config.listeners.public {
        let _ = writeln!(text, "  http      {}", public.address);
    }
    if let Some(tls) = &config.listeners.tls {
        let _ = writeln!(text, "  https     {} with {}", tls.address, tls.cert_file.display());
    }
    let _ = writeln!(text, "  admin     {}", config.admin.address);
    for (name, policy) in &config.bffs {
        let quota = match policy.quota {
            Some(quota) => format!("{} a second, burst {}", quota.per_second, quota.burst),
            None => "no quota".to_owned(),
        };
        let _ = writeln!(text, "  bff       {name}: issuer {}, {quota}", policy.auth.issuer);
    }
    for (name, backend) in &config.backends {
        let unused = if idle.contains(&name.as_str()) { " (no BFF calls it)" } else { "" };
        let transport = Choice::of(backend).map(|choice| format!(", {choice}")).unwrap_or_default();
        let places = backend.places().map(|places| format!(", at {places}")).unwrap_or_default();
        let how = how(backend);
        let _ = writeln!(text, "  backend   {name}: {}{places}{transport}{how}{unused}", backend.url);
    }
    let _ = writeln!(text, "  endpoints {endpoints}");
    text
}

/// What a backend's section says beside the defaults of how its calls are tried, and its addresses watched.
fn how(backend: &BackendConfig) -> String {
    let mut how = String::new();
    let (retry, hedge) = (&backend.retry, &backend.hedge);
    if retry.attempts > 1 {
        let _ = write!(how, ", {} attempts unless its calls say otherwise", retry.attempts);
    }
    if hedge.all {
        let _ = write!(how, ", every GET hedged from {} to {} ms", hedge.min_ms, hedge.max_ms);
    }
    if backend.compression.coding == Coding::Gzip {
        let _ = write!(how, ", answers in gzip up to {} to 1", backend.compression.max_inflate_ratio);
    }
    if let Some(health) = &backend.health {
        let _ = write!(how, ", checked at {} every {} ms", health.path, health.interval_ms);
    }
    if !backend.breaker.enabled {
        how.push_str(", no breakers");
    }
    how
}
