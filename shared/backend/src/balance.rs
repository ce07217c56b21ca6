//! Chooses the address of each attempt: of two drawn at random among those that are well, the one with fewer calls under way.
//!
//! The power of two choices (Mitzenmacher), as in Envoy's and Finagle's least-request balancers. Where all is well, and above all where
//! there is one address, a choice takes a few atomics, no lock, no look at the clock and no memory.

pub(crate) mod chosen;
pub(crate) mod draw;
pub(crate) mod endpoint;
pub(crate) mod list;
pub(crate) mod signal;
pub(crate) mod slow_start;
pub(crate) mod tried;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use opentelemetry::metrics::Meter;
use tokio::time::Instant;

use self::chosen::Chosen;
use self::draw::Candidate;
use self::endpoint::{Endpoint, Out};
use self::list::{List, Member, Target};
use self::signal::Signals;
use self::slow_start::SlowStartConfig;
use self::tried::Tried;
use crate::breaker::config::BreakerConfig;
use crate::breaker::state::{Change, Probe};
use crate::client::CallFailure;
use crate::config::BackendConfig;
use crate::ejection::EjectionConfig;
use crate::given_up::Sent;
use crate::transport::TransportError;

/// The addresses of one backend, and how each of them does.
#[derive(Debug)]
pub(crate) struct Balancer {
    breaker: BreakerConfig,
    ejection: EjectionConfig,
    slow_start: SlowStartConfig,
    list: ArcSwap<List>,
    /// How many addresses there have ever been.
    numbered: AtomicU64,
    /// Held while it is decided whether one more may be ejected.
    ejecting: Mutex<()>,
    pub(crate) signals: Signals,
}

/// What a choice depends on.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    /// The addresses of this call's earlier attempts, avoided where there are others.
    pub(crate) tried: &'a Tried,
    /// Whether the call may find out whether an address is well again while there are others that are: it can do no harm twice.
    pub(crate) may_probe: bool,
}

impl Balancer {
    pub(crate) fn new(name: &str, config: &BackendConfig, meter: &Meter) -> Balancer {
        Balancer {
            breaker: config.breaker,
            ejection: config.ejection,
            slow_start: config.slow_start,
            list: ArcSwap::from_pointee(List::default()),
            numbered: AtomicU64::new(0),
            ejecting: Mutex::new(()),
            signals: Signals::new(name, meter),
        }
    }

    /// Where a call goes that is `sent` now.
    pub(crate) fn choose<'a>(&'a self, asked: &Asked<'_>, sent: Sent<'a>) -> Result<Chosen<'a>, CallFailure> {
        let list = self.list.load();
        let (endpoint, probe) = match list.members.as_slice() {
            [] => return Err(CallFailure::Transport(TransportError::Connect("no address is known".to_owned()))),
            [only] if only.endpoint.breaker.is_closed() => (&only.endpoint, None),
            members => match self.of_two(&list, asked) {
                Some(member) => (&member.endpoint, None),
                None => self.among(members, asked)?,
            },
        };
        asked.tried.add(endpoint.number);
        Ok(Chosen::new(self, Arc::clone(endpoint), probe, sent))
    }

    /// The usual case: the first attempt, and two addresses with nothing to be said of them.
    fn of_two<'a>(&self, list: &'a List, asked: &Asked<'_>) -> Option<&'a Member> {
        let count = list.members.len() as u64;
        if !list.even || count < 2 || !asked.tried.is_empty() {
            return None;
        }
        let random = fastrand::u64(..);
        let first = (random & 0xffff_ffff) % count;
        let second = (first + 1 + (random >> 32) % (count - 1)) % count;
        let member = |index: u64| usize::try_from(index).ok().and_then(|index| list.members.get(index));
        let (first, second) = (member(first)?, member(second)?);
        if !first.endpoint.is_plain() || !second.endpoint.is_plain() {
            return None;
        }
        Some(if second.endpoint.in_flight() < first.endpoint.in_flight() { second } else { first })
    }

    /// Where something is to be said of some address.
    fn among<'a>(
        &self,
        members: &'a [Member],
        asked: &Asked<'_>,
    ) -> Result<(&'a Arc<Endpoint>, Option<Probe>), CallFailure> {
        let now = Instant::now();
        for member in members {
            member.endpoint.settle(now, &self.slow_start);
        }
        let probe = |member: &'a Member| Some((&member.endpoint, Some(member.endpoint.breaker.probe(now)?)));
        let sick = |member: &&Member| !member.endpoint.breaker.is_closed();
        if asked.may_probe
            && let Some(found) = members.iter().filter(sick).filter(|m| m.endpoint.out() == Out::No).find_map(probe)
        {
            return Ok(found);
        }
        let candidate = |index: usize| {
            let member = members.get(index)?;
            let endpoint = &member.endpoint;
            if !endpoint.breaker.is_closed() {
                return None;
            }
            // Who is well comes first, then who was not tried yet, then by rank. If nobody is well, all are asked: better an
            // address that may be sick than no answer (Envoy's panic, here only when there is no other).
            let order = (endpoint.out() != Out::No, asked.tried.contains(endpoint.number), member.rank);
            let weight = u64::from(member.weight) * endpoint.percent(now, &self.slow_start);
            Some(Candidate { order, weight, busy: endpoint.in_flight() })
        };
        if let Some(member) =
            draw::draw(members.len(), candidate, || fastrand::u64(..)).and_then(|index| members.get(index))
        {
            return Ok((&member.endpoint, None));
        }
        // Nobody else is there to be asked.
        members.iter().filter(sick).find_map(probe).ok_or(CallFailure::Breaker)
    }

    /// From now on these are the addresses. What is known of those that stay is kept; those that are new among others start slowly.
    /// Gives those that went away: calls that are under way there end as they would have.
    pub(crate) fn set(&self, targets: &[Target]) -> Vec<SocketAddr> {
        let now = Instant::now();
        let old = self.list.load_full();
        let known = |address| old.members.iter().map(|member| &member.endpoint).find(|known| known.address == address);
        let endpoint = |address| {
            known(address).map_or_else(
                || {
                    let number = self.numbered.fetch_add(1, Ordering::Relaxed);
                    let endpoint = Endpoint::new(address, number, self.breaker);
                    if !old.members.is_empty() {
                        endpoint.start_slowly(now, &self.slow_start);
                    }
                    Arc::new(endpoint)
                },
                Arc::clone,
            )
        };
        let list = List::of(targets, endpoint);
        let stays = |address| list.members.iter().any(|member| member.endpoint.address == address);
        let gone =
            old.members.iter().map(|member| member.endpoint.address).filter(|address| !stays(*address)).collect();
        self.list.store(Arc::new(list));
        gone
    }

    /// The addresses now.
    pub(crate) fn list(&self) -> Arc<List> {
        self.list.load_full()
    }

    /// A call failed at an address. `cause` is for the log.
    fn failed(&self, endpoint: &Endpoint, cause: &dyn std::fmt::Display) {
        let now = Instant::now();
        if let Some(change) = endpoint.breaker.failed(now) {
            self.signals.changed(endpoint.address, change, cause);
        } else if self.ejection.enabled && endpoint.breaker.is_closed() {
            self.eject_outlier(endpoint, now);
        }
    }

    fn eject_outlier(&self, endpoint: &Endpoint, now: Instant) {
        let list = self.list.load();
        if list.members.len() < 2 {
            return;
        }
        let own = endpoint.breaker.seen(now);
        let others = list.members.iter().map(|member| &member.endpoint).filter(|other| other.number != endpoint.number);
        let others = others.map(|other| other.breaker.seen(now));
        if endpoint.out() == Out::Ejected || !self.ejection.is_outlier(own, self.breaker.min_calls, others) {
            return;
        }
        let _deciding = self.ejecting.lock().unwrap_or_else(PoisonError::into_inner);
        let ejected = list.members.iter().filter(|member| member.endpoint.is_ejected(now)).count();
        if self.ejection.has_room(ejected, list.members.len()) && !endpoint.is_ejected(now) {
            let time = endpoint.eject(now, &self.ejection);
            endpoint.breaker.forget();
            self.signals.ejected(endpoint.address, own, time);
        }
    }

    /// A breaker closed: its address has come back.
    fn recovered(&self, endpoint: &Endpoint, now: Instant) {
        endpoint.start_slowly(now, &self.slow_start);
        self.signals.changed(endpoint.address, Change::Closed, &"");
    }

    /// The health checks of an address say something else than before.
    pub(crate) fn health_changed(&self, endpoint: &Endpoint, healthy: bool, cause: &str, now: Instant) {
        if healthy {
            endpoint.start_slowly(now, &self.slow_start);
        }
        self.signals.health_changed(endpoint.address, healthy, cause);
    }
}

#[cfg(test)]
mod tests;
