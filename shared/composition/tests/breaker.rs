//! What a backend that is known to be sick makes of an answer.

extern crate trefoil_composition as trefoil;

mod home;
pub(crate) use home::Caller;

use std::time::Duration;

use home::{kit, well};
use tokio::time::{Instant, advance};

#[tokio::test(start_paused = true)]
async fn with_the_breaker_open_a_screen_that_can_do_without_is_as_fast_as_when_all_is_well() {
    let backends = well();
    let kit = kit(&backends);
    let started = Instant::now();
    assert_eq!(kit.get("/home").await.header("trefoil-degraded"), None);
    let healthy = started.elapsed();
    // Each of these waits for the call's own 80 ms, which is the backend's failure; the other call of the backend fails at once.
    backends.on("recommendations", "/nicknames/").refused();
    backends.on("recommendations", "/segments/").slow(5_000).json("[]");
    for _ in 0..3 {
        let answer = kit.get("/home").await;
        assert!(answer.header("trefoil-degraded").unwrap().contains("picks;reason=timeout"));
    }
    let calls = backends.calls("recommendations").len();
    let started = Instant::now();
    let answer = kit.get("/home").await;
    assert_eq!((answer.status.as_u16(), started.elapsed()), (200, healthy));
    assert!(answer.header("trefoil-degraded").unwrap().contains("picks;reason=breaker"), "{answer:?}");
    assert_eq!(backends.calls("recommendations").len(), calls, "nobody was asked");
    // After its time a probe is made, and finds it well.
    backends.on("recommendations", "/segments/").json(r#"[]"#);
    advance(Duration::from_secs(5)).await;
    let answer = kit.get("/home").await;
    assert!(!answer.header("trefoil-degraded").unwrap_or_default().contains("breaker"), "{answer:?}");
}

#[tokio::test(start_paused = true)]
async fn with_the_breaker_open_on_what_is_needed_the_answer_is_a_503_with_retry_after_at_once() {
    let backends = well();
    backends.on("users", "/users/u-1").reply(trefoil_testing::Reply::refused());
    let kit = kit(&backends);
    for _ in 0..5 {
        assert_eq!(kit.get("/home").await.json()["code"], "backend-unreachable");
    }
    let calls = backends.calls("users").len();
    let answer = kit.get("/home").await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, Some("1")));
    assert_eq!(answer.json()["code"], "backend-overloaded");
    assert_eq!(backends.calls("users").len(), calls, "nobody was asked");
}
