//! The state machines that calls share, in every order that threads can take them (loom). The same sources as in the library, with the
//! checker's primitives in place of std's.
#![allow(dead_code, reason = "the library uses all of it")]

mod sync {
    //! What stands in for `src/sync.rs`.
    pub(crate) use loom::sync::Mutex;
    pub(crate) use loom::sync::atomic;
}

#[path = "../src/retry/budget.rs"]
mod budget;

use budget::Budget;
use loom::sync::Arc;
use loom::thread;

/// Every order in which up to two threads take each other's turn. It is bounded, so that a test ends in seconds.
fn check(of: impl Fn() + Sync + Send + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2);
    model.max_duration = Some(std::time::Duration::from_secs(60));
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
