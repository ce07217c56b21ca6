//! Active health checks: each address is asked by and by whether it is well, whatever calls say.
//!
//! An address is taken to be well until its checks say otherwise. One that is not is asked by calls only when no address is well:
//! Envoy's panic, with a threshold of nothing left.

pub(crate) mod config;
mod count;

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::join_all;
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderValue, Request, StatusCode, Uri, header};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use trefoil_context::Deadline;

use self::config::HealthConfig;
use self::count::Count;
use crate::balance::Balancer;
use crate::balance::endpoint::Endpoint;
use crate::collect;
use crate::transport::{Body, Outgoing, Transport};

/// The most of a health check's answer that is read.
const MOST_BYTES: usize = 64 << 10;

/// The checks of one backend.
#[derive(Debug, Clone)]
pub(crate) struct Checks {
    config: HealthConfig,
    uri: Uri,
}

impl Checks {
    pub(crate) fn new(config: HealthConfig, scheme: &Scheme, authority: &Authority) -> Result<Checks, String> {
        let path: PathAndQuery = config.path.parse().map_err(|error| format!("`{}`: {error}", config.path))?;
        let uri = Uri::builder().scheme(scheme.clone()).authority(authority.clone()).path_and_query(path).build();
        Ok(Checks { uri: uri.map_err(|error| error.to_string())?, config })
    }

    /// Checks all addresses for ever; the client that it is for ends it.
    pub(crate) async fn run(self, balancer: Arc<Balancer>, transport: Arc<dyn Transport>) {
        let mut ticks = interval(self.config.interval());
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut counts: HashMap<u64, Count> = HashMap::new();
        loop {
            ticks.tick().await;
            let list = balancer.list();
            let checks = list.members.iter().map(|member| self.check(&member.endpoint, &*transport));
            let results = join_all(checks).await;
            counts.retain(|number, _| list.members.iter().any(|member| member.endpoint.number == *number));
            for (member, result) in list.members.iter().zip(results) {
                let endpoint = &member.endpoint;
                let count = counts.entry(endpoint.number).or_default();
                if let Some(healthy) = count.add(result.is_ok(), &self.config)
                    && endpoint.set_healthy(healthy)
                {
                    balancer.health_changed(
                        endpoint,
                        healthy,
                        result.err().as_deref().unwrap_or_default(),
                        Instant::now(),
                    );
                }
            }
        }
    }

    /// One check of one address.
    async fn check(&self, endpoint: &Endpoint, transport: &dyn Transport) -> Result<(), String> {
        let mut request = Request::new(Body::Empty);
        *request.uri_mut() = self.uri.clone();
        request.headers_mut().insert(header::USER_AGENT, HeaderValue::from_static("trefoil-health-check"));
        let outgoing =
            Outgoing { request, address: endpoint.address, deadline: Deadline::within(self.config.timeout()) };
        let answer = async {
            let response = transport.send(outgoing).await.map_err(|error| error.to_string())?;
            let reply = collect::whole(response, MOST_BYTES).await.map_err(|error| error.to_string())?;
            if self.is_well(reply.status) { Ok(()) } else { Err(format!("status {}", reply.status.as_u16())) }
        };
        timeout(self.config.timeout(), answer).await.unwrap_or_else(|_| Err("no whole answer in time".to_owned()))
    }

    fn is_well(&self, status: StatusCode) -> bool {
        if self.config.expect.is_empty() {
            // As the kubelet has it.
            status.is_success() || status.is_redirection()
        } else {
            self.config.expect.contains(&status.as_u16())
        }
    }
}
