//! How hard a call is tried, and who is served first when not all can be.

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
    /// From when on a call without an answer has outrun its own declared time, which is the backend's failure. One that is given
    /// up earlier was cut short, by a caller's shorter deadline or departure, and says nothing about the backend. `None`: it never is.
    pub own_time: Option<Instant>,
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
