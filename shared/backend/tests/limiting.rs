//! The limit of attempts under way: who is in, who waits, who is shed and how soon.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::{join_all, select};
use tokio::time::{Instant, sleep, timeout};
use trefoil_backend::{
    BackendConfig, BreakerConfig, CallFailure, ConcurrencyConfig, Criticality, Effort, OwnTime, Policy,
};
use trefoil_testing::{End, Reply};

use support::{Asking, Backend};

fn limited(concurrency: ConcurrencyConfig) -> Backend {
    let backend = Backend::with(BackendConfig { concurrency, ..BackendConfig::at("http://shop.test") });
    backend.answers([Reply::json("1").slow(100)]);
    backend
}

fn room(max: u32, queue: u32) -> ConcurrencyConfig {
    ConcurrencyConfig { max, queue, optional_percent: 100, ..ConcurrencyConfig::default() }
}

fn optional() -> Asking {
    Asking { effort: Effort { criticality: Criticality::Optional, ..Effort::default() }, ..Asking::default() }
}

fn under_way(backend: &Backend) -> usize {
    backend.received().iter().filter(|call| call.end == End::UnderWay).count()
}

fn shed(result: &Result<trefoil_backend::Reply, CallFailure>, why: &str) -> bool {
    matches!(result, Err(CallFailure::Shed(said)) if said.contains(why))
}

#[tokio::test(start_paused = true)]
async fn no_more_are_under_way_than_there_is_room_for_and_the_rest_wait_their_turn() {
    let backend = limited(room(3, 100));
    let started = Instant::now();
    let all = join_all((0..9).map(|_| backend.ask(Asking::default())));
    let watch = async {
        for _ in 0..20 {
            assert!(under_way(&backend) <= 3);
            sleep(Duration::from_millis(10)).await;
        }
    };
    let (results, ()) = tokio::join!(all, watch);
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert!((299..=310).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn who_finds_the_queue_full_is_shed_at_once() {
    let backend = limited(room(2, 1));
    let started = Instant::now();
    let timed = |asking| async {
        let result = backend.ask(asking).await;
        (result, started.elapsed())
    };
    let results = join_all((0..4).map(|_| timed(Asking::default()))).await;
    assert!(results[..3].iter().all(|(result, _)| result.is_ok()), "{results:?}");
    assert!(shed(&results[3].0, "queue") && results[3].1.is_zero(), "{:?}", results[3]);
    assert_eq!(backend.received().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn waiting_counts_in_the_deadline_and_the_backend_is_told_what_is_left() {
    let backend = limited(room(1, 10));
    let short = Asking { millis: 50, ..Asking::default() };
    let (first, second, third) =
        tokio::join!(backend.ask(Asking::default()), backend.ask(short), backend.ask(Asking::default()));
    assert!(first.is_ok() && third.is_ok());
    assert!(shed(&second, "no room for it in its time"), "{second:?}");
    let received = backend.received();
    assert_eq!(received.len(), 2, "who was shed was not sent");
    let left = |number: usize| received[number].header("trefoil-timeout-ms").unwrap().parse::<u64>().unwrap();
    assert!(left(0) > 990 && left(1) <= 900, "{} {}", left(0), left(1));
}

#[tokio::test(start_paused = true)]
async fn who_cannot_be_served_before_its_deadline_does_not_wait_for_it() {
    let backend = limited(room(1, 100));
    // It is known by then that an answer takes 100 ms.
    for _ in 0..64 {
        backend.ask(Asking::default()).await.unwrap();
    }
    let started = Instant::now();
    let waiting = join_all((0..4).map(|_| backend.ask(Asking::default())));
    let late = async {
        sleep(Duration::from_millis(1)).await;
        let result = backend.ask(Asking { millis: 250, ..Asking::default() }).await;
        assert!(shed(&result, "outlast"), "{result:?}");
        assert!(started.elapsed() < Duration::from_millis(3));
        // With more time it waits.
        backend.ask(Asking { millis: 900, ..Asking::default() }).await.unwrap();
    };
    let (results, ()) = tokio::join!(waiting, late);
    assert!(results.iter().all(Result::is_ok));
}

/// Of those who come faster than they are served, whoever is sent is answered: none takes a place without a chance.
#[tokio::test(start_paused = true)]
async fn over_the_limit_no_place_is_taken_by_who_would_be_answered_too_late() {
    let backend = limited(room(10, 1024));
    // As many as a median is made of.
    join_all((0..70).map(|_| backend.ask(Asking::default()))).await;
    backend.forget();
    let offered = (0..200).map(|number| {
        let backend = &backend;
        async move {
            sleep(Duration::from_millis(5 * number)).await;
            backend.ask(Asking { millis: 250, ..Asking::default() }).await
        }
    });
    let answered = join_all(offered).await.iter().filter(|result| result.is_ok()).count();
    let sent = backend.received().len();
    assert_eq!(answered, sent, "who was sent was answered");
    assert!(answered >= 95, "{answered} in a second, of the 100 that there is room for");
}

#[tokio::test(start_paused = true)]
async fn what_can_be_done_without_takes_a_part_of_the_room_only() {
    let backend = limited(ConcurrencyConfig { max: 10, queue: 0, ..ConcurrencyConfig::default() });
    let optional = join_all((0..10).map(|_| backend.ask(optional()))).await;
    assert_eq!(optional.iter().filter(|result| result.is_ok()).count(), 8);
    let required = join_all((0..11).map(|_| backend.ask(Asking::default()))).await;
    assert_eq!(required.iter().filter(|result| result.is_ok()).count(), 10);
}

#[tokio::test(start_paused = true)]
async fn required_calls_wait_before_optional_ones_and_push_them_out_of_a_full_queue() {
    let backend = limited(room(1, 2));
    let first = backend.ask(Asking::default());
    let optional = join_all((0..2).map(|_| backend.ask(optional())));
    let required = async {
        sleep(Duration::from_millis(10)).await;
        let result = backend.ask(Asking::default()).await;
        (result, backend.received().len())
    };
    let (first, optional, (required, before)) = tokio::join!(first, optional, required);
    assert!(first.is_ok() && required.is_ok());
    assert_eq!(before, 2, "it came before those that had waited longer");
    assert!(optional[0].is_ok() && shed(&optional[1], "took its place"), "{optional:?}");
    // Optional calls push nobody out.
    let backend = limited(room(1, 1));
    let both = join_all((0..2).map(|_| backend.ask(Asking::default())));
    let late = async {
        sleep(Duration::from_millis(10)).await;
        backend.ask(self::optional()).await
    };
    let (both, late) = tokio::join!(both, late);
    assert!(both.iter().all(Result::is_ok) && shed(&late, "queue"), "{late:?}");
}

#[tokio::test(start_paused = true)]
async fn who_cannot_be_done_without_is_not_shed_with_the_flight_of_somebody_who_can() {
    let backend = limited(room(1, 2));
    let flight = |criticality| Asking {
        effort: Effort { criticality, ..Effort::default() },
        cache: Some(Policy { ttl: Some(Duration::from_secs(60)), ..Policy::default() }),
        ..Asking::default()
    };
    let first = backend.ask(Asking::default());
    let optional = backend.ask(optional());
    let leader = backend.ask(flight(Criticality::Optional));
    let joined = backend.ask(flight(Criticality::Required));
    let required = async {
        sleep(Duration::from_millis(10)).await;
        backend.ask(Asking::default()).await
    };
    let (first, optional, leader, joined, required) = tokio::join!(first, optional, leader, joined, required);
    assert!(first.is_ok() && required.is_ok());
    // The required call pushed the leader out, and then the one who had joined it the other.
    assert!(shed(&leader, "took its place") && shed(&optional, "took its place"), "{leader:?} {optional:?}");
    assert!(joined.is_ok(), "{joined:?}");
}

#[tokio::test(start_paused = true)]
async fn what_waited_for_room_is_judged_from_when_it_was_sent() {
    let breaker = BreakerConfig { consecutive_failures: 1, ..BreakerConfig::default() };
    let config = BackendConfig { breaker, concurrency: room(1, 10), ..BackendConfig::at("http://shop.test") };
    let backend = Backend::with(config);
    let ask = || {
        let own_time = Some(OwnTime::from_now(Duration::from_millis(100)));
        backend.ask(Asking { effort: Effort { own_time, ..Effort::default() }, millis: 100, ..Asking::default() })
    };
    // The second has 40 ms left when it is sent, and an answer takes 60.
    backend.answers([Reply::json("1").slow(60)]);
    for _ in 0..5 {
        let (first, second) = tokio::join!(ask(), ask());
        assert!(first.is_ok() && matches!(second, Err(CallFailure::Timeout)), "{first:?} {second:?}");
    }
    assert!(ask().await.is_ok(), "one timeout would have opened the breaker");
    backend.answers([Reply::json("1").slow(200)]);
    let failures = [ask().await.unwrap_err(), ask().await.unwrap_err()];
    assert_eq!(failures, [CallFailure::Timeout, CallFailure::Breaker]);
}

#[tokio::test(start_paused = true)]
async fn who_leaves_gives_room_and_place_back() {
    let backend = limited(room(1, 1));
    for _ in 0..10 {
        let first = backend.ask(Asking::default());
        let second = backend.ask(Asking::default());
        // Both leave: one that is in, and one that waits.
        let both = Box::pin(async { tokio::join!(first, second) });
        assert!(timeout(Duration::from_millis(20), both).await.is_err());
    }
    let (first, second) = tokio::join!(backend.ask(Asking::default()), backend.ask(Asking::default()));
    assert!(first.is_ok() && second.is_ok());
    // One that waits is let in when the one that is in leaves.
    let first = Box::pin(backend.ask(Asking::default()));
    let leaves = Box::pin(sleep(Duration::from_millis(20)));
    let second = async {
        sleep(Duration::from_millis(1)).await;
        backend.ask(Asking { millis: 150, ..Asking::default() }).await
    };
    let first_leaves = async { drop(select(first, leaves).await) };
    let ((), second) = tokio::join!(first_leaves, second);
    assert!(second.is_ok(), "{second:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_shed_is_not_tried_again() {
    let backend = limited(room(1, 0));
    let again = Effort { attempts: Some(3), ..Effort::default() };
    let (first, second) =
        tokio::join!(backend.ask(Asking::default()), backend.ask(Asking { effort: again, ..Asking::default() }));
    assert!(first.is_ok() && shed(&second, "queue"), "{second:?}");
    assert_eq!(backend.received().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_adaptive_limit_keeps_a_backend_from_more_than_it_takes() {
    let concurrency = ConcurrencyConfig { adaptive: true, max: 1000, queue: 10_000, ..ConcurrencyConfig::default() };
    let backend = limited(concurrency);
    // It answers in 50 ms up to 50 calls at once, and beyond that ever more slowly.
    let (inside, most) = (Mutex::new(Vec::new()), Arc::new(AtomicUsize::new(0)));
    let started = Instant::now();
    let seen = Arc::clone(&most);
    backend.asked(move |call| {
        let mut inside = inside.lock().unwrap();
        inside.retain(|end| *end > call.at);
        let now = inside.len() + 1;
        if started.elapsed() > Duration::from_secs(6) {
            seen.fetch_max(now, Ordering::Relaxed);
        }
        let millis = 50 * now.max(50) as u64 / 50;
        inside.push(call.at + Duration::from_millis(millis));
        Reply::json("1").slow(millis)
    });
    let callers = (0..250).map(|_| async {
        while started.elapsed() < Duration::from_secs(12) {
            // Who is shed at once comes back a moment later: in no time at all, the time would never be over.
            if backend.ask(Asking { millis: 2_000, ..Asking::default() }).await.is_err() {
                sleep(Duration::from_millis(10)).await;
            }
        }
    });
    join_all(callers).await;
    let most = most.load(Ordering::Relaxed);
    assert!((40..=170).contains(&most), "{most}");
}
