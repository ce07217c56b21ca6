//! The budget and the waits, with time handed in.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue, header};

use super::backoff::{Backoff, asked_for};
use super::budget::Budget;

fn taken(budget: &Budget, second: u64) -> usize {
    (0..100_000).take_while(|_| budget.take(second)).count()
}

#[test]
fn each_second_has_its_floor_however_few_the_calls() {
    let budget = Budget::new(20, 10);
    for second in [0, 1, 2, 50] {
        assert_eq!(taken(&budget, second), 10, "second {second}");
    }
}

#[test]
fn beyond_the_floor_a_share_of_the_calls_of_the_last_ten_seconds_is_there() {
    let budget = Budget::new(20, 0);
    for _ in 0..1000 {
        budget.offer(3);
    }
    assert_eq!(taken(&budget, 3), 200);
    // What is taken stays taken as long as the calls that paid for it are recent.
    assert_eq!(taken(&budget, 12), 0);
    for _ in 0..100 {
        budget.offer(12);
    }
    assert_eq!(taken(&budget, 12), 20);
    // The calls of second 3 are over now, and so is what they paid for.
    assert_eq!(taken(&budget, 13), 0);
}

#[test]
fn calls_that_are_long_over_pay_for_nothing() {
    let budget = Budget::new(20, 0);
    for _ in 0..1000 {
        budget.offer(0);
    }
    assert_eq!(taken(&budget, 10), 0);
}

#[test]
fn a_call_counted_late_takes_nothing_from_the_count_of_now() {
    let budget = Budget::new(100, 0);
    budget.offer(10);
    budget.offer(0);
    assert_eq!(taken(&budget, 10), 1);
}

#[test]
fn waits_double_up_to_their_cap_and_jitter_takes_any_part_of_them() {
    let backoff = Backoff { base: Duration::from_millis(25), cap: Duration::from_millis(250) };
    let longest: Vec<u128> = (1..=6).map(|retry| backoff.wait(retry, 1.0).as_millis()).collect();
    assert_eq!(longest, [25, 50, 100, 200, 250, 250]);
    assert_eq!(backoff.wait(3, 0.0), Duration::ZERO);
    assert_eq!(backoff.wait(3, 0.5), Duration::from_millis(50));
    assert_eq!(backoff.wait(u32::MAX, 1.0), Duration::from_millis(250));
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    let read = |text: &str| {
        let headers = HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_str(text).unwrap())]);
        asked_for(&headers, now)
    };
    assert_eq!(read("2"), Some(Duration::from_secs(2)));
    assert_eq!(read(" 0 "), Some(Duration::ZERO));
    assert_eq!(read(&httpdate::fmt_http_date(now + Duration::from_secs(9))), Some(Duration::from_secs(9)));
    assert_eq!(read(&httpdate::fmt_http_date(now - Duration::from_secs(9))), Some(Duration::ZERO));
    assert_eq!(read("soon"), None);
    assert_eq!(asked_for(&HeaderMap::new(), now), None);
}
