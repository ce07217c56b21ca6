//! The limit of how many attempts are under way at a backend at once: a hard cap, and below it one that follows how long answers take.
//!
//! Who finds no room waits, inside its deadline and in a queue with an end; who cannot be served in its time is told at once. What an
//! answer can do without is shed first: it may take a part of the room only, waits behind what is required, and is pushed out by it.

mod gradient;
mod room;
mod signal;
#[cfg(test)]
mod tests;

use std::time::Duration;

use opentelemetry::metrics::Meter;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};

use self::gradient::Gradient;
use self::room::{Asked, Room, Ticket};
use self::signal::Signals;
pub(crate) use self::signal::observe;
use crate::client::CallFailure;
use crate::faults::{Faults, UpTo};
use crate::given_up::{Cause, Sent};
use crate::hedge::Latency;
use crate::stack::Wanted;

/// How many attempts are under way at a backend at once, in `backends.<name>.concurrency`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConcurrencyConfig {
    /// The most, whatever happens: 1 or more. Default 1024 (Envoy's `max_requests`).
    pub max: u32,
    /// Whether the limit follows how long answers take, between `min` and `max`. Default false: the limit is `max`.
    pub adaptive: bool,
    /// The least that it falls to, and where it starts: from 1 to `max`. Default 20 (Netflix's concurrency-limits).
    pub min: u32,
    /// How many may wait for room; 0 for none. Default 1024 (Envoy's `max_pending_requests`).
    pub queue: u32,
    /// The part of the room, of a hundred, that calls may take which an answer can do without: 1 to 100. Default 80, which is
    /// our own choice.
    pub optional_percent: u32,
}

impl Default for ConcurrencyConfig {
    fn default() -> ConcurrencyConfig {
        ConcurrencyConfig { max: 1024, adaptive: false, min: 20, queue: 1024, optional_percent: 80 }
    }
}

impl ConcurrencyConfig {
    pub(crate) fn check(&self, faults: &mut Faults) {
        // Without `adaptive` it is of no use.
        let min = if self.adaptive { self.min } else { 1 };
        let (bounds, max) = (1..=u32::MAX.into(), self.max.into());
        faults.up_to(
            &["concurrency"],
            &UpTo { key: "min", value: min.into(), least: 1, most_key: "max", most: max, bounds },
        );
        faults.range(&["concurrency", "optional_percent"], self.optional_percent.into(), 1..=100);
    }
}

/// The limit of one backend.
#[derive(Debug)]
pub(crate) struct Limit {
    room: Room,
    gradient: Option<Gradient>,
    signals: Signals,
    born: Instant,
}

/// Room that is taken until this is dropped.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    limit: &'a Limit,
    sent: Sent<'a>,
    told: bool,
}

impl Limit {
    pub(crate) fn new(name: &str, config: &ConcurrencyConfig, meter: &Meter) -> Limit {
        let gradient = config.adaptive.then(|| Gradient::new(config.min, config.max));
        let limit = gradient.as_ref().map_or(config.max, Gradient::limit);
        Limit {
            room: Room::new(limit, config.optional_percent, config.queue),
            gradient,
            signals: Signals::new(name, meter),
            born: Instant::now(),
        }
    }

    /// Takes room for an attempt that begins now, and waits for it if there is none: it is sent when it has some.
    pub(crate) async fn enter<'a>(
        &'a self,
        wanted: &Wanted<'_>,
        begun: Sent<'a>,
        latency: &Latency,
    ) -> Result<Place<'a>, CallFailure> {
        if self.room.enter(wanted.effort.criticality) {
            return Ok(self.place(begun));
        }
        // Boxed, as all is that not every call does.
        Box::pin(self.wait(wanted, begun, latency)).await
    }

    fn place<'a>(&'a self, sent: Sent<'a>) -> Place<'a> {
        Place { limit: self, sent, told: false }
    }

    async fn wait<'a>(
        &'a self,
        wanted: &Wanted<'_>,
        begun: Sent<'a>,
        latency: &Latency,
    ) -> Result<Place<'a>, CallFailure> {
        if !self.is_served_in_time(wanted, latency) {
            return Err(self.shed(wanted, "too_late", "those who wait would outlast its deadline"));
        }
        match self.room.ask(wanted.effort.criticality) {
            Asked::In => Ok(self.place(begun)),
            Asked::Full => Err(self.shed(wanted, "queue_full", "the queue for its backend is full")),
            Asked::Waits(ticket) => {
                let mut waiting = Waiting { room: &self.room, ticket: Some(ticket) };
                let admitted = timeout_at(wanted.deadline.instant(), waiting.admitted()).await;
                self.signals.waited(begun.at.elapsed());
                match admitted {
                    Ok(true) => {
                        let place = self.place(Sent { at: Instant::now(), ..begun });
                        // It may have waited longer than was to be expected. Its place is better used by the next.
                        if !latency.leaves_time(Duration::ZERO, wanted.deadline) {
                            place.failed();
                            return Err(self.shed(wanted, "too_late", "its turn came too late for an answer in time"));
                        }
                        Ok(place)
                    }
                    Ok(false) => Err(self.shed(wanted, "displaced", "what an answer cannot do without took its place")),
                    Err(_) => Err(self.shed(wanted, "waited", "there was no room for it in its time")),
                }
            }
        }
    }

    /// Whether those who wait already leave it the time it needs itself, which is as long as half of the answers take. In that time
    /// each place becomes free once, and it is this one's turn after theirs.
    fn is_served_in_time(&self, wanted: &Wanted<'_>, latency: &Latency) -> bool {
        let Some(median) = latency.median() else { return true };
        let wait = median.saturating_mul(self.room.waiting().saturating_add(1)) / self.room.limit();
        latency.leaves_time(wait, wanted.deadline)
    }

    fn shed(&self, wanted: &Wanted<'_>, reason: &'static str, why: &'static str) -> CallFailure {
        self.signals.shed(reason, wanted.effort.criticality);
        CallFailure::Shed(why)
    }
}

impl<'a> Place<'a> {
    /// From when on the backend has it.
    pub(crate) fn sent(&self) -> Sent<'a> {
        self.sent
    }

    /// The attempt was answered: how long that took counts.
    pub(crate) fn answered(mut self, now: Instant) -> Duration {
        let took = now.saturating_duration_since(self.sent.at);
        self.tell(took, now);
        took
    }

    /// The attempt failed, which says nothing about how long answers take.
    pub(crate) fn failed(mut self) {
        self.told = true;
    }

    fn tell(&mut self, took: Duration, now: Instant) {
        self.told = true;
        let Some(gradient) = &self.limit.gradient else { return };
        let since_birth = now.saturating_duration_since(self.limit.born);
        if let Some(limit) = gradient.record(took, self.limit.room.inside(), since_birth) {
            self.limit.room.set_limit(limit);
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        // Given up at its own time, it would have taken longer still. Cut short before that, it says nothing.
        if !self.told && self.sent.why_given_up() == Cause::Backend {
            let now = Instant::now();
            self.tell(now.saturating_duration_since(self.sent.at), now);
        }
        self.limit.room.leave();
    }
}

/// A place in the queue, given back when nobody waits any more.
struct Waiting<'a> {
    room: &'a Room,
    ticket: Option<Ticket>,
}

impl Waiting<'_> {
    /// Whether it was let in, or pushed out.
    async fn admitted(&mut self) -> bool {
        let Some(ticket) = &mut self.ticket else { return false };
        let admitted = (&mut ticket.admitted).await.is_ok();
        self.ticket = None;
        admitted
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.room.forget(ticket);
        }
    }
}
