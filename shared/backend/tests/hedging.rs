//! Hedging: when a second attempt is sent beside a slow one, who wins, and what becomes of who loses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod support;

use std::time::Duration;

use http::{Method, StatusCode};
use tokio::time::Instant;
use trefoil_backend::{BackendConfig, CallFailure, Effort, HedgeConfig, RetryConfig};
use trefoil_testing::{End, Reply};

use support::{Asking, Backend};

fn hedged() -> Asking {
    Asking { effort: Effort { hedge: true, ..Effort::default() }, ..Asking::default() }
}

/// A backend of which it is known that it answers in 10 ms.
async fn known(config: BackendConfig) -> Backend {
    let backend = Backend::with(config);
    backend.answers([Reply::json("0").slow(10)]);
    for _ in 0..64 {
        backend.ask(Asking::default()).await.unwrap();
    }
    backend.forget();
    backend
}

fn shop() -> BackendConfig {
    BackendConfig::at("http://shop.test")
}

#[tokio::test(start_paused = true)]
async fn beside_a_slow_attempt_a_second_one_wins_and_the_first_is_given_up() {
    let backend = known(shop()).await;
    backend.answers([Reply::json("1").slow(500), Reply::json("2").slow(10)]);
    let started = Instant::now();
    assert_eq!(backend.ask(hedged()).await.unwrap().body, "2");
    assert!(started.elapsed() < Duration::from_millis(25), "{:?}", started.elapsed());
    let received = backend.received();
    assert_eq!(received.iter().map(|call| call.end).collect::<Vec<_>>(), [End::GivenUp, End::Answered]);
    assert_eq!(received[1].header("trefoil-attempt"), Some("2"));
    let after = received[1].at - received[0].at;
    assert!(after >= Duration::from_millis(10) && after <= Duration::from_millis(12), "{after:?}");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_in_time_is_the_only_one() {
    let backend = known(shop()).await;
    backend.answers([Reply::json("1").slow(9)]);
    backend.ask(hedged()).await.unwrap();
    assert_eq!(backend.received().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_first_may_still_win_and_the_second_is_given_up() {
    let backend = known(shop()).await;
    backend.answers([Reply::json("1").slow(15), Reply::json("2").slow(10)]);
    assert_eq!(backend.ask(hedged()).await.unwrap().body, "1");
    assert_eq!(backend.received()[1].end, End::GivenUp);
}

#[tokio::test(start_paused = true)]
async fn a_failure_does_not_win_while_the_other_may_answer() {
    let backend = known(shop()).await;
    backend.answers([Reply::json("1").slow(30), Reply::refused()]);
    assert_eq!(backend.ask(hedged()).await.unwrap().body, "1");
    let backend = known(shop()).await;
    backend.answers([Reply::status(503).slow(15), Reply::json("2").slow(20)]);
    assert_eq!(backend.ask(hedged()).await.unwrap().body, "2");
    // What a backend says of the request itself is an answer.
    let backend = known(shop()).await;
    backend.answers([Reply::json("1").slow(30), Reply::status(404).slow(5)]);
    assert_eq!(backend.ask(hedged()).await.unwrap().status, StatusCode::NOT_FOUND);
    // When both fail, the first failure is the call's.
    let backend = known(shop()).await;
    backend.answers([Reply::status(503).slow(15), Reply::refused().slow(20)]);
    assert_eq!(backend.ask(hedged()).await.unwrap().status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test(start_paused = true)]
async fn only_a_declared_get_is_hedged_and_only_when_the_backend_is_known() {
    let once = |backend: Backend, asking: Asking| async move {
        backend.answers([Reply::json("1").slow(100)]);
        backend.ask(asking).await.unwrap();
        backend.received().len()
    };
    assert_eq!(once(Backend::new(), hedged()).await, 1, "not known");
    assert_eq!(once(known(shop()).await, Asking::default()).await, 1, "not declared");
    assert_eq!(once(known(shop()).await, Asking { method: Method::PUT, ..hedged() }).await, 1, "a PUT");
    assert_eq!(once(known(shop()).await, Asking { callers_attempt: 2, ..hedged() }).await, 1, "a caller's retry");
    let all = BackendConfig { hedge: HedgeConfig { all: true, ..HedgeConfig::default() }, ..shop() };
    assert_eq!(once(known(all).await, Asking::default()).await, 2, "all of the backend's are");
}

#[tokio::test(start_paused = true)]
async fn the_delay_lies_between_its_bounds() {
    let hedge = HedgeConfig { min_ms: 50, ..HedgeConfig::default() };
    let backend = known(BackendConfig { hedge, ..shop() }).await;
    backend.answers([Reply::json("1").slow(200), Reply::json("2")]);
    backend.ask(hedged()).await.unwrap();
    assert_eq!(backend.received()[1].at - backend.received()[0].at, Duration::from_millis(50));
    let hedge = HedgeConfig { min_ms: 1, max_ms: 3, ..HedgeConfig::default() };
    let backend = known(BackendConfig { hedge, ..shop() }).await;
    backend.answers([Reply::json("1").slow(200), Reply::json("2")]);
    backend.ask(hedged()).await.unwrap();
    assert_eq!(backend.received()[1].at - backend.received()[0].at, Duration::from_millis(3));
}

#[tokio::test(start_paused = true)]
async fn hedges_are_paid_for_from_the_budget_of_the_retries() {
    let retry = RetryConfig { budget_percent: 20, budget_floor: 0, ..RetryConfig::default() };
    let backend = known(BackendConfig { retry, ..shop() }).await;
    backend.answers([Reply::json("1").slow(300)]);
    futures_util::future::join_all((0..100).map(|_| backend.ask(hedged()))).await;
    let seen = backend.received().len();
    // The 64 calls before are recent, too.
    assert_eq!(seen, 100 + 164 / 5);
}

#[tokio::test(start_paused = true)]
async fn slow_attempts_that_lost_still_count_so_that_the_delay_does_not_sink() {
    let backend = known(shop()).await;
    // Of ten attempts two are slow, each otherwise, and so it is with hedges: without the slow ones that lose, the estimate would fall to
    // the next less slow, again and again.
    let count = std::sync::atomic::AtomicUsize::new(0);
    backend.asked(move |_| {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Reply::json("1").slow(if number % 5 == 3 { 20 + (number / 5 * 7 % 18) as u64 * 10 } else { 10 })
    });
    for _ in 0..1_800 {
        backend.ask(hedged()).await.unwrap();
    }
    let hedges = backend.received().len() - 1_800;
    assert!((100..=300).contains(&hedges), "{hedges}");
}

#[tokio::test(start_paused = true)]
async fn a_hedge_that_cannot_be_expected_to_end_in_time_is_not_sent() {
    let backend = known(shop()).await;
    backend.answers([Reply::json("1").slow(500)]);
    let reply = backend.ask(Asking { millis: 18, ..hedged() }).await;
    assert_eq!(reply.unwrap_err(), CallFailure::Timeout);
    assert_eq!(backend.received().len(), 1);
}
