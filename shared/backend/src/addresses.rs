//! Where a backend is: its addresses, found once or again and again, and handed to the balancer.

pub(crate) mod config;
pub(crate) mod dns;
mod keep;
pub(crate) mod names;
pub(crate) mod places;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

pub(crate) use self::keep::keep;
use self::places::Places;
use crate::balance::Balancer;
use crate::balance::list::Target;
use crate::client::CallFailure;
use crate::transport::TransportError;

/// The addresses of one backend.
#[derive(Debug)]
pub(crate) struct Addresses {
    shared: Arc<Shared>,
    /// What is to be looked up; none where the addresses are given.
    pub(crate) places: Option<Places>,
}

/// What is shared with whoever looks up.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Whether a call may go ahead: the backend's tasks run, and it has addresses.
    pub(crate) ready: AtomicBool,
    pub(crate) known: watch::Sender<Known>,
}

/// Whether there are addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Known {
    NotYet,
    Yes,
    /// There never were any, and the last look-up failed.
    Failed(String),
}

impl Addresses {
    /// Those that are configured. Nothing is looked up before [`Addresses::start`].
    pub(crate) fn of(places: Places, balancer: &Balancer) -> Addresses {
        match places.fixed() {
            Some(targets) => Addresses::given(&targets, balancer),
            None => Addresses { shared: Shared::new(Known::NotYet), places: Some(places) },
        }
    }

    /// One that is never connected to, for transports that do not.
    pub(crate) fn none(balancer: &Balancer) -> Addresses {
        Addresses::given(&[Target::plain(SocketAddr::from(([127, 0, 0, 1], 0)))], balancer)
    }

    fn given(targets: &[Target], balancer: &Balancer) -> Addresses {
        balancer.set(targets);
        Addresses { shared: Shared::new(Known::Yes), places: None }
    }

    /// Whether a call may go ahead.
    pub(crate) fn are_ready(&self) -> bool {
        self.shared.ready.load(Ordering::Acquire)
    }

    /// From now on a call may go ahead as soon as there are addresses.
    pub(crate) fn start(&self) -> Arc<Shared> {
        if self.places.is_none() {
            self.shared.ready.store(true, Ordering::Release);
        }
        Arc::clone(&self.shared)
    }

    /// Waits for the first look-up. Where it failed the next one is made in the background, and no call waits for it.
    pub(crate) async fn wait(&self) -> Result<(), CallFailure> {
        let mut known = self.shared.known.subscribe();
        let known = known.wait_for(|known| *known != Known::NotYet).await;
        match known.as_deref() {
            Ok(Known::Failed(why)) => Err(CallFailure::Transport(TransportError::Connect(why.clone()))),
            _ => Ok(()),
        }
    }
}

impl Shared {
    fn new(known: Known) -> Arc<Shared> {
        Arc::new(Shared { ready: AtomicBool::new(false), known: watch::Sender::new(known) })
    }
}
