//! The connections of each address: which lie idle, and how many are in use.
//!
//! The last one given back is the first taken, so that those a lull leaves over grow old together. None is kept past its time: not
//! when met, and not when nobody comes, for a task sweeps as long as there is anything to sweep.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep};

use super::connection::Connection;
use crate::transport::PoolSize;

/// The longest between two sweeps: so long may a connection that the backend has closed meanwhile hold its socket.
const SWEPT_EVERY: Duration = Duration::from_secs(5);

/// The connections of one backend.
pub(super) struct Pool {
    most_idle: usize,
    idle_timeout: Duration,
    shelves: RwLock<HashMap<SocketAddr, Arc<Shelf>>>,
    sweeper: Mutex<Option<AbortHandle>>,
}

/// The connections of one address.
pub(super) struct Shelf {
    most_idle: usize,
    idle_timeout: Duration,
    /// The oldest first.
    idle: Mutex<VecDeque<Idle>>,
    in_use: AtomicUsize,
}

struct Idle {
    connection: Box<Connection>,
    since: Instant,
}

/// A connection in use. Given back it may be used again; dropped it is closed, with whatever is under way on it.
pub(super) struct Lease {
    connection: Box<Connection>,
    place: Place,
}

/// A place among the connections in use, as long as it lives.
pub(super) struct Place(Arc<Shelf>);

impl Pool {
    pub(super) fn new(most_idle: usize, idle_timeout: Duration) -> Pool {
        Pool { most_idle, idle_timeout, shelves: RwLock::default(), sweeper: Mutex::default() }
    }

    /// The shelf of `address`.
    pub(super) fn shelf(&self, address: SocketAddr) -> Arc<Shelf> {
        if let Some(shelf) = self.shelves.read().unwrap_or_else(PoisonError::into_inner).get(&address) {
            return Arc::clone(shelf);
        }
        let mut shelves = self.shelves.write().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let (idle, in_use) = Default::default();
            Arc::new(Shelf { most_idle: self.most_idle, idle_timeout: self.idle_timeout, idle, in_use })
        };
        Arc::clone(shelves.entry(address).or_insert_with(new))
    }

    /// Lets go of the shelf of `address`. Who has a connection in use has the shelf in hand, and it is gone with the last of them.
    pub(super) fn retire(&self, address: SocketAddr) {
        self.shelves.write().unwrap_or_else(PoisonError::into_inner).remove(&address);
    }

    pub(super) fn size(&self, address: SocketAddr) -> PoolSize {
        let shelves = self.shelves.read().unwrap_or_else(PoisonError::into_inner);
        shelves.get(&address).map_or(PoolSize::default(), |shelf| PoolSize {
            idle: shelf.idle().len(),
            in_use: shelf.in_use.load(Ordering::Relaxed),
        })
    }

    /// Sees to it that somebody sweeps. Asked for with each new connection; an old one has been asked for before.
    pub(super) fn keep_swept(self: &Arc<Self>) {
        let mut sweeper = self.sweeper.lock().unwrap_or_else(PoisonError::into_inner);
        if sweeper.as_ref().is_none_or(AbortHandle::is_finished) {
            let every = self.idle_timeout.min(SWEPT_EVERY);
            *sweeper = Some(tokio::spawn(sweep(Arc::downgrade(self), every)).abort_handle());
        }
    }

    /// Drops what is too old or closed, and the shelves that nobody uses. Says whether nothing is left: then the sweeper may go.
    fn sweep(&self) -> bool {
        let shelves: Vec<_> =
            self.shelves.read().unwrap_or_else(PoisonError::into_inner).values().map(Arc::clone).collect();
        for shelf in shelves {
            shelf.sweep();
        }
        let mut sweeper = self.sweeper.lock().unwrap_or_else(PoisonError::into_inner);
        let mut shelves = self.shelves.write().unwrap_or_else(PoisonError::into_inner);
        // Whoever is about to use a shelf has it in hand.
        shelves.retain(|_, shelf| Arc::strong_count(shelf) > 1 || !shelf.idle().is_empty());
        if shelves.is_empty() {
            *sweeper = None;
        }
        shelves.is_empty()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        if let Some(sweeper) = self.sweeper.get_mut().unwrap_or_else(PoisonError::into_inner) {
            sweeper.abort();
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("most_idle", &self.most_idle)
            .field("idle_timeout", &self.idle_timeout)
            .finish_non_exhaustive()
    }
}

async fn sweep(pool: Weak<Pool>, every: Duration) {
    loop {
        sleep(every).await;
        if pool.upgrade().is_none_or(|pool| pool.sweep()) {
            return;
        }
    }
}

impl Shelf {
    /// A place for a connection that is about to be made.
    pub(super) fn place(self: &Arc<Self>) -> Place {
        self.in_use.fetch_add(1, Ordering::Relaxed);
        Place(Arc::clone(self))
    }

    /// The connection that was given back last, unless its time is over.
    pub(super) fn take(self: &Arc<Self>) -> Option<Lease> {
        let mut idle = self.idle();
        let newest = idle.pop_back()?;
        if newest.since.elapsed() < self.idle_timeout {
            drop(idle);
            return Some(self.place().with(newest.connection));
        }
        // All others are older still. They are closed without the lock.
        let old = std::mem::take(&mut *idle);
        drop(idle);
        drop(old);
        None
    }

    fn put(&self, connection: Box<Connection>) {
        let mut idle = self.idle();
        idle.push_back(Idle { connection, since: Instant::now() });
        let oldest = if idle.len() > self.most_idle { idle.pop_front() } else { None };
        drop(idle);
        drop(oldest);
    }

    fn sweep(&self) {
        self.idle().retain_mut(|idle| idle.since.elapsed() < self.idle_timeout && idle.connection.is_free());
    }

    fn idle(&self) -> MutexGuard<'_, VecDeque<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// The place, taken by `connection`.
    pub(super) fn with(self, connection: Box<Connection>) -> Lease {
        Lease { connection, place: self }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.in_use.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Lease {
    pub(super) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// The answer is whole: the connection is kept, if it may be.
    pub(super) fn give_back(self) {
        let Lease { mut connection, place } = self;
        connection.settle();
        if connection.is_free() {
            place.0.put(connection);
        }
    }
}
