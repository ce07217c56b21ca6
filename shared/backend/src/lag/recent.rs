//! When a process was late of late, and what that can have held up. Pure: time is handed in.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::TICK;

/// Timers are exact to a millisecond, and rounded up: less than this is no lateness.
const EXACT: Duration = Duration::from_millis(3);

/// So many are kept: some seconds, if it is always late.
const MOST: usize = 512;

/// An exchange waits for this process so often at the most: when it is connected, twice in TLS's handshake, and to read the answer.
const TURNS: u32 = 4;

/// When it was late.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    /// When it fires next; none while it rests.
    due: Option<Instant>,
    late: VecDeque<Late>,
}

#[derive(Debug, Clone, Copy)]
struct Late {
    since: Instant,
    until: Instant,
}

impl Recent {
    /// When it fires next, which is a tick from now unless it was expected earlier.
    pub(crate) fn expect(&mut self, now: Instant) -> Instant {
        *self.due.get_or_insert(now + TICK)
    }

    /// It has fired. By how much it was late.
    pub(crate) fn fired(&mut self, now: Instant) -> Duration {
        let Some(late) = self.due.take().and_then(|due| Late::of(due, now)) else { return Duration::ZERO };
        if self.late.len() == MOST {
            self.late.pop_front();
        }
        self.late.push_back(late);
        late.until - late.since
    }

    /// By how much what went on from then until then can have been held up: by all the time in which the process was late, but not
    /// more often than an exchange waits for it, each time by the longest of them.
    pub(crate) fn delay(&self, from: Instant, until: Instant, now: Instant) -> Duration {
        let not_fired = self.due.and_then(|due| Late::of(due, now));
        let (mut sum, mut longest) = (Duration::ZERO, Duration::ZERO);
        // From the latest on, and no further back than it began: whoever is late asks often, and must not pay for all there is each time.
        let lates = not_fired.into_iter().chain(self.late.iter().rev().copied());
        for late in lates.take_while(|late| late.until > from) {
            let length = late.until.min(until).saturating_duration_since(late.since.max(from));
            sum += length;
            longest = longest.max(length);
        }
        sum.min(longest * TURNS)
    }

    #[cfg(test)]
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }
}

impl Late {
    fn of(due: Instant, now: Instant) -> Option<Late> {
        (now.saturating_duration_since(due) >= EXACT).then_some(Late { since: due, until: now })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// One that was late by so much at each of its firings, one after the other; and when it began.
    fn late(start: Instant, by: &[u64]) -> Recent {
        let mut recent = Recent::default();
        let mut now = start;
        for by in by {
            now = recent.expect(now) + ms(*by);
            recent.fired(now);
        }
        recent
    }

    #[test]
    fn only_the_time_in_question_counts() {
        let start = Instant::now();
        // Late from 10 to 110.
        let recent = late(start, &[100]);
        let delay = |from, until| recent.delay(start + ms(from), start + ms(until), start + ms(500)).as_millis();
        assert_eq!([delay(0, 200), delay(0, 60), delay(60, 200), delay(110, 200), delay(0, 10)], [100, 50, 50, 0, 0]);
    }

    #[test]
    fn what_has_not_fired_yet_is_late_already() {
        let start = Instant::now();
        let mut recent = late(start, &[0]);
        let due = recent.expect(start + ms(10));
        assert_eq!(recent.delay(start, due + ms(40), due + ms(40)), ms(40));
        recent.fired(due + ms(40));
        assert_eq!(recent.delay(start, due + ms(40), due + ms(60)), ms(40));
    }

    #[test]
    fn a_little_and_often_holds_up_no_more_than_the_turns_that_an_exchange_takes() {
        let start = Instant::now();
        // A busy process: in 280 ms it is late for 80 in sum, never by more than 10.
        let recent = late(start, &[10; 14]);
        assert_eq!(recent.delay(start, start + ms(280), start + ms(281)), ms(40));
        assert_eq!(late(start, &[2; 14]).delay(start, start + ms(200), start + ms(200)), Duration::ZERO);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let start = Instant::now();
        let recent = late(start, &[5; MOST + 100]);
        assert_eq!(recent.late.len(), MOST);
    }
}
