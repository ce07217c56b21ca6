//! One flight per key: who asks for what is under way waits for that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use tokio::time::Instant;
use trefoil_context::Deadline;

use super::key::Key;
use super::refresh::Landed;
use crate::client::CallFailure;
use crate::effort::Criticality;

/// What a flight brings.
type Brought = Result<Landed, CallFailure>;
/// A flight, held by everybody who waits for it. The last who lets go ends it.
pub(crate) type Flight = Shared<BoxFuture<'static, Brought>>;

/// The flights under way.
#[derive(Debug, Default, Clone)]
pub(crate) struct Flights(Arc<Mutex<UnderWay>>);

#[derive(Debug, Default)]
struct UnderWay {
    flights: HashMap<Key, Known>,
    started: u64,
}

#[derive(Debug)]
struct Known {
    number: u64,
    generation: u64,
    /// Weak: it is those who wait that keep it in the air.
    flight: WeakShared<BoxFuture<'static, Brought>>,
    patience: Arc<Patience>,
    criticality: Criticality,
}

/// A place in a flight.
#[derive(Debug)]
pub(crate) struct Joined {
    pub(crate) flight: Flight,
    /// Whether it was under way already.
    pub(crate) collapsed: bool,
    /// Whose it is: what can be done without is shed first, and with it the flight.
    pub(crate) criticality: Criticality,
}

/// Until when a flight goes on: the latest deadline of all who wait.
#[derive(Debug)]
pub(crate) struct Patience(Mutex<Deadline>);

impl Patience {
    fn extend(&self, deadline: Deadline) {
        let mut until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *until = (*until).max(deadline);
    }

    /// Ends when nobody's deadline is left, and says when the last was.
    pub(crate) async fn exhausted(&self) -> Instant {
        loop {
            let until = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if until.has_passed() {
                return until.instant();
            }
            // Somebody with a later deadline may join meanwhile.
            until.over().await;
        }
    }
}

impl Flights {
    /// Joins the flight of this key, or starts one. A flight that began before a purge is not joined.
    pub(crate) fn join(
        &self,
        key: &Key,
        generation: u64,
        deadline: Deadline,
        criticality: Criticality,
        start: impl FnOnce(Arc<Patience>) -> BoxFuture<'static, Brought>,
    ) -> Joined {
        let mut under_way = self.lock();
        if let Some((known, flight)) = under_way.find(key, generation) {
            known.patience.extend(deadline);
            return Joined { flight, collapsed: true, criticality: known.criticality };
        }
        let patience = Arc::new(Patience(Mutex::new(deadline)));
        under_way.started += 1;
        let number = under_way.started;
        let landing = Landing { flights: self.clone(), key: key.clone(), number };
        let work = start(Arc::clone(&patience));
        let flight = async move {
            let _landing = landing;
            work.await
        }
        .boxed()
        .shared();
        if let Some(weak) = flight.downgrade() {
            under_way.flights.insert(key.clone(), Known { number, generation, flight: weak, patience, criticality });
        }
        Joined { flight, collapsed: false, criticality }
    }

    /// Whether somebody is at it.
    pub(crate) fn is_under_way(&self, key: &Key, generation: u64) -> bool {
        // Let go of outside the lock: whoever lets go last ends the flight, which takes itself off the list.
        let found = self.lock().find(key, generation).map(|(_, flight)| flight);
        found.is_some()
    }

    fn lock(&self) -> MutexGuard<'_, UnderWay> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UnderWay {
    fn find(&self, key: &Key, generation: u64) -> Option<(&Known, Flight)> {
        let known = self.flights.get(key).filter(|known| known.generation == generation)?;
        let flight = known.flight.upgrade()?;
        Some((known, flight))
    }
}

/// Takes the flight off the list when it has landed or nobody waits any more.
struct Landing {
    flights: Flights,
    key: Key,
    number: u64,
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut under_way = self.flights.lock();
        if under_way.flights.get(&self.key).is_some_and(|known| known.number == self.number) {
            under_way.flights.remove(&self.key);
        }
    }
}
