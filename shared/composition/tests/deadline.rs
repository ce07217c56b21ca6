//! No request outlives its deadline, and what arrived by then is answered.

extern crate trefoil_composition as trefoil;

mod home;
pub(crate) use home::Caller;

use std::time::Duration;

use home::{kit, well};
use tokio::time::Instant;
use trefoil_testing::End;

#[tokio::test(start_paused = true)]
async fn a_required_call_that_is_slow_is_a_504_at_the_deadline() {
    let backends = well();
    backends.on("users", "/users/u-1").slow(5_000).json("{}");
    let started = Instant::now();
    let answer = kit(&backends).get("/home").await;
    assert_eq!(answer.status.as_u16(), 504);
    let took = started.elapsed();
    assert!(Duration::from_millis(285) < took && took <= Duration::from_millis(301), "{took:?}");
    assert_eq!(backends.calls("users")[0].end, End::GivenUp);
}

#[tokio::test(start_paused = true)]
async fn what_arrived_is_answered_when_all_that_is_required_did() {
    let backends = well();
    backends.on("recommendations", "/nicknames/").slow(5_000).json("[]");
    let started = Instant::now();
    let answer = kit(&backends).get("/home").await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(answer.header("trefoil-degraded"), Some("nicknameOf;reason=timeout"));
    assert!(started.elapsed() <= Duration::from_millis(301));
}

#[tokio::test(start_paused = true)]
async fn a_call_of_its_own_time_ends_then() {
    let backends = well();
    backends.on("recommendations", "/segments/").slow(5_000).json("[]");
    let started = Instant::now();
    kit(&backends).get("/home").await;
    let took = started.elapsed();
    assert!(Duration::from_millis(80) <= took && took < Duration::from_millis(90), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn the_callers_shorter_deadline_wins_and_its_longer_one_does_not() {
    for (asked, least, most) in [("100", 90, 101), ("5000", 285, 301), ("0", 0, 2)] {
        let backends = well();
        backends.on("users", "/users/u-1").slow(9_000).json("{}");
        let started = Instant::now();
        let answer = kit(&backends).header("trefoil-timeout-ms", asked).get("/home").await;
        assert_eq!(answer.status.as_u16(), 504);
        let took = started.elapsed().as_millis();
        assert!(least <= took && took <= most, "asked {asked}: {took} ms");
    }
}

#[tokio::test(start_paused = true)]
async fn backends_are_told_how_long_is_left() {
    let backends = well();
    backends.on("users", "/users/u-1").slow(100).json(r#"{"name":"Ada","segment":"home"}"#);
    kit(&backends).get("/home").await;
    let left =
        |backend: &str| -> u64 { backends.calls(backend)[0].header("trefoil-timeout-ms").unwrap().parse().unwrap() };
    assert!((285..=299).contains(&left("users")), "{}", left("users"));
    // It starts when the profile is in; its own 80 ms are less than what is left.
    assert!((79..=80).contains(&left("recommendations")), "{}", left("recommendations"));
}

#[tokio::test(start_paused = true)]
async fn no_call_starts_once_its_deadline_has_passed() {
    for asked in ["0", "1"] {
        let backends = well();
        let answer = kit(&backends).header("trefoil-timeout-ms", asked).get("/home").await;
        assert_eq!((answer.status.as_u16(), backends.all_calls().len()), (504, 0), "asked {asked}");
    }
}
