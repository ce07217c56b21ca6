//! A limit that follows how long answers take: it falls when they take longer than they have to, and rises when they do not.
//!
//! It is a gradient, as Netflix's `Gradient2` and Envoy's adaptive concurrency: an answer that takes twice as long as the shortest of
//! late has waited at the backend, so there are too many at once. AIMD would act only when calls run out of time, which is late, and on every
//! time that a backend is slow for another reason. Pure: time is handed in.

use std::sync::PoisonError;
use std::time::Duration;

use crate::sync::Mutex;
use crate::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// The limit moves after so long (Envoy's default `concurrency_update_interval`) and so many answers, at the earliest.
const WINDOW: Duration = Duration::from_millis(100);
const ANSWERS: u64 = 20;
/// An answer may take so many times as long as the shortest of late before the limit falls. Netflix's default is 1.5.
const TOLERANCE: f64 = 2.0;
/// How much of the way to the new limit is gone at once (Netflix's default smoothing).
const STEP: f64 = 0.2;
/// For so long, and at most twice as long, the shortest answers are "of late" (Envoy measures its minimum anew every 60 s).
const OF_LATE: Duration = Duration::from_secs(30);
/// For so many windows the limit is at its least when the shortest is measured anew.
const PROBE: u32 = 2;

/// What is known of a backend's answers.
#[derive(Debug)]
pub(crate) struct Gradient {
    /// Of this window: how many answers, how long they took together, in microseconds, and the most that were in at once.
    count: AtomicU64,
    sum: AtomicU64,
    peak: AtomicU32,
    /// When the window ends, in microseconds.
    ends: AtomicU64,
    follow: Mutex<Follow>,
}

#[derive(Debug)]
struct Follow {
    min: f64,
    max: f64,
    limit: f64,
    /// Whether it has yet to find out how much is too much: until then it doubles.
    starting: bool,
    /// How many windows of measuring anew are left, and the limit that comes after.
    probing: u32,
    shortest: Shortest,
}

/// The lowest mean of a window, in the half-minute that is, and in the one before.
#[derive(Debug)]
struct Shortest {
    now: f64,
    before: f64,
    turns: Duration,
}

impl Gradient {
    /// A limit from `min`, where it starts, to `max`.
    pub(crate) fn new(min: u32, max: u32) -> Gradient {
        let (min, max) = (f64::from(min.min(max)), f64::from(max));
        let shortest = Shortest { now: f64::INFINITY, before: f64::INFINITY, turns: OF_LATE };
        Gradient {
            count: AtomicU64::new(0),
            sum: AtomicU64::new(0),
            peak: AtomicU32::new(0),
            ends: AtomicU64::new(0),
            follow: Mutex::new(Follow { min, max, limit: min, starting: true, probing: 0, shortest }),
        }
    }

    /// Counts an answer that took so long while so many were in; the new limit, where this one ends a window.
    pub(crate) fn record(&self, took: Duration, inside: u32, now: Duration) -> Option<u32> {
        self.sum.fetch_add(micros(took), Ordering::Relaxed);
        self.peak.fetch_max(inside, Ordering::Relaxed);
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        if count < ANSWERS || micros(now) < self.ends.load(Ordering::Relaxed) {
            return None;
        }
        let mut follow = self.follow.try_lock().ok()?;
        if micros(now) < self.ends.load(Ordering::Relaxed) {
            return None;
        }
        self.ends.store(micros(now + WINDOW), Ordering::Relaxed);
        let (count, sum) = (self.count.swap(0, Ordering::Relaxed), self.sum.swap(0, Ordering::Relaxed));
        let peak = self.peak.swap(0, Ordering::Relaxed);
        let mean = (sum as f64 / count.max(1) as f64).max(1.0);
        Some(follow.next(mean, f64::from(peak), now))
    }

    /// The limit now.
    pub(crate) fn limit(&self) -> u32 {
        self.follow.lock().unwrap_or_else(PoisonError::into_inner).rounded()
    }
}

impl Follow {
    fn next(&mut self, mean: f64, peak: f64, now: Duration) -> u32 {
        let is_full = peak * 2.0 >= if self.probing > 0 { self.min } else { self.limit };
        let turned = self.shortest.note(mean, now);
        if self.probing > 0 {
            self.probing -= 1;
            return self.rounded();
        }
        // What is measured while the room is full has waited, perhaps. So it is measured with little in it.
        if turned && is_full {
            self.probing = PROBE;
            return self.rounded();
        }
        let gradient = (TOLERANCE * self.shortest.of_late() / mean).clamp(0.5, 1.0);
        if gradient < 1.0 {
            self.starting = false;
            // What nobody uses is no measure: it falls from what was in.
            self.limit = self.limit.min(peak.max(self.min));
        }
        // The backend may have a short queue: without one, nothing would show that it can take more.
        let target = self.limit * gradient + self.limit.sqrt();
        if target < self.limit {
            self.limit += (target - self.limit) * STEP;
        } else if is_full {
            self.limit = if self.starting { self.limit * 2.0 } else { self.limit + (target - self.limit) * STEP };
        }
        self.limit = self.limit.clamp(self.min, self.max);
        self.rounded()
    }

    fn rounded(&self) -> u32 {
        // Within the bounds, which are whole numbers of this size.
        (if self.probing > 0 { self.min } else { self.limit }) as u32
    }
}

impl Shortest {
    /// Notes a window's mean; whether half a minute has turned into the next.
    fn note(&mut self, mean: f64, now: Duration) -> bool {
        let turned = now >= self.turns;
        if turned {
            (self.before, self.now, self.turns) = (self.now, f64::INFINITY, now + OF_LATE);
        }
        self.now = self.now.min(mean);
        turned
    }

    fn of_late(&self) -> f64 {
        self.now.min(self.before)
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
