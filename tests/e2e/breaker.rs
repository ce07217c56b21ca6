//! A backend that fails again and again is left alone, and asked again when it is well.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::harness::Demo;

#[tokio::test]
async fn a_backend_that_is_down_is_soon_no_longer_asked_and_comes_back_by_a_probe() {
    let demo = Demo::start_with(&[("TREFOIL__BACKENDS__RECOMMENDATIONS__BREAKER__OPEN_MS", "400")]).await;
    demo.control("recommendations", json!({ "down": true })).await;
    for _ in 0..5 {
        let answer = demo.get("/web/home").await;
        assert_eq!((answer.status, answer.header("trefoil-degraded")), (200, Some("picks;reason=connect")));
    }
    let answer = demo.get("/web/home").await;
    assert_eq!((answer.status, answer.header("trefoil-degraded")), (200, Some("picks;reason=breaker")));
    let metrics = demo.metrics().await;
    let line = |name: &str, part: &str| {
        let mut lines = metrics.lines().filter(|line| line.starts_with(name) && line.contains("recommendations"));
        lines.find(|line| line.contains(part)).unwrap_or_else(|| panic!("no {name} with {part}:\n{metrics}")).to_owned()
    };
    assert!(line("trefoil_backend_breakers", r#"trefoil_breaker_state="open""#).ends_with(" 1"));
    assert!(line("trefoil_backend_breaker_transitions", "open").ends_with(" 1"));

    demo.control("recommendations", json!({ "down": false })).await;
    let well = Instant::now();
    while demo.get("/web/home").await.header("trefoil-degraded").is_some() {
        assert!(well.elapsed() < Duration::from_secs(10), "it does not come back:\n{}", demo.output());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let output = demo.output();
    let lines = |what: &str| output.lines().filter(|line| line.contains(what)).count();
    assert_eq!((lines("a breaker opened"), lines("a breaker closed")), (1, 1), "{output}");
}
