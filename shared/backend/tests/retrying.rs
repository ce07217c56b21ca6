//! Retries: which failures, which calls, how often, and how much a backend sees of it at the worst.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod support;

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use tokio::time::{Instant, advance};
use trefoil_backend::{BackendConfig, Body, BreakerConfig, CallFailure, Effort, RetryConfig, TransportError};
use trefoil_testing::{End, Reply};

use support::{Asking, Backend};

fn three() -> Effort {
    Effort { attempts: Some(3), ..Effort::default() }
}

fn numbers(backend: &Backend) -> Vec<String> {
    backend.received().iter().map(|call| call.header("trefoil-attempt").unwrap().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn what_may_be_over_the_next_moment_is_tried_again() {
    for failure in [Reply::refused(), Reply::broken(), Reply::status(502), Reply::status(503), Reply::status(504)] {
        let backend = Backend::new();
        backend.answers([failure.clone(), failure.clone(), Reply::json("1")]);
        let reply = backend.ask(Asking { effort: three(), ..Asking::default() }).await;
        assert_eq!(reply.unwrap().body, "1", "{failure:?}");
        assert_eq!(numbers(&backend), ["1", "2", "3"], "{failure:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_another_attempt_would_not_mend_is_not_tried_again() {
    for status in [200, 301, 400, 404, 409, 429, 500, 501, 505] {
        let backend = Backend::new();
        backend.answers([Reply::status(status)]);
        let reply = backend.ask(Asking { effort: three(), ..Asking::default() }).await;
        assert_eq!(reply.unwrap().status.as_u16(), status);
        assert_eq!(backend.received().len(), 1, "{status}");
    }
    let backend = Backend::new();
    backend.answers([Reply::malformed()]);
    let reply = backend.ask(Asking { effort: three(), ..Asking::default() }).await;
    assert!(matches!(reply, Err(CallFailure::Transport(TransportError::Malformed(_)))), "{reply:?}");
    assert_eq!(backend.received().len(), 1);
    let backend = Backend::with(BackendConfig { max_body_bytes: 3, ..BackendConfig::at("http://shop.test") });
    backend.answers([Reply::json("12345")]);
    let reply = backend.ask(Asking { effort: three(), ..Asking::default() }).await;
    assert_eq!(reply.unwrap_err(), CallFailure::TooLarge { limit: 3 });
    assert_eq!(backend.received().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_last_failure_is_the_calls() {
    let backend = Backend::new();
    backend.answers([Reply::status(503), Reply::status(502), Reply::refused()]);
    let reply = backend.ask(Asking { effort: three(), ..Asking::default() }).await;
    assert!(matches!(reply, Err(CallFailure::Transport(TransportError::Connect(_)))), "{reply:?}");
    assert_eq!(backend.received().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn without_a_word_nothing_is_tried_again_and_config_may_say_the_word() {
    let backend = Backend::new();
    backend.answers([Reply::status(503)]);
    backend.ask(Asking::default()).await.unwrap();
    assert_eq!(backend.received().len(), 1);

    let retry = RetryConfig { attempts: 2, ..RetryConfig::default() };
    let backend = Backend::with(BackendConfig { retry, ..BackendConfig::at("http://shop.test") });
    backend.answers([Reply::status(503)]);
    backend.ask(Asking::default()).await.unwrap();
    assert_eq!(backend.received().len(), 2);
    // The declaration of a call is over its backend's config.
    let once = Effort { attempts: Some(1), ..Effort::default() };
    backend.ask(Asking { effort: once, ..Asking::default() }).await.unwrap();
    assert_eq!(backend.received().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_write_is_tried_again_only_where_a_second_does_nothing_more() {
    let key = HeaderMap::from_iter([(HeaderName::from_static("idempotency-key"), HeaderValue::from_static("k"))]);
    for (method, headers, attempts) in [
        (Method::PUT, HeaderMap::new(), 2),
        (Method::DELETE, HeaderMap::new(), 2),
        (Method::POST, HeaderMap::new(), 1),
        (Method::PATCH, HeaderMap::new(), 1),
        (Method::POST, key.clone(), 2),
        (Method::PATCH, key, 2),
    ] {
        let backend = Backend::new();
        backend.answers([Reply::broken(), Reply::json("1")]);
        let body = Body::Full(Bytes::from_static(b"{}"));
        let asking =
            Asking { method: method.clone(), headers: headers.clone(), body, effort: three(), ..Asking::default() };
        assert_eq!(backend.ask(asking).await.is_ok(), attempts == 2);
        let received = backend.received();
        assert_eq!(received.len(), attempts, "{method} {headers:?}");
        assert!(received.iter().all(|call| call.body == "{}"), "each attempt has the whole body");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_streams_is_there_for_one_attempt() {
    let backend = Backend::new();
    backend.answers([Reply::status(503)]);
    let body = Body::Stream(Box::pin(futures_util::stream::iter([Ok(Bytes::from_static(b"{}"))])));
    backend.ask(Asking { method: Method::PUT, body, effort: three(), ..Asking::default() }).await.unwrap();
    assert_eq!(backend.received().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_is_at_a_retry_is_not_retried_again() {
    let backend = Backend::new();
    backend.answers([Reply::status(503)]);
    backend.ask(Asking { effort: three(), callers_attempt: 2, ..Asking::default() }).await.unwrap();
    assert_eq!(numbers(&backend), ["1"]);
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_asks_to_be_left_alone_is_asked_after_that_or_not_at_all() {
    let backend = Backend::new();
    backend.answers([Reply::status(503).header("retry-after", "1"), Reply::json("1")]);
    let started = Instant::now();
    backend.ask(Asking { effort: three(), millis: 2_000, ..Asking::default() }).await.unwrap();
    assert_eq!(backend.received().len(), 2);
    assert!(started.elapsed() >= Duration::from_secs(1), "{:?}", started.elapsed());

    let backend = Backend::new();
    backend.answers([Reply::status(503).header("retry-after", "1"), Reply::json("1")]);
    let started = Instant::now();
    let reply = backend.ask(Asking { effort: three(), millis: 900, ..Asking::default() }).await;
    assert_eq!(reply.unwrap().status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!((backend.received().len(), started.elapsed()), (1, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn waits_are_short_and_never_longer_than_what_is_left() {
    let backend = Backend::new();
    backend.answers([Reply::status(503)]);
    let started = Instant::now();
    backend.ask(Asking { effort: three(), ..Asking::default() }).await.unwrap();
    assert!(started.elapsed() <= Duration::from_millis(25 + 50), "{:?}", started.elapsed());

    // Each attempt takes 40 ms, and 50 ms are all there is: whether a second one begins is the jitter's; how it ends is not.
    let backend = Backend::new();
    backend.answers([Reply::status(503).slow(40)]);
    let started = Instant::now();
    let reply = backend.ask(Asking { effort: three(), millis: 50, ..Asking::default() }).await;
    assert!(started.elapsed() <= Duration::from_millis(50));
    let given_up = backend.received().iter().filter(|call| call.end == End::GivenUp).count();
    assert_eq!(reply.is_err(), given_up == 1, "{reply:?}");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_cannot_be_expected_to_end_in_time_is_not_begun() {
    let retry = RetryConfig { base_ms: 0, cap_ms: 0, ..RetryConfig::default() };
    let backend = Backend::with(BackendConfig { retry, ..BackendConfig::at("http://shop.test") });
    backend.answers([Reply::json("1").slow(40)]);
    for _ in 0..64 {
        backend.ask(Asking::default()).await.unwrap();
    }
    backend.answers([Reply::status(503)]);
    backend.ask(Asking { effort: three(), millis: 30, ..Asking::default() }).await.unwrap();
    assert_eq!(backend.received().len(), 65, "half of the answers take 40 ms");
    backend.ask(Asking { effort: three(), millis: 100, ..Asking::default() }).await.unwrap();
    assert_eq!(backend.received().len(), 68);
}

#[tokio::test(start_paused = true)]
async fn a_dead_backend_never_sees_more_than_a_fifth_over_the_offered_load_and_the_floor() {
    for (calls_a_second, seconds) in [(5, 30), (100, 30), (400, 25)] {
        // Its breaker would spare it more than that.
        let breaker = BreakerConfig { enabled: false, ..BreakerConfig::default() };
        let backend = Backend::with(BackendConfig { breaker, ..BackendConfig::at("http://shop.test") });
        backend.answers([Reply::refused()]);
        let ten = Effort { attempts: Some(10), ..Effort::default() };
        let asking = || Asking { effort: ten, ..Asking::default() };
        for _ in 0..seconds {
            let calls = (0..calls_a_second).map(|_| backend.ask(asking()));
            let started = Instant::now();
            futures_util::future::join_all(calls).await;
            advance(Duration::from_secs(1) - started.elapsed().min(Duration::from_secs(1))).await;
        }
        let (offered, seen) = (calls_a_second * seconds, backend.received().len());
        // The waits of the last second's calls may reach into one more.
        let (most, floor) = (offered * 12 / 10 + 10 * (seconds + 1), 10 * (seconds - 1));
        assert!(seen <= most, "{seen} of {offered} offered, at most {most}");
        assert!(
            seen >= offered + floor.min(offered * 9),
            "{seen} of {offered} offered: the budget is there to be used"
        );
    }
}
