//! The gateway itself, in this process: the same `gateway.yaml` that a team serves, with the demo's places over it.

use std::collections::BTreeMap;

use trefoil::Bff;
use trefoil::server::{Config, ConfigError, Environment, Running, StartError};

use crate::certificates::Certificates;
use crate::flags::Flags;

/// The BFFs that the issuer has a client for.
const BFFS: [&str; 3] = ["web", "mobile", "partner"];

/// The web BFF's origins in the gateway's own configuration: a list is set whole.
const DEV_ORIGINS: [&str; 2] = ["http://localhost:3000", "http://localhost:5173"];

/// Why the gateway does not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GatewayError {
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("{0}")]
    Start(#[from] StartError),
}

/// Everything that the gateway must be told of the shop around it.
pub(crate) struct Places<'a> {
    pub(crate) backends: &'a BTreeMap<&'static str, String>,
    pub(crate) issuer: &'a str,
    /// The origin of the demo's own page.
    pub(crate) screen: &'a str,
    pub(crate) certificates: &'a Certificates,
}

pub(crate) async fn start(
    yaml: &str,
    flags: &Flags,
    places: &Places<'_>,
    bffs: &[Bff],
) -> Result<Running, GatewayError> {
    let environment = Environment::of_process();
    let config = Config::parse("gateway.yaml", yaml, &environment, &overrides(flags, places))?;
    Ok(trefoil::server::start(&config, bffs, &environment).await?)
}

/// As `--set` would say it. These lie over the file and the environment, so that the demo is always the demo.
fn overrides(flags: &Flags, places: &Places<'_>) -> Vec<String> {
    let Places { backends, issuer, screen, certificates } = places;
    let mut set = vec![
        format!("listeners.public.address=127.0.0.1:{}", flags.http_port),
        format!("listeners.tls.address=127.0.0.1:{}", flags.https_port),
        format!("listeners.tls.cert_file={}", certificates.server().display()),
        format!("listeners.tls.key_file={}", certificates.server_key().display()),
        format!("admin.address=127.0.0.1:{}", flags.admin_port),
        // A person waits for the prompt, and no load balancer has to notice anything.
        "shutdown.pre_stop_delay_ms=0".to_owned(),
        "shutdown.drain_timeout_ms=2000".to_owned(),
        "shutdown.flush_timeout_ms=2000".to_owned(),
    ];
    // Beside those that the file lets in: a team's own pages on its own machine.
    set.push(format!("bffs.web.cors.origins={},{screen}", DEV_ORIGINS.join(",")));
    for bff in BFFS {
        set.push(format!("bffs.{bff}.auth.issuer={issuer}"));
        set.push(format!("bffs.{bff}.auth.audience={bff}"));
        set.push(format!("bffs.{bff}.quota.per_second=50"));
        set.push(format!("bffs.{bff}.quota.burst=100"));
    }
    set.extend(backends.iter().map(|(name, url)| format!("backends.{name}.url={url}")));
    set
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_that_the_file_lets_in_are_let_in_still() {
        let origins = DEV_ORIGINS.map(|origin| format!("{origin:?}")).join(", ");
        assert!(include_str!("../../../gateway/gateway.yaml").contains(&format!("origins: [{origins}]")), "{origins}");
    }
}
