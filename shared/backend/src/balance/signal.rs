//! What balancing leaves behind for operators: a line and a count where something changes, and how each address does whenever
//! somebody asks for the metrics.

use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Meter};
use tokio::time::Instant;

use super::Balancer;
use super::endpoint::{Endpoint, Out};
use crate::breaker::state::Change;
use crate::breaker::window::Seen;
use crate::transport::Transport;

/// The instruments of one backend. What is counted for ever has no address in it: those come and go.
#[derive(Debug)]
pub(crate) struct Signals {
    backend: KeyValue,
    transitions: Counter<u64>,
    ejections: Counter<u64>,
    excused: Counter<u64>,
}

impl Signals {
    pub(crate) fn new(name: &str, meter: &Meter) -> Signals {
        let transitions = meter
            .u64_counter("trefoil.backend.breaker.transitions")
            .with_unit("{transition}")
            .with_description("Breakers of addresses that opened or closed.")
            .build();
        let ejections = meter
            .u64_counter("trefoil.backend.ejections")
            .with_unit("{ejection}")
            .with_description("Addresses that were left alone for a while because they failed more than the others.")
            .build();
        let excused = meter
            .u64_counter("trefoil.backend.timeouts.excused")
            .with_unit("{call}")
            .with_description(
                "Calls whose time ran out while this process was late itself: they count against no address.",
            )
            .build();
        Signals { backend: KeyValue::new("trefoil.backend", name.to_owned()), transitions, ejections, excused }
    }

    pub(crate) fn changed(&self, address: SocketAddr, change: Change, cause: &dyn Display) {
        let backend = self.backend.value.as_str();
        let state = match change {
            Change::Opened { in_a_row, seen } => {
                let Seen { calls, failures } = seen;
                tracing::warn!(%backend, %address, %cause, in_a_row, calls, failures, "a breaker opened");
                "open"
            }
            Change::Closed => {
                tracing::info!(%backend, %address, "a breaker closed");
                "closed"
            }
        };
        self.transitions.add(1, &[self.backend.clone(), KeyValue::new("trefoil.breaker.state", state)]);
    }

    pub(crate) fn ejected(&self, address: SocketAddr, seen: Seen, time: Duration) {
        let (backend, Seen { calls, failures }) = (self.backend.value.as_str(), seen);
        tracing::warn!(%backend, %address, calls, failures, ?time, "an address was ejected");
        self.ejections.add(1, std::slice::from_ref(&self.backend));
    }
}

impl Signals {
    pub(crate) fn excused(&self) {
        self.excused.add(1, std::slice::from_ref(&self.backend));
    }

    pub(crate) fn health_changed(&self, address: SocketAddr, healthy: bool, cause: &str) {
        let backend = self.backend.value.as_str();
        if healthy {
            tracing::info!(%backend, %address, "an address is healthy again");
        } else {
            tracing::warn!(%backend, %address, cause, "an address is unhealthy");
        }
    }

    /// Names could not be looked up, after they could. How many addresses are kept.
    pub(crate) fn not_looked_up(&self, error: &str, kept: usize) {
        tracing::warn!(backend = %self.backend.value.as_str(), error, kept, "addresses were not looked up");
    }

    /// Names could be looked up again.
    pub(crate) fn looked_up(&self, addresses: usize) {
        tracing::info!(backend = %self.backend.value.as_str(), addresses, "addresses are looked up again");
    }
}

/// Measures the addresses of these backends whenever somebody asks for the metrics. Only addresses that are in use now are named.
pub(crate) fn observe<'a>(meter: &Meter, balancers: impl Iterator<Item = &'a Arc<Balancer>>) {
    let balancers: Arc<[Weak<Balancer>]> = balancers.map(Arc::downgrade).collect();
    observe_each(meter, &balancers, "http.client.active_requests", "{request}", "Calls under way.", |endpoint| {
        (endpoint.in_flight().into(), None)
    });
    let states = "Breakers by state: one for each address.";
    observe_each(meter, &balancers, "trefoil.backend.breakers", "{breaker}", states, |endpoint| {
        (1, Some(KeyValue::new("trefoil.breaker.state", endpoint.breaker.name())))
    });
    let standings = "Addresses by standing: in_use, ejected, unhealthy.";
    observe_each(meter, &balancers, "trefoil.backend.addresses", "{address}", standings, |endpoint| {
        let standing = match endpoint.out() {
            Out::Unhealthy => "unhealthy",
            Out::Ejected if endpoint.is_ejected(Instant::now()) => "ejected",
            Out::Ejected | Out::No => "in_use",
        };
        (1, Some(KeyValue::new("trefoil.address.standing", standing)))
    });
}

/// Measures the connections to the addresses of these backends, where the transport can tell.
pub(crate) fn observe_connections<'a>(
    meter: &Meter,
    backends: impl Iterator<Item = (&'a Arc<Balancer>, &'a Arc<dyn Transport>)>,
) {
    let backends: Vec<(Weak<Balancer>, Weak<dyn Transport>)> =
        backends.map(|(balancer, transport)| (Arc::downgrade(balancer), Arc::downgrade(transport))).collect();
    meter
        .i64_observable_up_down_counter("http.client.open_connections")
        .with_unit("{connection}")
        .with_description(
            "Connections of the lean transport to addresses: active, with a call under way, or idle. reqwest's cannot be counted.",
        )
        .with_callback(move |observer| {
            let alive = |(balancer, transport): &(Weak<Balancer>, Weak<dyn Transport>)| {
                Some((balancer.upgrade()?, transport.upgrade()?))
            };
            for (balancer, transport) in backends.iter().filter_map(alive) {
                for member in &balancer.list().members {
                    let Some(size) = transport.pool(member.endpoint.address) else { continue };
                    for (state, count) in [("active", size.in_use), ("idle", size.idle)] {
                        let mut attributes = at(&balancer, member.endpoint.address);
                        attributes.push(KeyValue::new("http.connection.state", state));
                        observer.observe(i64::try_from(count).unwrap_or(i64::MAX), &attributes);
                    }
                }
            }
        })
        .build();
}

fn at(balancer: &Balancer, address: SocketAddr) -> Vec<KeyValue> {
    vec![
        balancer.signals.backend.clone(),
        KeyValue::new("network.peer.address", address.ip().to_string()),
        KeyValue::new("network.peer.port", i64::from(address.port())),
    ]
}

fn observe_each(
    meter: &Meter,
    balancers: &Arc<[Weak<Balancer>]>,
    name: &'static str,
    unit: &'static str,
    description: &'static str,
    measure: impl Fn(&Endpoint) -> (i64, Option<KeyValue>) + Send + Sync + 'static,
) {
    let balancers = Arc::clone(balancers);
    meter
        .i64_observable_up_down_counter(name)
        .with_unit(unit)
        .with_description(description)
        .with_callback(move |observer| {
            for balancer in balancers.iter().filter_map(Weak::upgrade) {
                for member in &balancer.list().members {
                    let endpoint = &member.endpoint;
                    let (value, attribute) = measure(endpoint);
                    let mut attributes = at(&balancer, endpoint.address);
                    attributes.extend(attribute);
                    observer.observe(value, &attributes);
                }
            }
        })
        .build();
}
