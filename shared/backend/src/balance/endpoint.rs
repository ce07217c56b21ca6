//! One address, and what is known of it.

use std::net::SocketAddr;
use std::sync::PoisonError;
use std::time::Duration;

use tokio::time::Instant;

use super::slow_start::SlowStartConfig;
use crate::breaker::config::BreakerConfig;
use crate::breaker::gate::Breaker;
use crate::ejection::EjectionConfig;
use crate::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use crate::sync::{Mutex, MutexGuard};

/// An address. It outlives the list that it stood in for as long as a call is under way there.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) address: SocketAddr,
    /// In the order in which the backend's addresses became known.
    pub(crate) number: u64,
    pub(crate) breaker: Breaker,
    in_flight: AtomicU32,
    /// Whether `standing` has anything to say; changed under its lock alone.
    plain: AtomicBool,
    standing: Mutex<Standing>,
}

/// What is to be said of an address, beside its breaker.
#[derive(Debug, Default)]
struct Standing {
    unhealthy: bool,
    ejected_until: Option<Instant>,
    /// How many ejections came soon after each other.
    ejections: u32,
    last_ejection: Option<Instant>,
    started: Option<Instant>,
}

/// Why an address is not asked while others can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Out {
    No,
    Ejected,
    Unhealthy,
}

impl Endpoint {
    pub(crate) fn new(address: SocketAddr, number: u64, breaker: BreakerConfig) -> Endpoint {
        Endpoint {
            address,
            number,
            breaker: Breaker::new(breaker),
            in_flight: AtomicU32::new(0),
            plain: AtomicBool::new(true),
            standing: Mutex::default(),
        }
    }

    /// The calls under way.
    pub(crate) fn in_flight(&self) -> u32 {
        self.in_flight.load(Ordering::Relaxed)
    }

    pub(crate) fn enter(&self) {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn leave(&self) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether it is like any other: well, and with its whole share.
    pub(crate) fn is_plain(&self) -> bool {
        self.plain.load(Ordering::Relaxed) && self.breaker.is_closed()
    }

    /// Whether it is not to be asked, as far as was noticed.
    pub(crate) fn out(&self) -> Out {
        if self.plain.load(Ordering::Relaxed) {
            return Out::No;
        }
        let standing = self.lock();
        match (standing.unhealthy, standing.ejected_until) {
            (true, _) => Out::Unhealthy,
            (false, Some(_)) => Out::Ejected,
            (false, None) => Out::No,
        }
    }

    /// Its share now, in percent of the whole.
    pub(crate) fn percent(&self, now: Instant, config: &SlowStartConfig) -> u64 {
        if self.plain.load(Ordering::Relaxed) {
            return 100;
        }
        self.lock().started.map_or(100, |started| config.percent(now.saturating_duration_since(started)))
    }

    /// Notices what is over by now: its ejection, its slow start.
    pub(crate) fn settle(&self, now: Instant, slow_start: &SlowStartConfig) {
        if self.plain.load(Ordering::Relaxed) {
            return;
        }
        self.change(|standing| {
            if standing.ejected_until.is_some_and(|until| until <= now) {
                standing.ejected_until = None;
                standing.started = Some(now);
            }
            if standing.started.is_some_and(|at| slow_start.percent(now.saturating_duration_since(at)) == 100) {
                standing.started = None;
            }
        });
    }

    pub(crate) fn start_slowly(&self, now: Instant, config: &SlowStartConfig) {
        if config.window_ms > 0 {
            self.change(|standing| standing.started = Some(now));
        }
    }

    /// What its health checks say. Whether that is news.
    pub(crate) fn set_healthy(&self, healthy: bool) -> bool {
        self.change(|standing| std::mem::replace(&mut standing.unhealthy, !healthy) == healthy)
    }

    pub(crate) fn is_ejected(&self, now: Instant) -> bool {
        !self.plain.load(Ordering::Relaxed) && self.lock().ejected_until.is_some_and(|until| now < until)
    }

    /// Leaves it alone for a while: the longer, the more often that was done of late. Gives how long.
    pub(crate) fn eject(&self, now: Instant, config: &EjectionConfig) -> Duration {
        self.change(|standing| {
            let longest = Duration::from_millis(config.max_time_ms);
            let of_late = standing.last_ejection.is_some_and(|at| now.saturating_duration_since(at) < 2 * longest);
            standing.ejections = if of_late { standing.ejections.saturating_add(1) } else { 1 };
            let time = config.time(standing.ejections);
            standing.ejected_until = Some(now + time);
            standing.last_ejection = Some(now);
            time
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut Standing) -> T) -> T {
        let mut standing = self.lock();
        let result = change(&mut standing);
        let plain = !standing.unhealthy && standing.ejected_until.is_none() && standing.started.is_none();
        self.plain.store(plain, Ordering::Relaxed);
        result
    }

    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
