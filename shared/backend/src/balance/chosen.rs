//! A call at its address, from the choice to its end, and what its end says about the address.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::time::Instant;

use super::Balancer;
use super::endpoint::Endpoint;
use crate::breaker::state::{Probe, Probed};
use crate::client::{CallFailure, Reply};

/// A call under way. Dropped without [`Chosen::finish`] it was cut short, which is the address's failure only if the call had outrun its
/// own declared time by then: neither a caller who leaves nor the loser of a hedge says anything about it.
#[derive(Debug)]
pub(crate) struct Chosen<'a> {
    balancer: &'a Balancer,
    endpoint: Arc<Endpoint>,
    probe: Option<Probe>,
    own_time: Option<Instant>,
    finished: bool,
}

impl<'a> Chosen<'a> {
    pub(super) fn new(
        balancer: &'a Balancer,
        endpoint: Arc<Endpoint>,
        probe: Option<Probe>,
        own_time: Option<Instant>,
    ) -> Chosen<'a> {
        endpoint.enter();
        Chosen { balancer, endpoint, probe, own_time, finished: false }
    }

    /// Where to connect.
    pub(crate) fn address(&self) -> SocketAddr {
        self.endpoint.address
    }

    /// How it ended. A server's error, a connection that was not to be had or broke, and what is no HTTP are failures; any other answer is
    /// none, one that says that the caller is wrong (4xx) least of all.
    pub(crate) fn finish(mut self, result: &Result<Reply, CallFailure>) {
        self.finished = true;
        match result {
            Ok(reply) if reply.status.is_server_error() => self.bad(&format_args!("status {}", reply.status.as_u16())),
            Ok(_) | Err(CallFailure::TooLarge { .. }) => self.good(),
            Err(failure @ CallFailure::Transport(_)) => self.bad(failure),
            Err(CallFailure::Timeout) => self.cut_short(),
            // It never got there.
            Err(CallFailure::Breaker | CallFailure::Shed(_) | CallFailure::Unsendable(_)) => self.says_nothing(),
        }
    }

    fn good(&mut self) {
        match self.probe.take() {
            None => self.endpoint.breaker.succeeded(),
            Some(probe) => {
                let now = Instant::now();
                if self.endpoint.breaker.probed(probe, Probed::Good, now).is_some() {
                    self.balancer.recovered(&self.endpoint, now);
                }
            }
        }
    }

    fn bad(&mut self, cause: &dyn std::fmt::Display) {
        match self.probe.take() {
            None => self.balancer.failed(&self.endpoint, cause),
            Some(probe) => drop(self.endpoint.breaker.probed(probe, Probed::Bad, Instant::now())),
        }
    }

    fn cut_short(&mut self) {
        if self.own_time.is_some_and(|end| Instant::now() >= end) {
            self.bad(&"no answer in the call's own time");
        } else {
            self.says_nothing();
        }
    }

    fn says_nothing(&mut self) {
        if let Some(probe) = self.probe.take() {
            self.endpoint.breaker.probed(probe, Probed::Cancelled, Instant::now());
        }
    }
}

impl Drop for Chosen<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.cut_short();
        }
        self.endpoint.leave();
    }
}
