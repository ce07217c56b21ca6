//! Whose doing it was that a call was given up.

use std::sync::OnceLock;
use std::time::Duration;

use tokio::time::Instant;

use crate::effort::OwnTime;
use crate::lag::Lag;

/// A call's deadline and its own time are taken from the clock one after the other; timers are exact to a millisecond.
const EXACT: Duration = Duration::from_millis(1);

/// The time of a call, and whether it ran out.
#[derive(Debug, Default)]
pub(crate) struct GivenUp {
    own_time: Option<OwnTime>,
    /// When it was due; not known of a call that was left by who waited for it.
    due: OnceLock<Instant>,
}

/// An attempt at a call, from when on it has been its address's turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent<'a> {
    pub(crate) call: &'a GivenUp,
    pub(crate) lag: &'a Lag,
    pub(crate) at: Instant,
}

/// Why an attempt was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Its backend did not answer in the call's own time.
    Backend,
    /// This process was late itself: it cannot tell.
    Lag,
    /// Who waited for it left or had less time, or the backend had too little of the call's own time.
    Nothing,
}

impl GivenUp {
    pub(crate) fn new(own_time: Option<OwnTime>) -> GivenUp {
        GivenUp { own_time, due: OnceLock::new() }
    }

    /// Its time is over, as it was to be at `due`.
    pub(crate) fn at(&self, due: Instant) {
        let _ = self.due.set(due);
    }
}

impl Sent<'_> {
    /// Why it was given up, asked when it is.
    pub(crate) fn why_given_up(&self) -> Cause {
        let (Some(own), Some(&due)) = (&self.call.own_time, self.call.due.get()) else { return Cause::Nothing };
        let had = due.saturating_duration_since(self.at);
        // What waited for room, or for a retry's turn, and was sent when most of its time was over says nothing.
        let enough = own.length / 2;
        if due + EXACT < own.ends || had < enough {
            Cause::Nothing
        } else if had - self.lag.delay(self.at, due).min(had) < enough {
            Cause::Lag
        } else {
            Cause::Backend
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{advance, sleep};

    use super::*;

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// Why an attempt is given up that is sent after so long of a call's own 100 ms, and given up after so long; `late` is how long the
    /// process is away just before that.
    async fn why(sent: u64, given_up: u64, late: u64) -> Cause {
        let lag = Lag::new(&opentelemetry::global::meter("test"));
        lag.start();
        let begun = Instant::now();
        lag.watch(begun);
        let call = GivenUp::new(Some(OwnTime::from_now(ms(100))));
        sleep(ms(given_up - late)).await;
        advance(ms(late)).await;
        call.at(begun + ms(given_up));
        Sent { call: &call, lag: &lag, at: begun + ms(sent) }.why_given_up()
    }

    #[tokio::test(start_paused = true)]
    async fn a_backend_that_had_half_of_the_own_time_and_did_not_answer_is_slow() {
        assert_eq!([why(0, 100, 0).await, why(50, 100, 0).await], [Cause::Backend; 2]);
        assert_eq!(why(51, 100, 0).await, Cause::Nothing, "it waited for room");
        assert_eq!(why(0, 98, 0).await, Cause::Nothing, "a caller's shorter deadline");
    }

    #[tokio::test(start_paused = true)]
    async fn a_process_that_was_away_for_half_of_it_cannot_tell() {
        assert_eq!([why(0, 100, 40).await, why(0, 100, 80).await], [Cause::Backend, Cause::Lag]);
        assert_eq!(why(30, 100, 40).await, Cause::Lag, "waiting and being late add up");
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_left_before_its_time_is_over_says_nothing() {
        let lag = Lag::new(&opentelemetry::global::meter("test"));
        let begun = Instant::now();
        let call = GivenUp::new(Some(OwnTime::from_now(ms(100))));
        sleep(ms(150)).await;
        assert_eq!(Sent { call: &call, lag: &lag, at: begun }.why_given_up(), Cause::Nothing);
        let call = GivenUp::new(None);
        call.at(begun + ms(100));
        assert_eq!(Sent { call: &call, lag: &lag, at: begun }.why_given_up(), Cause::Nothing, "it has no own time");
    }
}
