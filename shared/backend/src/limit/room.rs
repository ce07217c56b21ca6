//! Who is in, who waits, and who is let in next. Required calls wait before optional ones, and may push them out.
//!
//! Who finds room takes it by one exchange of one word, and gives it back by one subtraction. Only who has to wait takes a lock.

use std::collections::VecDeque;
use std::sync::PoisonError;

use tokio::sync::oneshot;

use crate::effort::Criticality;
use crate::sync::Mutex;
use crate::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// One who waits, in the word that counts both.
const ONE_WAITS: u64 = 1 << 32;

/// The room of one backend.
#[derive(Debug)]
pub(crate) struct Room {
    /// Who is in, in the low half, and who waits, in the high half. It is one word so that who leaves cannot miss who begins to wait.
    state: AtomicU64,
    /// How many may be in: 1 or more.
    limit: AtomicU32,
    /// The part of it, of a hundred, that optional calls may take.
    optional_percent: u32,
    /// How many may wait.
    most_waiting: u32,
    queue: Mutex<Queue>,
}

/// Who waits. It is as long as the word says whenever nobody has the lock.
#[derive(Debug, Default)]
struct Queue {
    last: u64,
    required: VecDeque<Waiter>,
    optional: VecDeque<Waiter>,
}

#[derive(Debug)]
struct Waiter {
    number: u64,
    admit: oneshot::Sender<()>,
}

/// What came of asking for room.
#[derive(Debug)]
pub(crate) enum Asked {
    /// There is room, and it is taken.
    In,
    /// There will be.
    Waits(Ticket),
    /// There is no room to wait, either.
    Full,
}

/// A place in the queue. Whoever has one takes it off by [`Room::forget`], unless `admitted` has told what became of it.
#[derive(Debug)]
pub(crate) struct Ticket {
    number: u64,
    criticality: Criticality,
    /// Brings the room. An error: a required call has pushed this one out.
    pub(crate) admitted: oneshot::Receiver<()>,
}

impl Room {
    /// Room for `limit` calls.
    pub(crate) fn new(limit: u32, optional_percent: u32, most_waiting: u32) -> Room {
        Room {
            state: AtomicU64::new(0),
            limit: AtomicU32::new(limit.max(1)),
            optional_percent,
            most_waiting,
            queue: Mutex::new(Queue::default()),
        }
    }

    /// How many may be in.
    pub(crate) fn limit(&self) -> u32 {
        self.limit.load(Ordering::Relaxed)
    }

    /// How many are in.
    pub(crate) fn inside(&self) -> u32 {
        inside(self.state.load(Ordering::Relaxed))
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> u32 {
        waiting(self.state.load(Ordering::Relaxed))
    }

    /// Takes room if there is some and nobody waits for it.
    pub(crate) fn enter(&self, criticality: Criticality) -> bool {
        let limit = self.limit_of(criticality);
        let mut seen = self.state.load(Ordering::Relaxed);
        while waiting(seen) == 0 && inside(seen) < limit {
            match self.state.compare_exchange_weak(seen, seen + 1, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(other) => seen = other,
            }
        }
        false
    }

    /// Takes room, or a place in the queue.
    pub(crate) fn ask(&self, criticality: Criticality) -> Asked {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let seen = self.state.load(Ordering::Acquire);
            let is_next =
                queue.required.is_empty() && (criticality == Criticality::Required || queue.optional.is_empty());
            if is_next && inside(seen) < self.limit_of(criticality) {
                if self.exchange(seen, seen + 1) {
                    return Asked::In;
                }
                continue;
            }
            if waiting(seen) >= self.most_waiting {
                // The latest that can be done without makes room: it has waited least.
                if criticality == Criticality::Required && queue.optional.pop_back().is_some() {
                    self.state.fetch_sub(ONE_WAITS, Ordering::AcqRel);
                    continue;
                }
                return Asked::Full;
            }
            // Who leaves from now on sees that somebody waits, and comes for the lock.
            if self.exchange(seen, seen + ONE_WAITS) {
                queue.last += 1;
                let number = queue.last;
                let (admit, admitted) = oneshot::channel();
                queue.of(criticality).push_back(Waiter { number, admit });
                return Asked::Waits(Ticket { number, criticality, admitted });
            }
        }
    }

    /// Gives room back.
    pub(crate) fn leave(&self) {
        if waiting(self.state.fetch_sub(1, Ordering::AcqRel)) > 0 {
            self.admit();
        }
    }

    /// Takes somebody off the queue who does not wait any more.
    pub(crate) fn forget(&self, mut ticket: Ticket) {
        {
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            let list = queue.of(ticket.criticality);
            if let Ok(at) = list.binary_search_by_key(&ticket.number, |waiter| waiter.number) {
                list.remove(at);
                self.state.fetch_sub(ONE_WAITS, Ordering::AcqRel);
                return;
            }
        }
        // It was let in just now.
        if ticket.admitted.try_recv().is_ok() {
            self.leave();
        }
    }

    /// Moves the limit. Who is in stays in.
    pub(crate) fn set_limit(&self, limit: u32) {
        self.limit.store(limit.max(1), Ordering::Relaxed);
        if self.waiting() > 0 {
            self.admit();
        }
    }

    /// Lets in who may be.
    fn admit(&self) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let next = if queue.required.is_empty() { Criticality::Optional } else { Criticality::Required };
            let list = queue.of(next);
            let seen = self.state.load(Ordering::Acquire);
            if list.is_empty() || inside(seen) >= self.limit_of(next) {
                return;
            }
            if self.exchange(seen, seen + 1 - ONE_WAITS)
                && let Some(waiter) = list.pop_front()
                && waiter.admit.send(()).is_err()
            {
                // It has gone, and will find that it is off the queue.
                self.state.fetch_sub(1, Ordering::AcqRel);
            }
        }
    }

    fn exchange(&self, seen: u64, new: u64) -> bool {
        self.state.compare_exchange(seen, new, Ordering::AcqRel, Ordering::Relaxed).is_ok()
    }

    fn limit_of(&self, criticality: Criticality) -> u32 {
        let limit = self.limit();
        match criticality {
            Criticality::Required => limit,
            Criticality::Optional => {
                let share = u64::from(limit) * u64::from(self.optional_percent) / 100;
                u32::try_from(share).unwrap_or(limit).max(1)
            }
        }
    }
}

impl Queue {
    fn of(&mut self, criticality: Criticality) -> &mut VecDeque<Waiter> {
        match criticality {
            Criticality::Required => &mut self.required,
            Criticality::Optional => &mut self.optional,
        }
    }
}

fn inside(state: u64) -> u32 {
    (state & (ONE_WAITS - 1)) as u32
}

fn waiting(state: u64) -> u32 {
    (state >> 32) as u32
}
