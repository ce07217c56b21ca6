//! How late this process is, told by a timer that does nothing but fire.
//!
//! A process that is short of its processor, or stopped for a while, connects, writes and reads late; what is late by its own doing looks
//! like a backend that does not answer. Who judges others must look at itself first, as Cassandra's failure detector
//! (`max_local_pause`) and memberlist's (Lifeguard's local health) do. The timer is that of Node's `monitorEventLoopDelay`.

mod recent;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use opentelemetry::metrics::{Counter, Meter};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use self::recent::Recent;
use crate::task::Task;

/// The time between two firings.
const TICK: Duration = Duration::from_millis(10);

/// After so many firings without a call in between there is nothing to measure for: an idle process sleeps.
const IDLE: u32 = 500;

/// The gauge of a process, for all its backends.
#[derive(Debug)]
pub(crate) struct Lag {
    shared: Arc<Shared>,
    late: Counter<f64>,
    task: OnceLock<Task>,
}

#[derive(Debug, Default)]
struct Shared {
    /// Whether a call was made since it fired last.
    used: AtomicBool,
    recent: Mutex<Recent>,
    woken: Notify,
}

impl Lag {
    pub(crate) fn new(meter: &Meter) -> Lag {
        let late = meter
            .f64_counter("trefoil.runtime.lag")
            .with_unit("s")
            .with_description("By how much this process was late for its own timers, in sum, while it made calls.")
            .build();
        Lag { shared: Arc::default(), late, task: OnceLock::new() }
    }

    /// Starts the timer, if it has not been.
    pub(crate) fn start(&self) {
        self.task.get_or_init(|| {
            self.shared.recent().expect(Instant::now());
            Task(tokio::spawn(fire(Arc::clone(&self.shared), self.late.clone())))
        });
    }

    /// A call begins: from now on it is measured how late the process is. As a rule it is already, and that is one look at what few write.
    pub(crate) fn watch(&self, now: Instant) {
        if !self.shared.used.load(Ordering::Relaxed) {
            self.shared.used.store(true, Ordering::Relaxed);
            // Here, and not when the timer has its turn: in a process that is late, that is late too.
            self.shared.recent().expect(now);
            self.shared.woken.notify_one();
        }
    }

    /// By how much what went on from then until then can have been held up by this process.
    pub(crate) fn delay(&self, from: Instant, until: Instant) -> Duration {
        self.shared.recent().delay(from, until, Instant::now())
    }
}

impl Shared {
    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn fire(shared: Arc<Shared>, late: Counter<f64>) {
    let mut idle = 0;
    loop {
        let due = shared.recent().expect(Instant::now());
        sleep_until(due).await;
        let by = shared.recent().fired(Instant::now());
        if !by.is_zero() {
            late.add(by.as_secs_f64(), &[]);
        }
        idle = if shared.used.swap(false, Ordering::Relaxed) { 0 } else { idle + 1 };
        if idle >= IDLE {
            shared.woken.notified().await;
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

    #[tokio::test(start_paused = true)]
    async fn a_process_that_is_there_holds_nothing_up_and_one_that_was_away_does() {
        let lag = Lag::new(&opentelemetry::global::meter("test"));
        lag.start();
        let begun = Instant::now();
        lag.watch(begun);
        sleep(ms(500)).await;
        assert_eq!(lag.delay(begun, Instant::now()), Duration::ZERO);
        let away = Instant::now();
        advance(ms(300)).await;
        // Whether the timer has had its turn since or not.
        let before = lag.delay(away, Instant::now());
        sleep(ms(50)).await;
        let after = lag.delay(away, away + ms(300));
        assert!(before >= ms(285) && before <= ms(300), "{before:?}");
        assert!(after >= ms(285) && after <= ms(300), "{after:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_process_is_not_woken_and_the_next_call_is_measured_from_its_first_moment() {
        let lag = Lag::new(&opentelemetry::global::meter("test"));
        lag.start();
        let started = Instant::now();
        sleep(TICK * (IDLE + 10)).await;
        assert_eq!(lag.shared.recent().due(), None, "it still fires after {:?}", started.elapsed());
        let begun = Instant::now();
        lag.watch(begun);
        // Nobody else has had a turn since.
        advance(ms(100)).await;
        let delay = lag.delay(begun, Instant::now());
        assert!(delay >= ms(85) && delay <= ms(100), "{delay:?}");
    }
}
