//! A backend that fails again and again is left alone, and asked again when it is well.

use std::process::Command;
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

/// Stops a process, or lets it go on.
fn signal(process: u32, signal: &str) {
    let status = Command::new("kill").args([signal, &process.to_string()]).status().unwrap();
    assert!(status.success());
}

#[tokio::test]
async fn a_gateway_that_was_away_for_a_while_blames_no_backend_for_what_it_missed() {
    let mut demo = Demo::start().await;
    let process = demo.process().id();
    assert_eq!(demo.get("/web/home").await.status, 200);
    demo.control("recommendations", json!({ "latency_ms": 60 })).await;
    let mut missed = 0;
    for _ in 0..8 {
        // While suggestions are under way, which have 80 ms, and before they had half of these.
        let away = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            signal(process, "-STOP");
            tokio::time::sleep(Duration::from_millis(150)).await;
            signal(process, "-CONT");
        };
        let (answer, ()) = tokio::join!(demo.get("/web/home"), away);
        missed += usize::from(answer.header("trefoil-degraded") == Some("picks;reason=timeout"));
    }
    assert!(missed > 0, "it was never away at the right moment");
    let backend = r#"trefoil_backend="recommendations""#;
    let excused = demo.metric("trefoil_backend_timeouts_excused_total", &[backend]).await;
    assert!(excused > 0.0, "{missed} were missed");
    assert!(demo.metric("trefoil_runtime_lag_seconds_total", &[]).await > 0.8);
    assert_eq!(demo.metric("trefoil_backend_breaker_transitions_total", &[backend]).await, 0.0);
    demo.control("recommendations", json!({ "reset": true })).await;
    assert_eq!(demo.get("/web/home").await.header("trefoil-degraded"), None);
}
