//! How hard a call is tried, and who is served first when not all can be.

use std::time::Duration;

use tokio::time::Instant;

/// What the declaration says of trying a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Effort {
    /// The most attempts in all, from 1 to 10; `None` leaves it to the backend's configuration. A call that is not idempotent, and carries no
    /// idempotency key, is attempted once whatever is said here.
    pub attempts: Option<u32>,
    /// Whether a second attempt may be sent beside a slow first one. Only a GET is hedged.
    pub hedge: bool,
    /// What the answer makes of it when it fails.
    pub criticality: Criticality,
    /// The time that the call itself is declared to have: a backend that had half of it or more, and has not answered at its end, has failed.
    /// A call that is given up earlier was cut short, by a caller's shorter deadline or departure, and says nothing about the backend; nor
    /// does one that was sent late, or whose time ran out while this process was late itself. `None`: it never is the backend's failure.
    pub own_time: Option<OwnTime>,
}

/// A time that is declared for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnTime {
    /// How long it is.
    pub length: Duration,
    /// When it is over.
    pub ends: Instant,
}

impl OwnTime {
    /// A time that begins now.
    pub fn from_now(length: Duration) -> OwnTime {
        OwnTime { length, ends: Instant::now() + length }
    }
}

/// What the answer makes of a call that fails. Who can be done without is the first to be shed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Criticality {
    /// The answer can do without.
    Optional,
    /// Without it there is no answer.
    #[default]
    Required,
}
