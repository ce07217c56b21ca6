//! What is done to get an answer, as the demo's screens declare it, and what an operator sees of it at the admin port: retries, hedges,
//! limits, ejections, pools.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Demo, Fault, Proxy};

const USERS: &str = r#"trefoil_backend="users""#;

/// By which attempts a backend's latest calls say that they are, newest first.
async fn attempts(demo: &Demo, backend: &str) -> Vec<Value> {
    demo.last(backend).await.iter().map(|call| call["headers"]["trefoil-attempt"].clone()).collect()
}

#[tokio::test]
async fn a_screen_that_cannot_do_without_a_call_tries_it_again_and_that_is_counted() {
    let demo = Demo::start().await;
    // Every second call fails.
    demo.control("users", json!({ "failure_rate": 0.5, "status": 503 })).await;
    for _ in 0..4 {
        let answer = demo.get("/web/home").await;
        assert_eq!((answer.status, answer.header("trefoil-degraded")), (200, None), "{}", answer.text);
    }
    let again = attempts(&demo, "users").await.iter().filter(|attempt| **attempt == "2").count();
    assert!(again > 0);
    let counted = demo.metric("trefoil_backend_retries_total", &[USERS, r#"error_type="503""#]).await;
    assert_eq!(counted, again as f64);
    // The client who says that it tries again is the one layer that does.
    demo.control("users", json!({ "failure_rate": 1.0, "reset": false })).await;
    let token = format!("Bearer {}", demo.token("web"));
    let calls = demo.calls("users").await;
    let answer = demo.get_with("/web/home", &[("authorization", &token), ("trefoil-attempt", "2")]).await;
    assert_eq!((answer.status, demo.calls("users").await), (502, calls + 1));
}

#[tokio::test]
async fn a_retry_that_the_budget_does_not_pay_for_is_not_made_and_counted_too() {
    let demo = Demo::start_with(&[
        ("TREFOIL__BACKENDS__USERS__RETRY__BUDGET_FLOOR", "0"),
        ("TREFOIL__BACKENDS__USERS__RETRY__BUDGET_PERCENT", "0"),
    ])
    .await;
    demo.control("users", json!({ "failure_rate": 1.0, "status": 503 })).await;
    demo.get("/web/home").await.is_problem(502, "backend-status");
    assert_eq!(demo.calls("users").await, 1);
    let denied = demo.metric("trefoil_backend_retries_denied_total", &[USERS, r#"trefoil_reason="budget""#]).await;
    assert_eq!(denied, 1.0);
}

#[tokio::test]
async fn beside_slow_suggestions_others_are_asked_for_and_that_is_counted() {
    let demo = Demo::start().await;
    // It must be known how long an answer takes.
    for _ in 0..65 {
        assert_eq!(demo.get("/web/home").await.status, 200);
    }
    demo.control("recommendations", json!({ "latency_ms": 70 })).await;
    for _ in 0..3 {
        demo.get("/web/home").await;
    }
    let hedged = attempts(&demo, "recommendations").await.iter().filter(|attempt| **attempt == "2").count();
    assert!(hedged > 0);
    let backend = r#"trefoil_backend="recommendations""#;
    let lost = demo.metric("trefoil_backend_hedges_total", &[backend, r#"trefoil_hedge_result="lost""#]).await;
    assert!(lost > 0.0 && lost <= hedged as f64, "{lost} of {hedged}");
}

#[tokio::test]
async fn what_finds_no_room_waits_or_is_shed_and_both_are_counted() {
    let orders = r#"trefoil_backend="orders""#;
    let demo = Demo::start_with(&[
        ("TREFOIL__BACKENDS__ORDERS__CONCURRENCY__MAX", "1"),
        ("TREFOIL__BACKENDS__ORDERS__CONCURRENCY__QUEUE", "1"),
    ])
    .await;
    assert_eq!(demo.metric("trefoil_backend_concurrency_limit", &[orders]).await, 1.0);
    demo.control("orders", json!({ "latency_ms": 100 })).await;
    let mut answers = join_all((0..5).map(|_| demo.get("/web/home"))).await;
    answers.sort_by_key(|answer| answer.status);
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 200, 503, 503, 503]);
    answers[4].is_problem(503, "backend-overloaded");
    assert!(answers[4].header("retry-after").is_some());
    let full = [orders, r#"trefoil_reason="queue_full""#, r#"trefoil_criticality="required""#];
    assert_eq!(demo.metric("trefoil_backend_shed_total", &full).await, 3.0);
    // What was shed was no request: it has no time among those that were.
    let metrics = demo.metrics().await;
    let timed = |line: &&str| line.starts_with("http_client_request_duration_seconds_count{") && line.contains(orders);
    let timed: Vec<&str> = metrics.lines().filter(timed).collect();
    assert!(
        timed.len() == 1 && timed[0].contains(r#"http_response_status_code="200""#) && timed[0].ends_with(" 2"),
        "{timed:?}"
    );
    assert_eq!(demo.metric("trefoil_backend_queue_duration_seconds_count", &[orders]).await, 1.0);
    let waited = demo.metric("trefoil_backend_queue_duration_seconds_sum", &[orders]).await;
    assert!(waited > 0.05 && waited < 0.3, "{waited}");
    assert_eq!(demo.metric("trefoil_backend_concurrency_in_flight", &[orders]).await, 0.0);
}

#[tokio::test]
async fn one_of_two_addresses_that_fails_is_made_up_for_and_ejected() {
    let (mut bad, good) = (Proxy::start().await, Proxy::start().await);
    let demo = Demo::start_with(&[
        ("TREFOIL__BACKENDS__USERS__ADDRESSES", &format!("{},{}", bad.address(), good.address())),
        // It would be faster.
        ("TREFOIL__BACKENDS__USERS__BREAKER__ENABLED", "false"),
        ("TREFOIL__BACKENDS__USERS__BREAKER__MIN_CALLS", "5"),
    ])
    .await;
    bad.to(demo.address_of("users"));
    good.to(demo.address_of("users"));
    bad.set(Fault::Reset).await;
    // Each attempt there fails, and the next goes to the other.
    for _ in 0..40 {
        assert_eq!(demo.get("/web/home").await.status, 200);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(demo.metric("trefoil_backend_ejections_total", &[USERS]).await, 1.0);
    let port = format!(r#"network_peer_port="{}""#, bad.address().port());
    let ejected = [USERS, &port, r#"trefoil_address_standing="ejected""#];
    assert_eq!(demo.metric("trefoil_backend_addresses", &ejected).await, 1.0);
    let retried = demo.metric("trefoil_backend_retries_total", &[USERS, r#"error_type="connect""#]).await;
    assert!((5.0..40.0).contains(&retried), "{retried}");
}

#[tokio::test]
async fn connections_to_an_address_are_counted_while_they_are_used_and_kept() {
    let demo = Demo::start().await;
    assert_eq!(demo.get("/web/home").await.status, 200);
    let connections = async |state: &str| {
        demo.metric("http_client_open_connections", &[USERS, &format!(r#"http_connection_state="{state}""#)]).await
    };
    assert_eq!((connections("active").await, connections("idle").await), (0.0, 1.0));
    demo.control("users", json!({ "latency_ms": 200 })).await;
    let screens = join_all((0..3).map(|_| demo.get("/web/home")));
    let watched = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        (connections("active").await, connections("idle").await)
    };
    let (_, watched) = tokio::join!(screens, watched);
    assert_eq!(watched, (3.0, 0.0));
    assert!(connections("idle").await <= 3.0);
}
