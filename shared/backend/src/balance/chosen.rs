//! A call at its address, from the choice to its end, and what its end says about the address.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::time::Instant;

use super::Balancer;
use super::endpoint::Endpoint;
use crate::breaker::state::{Probe, Probed};
use crate::client::{CallFailure, Reply};
use crate::given_up::{Cause, Sent};

/// A call under way. Dropped without [`Chosen::finish`] it was given up, which is the address's failure only if it let the call's own
/// time run out: neither a caller who leaves nor the loser of a hedge says anything about it, nor does a time in which this process was late.
#[derive(Debug)]
pub(crate) struct Chosen<'a> {
    balancer: &'a Balancer,
    endpoint: Arc<Endpoint>,
    probe: Option<Probe>,
    sent: Sent<'a>,
    finished: bool,
}

impl<'a> Chosen<'a> {
    pub(super) fn new(
        balancer: &'a Balancer,
        endpoint: Arc<Endpoint>,
        probe: Option<Probe>,
        sent: Sent<'a>,
    ) -> Chosen<'a> {
        endpoint.enter();
        Chosen { balancer, endpoint, probe, sent, finished: false }
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
            Ok(_) | Err(CallFailure::TooLarge { .. } | CallFailure::TooDense { .. }) => self.good(),
            Err(failure @ CallFailure::Transport(_)) => self.bad(failure),
            Err(CallFailure::Timeout) => self.given_up(),
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

    fn given_up(&mut self) {
        match self.sent.why_given_up() {
            Cause::Backend => self.bad(&"no answer in the call's own time"),
            Cause::Lag => {
                self.balancer.signals.excused();
                self.says_nothing();
            }
            Cause::Nothing => self.says_nothing(),
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
            self.given_up();
        }
        self.endpoint.leave();
    }
}
