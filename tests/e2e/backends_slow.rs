//! A slow backend costs its own part of the answer, or the answer its deadline, and never more.

use std::time::Duration;

use serde_json::json;

use crate::harness::Demo;

#[tokio::test]
async fn slow_suggestions_are_left_out_and_named_within_the_deadline() {
    let demo = Demo::start().await;
    demo.control("recommendations", json!({ "latency_ms": 2000 })).await;
    let answer = demo.get("/web/home").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let home = answer.json();
    assert!(
        home["picks"].is_null() && home["profile"]["id"] == "u-1001" && home["orders"].as_array().unwrap().len() == 5
    );
    assert_eq!(answer.header("trefoil-degraded"), Some("picks;reason=timeout"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.took < Duration::from_millis(320), "{:?}", answer.took);
}

#[tokio::test]
async fn slow_users_are_a_504_at_the_deadline() {
    let demo = Demo::start().await;
    demo.control("users", json!({ "latency_ms": 5000 })).await;
    let answer = demo.get("/web/home").await;
    answer.is_problem(504, "deadline-exceeded");
    assert_eq!(answer.json()["field"], "profile");
    assert!(answer.took > Duration::from_millis(270) && answer.took < Duration::from_millis(400), "{:?}", answer.took);
}

#[tokio::test]
async fn a_caller_may_ask_for_less_time_and_backends_are_told() {
    let demo = Demo::start().await;
    demo.get("/web/home").await;
    let left: u64 = demo.last("users").await[0]["headers"]["trefoil-timeout-ms"].as_str().unwrap().parse().unwrap();
    assert!((200..300).contains(&left), "{left}");
    demo.control("users", json!({ "latency_ms": 5000 })).await;
    let token = format!("Bearer {}", demo.token("web"));
    let answer = demo.get_with("/web/home", &[("authorization", &token), ("trefoil-timeout-ms", "100")]).await;
    answer.is_problem(504, "deadline-exceeded");
    assert!(answer.took < Duration::from_millis(200), "{:?}", answer.took);
}
