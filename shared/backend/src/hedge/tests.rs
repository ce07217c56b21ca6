//! The estimate of how long answers take.

use std::time::Duration;

use super::Latency;

fn record(latency: &Latency, times: u32, millis: u64) {
    (0..times).for_each(|_| latency.record(Duration::from_millis(millis)));
}

fn about(estimate: Option<Duration>, millis: u64) -> bool {
    estimate.is_some_and(|it| it >= Duration::from_millis(millis) && it <= Duration::from_millis(millis * 12 / 10 + 1))
}

#[test]
fn nothing_is_said_before_there_are_enough_answers() {
    let latency = Latency::new();
    record(&latency, 63, 10);
    assert_eq!((latency.median(), latency.p95()), (None, None));
    record(&latency, 1, 10);
    assert!(about(latency.median(), 10) && about(latency.p95(), 10), "{latency:?}");
}

#[test]
fn a_percentile_is_at_most_a_fifth_too_high() {
    let latency = Latency::new();
    for _ in 0..32 {
        record(&latency, 18, 10);
        record(&latency, 2, 200);
    }
    assert!(about(latency.median(), 10), "{:?}", latency.median());
    assert!(about(latency.p95(), 200), "{:?}", latency.p95());
}

#[test]
fn what_is_long_over_is_forgotten() {
    let latency = Latency::new();
    record(&latency, 10_000, 500);
    record(&latency, 10_000, 5);
    assert!(about(latency.p95(), 5), "{:?}", latency.p95());
}

#[test]
fn durations_out_of_bounds_are_counted_at_the_bounds() {
    let latency = Latency::new();
    (0..64).for_each(|_| latency.record(Duration::ZERO));
    assert_eq!(latency.p95(), Some(Duration::from_micros(250)));
    (0..4096).for_each(|_| latency.record(Duration::from_secs(3600)));
    assert!(latency.p95().unwrap() > Duration::from_secs(50), "{:?}", latency.p95());
}
