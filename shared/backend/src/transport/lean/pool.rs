//! The connections of each address: which lie idle, and how many are in use.
//!
//! The last one given back is the first taken, so that those a lull leaves over grow old together. None is kept past its time: not
//! when met, and not when nobody comes, for a task sweeps as long as there is anything to sweep. One lock guards a backend's
//! connections, is taken twice a call, and held for no longer than a look into a short list; nothing is closed under it.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep};

use super::connection::Connection;
use super::waiting::{Freed, Waiting};
use crate::transport::PoolSize;

/// The longest between two sweeps: so long may a connection that the backend has closed meanwhile hold its socket.
const SWEPT_EVERY: Duration = Duration::from_secs(5);

/// The connections of one backend.
pub(super) struct Pool {
    most_idle: usize,
    idle_timeout: Duration,
    shelves: Mutex<BTreeMap<SocketAddr, Shelf>>,
    sweeper: Mutex<Option<AbortHandle>>,
}

/// The connections of one address.
#[derive(Default)]
struct Shelf {
    /// The oldest first.
    idle: VecDeque<Idle>,
    in_use: usize,
    /// Of those, calls that have no connection yet.
    waiting: Waiting,
    /// Nobody is sent there any more: what is given back is closed.
    retired: bool,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

/// A connection in use. Dropped it is closed, with whatever is under way on it.
pub(super) struct Lease {
    connection: Connection,
    place: Place,
}

/// A place among the connections in use, as long as it lives.
pub(super) struct Place {
    /// `None` when it has been left.
    pool: Option<Arc<Pool>>,
    address: SocketAddr,
}

impl Pool {
    pub(super) fn new(most_idle: usize, idle_timeout: Duration) -> Pool {
        Pool { most_idle, idle_timeout, shelves: Mutex::default(), sweeper: Mutex::default() }
    }

    /// A place for a call at `address`, and of the connections that can be used there, the one that was given back last.
    pub(super) fn enter(self: &Arc<Self>, address: SocketAddr) -> (Place, Option<Connection>) {
        let place = Place { pool: Some(Arc::clone(self)), address };
        let mut closed = Vec::new();
        let mut shelves = self.shelves();
        let shelf = shelves.entry(address).or_default();
        shelf.in_use += 1;
        shelf.retired = false;
        while let Some(newest) = shelf.idle.pop_back() {
            if newest.since.elapsed() >= self.idle_timeout {
                // All others are older still.
                closed.push(newest);
                closed.extend(shelf.idle.drain(..));
            } else if newest.connection.is_free() {
                drop(shelves);
                return (place, Some(newest.connection));
            } else {
                closed.push(newest);
            }
        }
        drop(shelves);
        (place, None)
    }

    /// Closes what lies idle at `address`. What is in use there is closed when it is done.
    pub(super) fn retire(&self, address: SocketAddr) {
        let mut shelves = self.shelves();
        let Some(shelf) = shelves.get_mut(&address) else { return };
        shelf.retired = true;
        let idle = std::mem::take(&mut shelf.idle);
        if shelf.is_unused() {
            shelves.remove(&address);
        }
        drop(shelves);
        drop(idle);
    }

    pub(super) fn size(&self, address: SocketAddr) -> PoolSize {
        let shelves = self.shelves();
        let size = |shelf: &Shelf| PoolSize { idle: shelf.idle.len(), in_use: shelf.in_use };
        shelves.get(&address).map_or(PoolSize::default(), size)
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
        let mut closed = Vec::new();
        let mut sweeper = self.sweeper.lock().unwrap_or_else(PoisonError::into_inner);
        let mut shelves = self.shelves();
        shelves.retain(|_, shelf| {
            for idle in std::mem::take(&mut shelf.idle) {
                let keeps = idle.since.elapsed() < self.idle_timeout && idle.connection.is_free();
                if keeps { shelf.idle.push_back(idle) } else { closed.push(idle) }
            }
            !shelf.is_unused()
        });
        if shelves.is_empty() {
            *sweeper = None;
        }
        let is_empty = shelves.is_empty();
        drop(shelves);
        drop(sweeper);
        is_empty
    }

    fn leave(&self, address: SocketAddr, connection: Option<Connection>) {
        let mut over = None;
        let mut shelves = self.shelves();
        if let Some(shelf) = shelves.get_mut(&address) {
            shelf.in_use -= 1;
            match connection {
                Some(connection) if !shelf.retired => {
                    let idle = shelf.waiting.give(connection);
                    shelf.idle.extend(idle.map(|connection| Idle { connection, since: Instant::now() }));
                    if shelf.idle.len() > self.most_idle {
                        over = shelf.idle.pop_front().map(|idle| idle.connection);
                    }
                }
                other => over = other,
            }
            if shelf.retired && shelf.is_unused() {
                shelves.remove(&address);
            }
        }
        drop(shelves);
        drop(over);
    }

    fn shelves(&self) -> MutexGuard<'_, BTreeMap<SocketAddr, Shelf>> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn is_unused(&self) -> bool {
        self.in_use == 0 && self.idle.is_empty()
    }
}

impl Place {
    /// The place, taken by `connection`.
    pub(super) fn with(self, connection: Connection) -> Lease {
        Lease { connection, place: self }
    }

    /// What comes free at its address while its connection is made.
    pub(super) fn freed(&self) -> Option<Freed> {
        let mut shelves = self.pool.as_ref()?.shelves();
        let shelf = shelves.get_mut(&self.address)?;
        Some(shelf.waiting.add(shelf.in_use))
    }

    fn leave(&mut self, connection: Option<Connection>) {
        if let Some(pool) = self.pool.take() {
            pool.leave(self.address, connection);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.leave(None);
    }
}

impl Lease {
    pub(super) fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Closes the connection, and keeps its place for another.
    pub(super) fn into_place(self) -> Place {
        self.place
    }

    /// The answer is whole: the connection is kept, if it may be.
    pub(super) fn end(self, keeps: bool) {
        let Lease { mut connection, mut place } = self;
        connection.settle();
        if keeps && connection.is_free() {
            place.leave(Some(connection));
        }
    }
}
