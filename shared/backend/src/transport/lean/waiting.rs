//! Calls that are connecting: a connection that comes free before theirs is made serves them as well. Where new ones come slowly, because
//! the backend's queue of them is full or a packet was lost, those that there are would else lie idle beside them.

use std::collections::VecDeque;

use tokio::sync::oneshot;

use super::connection::Connection;

/// What comes free for one of them. Dropped, it waits no more.
pub(super) type Freed = oneshot::Receiver<Connection>;

/// Those of one address, the longest first.
#[derive(Default)]
pub(super) struct Waiting(VecDeque<oneshot::Sender<Connection>>);

impl Waiting {
    /// One more waits, of so many at the most.
    pub(super) fn add(&mut self, most: usize) -> Freed {
        // Who waits no more is passed over when a connection comes free. Where none does they are forgotten here.
        if self.0.len() >= most.saturating_mul(2) {
            self.0.retain(|waiting| !waiting.is_closed());
        }
        let (give, freed) = oneshot::channel();
        self.0.push_back(give);
        freed
    }

    /// Hands `connection` to who has waited the longest; it is returned if nobody waits.
    pub(super) fn give(&mut self, mut connection: Connection) -> Option<Connection> {
        while let Some(waiting) = self.0.pop_front() {
            match waiting.send(connection) {
                Ok(()) => return None,
                Err(returned) => connection = returned,
            }
        }
        Some(connection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_no_more_is_forgotten_though_no_connection_ever_comes_free() {
        let mut waiting = Waiting::default();
        let lasting = waiting.add(2);
        for _ in 0..1000 {
            drop(waiting.add(2));
        }
        assert!(waiting.0.len() <= 5, "{}", waiting.0.len());
        assert!(waiting.0.iter().any(|other| !other.is_closed()), "who still waits is not");
        drop(lasting);
    }
}
