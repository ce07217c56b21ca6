//! The state machines that calls share, in every order that threads can take them (loom). The same sources as in the library, with the
//! checker's primitives in place of std's.
#![allow(dead_code, unreachable_pub, reason = "the library uses all of it")]

mod sync {
    //! What stands in for `src/sync.rs`.
    pub(crate) use loom::sync::atomic;
    pub(crate) use loom::sync::{Mutex, MutexGuard};
}

#[path = "../src/balance"]
mod balance {
    pub(crate) mod endpoint;
    pub(crate) mod slow_start;
}

#[path = "../src/breaker"]
mod breaker {
    pub(crate) mod config;
    pub(crate) mod gate;
    pub(crate) mod state;
    pub(crate) mod window;
}
#[path = "../src/retry/budget.rs"]
mod budget;
#[path = "../src/doubling.rs"]
mod doubling;
#[path = "../src/effort.rs"]
mod effort;
#[path = "../src/ejection.rs"]
mod ejection;
#[path = "../src/faults.rs"]
mod faults;
#[path = "../src/limit/room.rs"]
mod room;

use std::time::Duration;

use balance::endpoint::{Endpoint, Out};
use breaker::config::BreakerConfig;
use breaker::gate::Breaker;
use breaker::state::Probed;
use budget::Budget;
use effort::Criticality;
use ejection::EjectionConfig;
use loom::sync::Arc;
use loom::thread;
use room::{Asked, Room};
use tokio::time::Instant;

/// Every order in which up to two threads take each other's turn. It is bounded, so that a test ends in seconds.
fn check(of: impl Fn() + Sync + Send + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2);
    model.max_duration = Some(Duration::from_secs(60));
    model.check(of);
}

#[test]
fn a_budget_never_gives_more_than_it_has_and_loses_no_call() {
    check(|| {
        let budget = Arc::new(Budget::new(50, 1));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let budget = Arc::clone(&budget);
                thread::spawn(move || {
                    // The slot has to be turned over from nothing: two at once must both be counted.
                    budget.offer(11);
                    u32::from(budget.take(11)) + u32::from(budget.take(11))
                })
            })
            .collect();
        let taken: u32 = threads.into_iter().map(|thread| thread.join().unwrap_or_default()).sum();
        // The floor, and half of two calls.
        assert!(taken <= 2, "{taken}");
        let rest = u32::from(budget.take(11)) + u32::from(budget.take(11));
        assert_eq!(taken + rest, 2);
    });
}

/// Runs `what` in two threads beside each other.
fn both<T: 'static>(breaker: &Arc<Breaker>, what: impl Fn(&Breaker) -> T + Copy + 'static) -> Vec<T> {
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let breaker = Arc::clone(breaker);
            thread::spawn(move || what(&breaker))
        })
        .collect();
    threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
}

fn breaker(failures: u32) -> Arc<Breaker> {
    Arc::new(Breaker::new(BreakerConfig { consecutive_failures: failures, ..BreakerConfig::default() }))
}

#[test]
fn a_breaker_is_opened_by_one_of_those_who_fail_at_once_and_by_no_fewer_failures() {
    let now = Instant::now();
    check(move || {
        let breaker = breaker(2);
        let opened = both(&breaker, move |breaker| breaker.failed(now).is_some());
        assert_eq!(opened.iter().filter(|opened| **opened).count(), 1, "it opens once");
        assert!(!breaker.is_closed());
    });
    check(move || {
        let breaker = breaker(3);
        let opened = both(&breaker, move |breaker| breaker.failed(now).is_some());
        assert_eq!(opened, [false, false]);
        assert!(breaker.is_closed());
    });
}

#[test]
fn a_half_open_breaker_lets_one_probe_through_at_once_and_loses_no_place() {
    let start = Instant::now();
    let later = start + Duration::from_secs(5);
    check(move || {
        let breaker = breaker(1);
        assert!(breaker.failed(start).is_some());
        // One of the two gets the place, or both after each other, since whoever has it gives it back.
        let had = both(&breaker, move |breaker| match breaker.probe(later) {
            Some(probe) => {
                assert!(breaker.probe(later).is_none(), "a second probe beside the first");
                breaker.probed(probe, Probed::Cancelled, later);
                true
            }
            None => false,
        });
        assert!(had.contains(&true));
        let probe = breaker.probe(later);
        assert!(probe.is_some(), "the place is lost");
    });
}

#[test]
fn a_breaker_is_closed_once_whatever_fails_late() {
    let start = Instant::now();
    let later = start + Duration::from_secs(5);
    check(move || {
        let breaker = breaker(2);
        assert!(breaker.failed(start).is_none() && breaker.failed(start).is_some());
        let Some(probe) = breaker.probe(later) else { unreachable!("it is time") };
        let late = {
            let breaker = Arc::clone(&breaker);
            thread::spawn(move || breaker.failed(later).is_some())
        };
        let closed = breaker.probed(probe, Probed::Good, later).is_some();
        // One late failure does not open it again.
        assert!(closed && late.join().is_ok_and(|opened| !opened));
        assert!(breaker.is_closed());
    });
}

#[test]
fn room_that_is_given_back_reaches_who_waits_in_every_order() {
    check(|| {
        let room = Arc::new(Room::new(1, 100, 4));
        let threads: Vec<_> = [Criticality::Required, Criticality::Optional]
            .into_iter()
            .map(|criticality| {
                let room = Arc::clone(&room);
                thread::spawn(move || match if room.enter(criticality) { Asked::In } else { room.ask(criticality) } {
                    Asked::In => {
                        room.leave();
                        None
                    }
                    Asked::Waits(ticket) => Some(ticket),
                    Asked::Full => unreachable!("four may wait"),
                })
            })
            .collect();
        // Whoever was in has left when both have ended.
        let tickets: Vec<_> = threads.into_iter().filter_map(|thread| thread.join().ok().flatten()).collect();
        for mut ticket in tickets {
            assert!(ticket.admitted.try_recv().is_ok(), "somebody waits beside free room");
            room.leave();
        }
        assert_eq!((room.inside(), room.waiting()), (0, 0));
    });
}

#[test]
fn who_gives_up_waiting_while_it_is_let_in_loses_no_room() {
    check(|| {
        let room = Arc::new(Room::new(1, 100, 4));
        assert!(room.enter(Criticality::Required));
        let Asked::Waits(ticket) = room.ask(Criticality::Optional) else { unreachable!("the room is full") };
        let leaves = {
            let room = Arc::clone(&room);
            thread::spawn(move || room.leave())
        };
        let pushes = {
            let room = Arc::clone(&room);
            thread::spawn(move || {
                if room.enter(Criticality::Required) {
                    room.leave();
                }
            })
        };
        room.forget(ticket);
        assert!(leaves.join().is_ok() && pushes.join().is_ok());
        assert_eq!((room.inside(), room.waiting()), (0, 0));
    });
}

#[test]
fn no_more_are_in_than_there_is_room_for() {
    check(|| {
        let room = Arc::new(Room::new(1, 100, 0));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let room = Arc::clone(&room);
                thread::spawn(move || {
                    let is_in =
                        room.enter(Criticality::Required) || matches!(room.ask(Criticality::Required), Asked::In);
                    if is_in {
                        assert_eq!(room.inside(), 1);
                        room.leave();
                    }
                })
            })
            .collect();
        assert!(threads.into_iter().all(|thread| thread.join().is_ok()));
        assert_eq!((room.inside(), room.waiting()), (0, 0));
    });
}

fn endpoint() -> Arc<Endpoint> {
    Arc::new(Endpoint::new(([127, 0, 0, 1], 80).into(), 0, BreakerConfig::default()))
}

#[test]
fn every_call_at_an_address_is_counted_while_it_is_under_way_and_none_after() {
    check(|| {
        let endpoint = endpoint();
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let endpoint = Arc::clone(&endpoint);
                thread::spawn(move || {
                    for _ in 0..2 {
                        endpoint.enter();
                        assert!((1..=2).contains(&endpoint.in_flight()), "{} under way", endpoint.in_flight());
                        endpoint.leave();
                    }
                })
            })
            .collect();
        assert!(threads.into_iter().all(|thread| thread.join().is_ok()));
        assert_eq!(endpoint.in_flight(), 0);
    });
}

#[test]
fn an_address_that_is_ejected_while_its_checks_find_it_well_again_stays_out() {
    let now = Instant::now();
    check(move || {
        let endpoint = endpoint();
        assert!(endpoint.set_healthy(false));
        let well = {
            let endpoint = Arc::clone(&endpoint);
            thread::spawn(move || endpoint.set_healthy(true))
        };
        endpoint.eject(now, &EjectionConfig::default());
        assert!(well.join().is_ok_and(|news| news));
        assert_eq!(endpoint.out(), Out::Ejected);
        assert!(endpoint.is_ejected(now) && !endpoint.is_plain());
    });
}
