//! Active health checks: each address is asked by and by whether it is well, whatever calls say.
//!
//! An address is taken to be well until its checks say otherwise. One that is not is asked by calls only when no address is well:
//! Envoy's panic, with a threshold of nothing left.

pub(crate) mod config;
mod count;
mod signal;

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::join_all;
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, StatusCode, Uri, header};
use opentelemetry::metrics::Meter;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use trefoil_context::Deadline;

use self::config::HealthConfig;
use self::count::Count;
use self::signal::Signals;
use crate::balance::Balancer;
use crate::balance::endpoint::Endpoint;
use crate::client::CallFailure;
use crate::collect;
use crate::config::Base;
use crate::lag::Lag;
use crate::signal::error_type;
use crate::transport::{Body, Outgoing, Transport};

/// The most of a health check's answer that is read.
const MOST_BYTES: usize = 64 << 10;

/// The checks of one backend.
#[derive(Debug, Clone)]
pub(crate) struct Checks {
    config: HealthConfig,
    uri: Uri,
    signals: Signals,
}

/// What is wrong with an address.
#[derive(Debug)]
struct Unwell {
    /// What metrics call it.
    kind: Kind,
    /// What the log says.
    what: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Failed(&'static str),
    Status(StatusCode),
}

impl Checks {
    pub(crate) fn new(name: &str, config: HealthConfig, base: &Base, meter: &Meter) -> Result<Checks, String> {
        let path: PathAndQuery = config.path.parse().map_err(|error| format!("`{}`: {error}", config.path))?;
        let (scheme, authority) = (base.scheme.clone(), base.authority.clone());
        let uri = Uri::builder().scheme(scheme).authority(authority).path_and_query(path).build();
        Ok(Checks { uri: uri.map_err(|error| error.to_string())?, config, signals: Signals::new(name, meter) })
    }

    /// Checks all addresses for ever; the client that it is for ends it.
    pub(crate) async fn run(self, balancer: Arc<Balancer>, transport: Arc<dyn Transport>, lag: Arc<Lag>) {
        let mut ticks = interval(self.config.interval());
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut counts: HashMap<u64, Count> = HashMap::new();
        loop {
            ticks.tick().await;
            let list = balancer.list();
            let checks = list.members.iter().map(|member| self.check(&member.endpoint, &*transport, &lag));
            let results = join_all(checks).await;
            counts.retain(|number, _| list.members.iter().any(|member| member.endpoint.number == *number));
            for (member, result) in list.members.iter().zip(results) {
                let Some(result) = result else { continue };
                let endpoint = &member.endpoint;
                let count = counts.entry(endpoint.number).or_default();
                if let Some(healthy) = count.add(result.is_ok(), &self.config)
                    && endpoint.set_healthy(healthy)
                {
                    let cause = result.map_or_else(|unwell| unwell.what, |()| String::new());
                    balancer.health_changed(endpoint, healthy, &cause, Instant::now());
                }
            }
        }
    }

    /// One check of one address; `None` where its time ran out while this process was late itself, which says nothing.
    async fn check(&self, endpoint: &Endpoint, transport: &dyn Transport, lag: &Lag) -> Option<Result<(), Unwell>> {
        let begun = Instant::now();
        lag.watch(begun);
        let result = timeout(self.config.timeout(), self.ask(endpoint, transport)).await.unwrap_or_else(|_| {
            Err(Unwell { kind: Kind::Failed("timeout"), what: "no whole answer in time".to_owned() })
        });
        self.signals.checked(begun.elapsed(), result.as_ref().err().map(|unwell| unwell.kind));
        let late = || lag.delay(begun, begun + self.config.timeout());
        let excused =
            matches!(result, Err(Unwell { kind: Kind::Failed("timeout"), .. })) && late() > self.config.timeout() / 2;
        (!excused).then_some(result)
    }

    async fn ask(&self, endpoint: &Endpoint, transport: &dyn Transport) -> Result<(), Unwell> {
        let mut request = Request::new(Body::Empty);
        *request.uri_mut() = self.uri.clone();
        request.headers_mut().insert(header::USER_AGENT, HeaderValue::from_static("trefoil-health-check"));
        let outgoing =
            Outgoing { request, address: endpoint.address, deadline: Deadline::within(self.config.timeout()) };
        let failed =
            |failure: CallFailure| Unwell { kind: Kind::Failed(error_type(&failure)), what: failure.to_string() };
        let response = transport.send(outgoing).await.map_err(|error| failed(CallFailure::Transport(error)))?;
        let status = collect::whole(response, MOST_BYTES, None).await.map_err(failed)?.status;
        if self.is_well(status) {
            return Ok(());
        }
        Err(Unwell { kind: Kind::Status(status), what: format!("status {}", status.as_u16()) })
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
