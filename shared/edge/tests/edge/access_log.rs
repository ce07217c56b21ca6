//! One line per request, and nothing secret in it.

use std::time::Duration;

use axum::routing::get;
use serde_json::Value;

use crate::common::{KEY, Log, gateway};

#[tokio::test]
async fn a_request_is_one_line_that_says_who_what_and_how() {
    let edge = gateway().build();
    let (log, _guard) = Log::start();
    let bearer = format!("Bearer {}", KEY.token("u1"));
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    edge.get_with(
        "/web/items/7?secret=s3cret",
        &[("authorization", &bearer), ("x-request-id", "r1"), ("traceparent", traceparent), ("cookie", "s3cret")],
    )
    .await;
    let lines = log.lines("trefoil::access");
    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    for (name, value) in [
        ("method", "GET"),
        ("route", "/web/items/{id}"),
        ("path", "/web/items/7"),
        ("request_id", "r1"),
        ("bff", "web"),
        ("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ("caller", "u1"),
        ("level", "INFO"),
    ] {
        assert_eq!(line[name], value, "{name}");
    }
    assert_eq!(line["status"], 200);
    assert!(line["duration_ms"].as_f64().unwrap() >= 0.0);
    assert_eq!(line["code"], Value::Null);
    assert!(!log.text().contains("s3cret") && !log.text().contains("Bearer"), "{}", log.text());
}

#[tokio::test]
async fn a_refused_token_is_not_in_the_log() {
    let edge = gateway().build();
    let (log, _guard) = Log::start();
    let token = KEY.token_with("aud", "other".into());
    edge.get_as("/web/whoami", &token).await;
    let line = &log.lines("trefoil::access")[0];
    assert_eq!((line["status"].as_u64(), line["code"].as_str()), (Some(401), Some("invalid-token")));
    assert!(!log.text().contains(&token[..20]));
}

#[tokio::test]
async fn a_degraded_answer_says_so_and_control_characters_are_escaped() {
    let mut gateway = gateway();
    gateway.public.push(crate::common::public(http::Method::GET, "/web/half"));
    gateway.router =
        gateway.router.route("/half", get(|| async { ([("trefoil-degraded", "picks;reason=timeout\tx")], "{}") }));
    let edge = gateway.build();
    let (log, _guard) = Log::start();
    edge.get("/web/half").await;
    assert_eq!(log.lines("trefoil::access")[0]["degraded"], "picks;reason=timeout\\tx");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_is_in_the_log() {
    let mut gateway = gateway();
    gateway.public.push(crate::common::public(http::Method::GET, "/web/slow"));
    gateway.router = gateway.router.route("/slow", get(|| tokio::time::sleep(Duration::from_secs(9))));
    let edge = gateway.build();
    let (log, _guard) = Log::start();
    assert!(tokio::time::timeout(Duration::from_secs(1), edge.get("/web/slow")).await.is_err());
    assert_eq!(log.lines("trefoil::access")[0]["status"], 499);
}
