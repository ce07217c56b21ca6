//! A backend that is down fails its call at once, and what cannot be done without ends all the rest.

use std::time::Duration;

use serde_json::json;

use crate::harness::Demo;

#[tokio::test]
async fn users_down_is_a_503_at_once_and_no_other_call_goes_on() {
    let demo = Demo::start().await;
    demo.control("orders", json!({ "latency_ms": 250 })).await;
    demo.control("users", json!({ "down": true })).await;
    let answer = demo.get("/web/home").await;
    answer.is_problem(503, "backend-unreachable");
    assert_eq!(answer.json()["field"], "profile");
    assert!(answer.took < Duration::from_millis(150), "{:?}", answer.took);
    // What would have waited for the profile was never started. That the orders call is ended, not left to run, is seen
    // from inside by `leaving.rs` and `required.rs` of the composition crate.
    assert_eq!(demo.calls("recommendations").await, 0);
}

#[tokio::test]
async fn no_problem_tells_what_stands_behind_the_gateway() {
    let demo = Demo::start().await;
    for knobs in [json!({ "down": true }), json!({ "failure_rate": 1.0, "status": 500 })] {
        demo.control("users", knobs).await;
        let answer = demo.get("/web/home").await;
        assert!(answer.status >= 502, "{}", answer.text);
        let port = demo.ready["backends"]["users"]
            .as_str()
            .unwrap()
            .rsplit(':')
            .next()
            .unwrap()
            .trim_end_matches('/')
            .to_owned();
        for secret in ["127.0.0.1", &port, "users", "hyper", "reqwest"] {
            assert!(!answer.text.contains(secret), "{secret}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn a_failing_part_is_named_and_counted_and_logged_once() {
    let demo = Demo::start().await;
    demo.control("recommendations", json!({ "failure_rate": 1.0, "status": 500 })).await;
    let answer = demo.get("/web/home").await;
    assert_eq!(answer.header("trefoil-degraded"), Some("picks;reason=status"));
    let id = answer.header("x-request-id").unwrap().to_owned();
    let metrics = demo.metrics().await;
    let counted = metrics.lines().find(|line| line.starts_with("trefoil_call_failures") && line.contains("picks"));
    assert!(counted.is_some_and(|line| line.contains("status") && line.ends_with(" 1")), "{metrics}");
    tokio::time::sleep(Duration::from_millis(100)).await;
    let output = demo.output();
    let logged = output.lines().filter(|line| line.contains(&id) && line.contains("a call failed")).count();
    assert_eq!(logged, 1, "{output}");
}

#[tokio::test]
async fn a_share_of_failures_degrades_that_share_of_answers() {
    let demo = Demo::start().await;
    demo.control("recommendations", json!({ "failure_rate": 0.25, "status": 503 })).await;
    let mut degraded = 0;
    for _ in 0..20 {
        degraded += usize::from(demo.get("/web/home").await.header("trefoil-degraded").is_some());
    }
    assert_eq!(degraded, 5);
}
