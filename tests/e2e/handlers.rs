//! The escape hatch over the wire: a handler stands behind the same edge as every endpoint.

use serde_json::json;

use crate::harness::Demo;

#[tokio::test]
async fn a_handlers_answer_is_what_its_backends_have_behind_the_same_rules_as_every_endpoint() {
    let demo = Demo::start().await;
    let export = demo.get("/partner/inventory.csv").await;
    assert_eq!((export.status, export.header("content-type")), (200, Some("text/csv; charset=utf-8; header=present")));
    let mut lines = export.text.lines();
    assert_eq!(lines.next(), Some("product_id,available,warehouse,quantity"));
    let products: std::collections::BTreeSet<&str> = lines.map(|line| line.split(',').next().unwrap()).collect();
    assert!(products.len() > 100, "{} products are on more than one page", products.len());
    assert!(export.header("ratelimit").is_some() && export.header("x-request-id").is_some());
    let calls = demo.last("inventory").await;
    assert!(
        calls.iter().all(|call| call["headers"]["trefoil-caller"] == "acme" && call["headers"]["x-partner"] == "acme")
    );

    demo.get_with("/partner/inventory.csv", &[]).await.is_problem(401, "unauthenticated");
    let web = format!("Bearer {}", demo.token("web"));
    demo.get_with("/partner/inventory.csv", &[("authorization", &web)]).await.is_problem(401, "invalid-token");
}

#[tokio::test]
async fn a_handlers_failed_call_is_a_problem_logged_once_and_counted() {
    let demo = Demo::start().await;
    demo.control("inventory", json!({ "failure_rate": 1.0, "status": 500 })).await;
    let answer = demo.get("/partner/inventory.csv").await;
    answer.is_problem(502, "backend-status");
    assert!(!answer.text.contains("127.0.0.1") && !answer.text.contains("told to fail"), "{}", answer.text);
    let id = answer.header("x-request-id").unwrap();
    let output = demo.output();
    let logged = output.lines().filter(|line| line.contains(id) && line.contains("a call failed")).count();
    assert_eq!(logged, 1, "{output}");
    let metrics = demo.metrics().await;
    let counted = metrics.lines().find(|line| {
        line.starts_with("trefoil_call_failures") && line.contains("inventoryCsv") && line.contains("status")
    });
    assert!(counted.is_some_and(|line| line.ends_with(" 1")), "{counted:?}");

    demo.control("inventory", json!({ "reset": true, "latency_ms": 20 })).await;
    let token = format!("Bearer {}", demo.token("partner"));
    let hurried = [("authorization", &*token), ("trefoil-timeout-ms", "5")];
    demo.get_with("/partner/inventory.csv", &hurried).await.is_problem(504, "deadline-exceeded");
}
